// Fuzz entry for SCTP packets: the common header, all chunks, parameters and causes, and what
// people see of them.
//
// First byte: bit 0 for IPv6, bit 1 for a repaired checksum; then the packet. Demands no crash, no
// read behind the end, and that what is read and written again reads as the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "experiments/view/packet_summary.h"
#include "experiments/view/packet_tree.h"
#include "experiments/view/sctp_flow_view.h"
#include "protocols/ip/ipv4_header.h"
#include "protocols/ip/ipv6_header.h"
#include "protocols/sctp/association/init_info.h"
#include "protocols/sctp/association/state_cookie.h"
#include "protocols/sctp/packet/any_cause.h"
#include "protocols/sctp/packet/any_chunk.h"
#include "protocols/sctp/packet/any_parameter.h"
#include "protocols/sctp/packet/sctp_packet.h"
#include "sim_core/base/check.h"
#include "topologies/match/packet_source.h"

namespace tickwire::sctp {
namespace {

constexpr size_t kLargest = 1400;

// What was read, written and read again, is written the same. (Not always read the same: the
// padding of a last parameter may have been counted by who wrote it first; RFC 9260 section 3.2.)
void CheckChunk(const ChunkView& view) {
  TW_CHECK(view.whole.size() == view.value.size() + kTlvHeader);
  const std::optional<AnyChunk> chunk = ParseChunk(view);
  TW_CHECK(!chunk || IsKnownChunkType(view.type));
  if (!chunk) return;
  std::vector<uint8_t> bytes;
  SerializeTo(*chunk, bytes);
  TW_CHECK(bytes.size() % 4 == 0);
  std::span<const uint8_t> rest = bytes;
  const std::optional<ChunkView> again = TakeChunk(rest);
  TW_CHECK(again && rest.empty() && again->type == view.type);
  const std::optional<AnyChunk> reread = ParseChunk(*again);
  TW_CHECK(reread && reread->index() == chunk->index());
  std::vector<uint8_t> twice;
  SerializeTo(*reread, twice);
  TW_CHECK(twice == bytes);
}

template <class Any, class Parse>
void CheckValue(const ParameterView& view, Parse parse) {
  const std::optional<Any> value = parse(view);
  if (!value) return;
  std::vector<uint8_t> bytes;
  std::visit([&](const auto& one) { one.SerializeTo(bytes); }, *value);
  std::span<const uint8_t> rest = bytes;
  const std::optional<ParameterView> again = TakeParameter(rest);
  TW_CHECK(again && rest.empty() && again->type == view.type);
  const std::optional<Any> reread = parse(*again);
  TW_CHECK(reread && reread->index() == value->index());
  std::vector<uint8_t> twice;
  std::visit([&](const auto& one) { one.SerializeTo(twice); }, *reread);
  TW_CHECK(twice == bytes);
}

// Any bytes as parameters, and as causes.
void CheckValues(std::span<const uint8_t> bytes) {
  std::span<const uint8_t> rest = bytes;
  while (const std::optional<ParameterView> view = TakeParameter(rest)) {
    TW_CHECK(!DescribeParameter(*view).empty());
    TW_CHECK(!DescribeCause(*view).empty());
    CheckValue<AnyParameter>(*view, [](const ParameterView& v) { return ParseParameter(v); });
    CheckValue<AnyCause>(*view, [](const ParameterView& v) { return ParseCause(v); });
  }
  (void)AreParameters(bytes);
  (void)StateCookie::Verify(bytes, StateCookie::Secret{});
  if (const std::optional<InitInfo> info = InitInfo::Read(bytes)) {
    TW_CHECK(info->addresses.size() <= 64);
  }
}

void CheckPacket(std::span<const uint8_t> bytes, bool v6, bool repair) {
  std::vector<uint8_t> packet(bytes.begin(), bytes.end());
  if (repair && packet.size() >= CommonHeader::kSize) CommonHeader::Seal(packet);
  const TraceLabel* why = nullptr;
  const std::optional<CommonHeader> header = CommonHeader::Parse(packet, &why);
  TW_CHECK(header.has_value() == (why == nullptr));
  if (packet.size() >= CommonHeader::kSize) {
    std::span<const uint8_t> rest = std::span<const uint8_t>(packet).subspan(CommonHeader::kSize);
    while (const std::optional<ChunkView> chunk = TakeChunk(rest)) {
      CheckChunk(*chunk);
      CheckValues(chunk->value);
      if (chunk->value.size() >= 16) CheckValues(chunk->value.subspan(16));  // behind INIT's fields
    }
  }
  // As a part of an IP packet.
  const IpAddress a = *IpAddress::Parse(v6 ? "2001:db8::1" : "10.0.0.1");
  const IpAddress b = *IpAddress::Parse(v6 ? "2001:db8::2" : "10.0.0.2");
  BufferPool pool;
  Packet whole = Packet::Allocate(pool, Packet::kHeadroom, packet.size());
  std::copy(packet.begin(), packet.end(), whole.mutable_bytes().begin());
  if (v6) {
    Ipv6Header{.payload_length = static_cast<uint16_t>(whole.wire_size()),
               .next_header = IpProtocol::kSctp,
               .hop_limit = 64,
               .source = a,
               .destination = b}
        .SerializeTo(whole.Prepend(Ipv6Header::kSize));
  } else {
    Ipv4Header{.total_length = static_cast<uint16_t>(Ipv4Header::kSize + whole.wire_size()),
               .ttl = 64,
               .protocol = IpProtocol::kSctp,
               .source = a,
               .destination = b}
        .SerializeTo(whole.Prepend(Ipv4Header::kSize));
  }
  TW_CHECK(!DescribePacket(whole.bytes()).lines.empty());
  match::PacketSource source(whole.bytes(), 0);
  TW_CHECK(!Summarize(source).empty());
  for (uint16_t field = 0; field < match::PacketFields().size(); ++field) {
    (void)source.Get(match::FieldId{field});
  }
  if (!source.sctp()) return;
  SctpFlowView view;
  for (size_t i = 0; i < 3; ++i) TW_CHECK(!view.Describe(source, "", i).summary.empty());
}

}  // namespace
}  // namespace tickwire::sctp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::span<const uint8_t> packet(data + 1, std::min(size - 1, tickwire::sctp::kLargest));
  tickwire::sctp::CheckPacket(packet, (data[0] & 1) != 0, (data[0] & 2) != 0);
  return 0;
}
