// Connection: one connection or association under SIP, from its opening to its end (RFC 3261 §18).
//
// Cuts messages out of what arrives, keeps what the transport does not take yet, and closes itself
// when nothing has passed for too long. All limits are its owner's. States are in the trace under
// "sip connection N TRANSPORT LOCAL REMOTE".
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSPORT_CONNECTION_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSPORT_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/sip/transport/message_transport.h"
#include "protocols/sip/transport/stream_framer.h"
#include "protocols/transport/channel.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

class Connection final : private Channel::Listener, private StreamFramer::Sink {
 public:
  enum class State : uint8_t {
    kConnecting,
    kOpen,
    kClosing,  // we have nothing more to say here; what the peer had under way is still read
    kClosed,
  };
  enum class Opener : uint8_t { kUs, kPeer };
  struct Config {
    Duration idle_timeout = Duration::Seconds(300);  // Infinite(): never
    size_t queue_limit = size_t{1} << 20;            // octets that may wait
    StreamFramer::Limits limits;
  };
  // What the connection has to say. It may not be destroyed within these calls.
  class Owner {
   public:
    virtual void OnOpen(Connection& connection) = 0;
    virtual void OnMessage(Connection& connection, absl::string_view wire) = 0;
    // The stream is broken for this reason; `head` is what could be read of the message, up to its
    // empty line, or empty. The connection takes no more; the owner may send, and closes it.
    virtual void OnBroken(Connection& connection, absl::string_view head,
                          const TraceLabel& why) = 0;
    // The end. Undelivered messages can be taken now.
    virtual void OnClosed(Connection& connection, CloseReason reason) = 0;

   protected:
    ~Owner() = default;
  };
  // Of a response that could not take the way of its request: what is left to be tried (§18.2.2).
  struct Detour {
    Hop original;
    std::vector<Hop> alternatives;  // RFC 3263 §5, best last
    bool is_located = false;        // alternatives have been looked for
  };
  // A message that the transport has not taken, or not whole.
  struct Unsent {
    Hop hop;
    std::string wire;
    SendOptions options;
    size_t taken = 0;
    std::unique_ptr<Detour> detour;  // null: none yet
  };

  // `config` outlives this. `remote` is known before the channel is. The first record of the trace
  // is the opening.
  Connection(NodeClock& clock, Owner& owner, const Config& config, uint32_t id,
             TransportKind transport, const Endpoint& remote, std::string domain, Opener opener);
  ~Connection() override;

  // The channel, right after it was made: connecting, or accepted.
  Channel::Listener& listener() { return *this; }
  void Attach(std::unique_ptr<Channel> channel);

  // Hands it to the channel, now or when it can be. False: too much waits already, or the channel
  // never takes one that long.
  bool Send(const Hop& hop, absl::string_view wire, const SendOptions& options,
            std::unique_ptr<Detour> detour = nullptr);
  // In good order, after all that was sent: no message takes it any more, and those that the peer
  // sent before it knew are still received. Gives the peer 32 s (64 T1) to end it, too.
  void Close(const TraceLabel& why);
  // At once. `reason`: what its owner is told.
  void Abort(const TraceLabel& why, CloseReason reason = CloseReason::kLocal);
  // Messages that never got away whole.
  std::vector<Unsent> TakeUnsent();

  uint32_t id() const { return id_; }
  TransportKind transport() const { return transport_; }
  const Endpoint& remote() const { return remote_; }
  // REQUIRES: attached.
  Endpoint local() const { return channel_->local(); }
  const std::string& domain() const { return domain_; }
  Opener opener() const { return opener_; }
  State state() const { return state_; }
  // New messages may take it.
  bool is_usable() const { return state_ == State::kConnecting || state_ == State::kOpen; }
  // It was open at some time, so that somebody speaks this transport there.
  bool has_opened() const { return has_opened_; }
  SimTime last_use() const { return last_use_; }
  uint64_t sent() const { return sent_; }  // messages
  uint64_t received() const { return received_; }
  size_t queued_octets() const { return queued_octets_; }
  TraceEntity entity() const { return entity_; }

 private:
  // Channel::Listener
  void OnConnected(Channel& channel) override;
  void OnReceive(Channel& channel, std::span<const uint8_t> bytes, uint64_t zeros) override;
  void OnWritable(Channel& channel) override;
  void OnPeerFinished(Channel& channel) override;
  void OnError(Channel& channel, ChannelError error) override;
  void OnClosed(Channel& channel, CloseReason reason) override;
  // StreamFramer::Sink
  bool OnMessage(absl::string_view wire) override;
  void OnPing() override;

  void Enter(State state, const TraceLabel& reason);
  void Use();
  void Drain();
  void OnTimerIdle();
  void OnTimerClosing();

  NodeClock& clock_;
  Owner& owner_;
  const Config& config_;
  const uint32_t id_;
  const TransportKind transport_;
  const Endpoint remote_;
  const std::string domain_;
  const Opener opener_;
  TraceEntity entity_;
  State state_ = State::kConnecting;
  bool is_reading_ = true;  // nothing is wrong with the stream
  bool has_opened_ = false;
  std::optional<CloseReason> aborted_;  // by us
  std::unique_ptr<Channel> channel_;
  StreamFramer framer_;
  std::vector<Unsent> queue_;
  size_t queued_octets_ = 0;
  uint64_t sent_ = 0;
  uint64_t received_ = 0;
  SimTime last_use_;
  Timer<Connection, &Connection::OnTimerIdle> idle_;
  Timer<Connection, &Connection::OnTimerClosing> closing_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSPORT_CONNECTION_H_
