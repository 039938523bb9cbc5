#include "protocols/sctp/association/state_cookie.h"

#include <algorithm>

#include "protocols/sctp/association/hmac.h"
#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {
namespace {

constexpr size_t kMacSize = 32;

void Put(std::vector<uint8_t>& out, uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<uint8_t>(value >> shift));
  }
}

void PutSized(std::vector<uint8_t>& out, std::span<const uint8_t> bytes) {
  Put(out, bytes.size(), 2);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

uint64_t Take64(ValueReader& reader) {
  const uint64_t high = reader.Take32();
  return high << 32 | reader.Take32();
}

bool TakeSized(ValueReader& reader, std::vector<uint8_t>& out) {
  const size_t size = reader.Take16();
  if (!reader.ok() || reader.left() < size) return false;
  out.reserve(size);
  for (size_t i = 0; i < size; ++i) out.push_back(reader.Take8());
  return true;
}

bool TakeAddress(ValueReader& reader, IpAddress& out) {
  std::vector<uint8_t> bytes;
  if (!TakeSized(reader, bytes) || (bytes.size() != 4 && bytes.size() != 16)) return false;
  out = IpAddress::FromBytes(bytes);
  return true;
}

}  // namespace

std::vector<uint8_t> StateCookie::Sign(const Secret& secret) const {
  std::vector<uint8_t> out(kMacSize);
  Put(out, static_cast<uint64_t>(created.nanos()), 8);
  Put(out, static_cast<uint64_t>(life.nanos()), 8);
  PutSized(out, local.bytes());
  PutSized(out, remote.bytes());
  Put(out, local_port, 2);
  Put(out, remote_port, 2);
  Put(out, local_tag.value, 4);
  Put(out, local_initial_tsn.value, 4);
  Put(out, outbound_streams, 2);
  Put(out, inbound_streams, 2);
  Put(out, local_tie_tag, 4);
  Put(out, peer_tie_tag, 4);
  PutSized(out, random);
  PutSized(out, peer_init);
  const std::vector<uint8_t> mac =
      Hmac(HmacId::kSha256, secret, {out.begin() + kMacSize, out.end()});
  std::copy(mac.begin(), mac.end(), out.begin());
  return out;
}

std::optional<StateCookie> StateCookie::Verify(std::span<const uint8_t> bytes,
                                               const Secret& secret) {
  if (bytes.size() < kMacSize) return std::nullopt;
  const std::span<const uint8_t> body = bytes.subspan(kMacSize);
  const std::vector<uint8_t> mac = Hmac(HmacId::kSha256, secret, body);
  if (!std::equal(mac.begin(), mac.end(), bytes.begin())) return std::nullopt;
  StateCookie cookie;
  ValueReader reader(body);
  cookie.created = SimTime::FromNanos(static_cast<int64_t>(Take64(reader)));
  cookie.life = Duration::Nanos(static_cast<int64_t>(Take64(reader)));
  if (!TakeAddress(reader, cookie.local) || !TakeAddress(reader, cookie.remote)) {
    return std::nullopt;
  }
  cookie.local_port = reader.Take16();
  cookie.remote_port = reader.Take16();
  cookie.local_tag = VerificationTag{reader.Take32()};
  cookie.local_initial_tsn = Tsn{reader.Take32()};
  cookie.outbound_streams = reader.Take16();
  cookie.inbound_streams = reader.Take16();
  cookie.local_tie_tag = reader.Take32();
  cookie.peer_tie_tag = reader.Take32();
  if (!TakeSized(reader, cookie.random) || !TakeSized(reader, cookie.peer_init) || !reader.done()) {
    return std::nullopt;
  }
  return cookie;
}

}  // namespace tickwire::sctp
