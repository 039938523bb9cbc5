// `tickwire` with a loss model and an application of its own: all verbs know both.
#include <unistd.h>

#include <iostream>

#include "experiments/cli/command_line.h"
#include "extend.pb.h"
#include "sim_core/event/timer.h"
#include "topologies/build/literal_values.h"
#include "topologies/build/registry.h"

namespace {

using namespace tickwire;  // NOLINT: a program, not a library

class EveryNthLoss : public Impairment {
 public:
  explicit EveryNthLoss(uint32_t n) : n_(n) {}
  const TraceLabel& label() const override {
    static constexpr TraceLabel kLabel{"every_nth", "lost because its turn came"};
    return kLabel;
  }
  void Apply(Transit transit, const Occasion& occasion, Rng, TransitList& out) override {
    if (occasion.ordinal % n_ != 0) out.push_back(std::move(transit));
  }

 private:
  const uint32_t n_;
};

class PingClient : public Role, private DatagramSocket::Listener {
 public:
  PingClient(RoleContext& context, const extend::PingClient& config)
      : remote_{context.address_of(config.to()), 7},
        pings_(config.pings()),
        interval_(DurationOf(config.interval())),
        entity_(context.host.node.trace().NewEntity("ping client")),
        due_(context.host.node.clock(), *this, kDue, entity_) {}
  absl::Status Start(UdpLayer& udp) {
    auto socket = udp.Bind({}, *this);
    if (!socket.ok()) return socket.status();
    socket_ = std::move(*socket);
    due_.Set(Duration());
    return absl::OkStatus();
  }
  std::vector<std::pair<std::string, int64_t>> Counters() const override {
    return {{"pings sent", sent_}, {"pings answered", answered_}};
  }

 private:
  static constexpr TraceLabel kDue{"ping", "the next ping is due"};

  void OnDue() {
    const uint8_t number = ++sent_;
    if (sent_ < pings_) due_.Set(interval_);
    socket_->SendTo(remote_, {&number, 1}, /*zeros=*/55);
  }
  void OnReceive(DatagramSocket&, Endpoint, Endpoint, std::span<const uint8_t>, uint32_t) override {
    ++answered_;
  }
  void OnError(DatagramSocket&, Endpoint, DatagramError) override {}

  const Endpoint remote_;
  const uint32_t pings_;
  const Duration interval_;
  const TraceEntity entity_;
  Timer<PingClient, &PingClient::OnDue> due_;
  std::unique_ptr<DatagramSocket> socket_;
  uint32_t sent_ = 0, answered_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  Registry registry = Registry::Standard();
  registry.AddImpairment<extend::EveryNth>(
      [](const extend::EveryNth& config) { return std::make_unique<EveryNthLoss>(config.n()); });
  registry.AddRole<extend::PingClient>(
      [](RoleContext& context,
         const extend::PingClient& config) -> absl::StatusOr<std::unique_ptr<Role>> {
        auto client = std::make_unique<PingClient>(context, config);
        if (absl::Status s = client->Start(context.host.udp); !s.ok()) return s;
        return client;
      });
  cli::Console console{std::cout, std::cerr};
  console.registry = &registry;
  console.err_is_terminal = isatty(STDERR_FILENO) != 0;
  return cli::RunCommandLine({argv + 1, argv + argc}, console);
}
