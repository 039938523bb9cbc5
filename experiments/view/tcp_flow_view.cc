#include "experiments/view/tcp_flow_view.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "protocols/tcp/seq_range.h"

namespace tickwire {
namespace {

using tcp::TcpHeader;
using tcp::TcpOptions;

int64_t LengthOf(const match::PacketSource& packet) {
  return int64_t{packet.payload_size()} + (packet.tcp()->has(TcpHeader::kSyn) ? 1 : 0) +
         (packet.tcp()->has(TcpHeader::kFin) ? 1 : 0);
}

// Blocks that report what was there already come first (RFC 2883 section 4): below the
// acknowledgment number, or within the next block.
bool StartsWithDsack(const TcpOptions& options, uint32_t acknowledgment) {
  if (options.sack_count == 0) return false;
  const auto before = [](uint32_t a, uint32_t b) { return static_cast<int32_t>(a - b) < 0; };
  const auto& first = options.sack[0];
  if (before(first.left, acknowledgment)) return true;
  return options.sack_count > 1 && !before(first.left, options.sack[1].left) &&
         !before(options.sack[1].right, first.right);
}

void AppendOptions(const TcpHeader& header, const TcpOptions& options, uint32_t acknowledgment_base,
                   std::string& text) {
  if (header.has(TcpHeader::kSyn)) {
    if (options.mss) absl::StrAppend(&text, " MSS=", *options.mss);
    if (options.window_scale) {
      absl::StrAppend(&text, " WS=", static_cast<int>(*options.window_scale));
    }
    if (options.sack_permitted) absl::StrAppend(&text, " SACK_PERM");
    if (options.timestamps) absl::StrAppend(&text, " TS");
  }
  const bool has_dsack = StartsWithDsack(options, header.acknowledgment);
  for (size_t i = 0; i < options.sack_count; ++i) {
    const bool begins_list = i == (has_dsack ? 1u : 0u);
    absl::StrAppend(&text,
                    begins_list ? ", SACK "
                    : i == 0    ? ", D-SACK "
                                : " ",
                    options.sack[i].left - acknowledgment_base, "-",
                    options.sack[i].right - acknowledgment_base);
  }
}

}  // namespace

std::string SummarizeTcp(const match::PacketSource& packet, uint32_t sequence_base,
                         uint32_t acknowledgment_base) {
  const TcpHeader& header = *packet.tcp();
  const TcpOptions options = packet.tcp_options();
  const uint32_t sequence = header.sequence - sequence_base;
  const uint32_t acknowledgment = header.acknowledgment - acknowledgment_base;
  const bool has_ack = header.has(TcpHeader::kAck);
  const uint8_t named =
      header.flags & (TcpHeader::kSyn | TcpHeader::kFin | TcpHeader::kRst | TcpHeader::kUrg);
  const uint8_t ecn = header.flags & (TcpHeader::kEce | TcpHeader::kCwr);
  std::string text;
  if (named == 0 && packet.payload_size() == 0 && has_ack) {
    text = absl::StrCat("ACK ", acknowledgment);
    if (header.window == 0) absl::StrAppend(&text, " win=0");
  } else {
    if (named != 0) {
      text = tcp::FlagNames(static_cast<uint8_t>(named | (has_ack ? TcpHeader::kAck : 0)));
    }
    if (packet.payload_size() > 0) {
      absl::StrAppend(&text, text.empty() ? "" : " ", packet.payload_size(), " B");
    }
    if (text.empty()) text = "no flags";
    absl::StrAppend(&text, " seq=", sequence);
    if (named != 0 && has_ack) absl::StrAppend(&text, " ack=", acknowledgment);
    if (header.has(TcpHeader::kSyn)) absl::StrAppend(&text, " win=", header.window);
    if (header.has(TcpHeader::kUrg)) absl::StrAppend(&text, " up=", header.urgent_pointer);
  }
  if (ecn != 0) absl::StrAppend(&text, " ", tcp::FlagNames(ecn));
  AppendOptions(header, options, acknowledgment_base, text);
  if (packet.ip().ecn == Ecn::kCe) absl::StrAppend(&text, " CE");
  return text;
}

TcpFlowView::Flow& TcpFlowView::FlowOf(const Key& key, uint32_t guess) {
  const auto [it, is_new] = flows_.try_emplace(key);
  if (is_new) Reopen(it->second, guess);
  return it->second;
}

void TcpFlowView::Reopen(Flow& flow, uint32_t base) {
  flow = Flow{};
  flow.base = base;
}

// What RFC 5681 section 2 calls a duplicate acknowledgment, with its number; and a window that
// opened again.
std::string TcpFlowView::AckNote(Flow& flow, const Flow* back, const match::PacketSource& packet) {
  const TcpHeader& header = *packet.tcp();
  if (!header.has(TcpHeader::kAck) || back == nullptr) return "";
  const int64_t ack =
      tcp::Unwrap(header.acknowledgment, back->base, std::max<int64_t>(0, flow.last_ack));
  const bool is_pure = LengthOf(packet) == 0 && !header.has(TcpHeader::kRst);
  std::string note;
  if (is_pure && ack == flow.last_ack &&
      (header.window == flow.last_window || packet.tcp_options().sack_count > 0) &&
      back->highest > ack) {
    note = absl::StrCat(" duplicate ", ++flow.duplicate_acks);
  } else if (ack != flow.last_ack) {
    flow.duplicate_acks = 0;
  }
  if (is_pure && ack == flow.last_ack && flow.last_window == 0 && header.window > 0) {
    note = absl::StrCat(" window update, win=", header.window);
  }
  flow.last_ack = std::max(flow.last_ack, ack);
  flow.last_window = header.window;
  return note;
}

TcpFlowView::View TcpFlowView::Describe(const match::PacketSource& packet, absl::string_view why,
                                        size_t id) {
  const TcpHeader& header = *packet.tcp();
  const Endpoint source{packet.ip().source, header.source_port};
  const Endpoint destination{packet.ip().destination, header.destination_port};
  const bool is_syn = header.has(TcpHeader::kSyn);
  Flow& flow = FlowOf({source, destination}, header.sequence - (is_syn ? 0 : 1));
  if (is_syn && header.sequence != flow.base) Reopen(flow, header.sequence);
  const auto back = flows_.find({destination, source});
  const Flow* opposite = back == flows_.end() ? nullptr : &back->second;
  // Without a SYN from there the first number acknowledged is as good a start as any.
  if (opposite == nullptr && header.has(TcpHeader::kAck)) {
    opposite = &FlowOf({destination, source}, header.acknowledgment - 1);
  }

  View view;
  view.summary = SummarizeTcp(packet, flow.base, opposite == nullptr ? 0 : opposite->base);
  absl::StrAppend(&view.summary, AckNote(flow, opposite, packet));
  const int64_t length = LengthOf(packet);
  const int64_t begin = tcp::Unwrap(header.sequence, flow.base, flow.highest);
  if (length == 0 || header.has(TcpHeader::kRst)) return view;
  if (begin >= flow.highest) {
    flow.sent[begin] = {begin + length, id};
    flow.highest = begin + length;
    return view;
  }
  // The first that held this byte.
  auto first = flow.sent.upper_bound(begin);
  if (first != flow.sent.begin() && std::prev(first)->second.end > begin) {
    --first;
    view.original = first->second.id;
    view.repetition = ++first->second.copies;
  }
  flow.highest = std::max(flow.highest, begin + length);
  if (why.empty()) {
    absl::StrAppend(&view.summary, " retransmission");
  } else {
    // The rule; how it came to it is in the reason.
    absl::StrAppend(&view.summary, " retransmission (", why.substr(0, why.find(':')), ")");
  }
  return view;
}

}  // namespace tickwire
