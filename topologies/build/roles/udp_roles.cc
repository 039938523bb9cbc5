#include "topologies/build/roles/udp_roles.h"

#include <map>
#include <utility>

#include "protocols/apps/udp_responder.h"
#include "protocols/apps/udp_source.h"
#include "topologies/build/literal_values.h"

namespace tickwire {
namespace {

using Totals = std::vector<std::pair<std::string, int64_t>>;

class UdpSourceRole : public Role {
 public:
  UdpSourceRole(RoleContext& context, const UdpSource::Config& config)
      : source_(context.host.node.clock(), context.host.udp, config) {}
  Totals Counters() const override {
    return {{"udp datagrams sent", static_cast<int64_t>(source_.sent())},
            {"udp errors reported", static_cast<int64_t>(source_.errors())}};
  }

 private:
  UdpSource source_;
};

class UdpResponderRole : public Role {
 public:
  explicit UdpResponderRole(std::unique_ptr<UdpResponder> responder)
      : responder_(std::move(responder)) {}
  Totals Counters() const override {
    return {{"udp datagrams received", static_cast<int64_t>(responder_->datagrams())},
            {"udp payload bytes received", static_cast<int64_t>(responder_->payload_bytes())}};
  }

 private:
  const std::unique_ptr<UdpResponder> responder_;
};

// Binds a source port when it is first used and keeps it.
class UdpSenderRole : public Role, private DatagramSocket::Listener {
 public:
  explicit UdpSenderRole(RoleContext& context)
      : context_(context), entity_(context.host.node.trace().NewEntity("udp send")) {}
  absl::StatusOr<bool> Perform(const google::protobuf::Message& action) override {
    if (action.GetDescriptor() != scenario::UdpSend::descriptor()) return false;
    const auto& send = static_cast<const scenario::UdpSend&>(action);
    const uint16_t port = static_cast<uint16_t>(send.source_port());
    auto& socket = sockets_[port];
    if (socket == nullptr) {
      auto bound = context_.host.udp.Bind({IpAddress(), port}, *this);
      if (!bound.ok()) return bound.status();
      socket = std::move(*bound);
    }
    socket->set_options(
        {.ttl = static_cast<uint8_t>(send.ttl()), .dont_fragment = send.dont_fragment()});
    const Endpoint remote{context_.address_of(send.to()), static_cast<uint16_t>(send.port())};
    const std::string& text = send.text();
    const uint32_t zeros = send.size().empty() ? 0 : static_cast<uint32_t>(SizeOf(send.size()));
    socket->SendTo(remote, {reinterpret_cast<const uint8_t*>(text.data()), text.size()}, zeros);
    return true;
  }
  Totals Counters() const override { return {{"udp errors reported", errors_}}; }

 private:
  void OnReceive(DatagramSocket&, Endpoint, Endpoint, std::span<const uint8_t>, uint32_t) override {
  }
  void OnError(DatagramSocket&, Endpoint, DatagramError) override {
    static constexpr TraceLabel kError{"datagram_error", "RFC 1122 4.1.3.3"};
    ++errors_;
    context_.host.node.trace().Note(entity_, kError);
  }

  RoleContext& context_;
  const TraceEntity entity_;
  std::map<uint16_t, std::unique_ptr<DatagramSocket>> sockets_;
  int64_t errors_ = 0;
};

absl::StatusOr<std::unique_ptr<Role>> MakeResponder(RoleContext& context, uint32_t port,
                                                    UdpResponder::Mode mode) {
  auto responder = UdpResponder::Create(context.host.udp, static_cast<uint16_t>(port), mode);
  if (!responder.ok()) return responder.status();
  return std::make_unique<UdpResponderRole>(std::move(*responder));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Role>> MakeUdpSourceRole(RoleContext& context,
                                                        const scenario::UdpSource& config) {
  return std::make_unique<UdpSourceRole>(
      context, UdpSource::Config{.remote = {context.address_of(config.to()),
                                            static_cast<uint16_t>(config.port())},
                                 .payload_bytes = static_cast<uint32_t>(SizeOf(config.size())),
                                 .start = DurationOf(config.start()),
                                 .interval = DurationOf(config.interval()),
                                 .packets = config.packets(),
                                 .options = {.ttl = static_cast<uint8_t>(config.ttl()),
                                             .dscp = static_cast<uint8_t>(config.dscp()),
                                             .dont_fragment = config.dont_fragment()}});
}

absl::StatusOr<std::unique_ptr<Role>> MakeUdpSinkRole(RoleContext& context,
                                                      const scenario::UdpSink& config) {
  return MakeResponder(context, config.port(), UdpResponder::Mode::kSink);
}

absl::StatusOr<std::unique_ptr<Role>> MakeUdpEchoRole(RoleContext& context,
                                                      const scenario::UdpEcho& config) {
  return MakeResponder(context, config.port(), UdpResponder::Mode::kEcho);
}

std::unique_ptr<Role> MakeUdpSenderRole(RoleContext& context) {
  return std::make_unique<UdpSenderRole>(context);
}

}  // namespace tickwire
