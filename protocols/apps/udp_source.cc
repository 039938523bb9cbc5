#include "protocols/apps/udp_source.h"

#include "sim_core/base/check.h"
#include "sim_core/packet/byte_reader.h"

namespace tickwire {
namespace {

constexpr TraceLabel kDue{"send"};
constexpr TraceLabel kError{"datagram error", "the network reported an error (RFC 1122 4.1.3.3)"};

}  // namespace

UdpSource::UdpSource(NodeClock& clock, DatagramStack& stack, const Config& config)
    : config_(config),
      clock_(clock),
      entity_(clock.trace().NewEntity("udp source")),
      due_(clock, *this, kDue, entity_) {
  absl::StatusOr<std::unique_ptr<DatagramSocket>> socket = stack.Bind({}, *this);
  TW_CHECK(socket.ok());
  socket_ = std::move(*socket);
  socket_->set_options(config.options);
  due_.Set(config.start);
}

void UdpSource::OnDue() {
  uint8_t number[4];
  ByteWriter<4>(number).Store<uint32_t, 0>(++sent_);
  if (config_.packets == 0 || sent_ < config_.packets) due_.Set(config_.interval);
  socket_->SendTo(config_.remote, number, config_.payload_bytes - sizeof number);
}

void UdpSource::OnError(DatagramSocket&, Endpoint, DatagramError) {
  ++errors_;
  clock_.trace().Note(entity_, kError);
}

}  // namespace tickwire
