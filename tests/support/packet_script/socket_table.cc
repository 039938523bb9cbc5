#include "tests/support/packet_script/socket_table.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/tcp/tcp_listener.h"
#include "protocols/tcp/tcp_socket.h"

namespace tickwire::packet_script {
namespace {

using tcp::TcpSocket;

constexpr uint32_t kIn = 1, kOut = 2, kError = 4, kHangUp = 8, kReadHangUp = 16;
uint32_t PollBits(const Value& value) {
  uint32_t bits = 0;
  if (Names(value, "POLLIN") || Names(value, "POLLRDNORM")) bits |= kIn;
  if (Names(value, "POLLOUT")) bits |= kOut;
  if (Names(value, "POLLERR")) bits |= kError;
  if (Names(value, "POLLHUP")) bits |= kHangUp;
  if (Names(value, "POLLRDHUP")) bits |= kReadHangUp;
  return bits;
}

}  // namespace

// One descriptor.
class SocketTable::Socket : public Channel::Listener {
 public:
  explicit Socket(const tcp::TcpConfig& tcp) : config(tcp) {}

  void OnConnected(Channel&) override { is_connected = true; }
  void OnReceive(Channel&, std::span<const uint8_t> bytes, uint64_t zeros) override {
    received += bytes.size() + zeros;
  }
  void OnWritable(Channel&) override {}
  void OnPeerFinished(Channel&) override { peer_finished = true; }
  void OnError(Channel&, ChannelError what) override {
    soft_error = what == ChannelError::kNetworkUnreachable ? "ENETUNREACH" : "EHOSTUNREACH";
  }
  void OnClosed(Channel&, CloseReason reason) override {
    is_closed = true;
    switch (reason) {
      case CloseReason::kLocal:
      case CloseReason::kPeer:
        break;
      case CloseReason::kReset:
        error = "ECONNRESET";
        break;
      case CloseReason::kRefused:
        error = "ECONNREFUSED";
        break;
      case CloseReason::kSecurity:
      case CloseReason::kProtocol:
        break;  // not TCP's
      case CloseReason::kTimeout:
        error = soft_error.empty() ? "ETIMEDOUT" : soft_error;
        break;
      case CloseReason::kUnreachable:
        error = soft_error.empty() ? "EHOSTUNREACH" : soft_error;
        break;
    }
  }
  std::string TakeError() { return std::exchange(error, ""); }

