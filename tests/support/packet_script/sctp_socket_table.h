// SctpSocketTable: the socket calls of a script, on SctpSocket: descriptors, blocking, errno, and
// the calls and options of RFC 6458.
//
// One-to-one sockets (SOCK_STREAM) have accept(); behind a listening one stands a one-to-many
// socket from which accept() peels. One-to-many sockets (SOCK_SEQPACKET) send to the association
// that was set up last, or to that of sctp_sendmsg()'s address.
#ifndef TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_SOCKET_TABLE_H_
#define TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_SOCKET_TABLE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "protocols/sctp/sctp_layer.h"
#include "protocols/sctp/socket/sctp_socket.h"
#include "tests/support/packet_script/socket_calls.h"

namespace tickwire::packet_script {

class SctpSocketTable final : public SocketCalls {
 public:
  struct Config {
    sctp::SctpConfig sctp;
    Endpoint local;  // what bind() means
    std::vector<IpAddress>
        remote;  // what connect() means; sctp_connectx() takes as many as it says
    uint16_t remote_port = 0;
  };
  // `layer` outlives it.
  SctpSocketTable(sctp::SctpLayer& layer, const Config& config);
  ~SctpSocketTable() override;

  std::optional<CallResult> Begin(const CallLine& call) override;
  std::optional<CallResult> Retry(const CallLine& call) override;
  // Called when the stack begins to connect.
  std::function<void()> on_connect;

 private:
  class Socket;
  using Call = std::optional<CallResult> (SctpSocketTable::*)(const CallLine& call, bool again);

  Socket* Find(const CallLine& call);
  int Add(std::unique_ptr<Socket> socket);
  std::optional<CallResult> Dispatch(const CallLine& call, bool again);
  std::optional<CallResult> DoSocket(const CallLine& call, bool again);
  std::optional<CallResult> DoBind(const CallLine& call, bool again);
  std::optional<CallResult> DoListen(const CallLine& call, bool again);
  std::optional<CallResult> DoConnect(const CallLine& call, bool again);
  std::optional<CallResult> DoConnectx(const CallLine& call, bool again);
  std::optional<CallResult> DoAccept(const CallLine& call, bool again);
  std::optional<CallResult> DoRead(const CallLine& call, bool again);
  std::optional<CallResult> DoRecvv(const CallLine& call, bool again);
  std::optional<CallResult> DoWrite(const CallLine& call, bool again);
  std::optional<CallResult> DoSendmsg(const CallLine& call, bool again);
  std::optional<CallResult> DoSendv(const CallLine& call, bool again);
  std::optional<CallResult> DoShutdown(const CallLine& call, bool again);
  std::optional<CallResult> DoClose(const CallLine& call, bool again);
  std::optional<CallResult> DoFcntl(const CallLine& call, bool again);
  std::optional<CallResult> DoSetsockopt(const CallLine& call, bool again);
  std::optional<CallResult> DoGetsockopt(const CallLine& call, bool again);

  std::optional<CallResult> Connect(Socket& socket, size_t addresses, bool again);
  std::optional<CallResult> Send(Socket& socket, const sctp::SctpSocket::SndInfo& info,
                                 size_t size);
  std::optional<CallResult> Receive(Socket& socket, size_t room,
                                    sctp::SctpSocket::RcvInfo* info = nullptr);

  sctp::SctpLayer& layer_;
  const Config config_;
  std::map<int, std::unique_ptr<Socket>> sockets_;
  std::vector<std::unique_ptr<Socket>> closed_;  // their associations may still end in good order
  int next_ = 3;
};

}  // namespace tickwire::packet_script

#endif  // TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_SOCKET_TABLE_H_
