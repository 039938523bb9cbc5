#include "experiments/view/sctp_flow_view.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "protocols/sctp/packet/any_cause.h"
#include "protocols/sctp/packet/any_parameter.h"

namespace tickwire {
namespace {

using Bytes = std::span<const uint8_t>;

std::string Hex(uint32_t value) { return absl::StrCat(absl::Hex(value, absl::kZeroPad8)); }

// " (a, b)"; nothing for an empty list.
template <class Describe>
std::string ListOf(Bytes list, Describe describe) {
  std::string text;
  while (const auto one = sctp::TakeParameter(list)) {
    absl::StrAppend(&text, text.empty() ? " (" : ", ", describe(*one));
  }
  return text.empty() ? text : text + ")";
}

// Fragments of a message say which they are; a message in one chunk says nothing.
const char* FragmentName(bool begin, bool end) {
  if (begin && end) return "";
  return begin ? " first" : end ? " last" : " middle";
}

struct InWords {
  uint32_t sender_base;
  uint32_t receiver_base;

  uint32_t Own(sctp::Tsn tsn) const { return tsn.value - sender_base; }
  uint32_t Peers(sctp::Tsn tsn) const { return tsn.value - receiver_base; }

  std::string operator()(const sctp::DataChunk& chunk) const {
    return absl::StrCat(
        "DATA ", Own(chunk.tsn), " (", chunk.stream.value,
        chunk.unordered ? std::string(" unordered") : absl::StrCat(":", chunk.ssn.value), ")",
        FragmentName(chunk.begin, chunk.end), " ", chunk.data.size(), " B",
        chunk.immediate ? " I" : "");
  }
  std::string operator()(const sctp::IDataChunk& chunk) const {
    return absl::StrCat("I-DATA ", Own(chunk.tsn), " (", chunk.stream.value,
                        chunk.unordered ? " unordered " : ":", chunk.mid.value, ")",
                        FragmentName(chunk.begin, chunk.end), " ", chunk.data.size(), " B",
                        chunk.immediate ? " I" : "");
  }
  std::string operator()(const sctp::SackChunk& chunk) const {
    std::string text = absl::StrCat("SACK ", Peers(chunk.cumulative_tsn_ack));
    const char* before = " gaps ";
    for (const auto& block : chunk.gap_ack_blocks) {
      const uint32_t start = Peers(chunk.cumulative_tsn_ack) + block.start;
      absl::StrAppend(&text, before, start);
      if (block.end != block.start) absl::StrAppend(&text, "-", start + block.end - block.start);
      before = " ";
    }
    before = " duplicate ";
    for (const sctp::Tsn tsn : chunk.duplicate_tsns) {
      absl::StrAppend(&text, before, Peers(tsn));
      before = " ";
    }
    if (chunk.a_rwnd == 0) absl::StrAppend(&text, " a_rwnd=0");
    return text;
  }
  static std::string InitInWords(const char* name, const auto& chunk) {
    return absl::StrCat(name, " tag=", Hex(chunk.initiate_tag.value),
                        " streams=", chunk.outbound_streams, "/", chunk.inbound_streams);
  }
  std::string operator()(const sctp::InitChunk& chunk) const { return InitInWords("INIT", chunk); }
  std::string operator()(const sctp::InitAckChunk& chunk) const {
    return InitInWords("INIT ACK", chunk);
  }
  std::string operator()(const sctp::AbortChunk& chunk) const {
    return absl::StrCat("ABORT", chunk.tag_reflected ? " T=1" : "",
                        ListOf(chunk.causes, sctp::DescribeCause));
  }
  std::string operator()(const sctp::ErrorChunk& chunk) const {
    return absl::StrCat("ERROR", ListOf(chunk.causes, sctp::DescribeCause));
  }
  std::string operator()(const sctp::ShutdownChunk& chunk) const {
    return absl::StrCat("SHUTDOWN ", Peers(chunk.cumulative_tsn_ack));
  }
  std::string operator()(const sctp::ShutdownCompleteChunk& chunk) const {
    return absl::StrCat("SHUTDOWN COMPLETE", chunk.tag_reflected ? " T=1" : "");
  }
  std::string operator()(const sctp::ForwardTsnChunk& chunk) const {
    return absl::StrCat("FORWARD-TSN ", Own(chunk.new_cumulative_tsn));
  }
  std::string operator()(const sctp::IForwardTsnChunk& chunk) const {
    return absl::StrCat("I-FORWARD-TSN ", Own(chunk.new_cumulative_tsn));
  }
  std::string operator()(const sctp::AsconfChunk& chunk) const {
    Bytes list = chunk.parameters;  // the first is the address by which the peer knows us
    sctp::TakeParameter(list);
    return absl::StrCat("ASCONF", ListOf(list, sctp::DescribeParameter));
  }
  std::string operator()(const sctp::AsconfAckChunk& chunk) const {
    return absl::StrCat("ASCONF-ACK", ListOf(chunk.responses, sctp::DescribeParameter));
  }
  std::string operator()(const sctp::ReConfigChunk& chunk) const {
    // The full names make the longest labels of all.
    return absl::StrCat("RE-CONFIG",
                        absl::StrReplaceAll(ListOf(chunk.parameters, sctp::DescribeParameter),
                                            {{"Re-configuration Response", "Response"},
                                             {" request sequence number=", " "},
                                             {" response sequence number=", " response="},
                                             {" last assigned tsn=", " last TSN="}}));
  }
  // The type says it all.
  std::string operator()(const auto& chunk) const { return sctp::ChunkTypeName(chunk.kType); }
};

// Packets in which the verification tag is the point.
bool ShowsTag(uint8_t type) {
  return type != sctp::DataChunk::kType && type != sctp::IDataChunk::kType &&
         type != sctp::SackChunk::kType && type != sctp::HeartbeatChunk::kType &&
         type != sctp::HeartbeatAckChunk::kType && type != sctp::InitChunk::kType;
}

}  // namespace

std::string SummarizeSctp(const match::PacketSource& packet, uint32_t sender_base,
                          uint32_t receiver_base) {
  std::string text;
  bool shows_tag = packet.sctp()->tag.value == 0;
  Bytes rest = packet.payload();
  while (const auto view = sctp::TakeChunk(rest)) {
    if (!text.empty()) absl::StrAppend(&text, "; ");
    const std::optional<sctp::AnyChunk> chunk = sctp::ParseChunk(*view);
    absl::StrAppend(&text, chunk ? std::visit(InWords{sender_base, receiver_base}, *chunk)
                           : sctp::IsKnownChunkType(view->type)
                               ? absl::StrCat(sctp::ChunkTypeName(view->type), " malformed")
                               : absl::StrCat("chunk type ", int{view->type}));
    const bool is_first_init = view->type == sctp::InitChunk::kType;
    shows_tag = (shows_tag || ShowsTag(view->type)) && !is_first_init;
  }
  if (!rest.empty()) absl::StrAppend(&text, text.empty() ? "" : "; ", "malformed rest");
  if (text.empty()) text = "no chunk";
  if (shows_tag) absl::StrAppend(&text, " [tag ", Hex(packet.sctp()->tag.value), "]");
  return text;
}

std::string WithoutInnerChunks(const std::string& summary) {
  const std::vector<std::string> chunks = absl::StrSplit(summary, "; ");
  const auto is_data = [](const std::string& chunk) {
    return absl::StartsWith(chunk, "DATA ") || absl::StartsWith(chunk, "I-DATA ");
  };
  const auto first = std::find_if(chunks.begin(), chunks.end(), is_data);
  const auto end = std::find_if_not(first, chunks.end(), is_data);
  if (end - first < 4) return summary;
  std::vector<std::string> kept(chunks.begin(), first + 1);
  kept.push_back(absl::StrCat(end - first - 2, " more"));
  kept.insert(kept.end(), end - 1, chunks.end());
  return absl::StrJoin(kept, "; ");
}

void SctpFlowView::Learn(const match::PacketSource& packet) {
  const sctp::CommonHeader& header = *packet.sctp();
  Bytes rest = packet.payload();
  const auto view = sctp::TakeChunk(rest);
  const std::optional<sctp::AnyChunk> chunk = view ? sctp::ParseChunk(*view) : std::nullopt;
  if (!chunk) return;
  if (const auto* init = std::get_if<sctp::InitChunk>(&*chunk)) {
    Side& side = sides_[{header.source_port, header.destination_port, init->initiate_tag.value}];
    side.base = init->initial_tsn.value - 1;
  } else if (const auto* ack = std::get_if<sctp::InitAckChunk>(&*chunk)) {
    Side& side = sides_[{header.source_port, header.destination_port, ack->initiate_tag.value}];
    side.base = ack->initial_tsn.value - 1;
    side.peer_tag = header.tag.value;
    sides_[{header.destination_port, header.source_port, header.tag.value}].peer_tag =
        ack->initiate_tag.value;
  }
}

// The receiver is known by the tag, the sender by what the receiver knows of it.
SctpFlowView::Side* SctpFlowView::SideThatSent(const match::PacketSource& packet) {
  const sctp::CommonHeader& header = *packet.sctp();
  const auto receiver =
      sides_.find({header.destination_port, header.source_port, header.tag.value});
  if (receiver == sides_.end() || !receiver->second.peer_tag) return nullptr;
  return &sides_[{header.source_port, header.destination_port, *receiver->second.peer_tag}];
}

SctpFlowView::View SctpFlowView::Describe(const match::PacketSource& packet, absl::string_view why,
                                          size_t id) {
  Learn(packet);
  const sctp::CommonHeader& header = *packet.sctp();
  Side& receiver = sides_[{header.destination_port, header.source_port, header.tag.value}];
  Side* const sender = SideThatSent(packet);
  View view;
  view.summary = SummarizeSctp(packet, sender == nullptr ? 0 : sender->base.value_or(0),
                               receiver.base.value_or(0));
  Bytes rest = packet.payload();
  while (const auto chunk_view = sctp::TakeChunk(rest)) {
    const std::optional<sctp::AnyChunk> chunk = sctp::ParseChunk(*chunk_view);
    if (!chunk) continue;
    std::optional<uint32_t> tsn;
    if (const auto* data = std::get_if<sctp::DataChunk>(&*chunk)) tsn = data->tsn.value;
    if (const auto* data = std::get_if<sctp::IDataChunk>(&*chunk)) tsn = data->tsn.value;
    if (!tsn) continue;
    view.has_data = true;
    if (sender == nullptr) continue;
    const auto [first, is_first] = sender->sent.try_emplace(*tsn, Sent{id});
    if (is_first) continue;
    view.repetition = std::max(view.repetition, ++first->second.copies);
    if (!view.original) view.original = first->second.id;
  }
  if (view.repetition > 0) {
    absl::StrAppend(&view.summary, " retransmission");
    if (!why.empty()) absl::StrAppend(&view.summary, " (", why.substr(0, why.find(':')), ")");
  }
  return view;
}

}  // namespace tickwire