  tcp::TcpConfig config;
  std::optional<Endpoint> bound;
  std::unique_ptr<tcp::TcpListener> listener;
  std::unique_ptr<TcpSocket> channel;
  std::unique_ptr<Socket> just_accepted;  // of a listener
  bool non_blocking = false;
  bool no_delay = false;
  bool linger_zero = false;
  bool is_connecting = false;
  bool is_connected = false;
  bool is_closed = false;
  bool peer_finished = false;
  bool send_is_shut = false;
  uint64_t received = 0;  // by the call under way
  uint64_t written = 0;   // by the call under way
  std::string error;
  std::string soft_error;
};

SocketTable::SocketTable(tcp::TcpLayer& layer, const Config& config)
    : layer_(layer), config_(config) {}

SocketTable::~SocketTable() = default;

SocketTable::Socket* SocketTable::Find(const CallLine& call) {
  if (call.arguments.empty() || call.arguments[0].kind != Value::Kind::kNumber) return nullptr;
  const auto it = sockets_.find(static_cast<int>(call.arguments[0].number));
  return it == sockets_.end() ? nullptr : it->second.get();
}

int SocketTable::Add(std::unique_ptr<Socket> socket) {
  while (sockets_.contains(next_)) ++next_;
  const int fd = next_++;
  sockets_[fd] = std::move(socket);
  return fd;
}

std::optional<CallResult> SocketTable::Begin(const CallLine& call) { return Dispatch(call, false); }
std::optional<CallResult> SocketTable::Retry(const CallLine& call) { return Dispatch(call, true); }

std::optional<CallResult> SocketTable::Dispatch(const CallLine& call, bool again) {
  static constexpr struct {
    absl::string_view name;
    Call call;
  } kCalls[] = {
      {"socket", &SocketTable::DoSocket},
      {"bind", &SocketTable::DoBind},
      {"listen", &SocketTable::DoListen},
      {"connect", &SocketTable::DoConnect},
      {"accept", &SocketTable::DoAccept},
      {"read", &SocketTable::DoRead},
      {"recv", &SocketTable::DoRead},
      {"recvfrom", &SocketTable::DoRead},
      {"write", &SocketTable::DoWrite},
      {"send", &SocketTable::DoWrite},
      {"sendto", &SocketTable::DoWrite},
      {"writev", &SocketTable::DoWritev},
      {"shutdown", &SocketTable::DoShutdown},
      {"close", &SocketTable::DoClose},
      {"setsockopt", &SocketTable::DoSetsockopt},
      {"getsockopt", &SocketTable::DoGetsockopt},
      {"fcntl", &SocketTable::DoFcntl},
      {"poll", &SocketTable::DoPoll},
  };
  for (const auto& known : kCalls) {
    if (known.name != call.name) continue;
    if (call.name != "socket" && call.name != "poll" && Find(call) == nullptr) {
      return Fails("EBADF");
    }
    return (this->*known.call)(call, again);
  }
  return Unknown();
}

std::optional<CallResult> SocketTable::DoSocket(const CallLine& call, bool) {
  if (call.arguments.size() != 3 || !Names(call.arguments[1], "SOCK_STREAM")) return Unknown();
  auto socket = std::make_unique<Socket>(config_.tcp);
  socket->non_blocking = Names(call.arguments[1], "SOCK_NONBLOCK");
  next_ = 3;  // the lowest that is free, as POSIX has it
  return Done(Add(std::move(socket)));
}

std::optional<CallResult> SocketTable::DoBind(const CallLine& call, bool) {
  Find(call)->bound = config_.local;
  return Done(0);
}

std::optional<CallResult> SocketTable::DoListen(const CallLine& call, bool) {
  Socket* const socket = Find(call);
  const std::optional<int64_t> backlog =
      call.arguments.size() == 2 ? NumberOf(call.arguments[1]) : std::nullopt;
  if (!backlog) return Unknown();
  auto listener = layer_.ListenTcp(
      socket->bound.value_or(config_.local), static_cast<int>(*backlog),
      [socket](std::unique_ptr<Channel> channel) -> Channel::Listener& {
        socket->just_accepted = std::make_unique<Socket>(socket->config);
        Socket& accepted = *socket->just_accepted;
        // TcpLayer makes no others.
        accepted.channel.reset(static_cast<TcpSocket*>(channel.release()));
        accepted.channel->PauseReceiving();
        accepted.is_connected = true;
        return accepted;
      },
      socket->config);
  if (!listener.ok()) return Fails("EADDRINUSE");
  socket->listener = std::move(*listener);
  socket->listener->PauseAccepting();
  return Done(0);
}

std::optional<CallResult> SocketTable::DoConnect(const CallLine& call, bool again) {
  Socket* const socket = Find(call);
  if (!again && !socket->is_connecting && !socket->is_connected) {
    auto channel = layer_.ConnectTcp(config_.remote, *socket, socket->bound.value_or(Endpoint{}),
                                     socket->config);
    if (!channel.ok()) return Fails("EADDRNOTAVAIL");
    socket->channel = std::move(*channel);
    socket->channel->PauseReceiving();
    if (socket->no_delay) socket->channel->set_no_delay(true);
    socket->is_connecting = true;
    if (on_connect) on_connect(*socket->channel);
    if (socket->non_blocking) return Fails("EINPROGRESS");
    return std::nullopt;
  }
  if (socket->is_closed) {
    const std::string error = socket->TakeError();
    return error.empty() ? Fails("ECONNABORTED") : Fails(error);
  }
  if (socket->is_connected) {
    if (again || socket->is_connecting) {
      socket->is_connecting = false;
      return Done(0);
    }
    return Fails("EISCONN");
  }
  if (socket->non_blocking) return Fails("EALREADY");
  return std::nullopt;
}

std::optional<CallResult> SocketTable::DoAccept(const CallLine& call, bool) {
  Socket* const socket = Find(call);
  if (socket->listener == nullptr) return Fails("EINVAL");
  if (!socket->listener->AcceptOne()) {
    if (socket->non_blocking) return Fails("EAGAIN");
    return std::nullopt;
  }
  next_ = 3;
  return Done(Add(std::move(socket->just_accepted)));
}

std::optional<CallResult> SocketTable::DoRead(const CallLine& call, bool) {
  Socket* const socket = Find(call);
  const std::optional<int64_t> size =
      call.arguments.size() >= 3 ? NumberOf(call.arguments[2]) : std::nullopt;
  if (!size || *size < 0) return Unknown();
  if (socket->channel == nullptr) return Fails("ENOTCONN");
  const bool may_not_wait = socket->non_blocking || (call.arguments.size() >= 4 &&
                                                     Names(call.arguments[3], "MSG_DONTWAIT"));
  socket->received = 0;
  socket->channel->Receive(static_cast<uint64_t>(*size));
  if (socket->received > 0) return Done(static_cast<int64_t>(socket->received));
  if (!socket->error.empty()) return Fails(socket->TakeError());
  if (socket->peer_finished || socket->is_closed) return Done(0);
  if (may_not_wait) return Fails("EAGAIN");
  return std::nullopt;
}

std::optional<CallResult> SocketTable::Write(Socket& socket, uint64_t size, bool again) {
  if (!again) socket.written = 0;
  if (!socket.error.empty()) return Fails(socket.TakeError());
  if (socket.is_closed || socket.send_is_shut) return Fails("EPIPE");
  if (socket.channel == nullptr) return Fails("ENOTCONN");
  socket.written += socket.channel->Send({}, size - socket.written);
  if (socket.written == size) return Done(static_cast<int64_t>(size));
  if (!socket.non_blocking) return std::nullopt;
  if (socket.written > 0) return Done(static_cast<int64_t>(socket.written));
  return Fails("EAGAIN");
}

std::optional<CallResult> SocketTable::DoWrite(const CallLine& call, bool again) {
  const std::optional<int64_t> size =
      call.arguments.size() >= 3 ? NumberOf(call.arguments[2]) : std::nullopt;
  if (!size || *size < 0) return Unknown();
  return Write(*Find(call), static_cast<uint64_t>(*size), again);
}

std::optional<CallResult> SocketTable::DoWritev(const CallLine& call, bool again) {
  if (call.arguments.size() != 3) return Unknown();
  uint64_t size = 0;
  for (const Value& piece : call.arguments[1].items) {
    if (piece.items.size() != 2) return Unknown();
    const std::optional<int64_t> bytes = NumberOf(piece.items[1]);
    if (!bytes || *bytes < 0) return Unknown();
    size += static_cast<uint64_t>(*bytes);
  }
  return Write(*Find(call), size, again);
}

std::optional<CallResult> SocketTable::DoShutdown(const CallLine& call, bool) {
  Socket* const socket = Find(call);
  if (call.arguments.size() != 2) return Unknown();
  if (socket->channel == nullptr || socket->is_closed) return Fails("ENOTCONN");
  if (Names(call.arguments[1], "SHUT_WR") || Names(call.arguments[1], "SHUT_RDWR")) {
    socket->send_is_shut = true;
    socket->channel->ShutdownSend();
  }
  return Done(0);
}

std::optional<CallResult> SocketTable::DoClose(const CallLine& call, bool) {
  Socket* const socket = Find(call);
  if (socket->linger_zero && socket->channel != nullptr) socket->channel->Abort();
  sockets_.erase(static_cast<int>(call.arguments[0].number));
  return Done(0);
}

std::optional<CallResult> SocketTable::SetTcpOption(Socket& socket, const std::string& name,
                                                    int64_t value, const std::string& text) {
  tcp::TcpConfig& config = socket.config;
  if (name == "TCP_NODELAY") {
    socket.no_delay = value != 0;
    config.nagle = value == 0;
    if (socket.channel != nullptr) socket.channel->set_no_delay(value != 0);
  } else if (name == "TCP_KEEPIDLE") {
    config.keep_alive_idle = Duration::Seconds(value);
  } else if (name == "TCP_KEEPINTVL") {
    config.keep_alive_interval = Duration::Seconds(value);
  } else if (name == "TCP_KEEPCNT") {
    config.keep_alive_probes = static_cast<int>(value);
  } else if (name == "TCP_USER_TIMEOUT") {
    config.user_timeout = Duration::Millis(value);
    if (socket.channel != nullptr) socket.channel->set_user_timeout(Duration::Millis(value));
  } else if (name == "TCP_MAXSEG") {
    config.mss = static_cast<uint32_t>(value);
  } else if (name == "TCP_SYNCNT") {
    config.syn_retries = static_cast<int>(value);
  } else if (name == "TCP_CONGESTION") {
    if (text == "reno")
      config.congestion_control = tcp::CongestionControlKind::kReno;
    else if (text == "cubic")
      config.congestion_control = tcp::CongestionControlKind::kCubic;
    else if (text == "bbr")
      config.congestion_control = tcp::CongestionControlKind::kBbr;
    else
      return Fails("ENOENT");
  } else {
    return Unknown();
  }
  return Done(0);
}

std::optional<CallResult> SocketTable::DoSetsockopt(const CallLine& call, bool) {
  Socket* const socket = Find(call);
  if (call.arguments.size() != 5 || call.arguments[2].names.size() != 1) return Unknown();
  const std::string& name = call.arguments[2].names[0];
  const Value& argument = call.arguments[3];
  const int64_t value = NumberOf(argument).value_or(0);
  if (name == "SO_REUSEADDR" || name == "SO_REUSEPORT") return Done(0);
  if (name == "SO_LINGER") {
    int64_t on = 0, time = 1;
    for (const auto& [member, of] : argument.members) {
      if (member == "onoff" || member == "l_onoff") on = NumberOf(of).value_or(0);
      if (member == "linger" || member == "l_linger") time = NumberOf(of).value_or(1);
    }
    socket->linger_zero = on != 0 && time == 0;
    return Done(0);
  }
  if (name == "SO_KEEPALIVE") {
    socket->config.keep_alive = value != 0;
    if (socket->channel != nullptr) socket->channel->set_keep_alive(value != 0);
    return Done(0);
  }
  // The kernel's doubling of buffer sizes is its own habit: here they are what is said.
  if (name == "SO_RCVBUF")
    socket->config.receive_buffer = static_cast<uint32_t>(value);
  else if (name == "SO_SNDBUF")
    socket->config.send_buffer = static_cast<uint32_t>(value);
  else
    return SetTcpOption(*socket, name, value, argument.text);
  return Done(0);
}

std::optional<CallResult> SocketTable::DoGetsockopt(const CallLine& call, bool) {
  Socket* const socket = Find(call);
  if (call.arguments.size() != 5 || call.arguments[2].names.size() != 1) return Unknown();
  const std::string& name = call.arguments[2].names[0];
  const Value& argument = call.arguments[3];
  CallResult result = Done(0);
  const auto check = [&](absl::string_view what, const Value& wanted, const std::string& actual) {
    std::string text = wanted.kind == Value::Kind::kNumber ? absl::StrCat(wanted.number)
                       : wanted.kind == Value::Kind::kName ? wanted.names[0]
                                                           : "";
    if (text.empty() || text == actual) return;
    absl::StrAppend(&result.mismatch, result.mismatch.empty() ? "" : "; ", what, ": expected ",
                    text, ", actual ", actual);
  };
  const Value* const only = argument.kind == Value::Kind::kList && argument.items.size() == 1
                                ? &argument.items[0]
                                : nullptr;
  if (name == "SO_ERROR") {
    if (only == nullptr) return Unknown();
    const std::string error = socket->TakeError();
    check(name, *only, error.empty() ? "0" : error);
    return result;
  }
  if (socket->channel == nullptr) return Unknown();
  const tcp::TcpConnection& connection = socket->channel->connection();
  if (name == "TCP_INFO") {
    const std::pair<absl::string_view, int64_t> known[] = {
        {"tcpi_snd_cwnd_bytes", connection.sender().cwnd()},
        {"tcpi_ssthresh_bytes", connection.sender().ssthresh()},
        {"tcpi_segs_out", static_cast<int64_t>(connection.counters().segments_sent)},
        {"tcpi_segs_in", static_cast<int64_t>(connection.counters().segments_received)},
        {"tcpi_bytes_received", static_cast<int64_t>(connection.counters().bytes_delivered)},
        {"tcpi_challenge_acks", connection.counters().challenge_acks},
    };
    for (const auto& [member, wanted] : argument.members) {
      const std::string& of = member;
      const auto it = std::find_if(std::begin(known), std::end(known),
                                   [&](const auto& pair) { return pair.first == of; });
      if (it == std::end(known)) return Unknown();
      check(member, wanted, absl::StrCat(it->second));
    }
    return result;
  }
  return Unknown();
}

std::optional<CallResult> SocketTable::DoFcntl(const CallLine& call, bool) {
  Socket* const socket = Find(call);
  if (call.arguments.size() < 2) return Unknown();
  if (Names(call.arguments[1], "F_GETFL")) return Done(socket->non_blocking ? 0x802 : 0x2);
  if (!Names(call.arguments[1], "F_SETFL") || call.arguments.size() != 3) return Unknown();
  socket->non_blocking = Names(call.arguments[2], "O_NONBLOCK");
  return Done(0);
}

uint32_t SocketTable::Ready(Socket& socket) const {
  uint32_t ready = 0;
  if (socket.listener != nullptr) return socket.listener->waiting() > 0 ? kIn : 0;
  if (socket.channel == nullptr) return kOut | kHangUp;
  if (!socket.error.empty()) ready |= kError;
  if (socket.is_closed) return ready | kIn | kOut | kHangUp | kReadHangUp;
  if (socket.peer_finished) ready |= kIn | kReadHangUp;
  if (socket.channel->connection().readable_bytes() > 0) ready |= kIn;
  if (socket.is_connected && !socket.send_is_shut && socket.channel->connection().send_room() > 0) {
    ready |= kOut;
  }
  return ready;
}

std::optional<CallResult> SocketTable::DoPoll(const CallLine& call, bool again) {
  if (call.arguments.size() != 3) return Unknown();
  const std::optional<int64_t> timeout = NumberOf(call.arguments[2]);
  if (!timeout) return Unknown();
  const SimTime now = layer_.clock().now();
  if (!again) {
    poll_deadline_ = *timeout < 0 ? SimTime::Infinite() : now + Duration::Millis(*timeout);
  }
  CallResult result = Done(0);
  for (const Value& entry : call.arguments[0].items) {
    uint32_t events = 0, expected = 0;
    Socket* socket = nullptr;
    for (const auto& [member, value] : entry.members) {
      if (member == "events") events = PollBits(value);
      if (member == "revents") expected = PollBits(value);
      if (member == "fd") {
        const auto it = sockets_.find(static_cast<int>(value.number));
        if (it != sockets_.end()) socket = it->second.get();
      }
    }
    if (socket == nullptr) return Unknown();
    const uint32_t ready = Ready(*socket) & (events | kError | kHangUp);
    if (ready != 0) ++result.value;
    if (ready != expected) {
      result.mismatch = absl::StrCat("revents: expected ", expected, ", actual ", ready,
                                     " (1 in, 2 out, 4 error, 8 hang-up, 16 read hang-up)");
    }
  }
  if (result.value == 0 && now < *poll_deadline_) return std::nullopt;
  return result;
}

}  // namespace tickwire::packet_script
