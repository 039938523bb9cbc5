// TcpOptions: the options of one segment (RFC 9293 section 3.2, RFC 7323, RFC 2018).
//
// Unknown kinds are skipped by their length; a malformed option ends the reading, what stood before
// it counts, and `malformed` says why.
#ifndef TICKWIRE_PROTOCOLS_TCP_TCP_OPTIONS_H_
#define TICKWIRE_PROTOCOLS_TCP_TCP_OPTIONS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "protocols/tcp/tcp_config.h"
#include "sim_core/trace/trace_label.h"

namespace tickwire::tcp {

struct TcpOptions {
  static constexpr size_t kMaxSize = 40;
  struct Timestamps {
    uint32_t value = 0;
    uint32_t echo_reply = 0;
    bool operator==(const Timestamps&) const = default;
  };
  struct SackBlock {
    uint32_t left = 0;   // first sequence number of the block
    uint32_t right = 0;  // the one after its last
    bool operator==(const SackBlock&) const = default;
  };

  std::optional<uint16_t> mss;
  std::optional<uint8_t> window_scale;  // as sent; above 14 counts as 14 (RFC 7323 section 2.3)
  bool sack_permitted = false;
  std::optional<Timestamps> timestamps;
  std::array<SackBlock, 4> sack{};
  uint8_t sack_count = 0;
  uint8_t unknown_count = 0;
  const TraceLabel* malformed = nullptr;

  // `bytes`: what lies between the fixed header and the data.
  static TcpOptions Parse(std::span<const uint8_t> bytes);
  // Writes them in the order and with the padding of `profile`; SACK blocks beyond what fits are
  // left out. Returns the size, a multiple of 4. REQUIRES: out.size() >= kMaxSize.
  size_t Write(std::span<uint8_t> out, Profile profile) const;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_TCP_OPTIONS_H_
