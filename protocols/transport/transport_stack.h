// TransportStack: where channels come from.
#ifndef TICKWIRE_PROTOCOLS_TRANSPORT_TRANSPORT_STACK_H_
#define TICKWIRE_PROTOCOLS_TRANSPORT_TRANSPORT_STACK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "protocols/transport/channel.h"

namespace tickwire {

class TransportStack {
 public:
  struct ConnectOptions {
    // Address unspecified: chosen by route. Port 0: the next free ephemeral one (RFC 6335 §6).
    Endpoint local;
    // Whom the peer's certificate must name; empty: whom its address leads to is believed (TLS).
    std::string peer_name;
  };
  // Takes the channel and says who listens to it. Called when it is established.
  using AcceptFn = std::function<Channel::Listener&(std::unique_ptr<Channel> channel)>;
  // Destroying it stops listening and resets what nobody accepted.
  class Listening {
   public:
    virtual ~Listening() = default;
    virtual Endpoint local() const = 0;
    // While paused, established channels wait in the backlog. Resuming accepts them all.
    virtual void PauseAccepting() = 0;
    virtual void ResumeAccepting() = 0;
    // While paused: accepts the oldest that waits. False if none does.
    virtual bool AcceptOne() = 0;
  };

  virtual ~TransportStack() = default;
  // The listener outlives the channel; the channel must not outlive the stack. Failures that need
  // the network come later through OnClosed.
  virtual absl::StatusOr<std::unique_ptr<Channel>> Connect(TransportKind kind, Endpoint remote,
                                                           Channel::Listener& listener,
                                                           const ConnectOptions& options) = 0;
  // `local.address` may be unspecified. At most `backlog` established channels wait to be accepted.
  virtual absl::StatusOr<std::unique_ptr<Listening>> Listen(TransportKind kind, Endpoint local,
                                                            int backlog, AcceptFn on_accept) = 0;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_TRANSPORT_TRANSPORT_STACK_H_
