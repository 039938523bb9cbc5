// LayeredStack: a TransportStack on another one. Owns its flows; TLS and WebSocket say which kinds
// they speak, over which, and make them.
#ifndef TICKWIRE_PROTOCOLS_TRANSPORT_LAYERED_LAYERED_STACK_H_
#define TICKWIRE_PROTOCOLS_TRANSPORT_LAYERED_LAYERED_STACK_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/transport/layered/layered_flow.h"
#include "protocols/transport/layered/layered_listening.h"
#include "protocols/transport/transport_stack.h"
#include "sim_core/event/node_clock.h"

namespace tickwire {

class LayeredStack : public TransportStack {
 public:
  // Flows and what is below them end with it, in good order.
  ~LayeredStack() override;

  // --- TransportStack; INVALID_ARGUMENT for kinds that the layer does not speak, else the errors
  // of the stack below ---
  absl::StatusOr<std::unique_ptr<Channel>> Connect(TransportKind kind, Endpoint remote,
                                                   Channel::Listener& listener,
                                                   const ConnectOptions& options) final;
  absl::StatusOr<std::unique_ptr<Listening>> Listen(TransportKind kind, Endpoint local, int backlog,
                                                    AcceptFn on_accept) final;

  // Those that end, too.
  size_t flow_count() const { return flows_.size(); }
  // The machine loses power: flows are gone and nobody is told. After the stack below has lost it,
  // so that nothing is sent.
  virtual void PowerOff() { DropFlows(); }

  // --- For flows and listenings ---
  struct Limits {
    Duration handshake_timeout = Duration::Seconds(10);
    Duration linger = Duration::Seconds(10);
    int handshakes = 1000;  // under way at once, of one listening
  };
  const Limits& limits() const { return limits_; }
  NodeClock& clock() { return clock_; }
  // An established channel came in.
  LayeredFlow& Take(std::unique_ptr<Channel> below, TransportKind kind,
                    LayeredListening& listening);
  // A channel that came in is refused.
  void NoteRefusal(const TraceLabel& why, const Endpoint& from);
  // The flow is over. Its object lives until the event has ended.
  void Retire(LayeredFlow& flow);

 protected:
  struct FlowSetup {
    TransportKind kind;
    LayeredFlow::Role role;
    uint64_t number;  // of all flows of this stack, from 1
    Endpoint remote;
    std::string peer_name;
  };
  // Both must outlive this.
  // `name`: of what belongs to no flow, in the trace.
  LayeredStack(NodeClock& clock, TransportStack& below, const Limits& limits,
               absl::string_view name)
      : clock_(clock), below_(below), limits_(limits), name_(name) {}
  virtual std::optional<TransportKind> KindBelow(TransportKind kind) const = 0;
  virtual std::unique_ptr<LayeredFlow> MakeFlow(const FlowSetup& setup) = 0;
  // For the destructors of stacks whose flows need more than this base.
  void DropFlows();

 private:
  struct BuryEvent : Event {
    explicit BuryEvent(LayeredStack& owner) : Event(&LayeredStack::OnBury), stack(owner) {}
    LayeredStack& stack;
  };
  static void OnBury(Event& event);

  NodeClock& clock_;
  TransportStack& below_;
  const Limits limits_;
  const std::string name_;
  std::optional<TraceEntity> entity_;  // when first needed
  uint64_t last_number_ = 0;
  std::map<uint64_t, std::unique_ptr<LayeredFlow>> flows_;
  std::vector<std::unique_ptr<LayeredFlow>> dead_;
  BuryEvent bury_{*this};
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_TRANSPORT_LAYERED_LAYERED_STACK_H_
