#include "protocols/ip/ipv6_header.h"

#include <algorithm>

#include "sim_core/packet/byte_reader.h"

namespace tickwire {
namespace {

constexpr TraceLabel kTooShort{"truncated", "RFC 8200 3: shorter than its header"};
constexpr TraceLabel kBadVersion{"bad_version", "RFC 8200 3: version is not 6"};
constexpr TraceLabel kBadLength{"bad_length", "RFC 8200 3: payload length beyond the packet"};

}  // namespace

std::optional<Ipv6Header> Ipv6Header::Parse(std::span<const uint8_t> bytes, size_t wire_size,
                                            const TraceLabel** why) {
  const auto reader = ByteReader<kSize>::From(bytes);
  *why = &kTooShort;
  if (!reader) return std::nullopt;
  const uint32_t first = reader->Load<uint32_t, 0>();
  *why = &kBadVersion;
  if (first >> 28 != 6) return std::nullopt;
  Ipv6Header header;
  header.payload_length = reader->Load<uint16_t, 4>();
  *why = &kBadLength;
  if (kSize + header.payload_length > wire_size) return std::nullopt;
  *why = nullptr;
  header.dscp = static_cast<uint8_t>(first >> 22 & 0x3f);
  header.ecn = static_cast<Ecn>(first >> 20 & 3);
  header.flow_label = first & 0xfffff;
  header.next_header = static_cast<IpProtocol>(reader->Load<uint8_t, 6>());
  header.hop_limit = reader->Load<uint8_t, 7>();
  header.source = IpAddress::FromBytes(bytes.subspan(8, 16));
  header.destination = IpAddress::FromBytes(bytes.subspan(24, 16));
  return header;
}

void Ipv6Header::SerializeTo(std::span<uint8_t> out) const {
  ByteWriter<kSize> writer(out);
  writer.Store<uint32_t, 0>(uint32_t{6} << 28 | uint32_t{dscp} << 22 |
                            static_cast<uint32_t>(ecn) << 20 | (flow_label & 0xfffff));
  writer.Store<uint16_t, 4>(payload_length);
  writer.Store<uint8_t, 6>(static_cast<uint8_t>(next_header));
  writer.Store<uint8_t, 7>(hop_limit);
  std::ranges::copy(source.bytes(), out.begin() + 8);
  std::ranges::copy(destination.bytes(), out.begin() + 24);
}

std::optional<Ipv6FragmentHeader> Ipv6FragmentHeader::Parse(std::span<const uint8_t> bytes) {
  const auto reader = ByteReader<kSize>::From(bytes);
  if (!reader) return std::nullopt;
  const uint16_t offset = reader->Load<uint16_t, 2>();
  return Ipv6FragmentHeader{.next_header = static_cast<IpProtocol>(reader->Load<uint8_t, 0>()),
                            .fragment_offset = static_cast<uint16_t>(offset & 0xfff8),
                            .more_fragments = (offset & 1) != 0,
                            .identification = reader->Load<uint32_t, 4>()};
}

void Ipv6FragmentHeader::SerializeTo(std::span<uint8_t> out) const {
  ByteWriter<kSize> writer(out);
  writer.Store<uint8_t, 0>(static_cast<uint8_t>(next_header));
  writer.Store<uint8_t, 1>(0);
  writer.Store<uint16_t, 2>(static_cast<uint16_t>(fragment_offset | (more_fragments ? 1 : 0)));
  writer.Store<uint32_t, 4>(identification);
}

}  // namespace tickwire
