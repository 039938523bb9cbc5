#include "protocols/udp/udp_header.h"

#include "sim_core/packet/byte_reader.h"

namespace tickwire {
namespace {

constexpr TraceLabel kTooShort{"truncated_udp", "RFC 768: shorter than its header"};
constexpr TraceLabel kBadLength{"bad_udp_length",
                                "RFC 768: length below the header or beyond the datagram"};
constexpr TraceLabel kBadChecksum{"bad_udp_checksum", "RFC 1122 4.1.3.4: checksum is wrong"};
constexpr TraceLabel kNoChecksum{"no_udp_checksum",
                                 "RFC 8200 8.1: the checksum is not optional over IPv6"};

uint16_t Checksum(std::span<const uint8_t> bytes, uint32_t length, const IpAddress& source,
                  const IpAddress& destination) {
  InternetChecksum sum;
  AddPseudoHeader(sum, source, destination, IpProtocol::kUdp, length);
  return sum.Add(bytes).Finish();
}

}  // namespace

std::optional<UdpHeader> UdpHeader::Read(std::span<const uint8_t> bytes) {
  const auto reader = ByteReader<kSize>::From(bytes);
  if (!reader) return std::nullopt;
  return UdpHeader{reader->Load<uint16_t, 0>(), reader->Load<uint16_t, 2>(),
                   reader->Load<uint16_t, 4>(), reader->Load<uint16_t, 6>()};
}

std::optional<UdpHeader> UdpHeader::Parse(const Packet& datagram, const IpAddress& source,
                                          const IpAddress& destination, const TraceLabel** why) {
  const std::optional<UdpHeader> header = Read(datagram.bytes());
  *why = &kTooShort;
  if (!header) return std::nullopt;
  *why = &kBadLength;
  if (header->length < kSize || header->length > datagram.wire_size()) return std::nullopt;
  if (header->checksum == 0) {
    *why = &kNoChecksum;
    if (source.is_v6()) return std::nullopt;
  } else {
    *why = &kBadChecksum;
    const size_t stored = std::min<size_t>(header->length, datagram.bytes().size());
    if (Checksum(datagram.bytes().first(stored), header->length, source, destination) != 0) {
      return std::nullopt;
    }
  }
  *why = nullptr;
  return header;
}

void UdpHeader::PrependTo(Packet& payload, uint16_t source_port, uint16_t destination_port,
                          const IpAddress& source, const IpAddress& destination) {
  const uint16_t length = static_cast<uint16_t>(kSize + payload.wire_size());
  payload.Prepend(kSize);
  const std::span<uint8_t> bytes = payload.mutable_bytes();
  ByteWriter<kSize> writer(bytes);
  writer.Store<uint16_t, 0>(source_port);
  writer.Store<uint16_t, 2>(destination_port);
  writer.Store<uint16_t, 4>(length);
  writer.Store<uint16_t, 6>(0);
  const uint16_t checksum = Checksum(bytes, length, source, destination);
  // A computed zero is sent as all ones: zero means "none".
  writer.Store<uint16_t, 6>(checksum == 0 ? 0xffff : checksum);
}

}  // namespace tickwire
