// TransportFan: several TransportStacks behind one, each for the kinds that it was given.
#ifndef TICKWIRE_PROTOCOLS_TRANSPORT_TRANSPORT_FAN_H_
#define TICKWIRE_PROTOCOLS_TRANSPORT_TRANSPORT_FAN_H_

#include <map>
#include <memory>
#include <utility>

#include "protocols/transport/transport_stack.h"

namespace tickwire {

class TransportFan final : public TransportStack {
 public:
  // The stack outlives this.
  void Set(TransportKind kind, TransportStack& stack) { stacks_[kind] = &stack; }

  absl::StatusOr<std::unique_ptr<Channel>> Connect(TransportKind kind, Endpoint remote,
                                                   Channel::Listener& listener,
                                                   const ConnectOptions& options) override {
    const auto found = stacks_.find(kind);
    if (found == stacks_.end()) return NotSpoken();
    return found->second->Connect(kind, remote, listener, options);
  }
  absl::StatusOr<std::unique_ptr<Listening>> Listen(TransportKind kind, Endpoint local, int backlog,
                                                    AcceptFn on_accept) override {
    const auto found = stacks_.find(kind);
    if (found == stacks_.end()) return NotSpoken();
    return found->second->Listen(kind, local, backlog, std::move(on_accept));
  }

 private:
  static absl::Status NotSpoken() {
    return absl::InvalidArgumentError("this transport is not spoken here");
  }
  std::map<TransportKind, TransportStack*> stacks_;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_TRANSPORT_TRANSPORT_FAN_H_
