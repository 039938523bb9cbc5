// FlowClient: the calling side of an application over a reliable transport.
//
// Opens one channel at a time and keeps it; what it says over it the derived class knows. What
// finds no room in the transport waits here, in order. Base of the applications of this folder.
#ifndef TICKWIRE_PROTOCOLS_APPS_FLOW_CLIENT_H_
#define TICKWIRE_PROTOCOLS_APPS_FLOW_CLIENT_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/strings/string_view.h"
#include "protocols/apps/send_queue.h"
#include "protocols/transport/transport_stack.h"
#include "sim_core/event/node_clock.h"

namespace tickwire {

// Where an application runs and over what. Both outlive it.
struct AppHost {
  NodeClock& clock;
  TransportStack& stack;
  TransportKind kind = TransportKind::kTcp;
};

// What became of an application's flows.
struct FlowTotals {
  uint64_t opened = 0;  // Connect() or accepted
  uint64_t established = 0;
  uint64_t closed = 0;  // in good order, by either side
  uint64_t refused = 0;
  uint64_t reset = 0;
  uint64_t timed_out = 0;
  uint64_t unreachable = 0;
  uint64_t bytes_sent = 0;  // taken by the transport
  uint64_t bytes_received = 0;
  uint64_t errors = 0;  // soft ones, reported by the network

  void Count(CloseReason reason);
  void Add(const FlowTotals& other);
};

class FlowClient : protected Channel::Listener {
 public:
  struct Target {
    Endpoint remote;
    uint16_t source_port = 0;  // 0: any free one
  };
  FlowClient(const AppHost& host, const Target& target, absl::string_view entity_name);
  FlowClient(const FlowClient&) = delete;
  FlowClient& operator=(const FlowClient&) = delete;

  const FlowTotals& totals() const { return totals_; }

 protected:
  // Begins a flow; one that there was is closed. False if the stack would not even try.
  bool Open();
  void Send(std::span<const uint8_t> bytes, uint64_t zeros = 0);
  // After all that was given to Send(): no more will be.
  void Finish();
  void Close();
  bool is_established() const { return established_; }
  bool has_channel() const { return channel_ != nullptr; }
  bool has_unsent() const { return !queue_.is_empty(); }
  NodeClock& clock() { return host_.clock; }
  NodeTrace& trace() { return host_.clock.trace(); }
  const TraceEntity& entity() const { return entity_; }

  // For the derived class; all may do anything but destroy this.
  virtual void OnEstablished() {}
  virtual void OnBytes(std::span<const uint8_t> bytes, uint64_t zeros);
  virtual void OnRoom() {}  // all that waited is sent
  virtual void OnPeerDone() { Finish(); }
  virtual void OnEnd(CloseReason) {}

 private:
  void OnConnected(Channel& channel) final;
  void OnReceive(Channel& channel, std::span<const uint8_t> bytes, uint64_t zeros) final;
  void OnWritable(Channel& channel) final;
  void OnPeerFinished(Channel& channel) final;
  void OnError(Channel& channel, ChannelError error) final;
  void OnClosed(Channel& channel, CloseReason reason) final;
  void Flush();

  const AppHost host_;
  const Target target_;
  const TraceEntity entity_;
  std::unique_ptr<Channel> channel_;
  SendQueue queue_;
  FlowTotals totals_;
  bool established_ = false;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_APPS_FLOW_CLIENT_H_
