#include "protocols/apps/byte_sink.h"

#include <utility>

namespace tickwire {
namespace {

constexpr TraceLabel kAccept{"accept_from"};

}  // namespace

class ByteSink::Session : public FlowServer::Session {
 public:
  Session(FlowServer& server, std::unique_ptr<Channel> channel, const ByteSink& sink)
      : FlowServer::Session(server, std::move(channel)),
        stays_open_(sink.config_.stays_open),
        reader_(server.host().clock, this->channel(), sink.config_.reader, sink.entity_) {}

 private:
  void OnBytes(std::span<const uint8_t> bytes, uint64_t zeros) override {
    reader_.OnReceived(bytes.size() + zeros);
  }
  void OnPeerDone() override {
    if (!stays_open_) Finish();
  }

  const bool stays_open_;
  PacedReader reader_;
};

ByteSink::ByteSink(const AppHost& host, const Config& config)
    : config_(config),
      clock_(host.clock),
      entity_(host.clock.trace().NewEntity("byte sink")),
      server_(host,
              [this](FlowServer& server, std::unique_ptr<Channel> channel) {
                return std::make_unique<Session>(server, std::move(channel), *this);
              }),
      accept_(clock_, *this, kAccept, entity_) {}

absl::Status ByteSink::Listen() {
  if (absl::Status s = server_.Listen(config_.listen); !s.ok()) return s;
  if (config_.accept_from > Duration()) {
    server_.listening().PauseAccepting();
    accept_.Set(config_.accept_from);
  }
  return absl::OkStatus();
}

}  // namespace tickwire
