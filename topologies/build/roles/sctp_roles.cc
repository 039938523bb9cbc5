#include "topologies/build/roles/sctp_roles.h"

#include <deque>

#include "absl/strings/str_cat.h"
#include "protocols/sctp/apps/message_sender.h"
#include "protocols/sctp/apps/message_server.h"
#include "topologies/build/distribution_factory.h"
#include "topologies/build/literal_values.h"
#include "topologies/build/roles/sctp_settings.h"

namespace tickwire {
namespace {

using Totals = std::vector<std::pair<std::string, int64_t>>;
using sctp::MessageSender;
using sctp::MessageServer;
using sctp::MessageTotals;

// A role of one or several applications of a kind.
template <class App>
class MessageRole : public Role {
 public:
  template <class... Args>
  App& Add(Args&&... args) {
    return apps_.emplace_back(std::forward<Args>(args)...);
  }
  Totals Counters() const override {
    MessageTotals sum;
    for (const App& app : apps_) sum.Add(app.totals());
    return MessageCounters(sum);
  }

 private:
  std::deque<App> apps_;
};

absl::StatusOr<std::unique_ptr<Role>> MakeServer(RoleContext& context,
                                                 const scenario::SctpSettings& settings,
                                                 const MessageServer::Config& config) {
  if (absl::Status s = PrepareSctp(context.host, settings); !s.ok()) return s;
  auto role = std::make_unique<MessageRole<MessageServer>>();
  if (absl::Status s = role->Add(context.host.sctp, config).Listen(); !s.ok()) return s;
  return role;
}

}  // namespace

sctp::MessageReader::Config ReaderConfigOf(const scenario::SctpReader& reader) {
  sctp::MessageReader::Config config{.is_paused = reader.paused()};
  if (!reader.interval().empty()) config.interval = DurationOf(reader.interval());
  return config;
}

Totals MessageCounters(const MessageTotals& totals) {
  const auto value = [](uint64_t count) { return static_cast<int64_t>(count); };
  return {{"sctp associations opened", value(totals.opened)},
          {"sctp associations established", value(totals.established)},
          {"sctp associations restarted", value(totals.restarted)},
          {"sctp associations closed", value(totals.closed)},
          {"sctp associations aborted by the peer", value(totals.aborted)},
          {"sctp associations lost", value(totals.lost)},
          {"sctp associations refused", value(totals.refused)},
          {"sctp associations not set up", value(totals.no_start)},
          {"sctp messages sent by applications", value(totals.messages_sent)},
          {"sctp bytes sent by applications", value(totals.bytes_sent)},
          {"sctp messages received by applications", value(totals.messages_received)},
          {"sctp bytes received by applications", value(totals.bytes_received)},
          {"sctp messages failed", value(totals.messages_failed)}};
}

absl::StatusOr<std::unique_ptr<Role>> MakeSctpSenderRole(RoleContext& context,
                                                         const scenario::SctpSender& config) {
  if (absl::Status s = PrepareSctp(context.host, config.sctp()); !s.ok()) return s;
  MessageSender::Config app{.peer = context.addresses_of(config.to()),
                            .port = static_cast<uint16_t>(config.port()),
                            .until = TimeOf(config.until()),
                            .messages = config.messages(),
                            .streams = static_cast<uint16_t>(config.streams()),
                            .unordered = ProbabilityOf(config.unordered()),
                            .ppid = config.ppid(),
                            .reliability = ReliabilityOf(config.reliability()),
                            .immediate_every = config.immediate_every(),
                            .stays_open = config.stays_open(),
                            .sctp = SctpConfigOf(config.sctp())};
  if (config.message_size() > 0) app.sizes.clear();
  for (const std::string& size : config.message()) {
    app.sizes.push_back(static_cast<uint32_t>(SizeOf(size)));
  }
  if (!config.message_max().empty()) {
    app.size_max = static_cast<uint32_t>(SizeOf(config.message_max()));
  }
  if (config.has_rate()) app.rate = RateOf(config.rate());
  // An association has the streams that its messages need.
  if (app.sctp.outbound_streams < app.streams) app.sctp.outbound_streams = app.streams;

  auto role = std::make_unique<MessageRole<MessageSender>>();
  const Duration stagger = DurationOf(config.stagger());
  for (uint32_t i = 0; i < config.associations(); ++i) {
    const auto stream = [&](absl::string_view purpose) {
      return Rng::ForStream(context.host.seed(), context.host.node.name(),
                            absl::StrCat("sctp ", purpose, " ", config.port(), " ", i));
    };
    app.source_port =
        static_cast<uint16_t>(config.source_port() == 0 ? 0 : config.source_port() + i);
    app.start = TimeOf(config.start()) + stagger * i;
    if (config.has_interval()) {
      app.interval = MakeDurationSource(config.interval(), stream("interval"));
    }
    role->Add(context.host.sctp, app, stream("messages"));
  }
  return role;
}

absl::StatusOr<std::unique_ptr<Role>> MakeSctpSinkRole(RoleContext& context,
                                                       const scenario::SctpSink& config) {
  return MakeServer(context, config.sctp(),
                    {.port = static_cast<uint16_t>(config.port()),
                     .reader = ReaderConfigOf(config.reader()),
                     .sctp = SctpConfigOf(config.sctp())});
}

absl::StatusOr<std::unique_ptr<Role>> MakeSctpEchoRole(RoleContext& context,
                                                       const scenario::SctpEcho& config) {
  return MakeServer(context, config.sctp(),
                    {.port = static_cast<uint16_t>(config.port()),
                     .echoes = true,
                     .reader = {},
                     .sctp = SctpConfigOf(config.sctp())});
}

}  // namespace tickwire
