#include "topologies/build/roles/tcp_roles.h"

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "protocols/apps/bulk_sender.h"
#include "protocols/apps/byte_echo.h"
#include "protocols/apps/byte_sink.h"
#include "protocols/apps/constant_rate.h"
#include "protocols/apps/keystrokes.h"
#include "protocols/apps/on_off.h"
#include "protocols/apps/request_client.h"
#include "protocols/apps/request_server.h"
#include "protocols/sctp/socket/sctp_transport.h"
#include "topologies/build/distribution_factory.h"
#include "topologies/build/literal_values.h"
#include "topologies/build/roles/sctp_settings.h"
#include "topologies/build/roles/tcp_settings.h"
#include "topologies/build/roles/tcp_stack.h"

namespace tickwire {
namespace {

using Totals = std::vector<std::pair<std::string, int64_t>>;

int64_t Signed(uint64_t value) { return static_cast<int64_t>(value); }

// A role of one or several applications of a kind, over TCP as its settings say.
template <class App>
class AppRole : public Role {
 public:
  // `config`: the role's message, whose `sctp` says to use that instead.
  template <class Config>
  AppRole(RoleContext& context, const Config& config)
      : context_(context),
        is_sctp_(config.has_sctp()),
        tcp_(context.host.tcp, TcpConfigOf(config.tcp())),
        sctp_(context.host.sctp),
        host_{context.host.node.clock(),
              is_sctp_ ? static_cast<TransportStack&>(sctp_) : static_cast<TransportStack&>(tcp_),
              is_sctp_ ? TransportKind::kSctp : TransportKind::kTcp} {
    if (is_sctp_) sctp_.set_config(SctpConfigOf(config.sctp()));
  }

  template <class... Args>
  App& Add(Args&&... args) {
    return *apps_.emplace_back(std::make_unique<App>(host_, std::forward<Args>(args)...));
  }
  // Draws of its own for each role, use and application.
  std::function<Duration()> Draws(const scenario::Distribution& distribution,
                                  absl::string_view purpose, uint32_t port) const {
    return MakeDurationSource(
        distribution, Rng::ForStream(context_.host.seed(), context_.host.node.name(),
                                     absl::StrCat("tcp ", purpose, " ", port, " ", apps_.size())));
  }
  FlowClient::Target To(const std::string& node, uint32_t port, uint32_t source_port = 0) const {
    return {{context_.address_of(node), static_cast<uint16_t>(port)},
            static_cast<uint16_t>(source_port)};
  }

  Totals Counters() const override {
    FlowTotals sum;
    for (const auto& app : apps_) sum.Add(app->totals());
    Totals totals = FlowCounters(sum, is_sctp_ ? "sctp" : "tcp");
    AddOwn(totals);
    return totals;
  }

 protected:
  virtual void AddOwn(Totals&) const {}
  const std::deque<std::unique_ptr<App>>& apps() const { return apps_; }

 private:
  RoleContext& context_;
  const bool is_sctp_;
  ConfiguredTcp tcp_;
  sctp::SctpTransport sctp_;
  const AppHost host_;
  std::deque<std::unique_ptr<App>> apps_;
};

class RequestClientRole : public AppRole<RequestClient> {
 public:
  using AppRole::AppRole;

 private:
  void AddOwn(Totals& totals) const override {
    int64_t asked = 0, answered = 0;
    for (const auto& app : apps()) {
      asked += Signed(app->requests());
      answered += Signed(app->responses());
    }
    totals.push_back({"tcp requests sent", asked});
    totals.push_back({"tcp responses received", answered});
  }
};

class KeystrokesRole : public AppRole<Keystrokes> {
 public:
  using AppRole::AppRole;

