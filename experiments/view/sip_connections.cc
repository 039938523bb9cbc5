#include "experiments/view/sip_connections.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace tickwire {
namespace {

constexpr absl::string_view kPrefix = "sip connection ";

// "10.0.0.1:5060", "[2001:db8::1]:5060".
std::optional<Endpoint> ParseEndpoint(absl::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  absl::string_view address = text.substr(0, colon);
  if (absl::StartsWith(address, "[") && absl::EndsWith(address, "]")) {
    address = address.substr(1, address.size() - 2);
  }
  const std::optional<IpAddress> parsed = IpAddress::Parse(address);
  uint32_t port = 0;
  if (!parsed || !absl::SimpleAtoi(text.substr(colon + 1), &port) || port > 0xffff) {
    return std::nullopt;
  }
  return Endpoint{*parsed, static_cast<uint16_t>(port)};
}

}  // namespace

bool SipConnections::HasAny(const RunModel& model) {
  for (const size_t row : model.states()) {
    const FileRecord& record = model.trace()[row];
    if (absl::StartsWith(model.trace().entity_name(NodeId{record.node}, record.entity), kPrefix)) {
      return true;
    }
  }
  return false;
}

SipConnections::SipConnections(const RunModel& model) {
  auto crash = model.crashes().begin();
  for (const size_t row : model.states()) {
    for (; crash != model.crashes().end() && *crash < row; ++crash) OnCrash(model, *crash);
    OnState(model, row);
  }
  for (; crash != model.crashes().end(); ++crash) OnCrash(model, *crash);
}

const SipConnectionEnd* SipConnection::crashed() const {
  const SipConnectionEnd* first = nullptr;
  for (const SipConnectionEnd& end : ends) {
    if (end.crash_row && (first == nullptr || *end.crash_row < *first->crash_row)) first = &end;
  }
  return first;
}

void SipConnections::OnCrash(const RunModel& model, size_t row) {
  for (SipConnection& connection : connections_) {
    for (SipConnectionEnd& end : connection.ends) {
      if (end.node != NodeId{model.trace()[row].node} || end.crash_row) continue;
      if (model.trace().label_name(model.trace()[end.states.back()].label) == "closed") continue;
      end.crash_row = row;
    }
  }
}

void SipConnections::OnState(const RunModel& model, size_t row) {
  const FileRecord& record = model.trace()[row];
  const NodeId node{record.node};
  if (!ends_.contains({node, record.entity})) {
    const absl::string_view name = model.trace().entity_name(node, record.entity);
    if (!absl::StartsWith(name, kPrefix)) return;
    AddEnd(model, row, name.substr(kPrefix.size()));
  }
  const auto known = ends_.find({node, record.entity});
  if (known == ends_.end()) return;
  SipConnection& connection = connections_[known->second.connection];
  SipConnectionEnd& end = connection.ends[known->second.end];
  end.states.push_back(row);
  const absl::string_view state = model.trace().label_name(record.label);
  if (state == "open" && !end.open) end.open = record.time();
  if ((state == "closing" || state == "closed") && !connection.end_row) connection.end_row = row;
}

void SipConnections::AddEnd(const RunModel& model, size_t row, absl::string_view name) {
  const std::vector<std::string> words = absl::StrSplit(name, ' ');  // N TCP LOCAL REMOTE
  if (words.size() != 4) return;
  const auto local = ParseEndpoint(words[2]), remote = ParseEndpoint(words[3]);
  if (!local || !remote) return;
  const FileRecord& record = model.trace()[row];
  SipConnectionEnd end{.node = NodeId{record.node},
                       .entity = record.entity,
                       .local = *local,
                       .remote = *remote,
                       .peer = model.NodeOf(remote->address.ToString()).value_or(NodeId{}),
                       .is_opener = model.trace().label_name(record.label) == "connecting",
                       .begins = record.time(),
                       .open = {},
                       .states = {}};
  const bool is_sctp = absl::EndsWith(words[1], "SCTP");
  const Key own = {is_sctp, end.node, local->port, end.peer, remote->port};
  const Key peers = {is_sctp, end.peer, remote->port, end.node, local->port};
  if (!end.is_opener) {
    const std::vector<size_t>& candidates = by_ports_[own];
    for (auto it = candidates.rbegin(); it != candidates.rend(); ++it) {
      SipConnection& opened = connections_[*it];
      if (opened.transport != words[1] || opened.ends.size() > 1) continue;
      if (!opened.ends[0].is_opener || opened.ends[0].node != end.peer) continue;
      ends_[{end.node, end.entity}] = {*it, 1};
      opened.ends.push_back(std::move(end));
      return;
    }
  }
  const size_t index = connections_.size();
  by_ports_[own].push_back(index);
  if (peers != own) by_ports_[peers].push_back(index);
  ends_[{end.node, end.entity}] = {index, 0};
  SipConnection& connection = connections_.emplace_back();
  connection.number = static_cast<int>(index) + 1;
  connection.transport = words[1];
  connection.is_sctp = is_sctp;
  connection.ends.push_back(std::move(end));
}

std::optional<SipConnections::EndRef> SipConnections::EndOf(NodeId node, uint32_t entity) const {
  const auto known = ends_.find({node, entity});
  if (known == ends_.end()) return std::nullopt;
  return known->second;
}

std::optional<SipConnections::EndRef> SipConnections::OfPacket(bool is_sctp, NodeId from,
                                                               uint16_t source_port, NodeId to,
                                                               uint16_t destination_port,
                                                               SimTime sent) const {
  const auto known = by_ports_.find({is_sctp, from, source_port, to, destination_port});
  if (known == by_ports_.end()) return std::nullopt;
  // The first if none had begun: who accepts has no connection before the set-up is over.
  size_t index = known->second.front();
  for (const size_t candidate : known->second) {
    if (connections_[candidate].ends[0].begins <= sent) index = candidate;
  }
  const SipConnectionEnd& first = connections_[index].ends[0];
  const bool is_first = first.node == from && first.local.port == source_port;
  return EndRef{index, is_first ? 0u : 1u};
}

}  // namespace tickwire
