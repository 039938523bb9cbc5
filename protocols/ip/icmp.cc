#include "protocols/ip/icmp.h"

#include "sim_core/packet/byte_reader.h"

namespace tickwire {
namespace {

struct Numbers {
  IcmpErrorKind error;
  uint8_t v4_type, v4_code, v6_type, v6_code;
};
// RFC 792; RFC 1191 section 4; RFC 4443 sections 3.1 to 3.4.
constexpr Numbers kErrors[] = {
    {IcmpErrorKind::kNetworkUnreachable, 3, 0, 1, 0},
    {IcmpErrorKind::kHostUnreachable, 3, 1, 1, 3},
    {IcmpErrorKind::kProtocolUnreachable, 3, 2, 4, 1},
    {IcmpErrorKind::kPortUnreachable, 3, 3, 1, 4},
    {IcmpErrorKind::kPacketTooBig, 3, 4, 2, 0},
    {IcmpErrorKind::kTtlExceeded, 11, 0, 3, 0},
    {IcmpErrorKind::kReassemblyTimeout, 11, 1, 3, 1},
};
constexpr uint8_t kV4EchoReply = 0, kV4EchoRequest = 8;
constexpr uint8_t kV6EchoRequest = 128, kV6EchoReply = 129;

InternetChecksum Sum(std::span<const uint8_t> bytes, uint32_t zeros, const IpAddress& source,
                     const IpAddress& destination) {
  InternetChecksum sum;
  if (source.is_v6()) {  // RFC 4443 section 2.3
    AddPseudoHeader(sum, source, destination, IpProtocol::kIcmpv6,
                    static_cast<uint32_t>(bytes.size()) + zeros);
  }
  sum.Add(bytes);
  return sum;
}

}  // namespace

std::optional<IcmpMessage> IcmpMessage::Parse(std::span<const uint8_t> bytes, uint32_t zeros,
                                              const IpAddress& source,
                                              const IpAddress& destination) {
  const auto reader = ByteReader<kHeaderSize>::From(bytes);
  if (!reader || Sum(bytes, zeros, source, destination).Finish() != 0) return std::nullopt;
  const bool v6 = source.is_v6();
  const uint8_t type = reader->Load<uint8_t, 0>();
  const uint8_t code = reader->Load<uint8_t, 1>();
  IcmpMessage message;
  message.rest = reader->Load<uint32_t, 4>();
  message.payload = reader->rest();
  if (type == (v6 ? kV6EchoRequest : kV4EchoRequest)) {
    message.kind = Kind::kEchoRequest;
  } else if (type == (v6 ? kV6EchoReply : kV4EchoReply)) {
    message.kind = Kind::kEchoReply;
  } else {
    for (const Numbers& n : kErrors) {
      if (type != (v6 ? n.v6_type : n.v4_type) || code != (v6 ? n.v6_code : n.v4_code)) continue;
      message.kind = Kind::kError;
      message.error = n.error;
    }
  }
  return message;
}

void IcmpMessage::WriteHeader(std::span<uint8_t> out, uint32_t zeros, const IpAddress& source,
                              const IpAddress& destination) const {
  const bool v6 = source.is_v6();
  ByteWriter<kHeaderSize> writer(out);
  uint8_t type = 0, code = 0;
  switch (kind) {
    case Kind::kEchoRequest:
      type = v6 ? kV6EchoRequest : kV4EchoRequest;
      break;
    case Kind::kEchoReply:
      type = v6 ? kV6EchoReply : kV4EchoReply;
      break;
    case Kind::kError: {
      const Numbers& n = kErrors[static_cast<size_t>(error)];
      type = v6 ? n.v6_type : n.v4_type;
      code = v6 ? n.v6_code : n.v4_code;
      break;
    }
    case Kind::kOther:
      TW_CHECK(kind != Kind::kOther);
  }
  writer.Store<uint8_t, 0>(type);
  writer.Store<uint8_t, 1>(code);
  writer.Store<uint16_t, 2>(0);
  writer.Store<uint32_t, 4>(rest);
  writer.Store<uint16_t, 2>(Sum(out, zeros, source, destination).Finish());
}

}  // namespace tickwire
