// FlowServer: the called side of an application over a reliable transport: a listener and one
// session for each channel.
#ifndef TICKWIRE_PROTOCOLS_APPS_FLOW_SERVER_H_
#define TICKWIRE_PROTOCOLS_APPS_FLOW_SERVER_H_

#include <cstdint>
#include <functional>
#include <list>
#include <memory>

#include "absl/status/statusor.h"
#include "protocols/apps/flow_client.h"
#include "protocols/apps/send_queue.h"
#include "protocols/transport/transport_stack.h"

namespace tickwire {

class FlowServer {
 public:
  // One accepted channel. Lives until the channel is closed.
  class Session : public Channel::Listener {
   public:
    Session(FlowServer& server, std::unique_ptr<Channel> channel);
    ~Session() override = default;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

   protected:
    virtual void OnBytes(std::span<const uint8_t> bytes, uint64_t zeros) = 0;
    // By default the session closes when its peer has.
    virtual void OnPeerDone() { Finish(); }
    virtual void OnRoom() {}
    void Send(std::span<const uint8_t> bytes, uint64_t zeros);
    void Finish();
    void Abort() { channel_->Abort(); }
    Channel& channel() { return *channel_; }
    const SendQueue& unsent() const { return queue_; }
    FlowServer& server() { return server_; }

   private:
    friend class FlowServer;
    void OnConnected(Channel&) final {}
    void OnReceive(Channel& channel, std::span<const uint8_t> bytes, uint64_t zeros) final;
    void OnWritable(Channel& channel) final;
    void OnPeerFinished(Channel&) final { OnPeerDone(); }
    void OnError(Channel&, ChannelError) final { ++server_.totals_.errors; }
    void OnClosed(Channel& channel, CloseReason reason) final;

    FlowServer& server_;
    std::unique_ptr<Channel> channel_;
    SendQueue queue_;
    std::list<std::unique_ptr<Session>>::iterator self_;
  };
  using MakeSession =
      std::function<std::unique_ptr<Session>(FlowServer& server, std::unique_ptr<Channel> channel)>;
  struct Config {
    uint16_t port = 0;
    int backlog = 128;
  };
  FlowServer(const AppHost& host, MakeSession make);
  FlowServer(const FlowServer&) = delete;
  FlowServer& operator=(const FlowServer&) = delete;

  // Fails if the port is taken. Once.
  absl::Status Listen(const Config& config);
  TransportStack::Listening& listening() { return *listening_; }
  const FlowTotals& totals() const { return totals_; }
  size_t session_count() const { return sessions_.size(); }
  const AppHost& host() const { return host_; }

 private:
  const AppHost host_;
  const MakeSession make_;
  FlowTotals totals_;
  std::list<std::unique_ptr<Session>> sessions_;  // in the order in which they came
  std::unique_ptr<TransportStack::Listening> listening_;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_APPS_FLOW_SERVER_H_
