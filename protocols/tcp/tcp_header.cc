#include "protocols/tcp/tcp_header.h"

#include <algorithm>

#include "sim_core/base/check.h"
#include "sim_core/packet/byte_reader.h"

namespace tickwire::tcp {
namespace {

constexpr TraceLabel kTooShort{"truncated_tcp", "RFC 9293 3.1: shorter than its header"};
constexpr TraceLabel kBadOffset{"bad_tcp_offset",
                                "RFC 9293 3.1: data offset below 5 or beyond the segment"};
constexpr TraceLabel kBadChecksum{"bad_tcp_checksum", "RFC 9293 3.1: checksum is wrong"};

// What an ICMP error quotes at least (RFC 792): ports and sequence number.
constexpr size_t kQuoted = 8;

uint16_t Checksum(std::span<const uint8_t> stored, size_t length, const IpAddress& source,
                  const IpAddress& destination) {
  InternetChecksum sum;
  AddPseudoHeader(sum, source, destination, IpProtocol::kTcp, static_cast<uint32_t>(length));
  return sum.Add(stored).Finish();
}

}  // namespace

std::optional<TcpHeader> TcpHeader::Read(std::span<const uint8_t> bytes) {
  const auto quoted = ByteReader<kQuoted>::From(bytes);
  if (!quoted) return std::nullopt;
  TcpHeader header;
  header.source_port = quoted->Load<uint16_t, 0>();
  header.destination_port = quoted->Load<uint16_t, 2>();
  header.sequence = quoted->Load<uint32_t, 4>();
  header.data_offset = 0;
  const auto whole = ByteReader<kSize>::From(bytes);
  if (!whole) return header;
  header.acknowledgment = whole->Load<uint32_t, 8>();
  const uint8_t offset_and_reserved = whole->Load<uint8_t, 12>();
  header.data_offset = offset_and_reserved >> 4;
  header.reserved = offset_and_reserved & 0x0f;
  header.flags = whole->Load<uint8_t, 13>();
  header.window = whole->Load<uint16_t, 14>();
  header.checksum = whole->Load<uint16_t, 16>();
  header.urgent_pointer = whole->Load<uint16_t, 18>();
  return header;
}

std::optional<TcpHeader> TcpHeader::Parse(const Packet& segment, const IpAddress& source,
                                          const IpAddress& destination, const TraceLabel** why) {
  *why = &kTooShort;
  if (segment.bytes().size() < kSize) return std::nullopt;
  const std::optional<TcpHeader> header = Read(segment.bytes());
  *why = &kBadOffset;
  // Only payload may be among the zeros that are not stored.
  if (header->header_bytes() < kSize || header->header_bytes() > segment.bytes().size()) {
    return std::nullopt;
  }
  *why = &kBadChecksum;
  if (Checksum(segment.bytes(), segment.wire_size(), source, destination) != 0) {
    return std::nullopt;
  }
  *why = nullptr;
  return header;
}

void TcpHeader::PrependTo(Packet& payload, std::span<const uint8_t> options,
                          const IpAddress& source, const IpAddress& destination) const {
  TW_CHECK(options.size() % 4 == 0);
  TW_CHECK(options.size() <= 40);
  const size_t size = kSize + options.size();
  const std::span<uint8_t> bytes = payload.Prepend(size);
  std::copy(options.begin(), options.end(), bytes.begin() + kSize);
  ByteWriter<kSize> writer(bytes);
  writer.Store<uint16_t, 0>(source_port);
  writer.Store<uint16_t, 2>(destination_port);
  writer.Store<uint32_t, 4>(sequence);
  writer.Store<uint32_t, 8>(acknowledgment);
  writer.Store<uint8_t, 12>(static_cast<uint8_t>(size / 4 << 4 | (reserved & 0x0f)));
  writer.Store<uint8_t, 13>(flags);
  writer.Store<uint16_t, 14>(window);
  writer.Store<uint16_t, 16>(0);
  writer.Store<uint16_t, 18>(urgent_pointer);
  writer.Store<uint16_t, 16>(Checksum(payload.bytes(), payload.wire_size(), source, destination));
}

std::string FlagNames(uint8_t flags) {
  static constexpr const char* kNames[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
  std::string names;
  for (int bit = 0; bit < 8; ++bit) {
    if ((flags >> bit & 1) == 0) continue;
    if (!names.empty()) names += ", ";
    names += kNames[bit];
  }
  return names;
}

}  // namespace tickwire::tcp
