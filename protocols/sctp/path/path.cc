#include "protocols/sctp/path/path.h"

#include <algorithm>

namespace tickwire::sctp {
namespace {

constexpr TraceLabel kT3{"T3-rtx", "RFC 9260 6.3"};
constexpr TraceLabel kHeartbeat{"heartbeat", "RFC 9260 8.3"};
constexpr TraceLabel kStates[] = {{"UNCONFIRMED", "RFC 9260 5.4"},
                                  {"ACTIVE", "RFC 9260 8.2"},
                                  {"POTENTIALLY FAILED", "RFC 7829 3"},
                                  {"INACTIVE", "RFC 9260 8.2"}};

// Whatever the MTU: the common header, the largest AUTH, the header of I-DATA and some data.
constexpr size_t kLeastPacket = 12 + 40 + 20 + 8;

// An SCTP packet's size is a multiple of four.
size_t PacketBytes(const IpAddress& address, size_t mtu) {
  const size_t header = address.is_v4() ? 20 : 40;
  return (std::max<size_t>(mtu, header + kLeastPacket) - header) & ~size_t{3};
}

}  // namespace

Path::Path(NodeClock& clock, Owner& owner, const SctpConfig& config, const IpAddress& address,
           uint8_t index, size_t mtu, absl::string_view entity_name)
    : rto(config),
      window(static_cast<int64_t>(PacketBytes(address, mtu)) - 12, address.is_v4()),
      max_retrans(config.path_max_retrans),
      heartbeats_enabled(config.hb_interval > Duration()),
      heartbeat_interval(config.hb_interval),
      udp_port(config.udp_encapsulation_port),
      owner_(owner),
      trace_(clock.trace()),
      address_(address),
      index_(index),
      packet_bytes_(PacketBytes(address, mtu)),
      entity_(clock.trace().NewEntity(entity_name)),
      t3_rtx(clock, *this, kT3, entity_),
      heartbeat(clock, *this, kHeartbeat, entity_) {}

void Path::set_state(State state, const TraceLabel& reason) {
  if (state == state_) return;
  state_ = state;
  trace_.State(entity_, kStates[static_cast<size_t>(state)], reason);
}

void Path::set_mtu(size_t mtu) {
  packet_bytes_ = PacketBytes(address_, mtu);
  window.set_pmdcs(pmdcs());
}

}  // namespace tickwire::sctp
