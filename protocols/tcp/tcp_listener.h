// TcpListener: the LISTEN state of one port: half-open connections, the backlog, SYN cookies.
#ifndef TICKWIRE_PROTOCOLS_TCP_TCP_LISTENER_H_
#define TICKWIRE_PROTOCOLS_TCP_TCP_LISTENER_H_

#include <cstdint>

#include "protocols/tcp/segment.h"
#include "protocols/tcp/tcp_config.h"
#include "protocols/tcp/tcp_connection.h"
#include "protocols/transport/transport_stack.h"
#include "sim_core/base/ring_buffer.h"

namespace tickwire::tcp {

class TcpLayer;

class TcpListener final : public TransportStack::Listening {
 public:
  // All outlive it, but for `on_accept`.
  TcpListener(TcpLayer& layer, Endpoint local, int backlog, const TcpConfig& config,
              TransportStack::AcceptFn on_accept);
  ~TcpListener() override;

  Endpoint local() const override { return local_; }
  void PauseAccepting() override { is_paused_ = true; }
  void ResumeAccepting() override;
  bool AcceptOne() override;

  const TcpConfig& config() const { return config_; }
  uint32_t half_open() const { return half_open_; }
  size_t waiting() const { return waiting_.size(); }
  uint64_t cookies_sent() const { return cookies_sent_; }

  // --- For the layer and the connections ---
  // A segment that belongs to no connection (RFC 9293 section 3.10.7.2).
  void OnSegment(const Segment& segment);
  // Whether a connection that is just established finds room in the backlog.
  bool HasRoom() const;
  // A half-open connection is established; OnEstablished follows when the user may be told.
  void OnHandshakeDone() { --half_open_; }
  void OnEstablished(TcpConnection& connection);
  // A connection of ours ended before it was accepted.
  void OnGone(TcpConnection& connection, bool was_half_open);

 private:
  // False: the user destroyed the listener meanwhile.
  bool Accept(TcpConnection& connection);
  void SendCookie(const TcpConnection::Id& id, const Segment& syn);

  TcpLayer& layer_;
  const Endpoint local_;
  const size_t backlog_;
  const TcpConfig& config_;
  const TransportStack::AcceptFn on_accept_;
  bool is_paused_ = false;
  bool* is_gone_ = nullptr;  // set when it is destroyed within on_accept_
  uint32_t half_open_ = 0;
  uint64_t cookies_sent_ = 0;
  RingBuffer<TcpConnection*> waiting_;  // established, oldest first
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_TCP_LISTENER_H_
