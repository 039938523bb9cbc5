#include "protocols/tcp/tcp_socket.h"

#include <utility>

#include "protocols/tcp/tcp_layer.h"

namespace tickwire::tcp {

TcpSocket::TcpSocket(TcpConnection& connection, Listener* listener)
    : connection_(connection), listener_(listener) {}

TcpSocket::~TcpSocket() {
  if (ended_ == nullptr && abort_on_close_) connection_.Abort();
  connection_.Orphan();
  if (ended_ != nullptr) connection_.layer().Bury(std::move(ended_));
}

uint64_t TcpSocket::Send(std::span<const uint8_t> bytes, uint64_t zeros, const SendOptions&) {
  return connection_.Send(bytes, zeros);
}

void TcpSocket::ShutdownSend() { connection_.ShutdownSend(); }

void TcpSocket::Close() { abort_on_close_ ? connection_.Abort() : connection_.Close(); }

void TcpSocket::Abort() { connection_.Abort(); }

void TcpSocket::PauseReceiving() { connection_.PauseReceiving(); }

void TcpSocket::ResumeReceiving() { connection_.ResumeReceiving(); }

uint64_t TcpSocket::Receive(uint64_t limit) { return connection_.Receive(limit); }

}  // namespace tickwire::tcp
