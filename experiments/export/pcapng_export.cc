#include "experiments/export/pcapng_export.h"

#include <filesystem>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "experiments/export/complete_file.h"
#include "experiments/export/csv_export.h"
#include "sim_core/trace/pcapng_writer.h"

namespace tickwire {
namespace {

using Key = std::pair<uint32_t, uint32_t>;  // node, entity of the interface

std::string FileComment(const std::string& digest) { return absl::StrCat("Tickwire run ", digest); }

std::string InterfaceName(const TraceReader& trace, const Key& key) {
  return absl::StrCat(trace.node_name(NodeId{key.first}), "/",
                      trace.entity_name(NodeId{key.first}, key.second));
}

// What Wireshark shows beside a packet. A frame that the scenario spoiled says so first.
std::string CommentOf(const RunModel& model, size_t row) {
  const TraceReader& trace = model.trace();
  const FileRecord& record = trace[row];
  std::vector<std::string> parts;
  if (record.label != 0 && record.kind != TraceKind::kPacketDropped) {
    parts.push_back(absl::StrCat("intended: ", trace.label_name(record.label), " (",
                                 trace.label_rule(record.label), ")"));
  }
  parts.push_back(absl::StrCat("event ", EventName(trace, record)));
  const std::optional<size_t> index = model.JourneyOf(row);
  if (!index || record.kind != TraceKind::kPacketSent) return absl::StrJoin(parts, "; ");
  const Journey& journey = model.journeys()[*index];
  if (journey.record == row) {
    if (journey.repetition > 0) {
      parts.push_back(
          absl::StrCat("repetition ", journey.repetition, " of event ",
                       EventName(trace, trace[model.journeys()[*journey.original].record])));
    }
    const std::string cause = model.CauseOf(journey);
    if (!cause.empty()) parts.push_back(absl::StrCat("because: ", cause));
  }
  for (const JourneyEnd& end : journey.ends) {
    if (end.kind != JourneyEnd::Kind::kLost || !end.record) continue;
    const FileRecord& drop = trace[*end.record];
    const std::string link = model.LinkOf(drop);
    parts.push_back(absl::StrCat("lost: ", trace.label_name(drop.label),
                                 link.empty()
                                     ? absl::StrCat(" at ", trace.node_name(NodeId{drop.node}))
                                     : absl::StrCat(" on ", link),
                                 " (", trace.label_rule(drop.label), ")"));
  }
  return absl::StrJoin(parts, "; ");
}

bool IsWanted(const RunModel& model, const Key& key) {
  const scenario::Scenario& scenario = model.scenario();
  if (scenario.capture_size() == 0) return true;
  const TraceReader& trace = model.trace();
  for (const scenario::Capture& capture : scenario.capture()) {
    if (trace.node_name(NodeId{key.first}) != capture.node()) continue;
    if (capture.interface().empty() ||
        trace.entity_name(NodeId{key.first}, key.second) == capture.interface()) {
      return true;
    }
  }
  return false;
}

// The file of one interface, from its records.
absl::Status ExportInterface(const RunModel& model, const Key& key, const std::vector<size_t>& rows,
                             const std::string& digest, const std::string& directory) {
  const TraceReader& trace = model.trace();
  CompleteFile file(absl::StrCat(directory, "/", trace.node_name(NodeId{key.first}), "-",
                                 trace.entity_name(NodeId{key.first}, key.second), ".pcapng"));
  auto writer = PcapngWriter::Create(file.partial_path(), FileComment(digest));
  if (!writer.ok()) return writer.status();
  (*writer)->AddInterface(InterfaceName(trace, key), "");
  for (const size_t row : rows) {
    const FileRecord& record = trace[row];
    const RunModel::Bytes bytes = model.PacketBytes(record);
    const bool sent = record.kind == TraceKind::kPacketSent;
    (*writer)->WritePacket(
        0, record.time(), bytes.stored, bytes.zeros,
        sent ? PcapngWriter::Direction::kOutbound : PcapngWriter::Direction::kInbound,
        CommentOf(model, row));
  }
  if (absl::Status status = (*writer)->Finish(); !status.ok()) return status;
  return file.Commit();
}

}  // namespace

absl::Status ExportCapture(const RunModel& model, const std::string& digest,
                           const std::string& path) {
  const TraceReader& trace = model.trace();
  CompleteFile file(path);
  auto writer = PcapngWriter::Create(file.partial_path(), FileComment(digest));
  if (!writer.ok()) return writer.status();
  std::map<Key, uint32_t> interfaces;
  for (const Journey& journey : model.journeys()) {
    const FileRecord& record = trace[journey.record];
    if (record.kind != TraceKind::kPacketSent) continue;  // never got onto a link
    const Key key{record.node, record.entity};
    const auto [it, is_new] = interfaces.try_emplace(key, 0);
    if (is_new) it->second = (*writer)->AddInterface(InterfaceName(trace, key), "");
    const RunModel::Bytes bytes = model.PacketBytes(record);
    (*writer)->WritePacket(it->second, record.time(), bytes.stored, bytes.zeros,
                           PcapngWriter::Direction::kOutbound, CommentOf(model, journey.record));
  }
  if (absl::Status status = (*writer)->Finish(); !status.ok()) return status;
  return file.Commit();
}

absl::Status ExportInterfaceCaptures(const RunModel& model, const std::string& digest,
                                     const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return absl::UnknownError(absl::StrCat("cannot create ", directory, ": ", error.message()));
  }
  const TraceReader& trace = model.trace();
  // One file after the other: a network has more interfaces than a process may have open files.
  std::map<Key, std::vector<size_t>> rows;
  for (size_t row = 0; row < trace.size(); ++row) {
    const FileRecord& record = trace[row];
    if (record.kind != TraceKind::kPacketSent && record.kind != TraceKind::kPacketDelivered) {
      continue;
    }
    rows[{record.node, record.entity}].push_back(row);
  }
  for (const auto& [key, seen] : rows) {
    if (!IsWanted(model, key)) continue;
    absl::Status status = ExportInterface(model, key, seen, digest, directory);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace tickwire
