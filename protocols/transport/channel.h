// Channel: one flow of a reliable transport, as SIP and applications see it.
//
// TCP, TLS and SCTP implement it; two questions (is_reliable, preserves_messages) replace every "is
// this TCP?". A channel is a handle: destroying it closes the flow in good order and silences its
// listener; the flow itself lives on below until the protocol is done with it (TIME-WAIT).
//
// Callbacks come at the end of an event, when the transport's state is settled; all members may be
// called within them, and the channel may be destroyed there.
#ifndef TICKWIRE_PROTOCOLS_TRANSPORT_CHANNEL_H_
#define TICKWIRE_PROTOCOLS_TRANSPORT_CHANNEL_H_

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "protocols/transport/endpoint.h"

namespace tickwire {

// What carries messages between two endpoints. The layered ones are stacks of their own on top of
// another one.
enum class TransportKind : uint8_t {
  kUdp,
  kTcp,
  kTls,  // over TCP
  kSctp,
  kTlsSctp,  // TLS over one bidirectional stream of SCTP (RFC 3436)
  kWs,       // WebSocket over TCP (RFC 6455)
  kWss,      // over TLS
};

enum class CloseReason : uint8_t {
  kLocal,        // Close() or Abort(), or both sides closed
  kPeer,         // the peer closed first and all is done
  kReset,        // the peer reset (RFC 9293 section 3.10.7: "connection reset")
  kRefused,      // nobody listens there
  kTimeout,      // given up retransmitting, or user timeout
  kUnreachable,  // the network reported a hard error while connecting
  kSecurity,     // a certificate or a handshake was not accepted, by either side (TLS)
  kProtocol,     // the peer broke the rules of a layer in between (TLS, WebSocket)
};

// What the network reported without ending the flow (RFC 1122 section 4.2.3.9: soft errors).
enum class ChannelError : uint8_t { kNetworkUnreachable, kHostUnreachable, kTimeExceeded };

struct SendOptions {    // for transports that have streams: SCTP
  uint16_t stream = 0;  // counted round where the peer allows fewer
  bool unordered = false;
  uint32_t ppid = 0;
};

class Channel {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    // Bytes may be sent and received from now on. Not called for an accepted channel.
    virtual void OnConnected(Channel& channel) = 0;
    // `bytes` is valid during the call; `zeros` more zero bytes followed it.
    virtual void OnReceive(Channel& channel, std::span<const uint8_t> bytes, uint64_t zeros) = 0;
    // There is room again after a Send() that took less than it was given.
    virtual void OnWritable(Channel& channel) = 0;
    // The peer will send no more (half-close). Sending is still possible.
    virtual void OnPeerFinished(Channel& channel) = 0;
    virtual void OnError(Channel& channel, ChannelError error) = 0;
    // The last call.
    virtual void OnClosed(Channel& channel, CloseReason reason) = 0;
  };

  virtual ~Channel() = default;
  // Takes as much as there is room for: first `bytes`, then `zeros` zero bytes, counted but not
  // stored. All or nothing if preserves_messages(). Returns how much was taken; after a short count
  // OnWritable follows. 0 after ShutdownSend, Close or the end, and for what exceeds max_message().
  virtual uint64_t Send(std::span<const uint8_t> bytes, uint64_t zeros = 0,
                        const SendOptions& options = {}) = 0;
  // No more will be sent; what was taken is still delivered.
  virtual void ShutdownSend() = 0;
  // As ShutdownSend, and nothing more is wanted: OnReceive is not called again.
  virtual void Close() = 0;
  // Ends it at once and tells the peer.
  virtual void Abort() = 0;

  // While paused, bytes wait in the transport's buffer, whose window closes. Resuming delivers.
  virtual void PauseReceiving() = 0;
  virtual void ResumeReceiving() = 0;
  // While paused: delivers up to `limit` waiting bytes through OnReceive, now. Returns how many.
  virtual uint64_t Receive(uint64_t limit) = 0;

  virtual Endpoint local() const = 0;
  virtual Endpoint remote() const = 0;
  virtual bool is_reliable() const = 0;
  virtual bool preserves_messages() const = 0;
  // The longest that Send ever takes, octets.
  virtual uint64_t max_message() const { return std::numeric_limits<uint64_t>::max(); }
  // Where the next Send begins in what the packets below count: octets of the TCP stream since the
  // SYN, user messages of the association. What a layer in between holds back counts as sent.
  virtual uint64_t send_position() const = 0;
  // The names that the peer has proven to be entitled to, as domains in lower case (RFC 5922 §7.1);
  // empty where nothing below does so, or it has shown no certificate. Known from OnConnected on.
  virtual std::vector<std::string> peer_names() const { return {}; }
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_TRANSPORT_CHANNEL_H_
