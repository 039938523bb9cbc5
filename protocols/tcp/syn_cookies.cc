#include "protocols/tcp/syn_cookies.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "sim_core/trace/digest.h"

namespace tickwire::tcp {
namespace {

constexpr std::array<uint16_t, 8> kMssTable = {536, 1024, 1220, 1360, 1400, 1440, 1460, 8960};
constexpr uint32_t kHashMask = 0x00fffff8;

uint32_t StepOf(SimTime now) {
  return static_cast<uint32_t>(now.nanos() / Duration::Seconds(64).nanos());
}

// Low bits of the timestamp: window scale 0 to 14, 15 for none; SACK above.
constexpr uint32_t kScaleMask = 0x0f;
constexpr uint32_t kSackBit = 0x10;
constexpr uint32_t kOptionBits = 0x1f;

}  // namespace

uint32_t SynCookies::Hash(const TcpConnection::Id& id, uint32_t peer_initial_sequence,
                          uint32_t step, uint32_t mss_index) const {
  std::array<uint8_t, 64> bytes{};
  size_t at = 0;
  const auto add = [&](const void* data, size_t size) {
    std::memcpy(bytes.data() + at, data, size);
    at += size;
  };
  const auto add_number = [&](uint64_t value, int size) {
    for (int i = size - 1; i >= 0; --i) bytes[at++] = static_cast<uint8_t>(value >> (8 * i));
  };
  add_number(secret_, 8);
  add(id.local.address.bytes().data(), id.local.address.bytes().size());
  add(id.remote.address.bytes().data(), id.remote.address.bytes().size());
  add_number(id.local.port, 2);
  add_number(id.remote.port, 2);
  add_number(peer_initial_sequence, 4);
  add_number(step, 4);
  add_number(mss_index, 1);
  return static_cast<uint32_t>(StableHash64(std::span<const uint8_t>(bytes.data(), at)) >> 20);
}

uint32_t SynCookies::Make(const TcpConnection::Id& id, uint32_t peer_initial_sequence,
                          uint16_t peer_mss, SimTime now) const {
  // The largest entry that is not above what the peer takes.
  const auto above = std::upper_bound(kMssTable.begin() + 1, kMssTable.end(), peer_mss);
  const auto index = static_cast<uint32_t>(above - kMssTable.begin() - 1);
  const uint32_t step = StepOf(now);
  return (step << 24) | (Hash(id, peer_initial_sequence, step, index) & kHashMask) | index;
}

std::optional<uint16_t> SynCookies::Check(const TcpConnection::Id& id, uint32_t cookie,
                                          uint32_t peer_initial_sequence, SimTime now) const {
  const uint32_t now_step = StepOf(now);
  const uint32_t age = (now_step - (cookie >> 24)) & 0xff;
  if (age > 1 || age > now_step) return std::nullopt;
  if ((Hash(id, peer_initial_sequence, now_step - age, cookie & 7) & kHashMask) !=
      (cookie & kHashMask)) {
    return std::nullopt;
  }
  return kMssTable[cookie & 7];
}

uint32_t SynCookies::EncodeOptions(uint32_t timestamp, bool sack,
                                   std::optional<uint8_t> window_scale) {
  const uint32_t bits =
      (window_scale ? std::min<uint32_t>(*window_scale, 14) : kScaleMask) | (sack ? kSackBit : 0);
  const uint32_t value = (timestamp & ~kOptionBits) | bits;
  // Never later than now: it would look like a timestamp from the future when it comes back.
  return static_cast<int32_t>(value - timestamp) > 0 ? value - kOptionBits - 1 : value;
}

void SynCookies::DecodeOptions(uint32_t echoed, bool& sack, std::optional<uint8_t>& window_scale) {
  sack = (echoed & kSackBit) != 0;
  window_scale.reset();
  if ((echoed & kScaleMask) != kScaleMask) {
    window_scale = static_cast<uint8_t>(echoed & kScaleMask);
  }
}

}  // namespace tickwire::tcp
