// LayeredListening: one port of a LayeredStack: handshakes under way, and the backlog of flows that
// wait to be accepted.
#ifndef TICKWIRE_PROTOCOLS_TRANSPORT_LAYERED_LAYERED_LISTENING_H_
#define TICKWIRE_PROTOCOLS_TRANSPORT_LAYERED_LAYERED_LISTENING_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "protocols/transport/transport_stack.h"

namespace tickwire {

class LayeredFlow;
class LayeredStack;

class LayeredListening final : public TransportStack::Listening {
 public:
  // The stack outlives it.
  LayeredListening(LayeredStack& stack, TransportKind kind, int backlog,
                   TransportStack::AcceptFn on_accept);
  ~LayeredListening() override;
  absl::Status Open(TransportStack& below, TransportKind kind_below, const Endpoint& local);

  Endpoint local() const override { return below_->local(); }
  void PauseAccepting() override { is_paused_ = true; }
  void ResumeAccepting() override;
  bool AcceptOne() override;

  // --- For the flows ---
  void OnOpen(LayeredFlow& flow);
  // It ended before it was accepted.
  void OnGone(LayeredFlow& flow);

 private:
  Channel::Listener& OnChannel(std::unique_ptr<Channel> channel);
  // False: the user destroyed this meanwhile.
  bool Accept(LayeredFlow& flow);

  LayeredStack& stack_;
  const TransportKind kind_;
  const size_t backlog_;
  const TransportStack::AcceptFn on_accept_;
  std::unique_ptr<TransportStack::Listening> below_;
  bool is_paused_ = false;
  bool* is_gone_ = nullptr;  // set when it is destroyed within on_accept_
  std::vector<LayeredFlow*> handshaking_;
  std::vector<LayeredFlow*> waiting_;  // open, oldest first
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_TRANSPORT_LAYERED_LAYERED_LISTENING_H_