 private:
  void AddOwn(Totals& totals) const override {
    int64_t keys = 0, echoes = 0;
    for (const auto& app : apps()) {
      keys += Signed(app->keys());
      echoes += Signed(app->echoes());
    }
    totals.push_back({"keys typed", keys});
    totals.push_back({"keys echoed", echoes});
  }
};

FlowServer::Config ListenOn(uint32_t port, uint32_t backlog) {
  return {.port = static_cast<uint16_t>(port), .backlog = static_cast<int>(backlog)};
}

}  // namespace

PacedReader::Config ReaderConfigOf(const scenario::TcpReader& reader) {
  PacedReader::Config config;
  if (!reader.rate().empty()) config.rate = RateOf(reader.rate());
  if (!reader.chunk().empty()) config.chunk = static_cast<uint64_t>(SizeOf(reader.chunk()));
  if (!reader.stop_after().empty()) {
    config.stop_after = static_cast<uint64_t>(SizeOf(reader.stop_after()));
  }
  if (!reader.stop_at().empty()) config.stop_at = DurationOf(reader.stop_at());
  if (!reader.resume_after().empty()) config.resume_after = DurationOf(reader.resume_after());
  return config;
}

Totals FlowCounters(const FlowTotals& totals, absl::string_view transport) {
  const auto name = [&](absl::string_view what) { return absl::StrCat(transport, " ", what); };
  return {{name("connections opened"), Signed(totals.opened)},
          {name("connections established"), Signed(totals.established)},
          {name("connections closed"), Signed(totals.closed)},
          {name("connections refused"), Signed(totals.refused)},
          {name("connections reset"), Signed(totals.reset)},
          {name("connections timed out"), Signed(totals.timed_out)},
          {name("connections unreachable"), Signed(totals.unreachable)},
          {name("bytes sent by applications"), Signed(totals.bytes_sent)},
          {name("bytes received by applications"), Signed(totals.bytes_received)}};
}

absl::StatusOr<std::unique_ptr<Role>> MakeTcpBulkSenderRole(RoleContext& context,
                                                            const scenario::TcpBulkSender& config) {
  auto role = std::make_unique<AppRole<BulkSender>>(context, config);
  const Duration stagger = DurationOf(config.stagger());
  for (uint32_t i = 0; i < config.connections(); ++i) {
    BulkSender::Config app{
        .target = role->To(config.to(), config.port(),
                           config.source_port() == 0 ? 0 : config.source_port() + i),
        .start = TimeOf(config.start()) + stagger * i,
        .until = TimeOf(config.until()),
        .stays_open = config.stays_open()};
    if (!config.size().empty()) app.bytes = static_cast<uint64_t>(SizeOf(config.size()));
    role->Add(app);
  }
  return role;
}

absl::StatusOr<std::unique_ptr<Role>> MakeTcpRequestClientRole(
    RoleContext& context, const scenario::TcpRequestClient& config) {
  auto role = std::make_unique<RequestClientRole>(context, config);
  const Duration stagger = DurationOf(config.stagger());
  for (uint32_t i = 0; i < config.clients(); ++i) {
    RequestClient::Config app{.target = role->To(config.to(), config.port()),
                              .request_bytes = static_cast<uint32_t>(SizeOf(config.request())),
                              .response_bytes = static_cast<uint32_t>(SizeOf(config.response())),
                              .requests = config.requests(),
                              .new_connection_each = config.new_connection_each(),
                              .start = TimeOf(config.start()) + stagger * i};
    if (config.has_think_time()) {
      app.think_time = role->Draws(config.think_time(), "think time", config.port());
    }
    role->Add(app);
  }
  return role;
}

absl::StatusOr<std::unique_ptr<Role>> MakeTcpRequestServerRole(
    RoleContext& context, const scenario::TcpRequestServer& config) {
  auto role = std::make_unique<AppRole<RequestServer>>(context, config);
  RequestServer::Config app{.listen = ListenOn(config.port(), config.backlog()),
                            .closes_after_response = config.closes_after_response()};
  if (config.has_service_time()) {
    app.service_time = role->Draws(config.service_time(), "service time", config.port());
  }
  if (absl::Status s = role->Add(app).Listen(); !s.ok()) return s;
  return role;
}

absl::StatusOr<std::unique_ptr<Role>> MakeTcpOnOffRole(RoleContext& context,
                                                       const scenario::TcpOnOff& config) {
  auto role = std::make_unique<AppRole<OnOff>>(context, config);
  role->Add(OnOff::Config{.target = role->To(config.to(), config.port()),
                          .on = role->Draws(config.on(), "on", config.port()),
                          .off = role->Draws(config.off(), "off", config.port()),
                          .rate = RateOf(config.rate()),
                          .message_bytes = static_cast<uint64_t>(SizeOf(config.message())),
                          .start = TimeOf(config.start()),
                          .until = TimeOf(config.until())});
  return role;
}

absl::StatusOr<std::unique_ptr<Role>> MakeTcpConstantRateRole(
    RoleContext& context, const scenario::TcpConstantRate& config) {
  auto role = std::make_unique<AppRole<ConstantRate>>(context, config);
  role->Add(ConstantRate::Config{.target = role->To(config.to(), config.port()),
                                 .message_bytes = static_cast<uint64_t>(SizeOf(config.message())),
                                 .interval = DurationOf(config.interval()),
                                 .messages = config.messages(),
                                 .start = TimeOf(config.start()),
                                 .until = TimeOf(config.until())});
  return role;
}

absl::StatusOr<std::unique_ptr<Role>> MakeTcpKeystrokesRole(RoleContext& context,
                                                            const scenario::TcpKeystrokes& config) {
  auto role = std::make_unique<KeystrokesRole>(context, config);
  Keystrokes::Config app{.target = role->To(config.to(), config.port()),
                         .interval = [] { return Duration::Millis(200); },
                         .keys = config.keys(),
                         .key_bytes = config.key_bytes(),
                         .start = TimeOf(config.start())};
  if (config.has_interval()) app.interval = role->Draws(config.interval(), "keys", config.port());
  role->Add(app);
  return role;
}

absl::StatusOr<std::unique_ptr<Role>> MakeTcpSinkRole(RoleContext& context,
                                                      const scenario::TcpSink& config) {
  auto role = std::make_unique<AppRole<ByteSink>>(context, config);
  const absl::Status listens =
      role->Add(ByteSink::Config{.listen = ListenOn(config.port(), config.backlog()),
                                 .reader = ReaderConfigOf(config.reader()),
                                 .accept_from = DurationOf(config.accept_from()),
                                 .stays_open = config.stays_open()})
          .Listen();
  if (!listens.ok()) return listens;
  return role;
}

absl::StatusOr<std::unique_ptr<Role>> MakeTcpEchoRole(RoleContext& context,
                                                      const scenario::TcpEcho& config) {
  auto role = std::make_unique<AppRole<ByteEcho>>(context, config);
  const absl::Status listens = role->Add().Listen(ListenOn(config.port(), config.backlog()));
  if (!listens.ok()) return listens;
  return role;
}

}  // namespace tickwire
