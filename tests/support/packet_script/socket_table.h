// SocketTable: the socket calls of a script, on TcpLayer: descriptors, blocking, errno.
//
// The part of the POSIX interface that scripts use.
#ifndef TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SOCKET_TABLE_H_
#define TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SOCKET_TABLE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "protocols/tcp/tcp_layer.h"
#include "tests/support/packet_script/script.h"
#include "tests/support/packet_script/socket_calls.h"

namespace tickwire::packet_script {

class SocketTable final : public SocketCalls {
 public:
  struct Config {
    tcp::TcpConfig tcp;
    Endpoint local;   // what bind() means
    Endpoint remote;  // what connect() means
  };
  // `layer` outlives it.
  SocketTable(tcp::TcpLayer& layer, const Config& config);
  ~SocketTable() override;

  std::optional<CallResult> Begin(const CallLine& call) override;
  std::optional<CallResult> Retry(const CallLine& call) override;
  // Called with the local port of each connect().
  std::function<void(const tcp::TcpSocket&)> on_connect;

 private:
  class Socket;
  using Call = std::optional<CallResult> (SocketTable::*)(const CallLine& call, bool again);

  Socket* Find(const CallLine& call);
  int Add(std::unique_ptr<Socket> socket);
  std::optional<CallResult> Dispatch(const CallLine& call, bool again);

  std::optional<CallResult> DoSocket(const CallLine& call, bool again);
  std::optional<CallResult> DoBind(const CallLine& call, bool again);
  std::optional<CallResult> DoListen(const CallLine& call, bool again);
  std::optional<CallResult> DoConnect(const CallLine& call, bool again);
  std::optional<CallResult> DoAccept(const CallLine& call, bool again);
  std::optional<CallResult> DoRead(const CallLine& call, bool again);
  std::optional<CallResult> DoWrite(const CallLine& call, bool again);
  std::optional<CallResult> DoWritev(const CallLine& call, bool again);
  std::optional<CallResult> DoShutdown(const CallLine& call, bool again);
  std::optional<CallResult> DoClose(const CallLine& call, bool again);
  std::optional<CallResult> DoSetsockopt(const CallLine& call, bool again);
  std::optional<CallResult> DoGetsockopt(const CallLine& call, bool again);
  std::optional<CallResult> DoFcntl(const CallLine& call, bool again);
  std::optional<CallResult> DoPoll(const CallLine& call, bool again);
  std::optional<CallResult> Write(Socket& socket, uint64_t size, bool again);
  std::optional<CallResult> SetTcpOption(Socket& socket, const std::string& name, int64_t value,
                                         const std::string& text);
  uint32_t Ready(Socket& socket) const;

  tcp::TcpLayer& layer_;
  const Config config_;
  std::map<int, std::unique_ptr<Socket>> sockets_;
  int next_ = 3;
  // Of the poll() that blocks: when it gives up.
  std::optional<SimTime> poll_deadline_;
};

}  // namespace tickwire::packet_script

#endif  // TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SOCKET_TABLE_H_
