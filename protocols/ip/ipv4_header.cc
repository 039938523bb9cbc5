#include "protocols/ip/ipv4_header.h"

#include "sim_core/packet/byte_reader.h"

namespace tickwire {
namespace {

constexpr TraceLabel kTooShort{"truncated", "RFC 791 3.1: shorter than its header"};
constexpr TraceLabel kBadVersion{"bad_version", "RFC 791 3.1: version is not 4"};
constexpr TraceLabel kBadHeaderLength{"bad_header_length",
                                      "RFC 791 3.1: IHL below 5 or beyond the packet"};
constexpr TraceLabel kBadLength{"bad_length",
                                "RFC 791 3.1: total length below the header or beyond the packet"};
constexpr TraceLabel kBadChecksum{"bad_ip_checksum", "RFC 1122 3.2.1.2: header checksum is wrong"};

constexpr uint16_t kDontFragment = 0x4000;
constexpr uint16_t kMoreFragments = 0x2000;
constexpr uint16_t kOffsetMask = 0x1fff;

// A whole header's 16-bit word at `offset` changes to `value`; its checksum follows.
void ReplaceWord(std::span<uint8_t> header, size_t offset, uint16_t value) {
  const auto load = [&](size_t at) {
    return static_cast<uint16_t>(header[at] << 8 | header[at + 1]);
  };
  const auto store = [&](size_t at, uint16_t word) {
    header[at] = static_cast<uint8_t>(word >> 8);
    header[at + 1] = static_cast<uint8_t>(word);
  };
  store(10, UpdatedChecksum(load(10), load(offset), value));
  store(offset, value);
}

}  // namespace

std::optional<Ipv4Header> Ipv4Header::Parse(std::span<const uint8_t> bytes, size_t wire_size,
                                            const TraceLabel** why) {
  const auto reader = ByteReader<kSize>::From(bytes);
  *why = &kTooShort;
  if (!reader) return std::nullopt;
  const uint8_t version_ihl = reader->Load<uint8_t, 0>();
  *why = &kBadVersion;
  if (version_ihl >> 4 != 4) return std::nullopt;
  Ipv4Header header;
  header.header_size = (version_ihl & 0xf) * size_t{4};
  *why = &kBadHeaderLength;
  if (header.header_size < kSize || header.header_size > bytes.size()) return std::nullopt;
  header.total_length = reader->Load<uint16_t, 2>();
  *why = &kBadLength;
  if (header.total_length < header.header_size || header.total_length > wire_size) {
    return std::nullopt;
  }
  *why = &kBadChecksum;
  if (InternetChecksum().Add(bytes.first(header.header_size)).Finish() != 0) return std::nullopt;
  *why = nullptr;
  const uint8_t tos = reader->Load<uint8_t, 1>();
  header.dscp = tos >> 2;
  header.ecn = static_cast<Ecn>(tos & 3);
  header.identification = reader->Load<uint16_t, 4>();
  const uint16_t fragment = reader->Load<uint16_t, 6>();
  header.dont_fragment = (fragment & kDontFragment) != 0;
  header.more_fragments = (fragment & kMoreFragments) != 0;
  header.fragment_offset = static_cast<uint16_t>((fragment & kOffsetMask) * 8);
  header.ttl = reader->Load<uint8_t, 8>();
  header.protocol = static_cast<IpProtocol>(reader->Load<uint8_t, 9>());
  header.source = IpAddress::V4(reader->Load<uint32_t, 12>());
  header.destination = IpAddress::V4(reader->Load<uint32_t, 16>());
  return header;
}

void Ipv4Header::SerializeTo(std::span<uint8_t> out) const {
  ByteWriter<kSize> writer(out);
  writer.Store<uint8_t, 0>(0x45);
  writer.Store<uint8_t, 1>(static_cast<uint8_t>(dscp << 2 | static_cast<uint8_t>(ecn)));
  writer.Store<uint16_t, 2>(total_length);
  writer.Store<uint16_t, 4>(identification);
  writer.Store<uint16_t, 6>(static_cast<uint16_t>((dont_fragment ? kDontFragment : 0) |
                                                  (more_fragments ? kMoreFragments : 0) |
                                                  fragment_offset / 8));
  writer.Store<uint8_t, 8>(ttl);
  writer.Store<uint8_t, 9>(static_cast<uint8_t>(protocol));
  writer.Store<uint16_t, 10>(0);
  writer.Store<uint32_t, 12>(source.v4());
  writer.Store<uint32_t, 16>(destination.v4());
  writer.Store<uint16_t, 10>(InternetChecksum().Add(out.first(kSize)).Finish());
}

void DecrementIpv4Ttl(std::span<uint8_t> header) {
  TW_DCHECK(header.size() >= Ipv4Header::kSize && header[8] > 0);
  ReplaceWord(header, 8, static_cast<uint16_t>((header[8] - 1) << 8 | header[9]));
}

void MarkIpv4Ce(std::span<uint8_t> header) {
  TW_DCHECK(header.size() >= Ipv4Header::kSize);
  ReplaceWord(header, 0,
              static_cast<uint16_t>(header[0] << 8 | header[1] | static_cast<uint8_t>(Ecn::kCe)));
}

}  // namespace tickwire
