// TcpSocket: the user's handle of one TCP connection: a Channel with what only TCP has.
//
// Outlives the connection, if the user likes; then sends and receives nothing.
#ifndef TICKWIRE_PROTOCOLS_TCP_TCP_SOCKET_H_
#define TICKWIRE_PROTOCOLS_TCP_TCP_SOCKET_H_

#include <cstdint>
#include <memory>

#include "protocols/tcp/tcp_connection.h"
#include "protocols/transport/channel.h"

namespace tickwire::tcp {

class TcpSocket final : public Channel {
 public:
  // The connection is the layer's. `listener` may come later, before anything happens.
  TcpSocket(TcpConnection& connection, Listener* listener);
  ~TcpSocket() override;

  // --- Channel ---
  uint64_t Send(std::span<const uint8_t> bytes, uint64_t zeros = 0,
                const SendOptions& options = {}) override;
  void ShutdownSend() override;
  void Close() override;
  void Abort() override;
  void PauseReceiving() override;
  void ResumeReceiving() override;
  uint64_t Receive(uint64_t limit) override;
  Endpoint local() const override { return connection_.id().local; }
  Endpoint remote() const override { return connection_.id().remote; }
  bool is_reliable() const override { return true; }
  bool preserves_messages() const override { return false; }
  uint64_t send_position() const override { return connection_.send_position(); }

  // --- TCP alone ---
  // Off: Nagle's rule holds (RFC 9293 section 3.7.4), unless the configuration says otherwise.
  void set_no_delay(bool no_delay) { connection_.set_no_delay(no_delay); }
  void set_keep_alive(bool keep_alive) { connection_.set_keep_alive(keep_alive); }
  // How long data may stay unacknowledged (RFC 9293 section 3.9.1); 0: R2 alone decides.
  void set_user_timeout(Duration timeout) { connection_.set_user_timeout(timeout); }
  // Close() becomes Abort(): SO_LINGER with a time of 0.
  void set_abort_on_close(bool abort) { abort_on_close_ = abort; }
  const TcpConnection& connection() const { return connection_; }

  // --- For the connection ---
  void set_listener(Listener& listener) { listener_ = &listener; }
  Listener* listener() { return listener_; }
  // The connection ended while the user still holds its handle.
  void Keep(std::unique_ptr<TcpConnection> ended) { ended_ = std::move(ended); }

 private:
  TcpConnection& connection_;
  Listener* listener_;
  bool abort_on_close_ = false;
  std::unique_ptr<TcpConnection> ended_;  // is connection_
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_TCP_SOCKET_H_
