#include "tests/support/packet_script/sctp_socket_table.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/support/packet_script/sctp_options.h"

namespace tickwire::packet_script {
namespace {

using sctp::SctpSocket;
using Change = sctp::AssociationChange;

int64_t MemberNumber(const Value& value, absl::string_view name) {
  for (const NamedValue& member : value.members) {
    if (name == member.name) return NumberOf(member.value).value_or(0);
  }
  return 0;
}
const Value* Member(const Value& value, absl::string_view name) {
  for (const NamedValue& member : value.members) {
    if (name == member.name) return &member.value;
  }
  return nullptr;
}

// MSG_ flags of RFC 6458 section 5.3.4, in whichever spelling.
void SetFlags(const Value& flags, SctpSocket::SndInfo& info) {
  if (Names(flags, "SCTP_UNORDERED")) info.unordered = true;
  if (Names(flags, "SCTP_ABORT")) info.abort = true;
  if (Names(flags, "SCTP_EOF")) info.eof = true;
  if (Names(flags, "SCTP_SACK_IMMEDIATELY")) info.sack_immediately = true;
}

void SetPolicy(const Value& info, SctpSocket::SndInfo& out) {
  const Value* const policy = Member(info, "pr_policy");
  const int64_t value = MemberNumber(info, "pr_value");
  if (policy == nullptr) return;
  if (Names(*policy, "SCTP_PR_SCTP_TTL")) {
    out.pr = {.policy = sctp::Reliability::Policy::kTimed, .lifetime = Duration::Millis(value)};
  } else if (Names(*policy, "SCTP_PR_SCTP_RTX")) {
    out.pr = {.policy = sctp::Reliability::Policy::kRetransmissions,
              .retransmissions = static_cast<uint32_t>(value)};
  } else if (Names(*policy, "SCTP_PR_SCTP_BUF")) {
    out.pr = {.policy = sctp::Reliability::Policy::kPriority,
              .priority = static_cast<uint32_t>(value)};
  }
}

// The size of what [{..., 100}] describes.
std::optional<size_t> SizeOf(const Value& vector) {
  if (vector.items.empty() || vector.items[0].items.size() != 2) return std::nullopt;
  const std::optional<int64_t> size = NumberOf(vector.items[0].items[1]);
  return size && *size >= 0 ? std::optional<size_t>(static_cast<size_t>(*size)) : std::nullopt;
}

std::optional<size_t> SizeAt(const CallLine& call, size_t argument) {
  if (call.arguments.size() <= argument) return std::nullopt;
  const std::optional<int64_t> size = NumberOf(call.arguments[argument]);
  return size && *size >= 0 ? std::optional<size_t>(static_cast<size_t>(*size)) : std::nullopt;
}

}  // namespace

// One descriptor.
class SctpSocketTable::Socket : public SctpSocket::Listener {
 public:
  using Style = SctpSocket::Style;
  Socket(sctp::SctpLayer& layer, Style style, const sctp::SctpConfig& config)
      : socket(std::make_unique<SctpSocket>(layer, style, config, *this)) {}
  Socket() = default;

  void OnMessage(SctpSocket&, const SctpSocket::RcvInfo& info,
                 std::span<const uint8_t> data) override {
    messages.push_back({info, data.size()});
  }
  void OnNotification(SctpSocket& which, SctpSocket::AssocId id,
                      const sctp::Notification& notification) override {
    const auto* const change = std::get_if<Change>(&notification);
    if (std::holds_alternative<sctp::ShutdownEvent>(notification)) peer_finished = true;
    if (change == nullptr) return;
    switch (change->state) {
      case Change::State::kUp:
        association = id;
        is_connected = true;
        waiting.push_back(id);
        // Messages wait in the association until they are read: a_rwnd tells.
        (void)which.Pause(id, true);
        return;
      case Change::State::kRestart:
        return;
      case Change::State::kShutdownComplete:
        is_closed = true;
        break;
      case Change::State::kLost:
        is_closed = true;
        error = change->by_peer ? "ECONNRESET" : "ETIMEDOUT";
        break;
      case Change::State::kCannotStart:
        is_closed = true;
        error = change->by_peer      ? "ECONNREFUSED"
                : change->error != 0 ? "ECONNABORTED"
                                     : "ETIMEDOUT";
        break;
    }
    std::erase(waiting, id);
  }
  void OnWritable(SctpSocket&, SctpSocket::AssocId) override {}
  std::string TakeError() { return std::exchange(error, ""); }

  struct Message {
    SctpSocket::RcvInfo info;
    size_t size;
  };
  std::unique_ptr<SctpSocket> socket;
  SctpSocket::AssocId association = 0;      // the last one that came up
  std::deque<SctpSocket::AssocId> waiting;  // for accept()
  std::deque<Message> messages;             // that came and were not read
  bool is_stream = true;                    // SOCK_STREAM
  bool non_blocking = false;
  bool linger_zero = false;
  bool is_bound = false;
  bool is_connecting = false;
  bool is_connected = false;
  bool is_closed = false;
  bool peer_finished = false;
  std::string error;
};

SctpSocketTable::SctpSocketTable(sctp::SctpLayer& layer, const Config& config)
    : layer_(layer), config_(config) {}

// A peeled socket must go before the one that it came from.
SctpSocketTable::~SctpSocketTable() {
  while (!sockets_.empty()) sockets_.erase(std::prev(sockets_.end()));
  while (!closed_.empty()) closed_.pop_back();
}

SctpSocketTable::Socket* SctpSocketTable::Find(const CallLine& call) {
  if (call.arguments.empty() || call.arguments[0].kind != Value::Kind::kNumber) return nullptr;
  const auto it = sockets_.find(static_cast<int>(call.arguments[0].number));
  return it == sockets_.end() ? nullptr : it->second.get();
}

int SctpSocketTable::Add(std::unique_ptr<Socket> socket) {
  next_ = 3;  // the lowest that is free, as POSIX has it
  while (sockets_.contains(next_)) ++next_;
  sockets_[next_] = std::move(socket);
  return next_;
}

std::optional<CallResult> SctpSocketTable::Begin(const CallLine& call) {
  return Dispatch(call, false);
}
std::optional<CallResult> SctpSocketTable::Retry(const CallLine& call) {
  return Dispatch(call, true);
}

std::optional<CallResult> SctpSocketTable::Dispatch(const CallLine& call, bool again) {
  static constexpr struct {
    absl::string_view name;
    Call call;
  } kCalls[] = {
      {"socket", &SctpSocketTable::DoSocket},
      {"bind", &SctpSocketTable::DoBind},
      {"sctp_bindx", &SctpSocketTable::DoBind},
      {"listen", &SctpSocketTable::DoListen},
      {"connect", &SctpSocketTable::DoConnect},
      {"sctp_connectx", &SctpSocketTable::DoConnectx},
      {"accept", &SctpSocketTable::DoAccept},
      {"read", &SctpSocketTable::DoRead},
      {"recv", &SctpSocketTable::DoRead},
      {"sctp_recvmsg", &SctpSocketTable::DoRead},
      {"sctp_recvv", &SctpSocketTable::DoRecvv},
      {"write", &SctpSocketTable::DoWrite},
      {"send", &SctpSocketTable::DoWrite},
      {"sctp_sendmsg", &SctpSocketTable::DoSendmsg},
      {"sctp_sendv", &SctpSocketTable::DoSendv},
      {"shutdown", &SctpSocketTable::DoShutdown},
      {"close", &SctpSocketTable::DoClose},
      {"setsockopt", &SctpSocketTable::DoSetsockopt},
      {"getsockopt", &SctpSocketTable::DoGetsockopt},
      {"fcntl", &SctpSocketTable::DoFcntl},
  };
  for (const auto& known : kCalls) {
    if (known.name != call.name) continue;
    if (call.name != "socket" && Find(call) == nullptr) return Fails("EBADF");
    return (this->*known.call)(call, again);
  }
  return Unknown();
}

std::optional<CallResult> SctpSocketTable::DoSocket(const CallLine& call, bool) {
  if (call.arguments.size() != 3) return Unknown();
  const bool is_stream = Names(call.arguments[1], "SOCK_STREAM");
  if (!is_stream && !Names(call.arguments[1], "SOCK_SEQPACKET")) return Unknown();
  // accept() peels, so that one that may listen is one-to-many inside.
  auto socket = std::make_unique<Socket>(layer_, SctpSocket::Style::kOneToMany, config_.sctp);
  socket->is_stream = is_stream;
  socket->non_blocking = Names(call.arguments[1], "SOCK_NONBLOCK");
  return Done(Add(std::move(socket)));
}

std::optional<CallResult> SctpSocketTable::DoBind(const CallLine& call, bool) {
  Socket* const socket = Find(call);
  if (!socket->socket->Bindx(config_.local.port, {}).ok()) return Fails("EADDRINUSE");
  socket->is_bound = true;
  return Done(0);
}

std::optional<CallResult> SctpSocketTable::DoListen(const CallLine& call, bool) {
  if (call.arguments.size() != 2) return Unknown();
  const std::optional<int64_t> backlog = NumberOf(call.arguments[1]);
  if (!backlog) return Unknown();
  return Find(call)->socket->Listen(*backlog > 0).ok() ? Done(0) : Fails("EADDRINUSE");
}

std::optional<CallResult> SctpSocketTable::Connect(Socket& socket, size_t addresses, bool again) {
  if (!again && !socket.is_connecting && !socket.is_connected) {
    const auto made = socket.socket->Connectx(
        std::span(config_.remote).first(std::min(addresses, config_.remote.size())),
        config_.remote_port);
    if (!made.ok()) return Fails("EADDRNOTAVAIL");
    socket.association = *made;
    socket.is_connecting = true;
    if (on_connect) on_connect();
    if (socket.non_blocking) return Fails("EINPROGRESS");
    return std::nullopt;
  }
  if (socket.is_closed) {
    const std::string error = socket.TakeError();
    return Fails(error.empty() ? "ECONNABORTED" : error);
  }
  if (socket.is_connected) {
    const bool is_new = again || socket.is_connecting;
    socket.is_connecting = false;
    return is_new ? Done(0) : Fails("EISCONN");
  }
  if (socket.non_blocking) return Fails("EALREADY");
  return std::nullopt;
}

std::optional<CallResult> SctpSocketTable::DoConnect(const CallLine& call, bool again) {
  return Connect(*Find(call), 1, again);
}

// sctp_connectx(fd, ..., addresses, ...): as many of the script's side's addresses.
std::optional<CallResult> SctpSocketTable::DoConnectx(const CallLine& call, bool again) {
  const std::optional<size_t> addresses = SizeAt(call, 2);
  if (!addresses || *addresses == 0) return Unknown();
  return Connect(*Find(call), *addresses, again);
}

std::optional<CallResult> SctpSocketTable::DoAccept(const CallLine& call, bool) {
  Socket* const socket = Find(call);
  if (!socket->is_stream) return Fails("EOPNOTSUPP");
  if (socket->waiting.empty()) {
    if (socket->non_blocking) return Fails("EAGAIN");
    return std::nullopt;
  }
  const SctpSocket::AssocId id = socket->waiting.front();
  socket->waiting.pop_front();
  auto accepted = std::make_unique<Socket>();
  auto peeled = socket->socket->PeelOff(id, *accepted);
  if (!peeled.ok()) return Fails("ECONNABORTED");
  accepted->socket = std::move(*peeled);
  accepted->is_connected = true;
  accepted->association = accepted->socket->GetAssocIdList().at(0);
  // What came before goes with it.
  std::erase_if(socket->messages, [&](const Socket::Message& message) {
    if (message.info.assoc_id != id) return false;
    accepted->messages.push_back(message);
    return true;
  });
  return Done(Add(std::move(accepted)));
}

std::optional<CallResult> SctpSocketTable::Receive(Socket& socket, size_t room,
                                                   SctpSocket::RcvInfo* info) {
  if (socket.messages.empty()) {
    for (const SctpSocket::AssocId id : socket.socket->GetAssocIdList()) {
      if (socket.socket->ReceiveOne(id).value_or(false)) break;
    }
  }
  if (!socket.messages.empty()) {
    Socket::Message& message = socket.messages.front();
    const size_t size = std::min(room, message.size);
    if (info != nullptr) *info = message.info;
    message.size -= size;  // what does not fit is read next (section 3.1.4)
    if (message.size == 0) socket.messages.pop_front();
    return Done(static_cast<int64_t>(size));
  }
  if (!socket.error.empty()) return Fails(socket.TakeError());
  if (socket.is_stream && (socket.peer_finished || socket.is_closed)) return Done(0);
  if (socket.is_stream && !socket.is_connected) return Fails("ENOTCONN");
  if (socket.non_blocking) return Fails("EAGAIN");
  return std::nullopt;
}

std::optional<CallResult> SctpSocketTable::DoRead(const CallLine& call, bool) {
  const std::optional<size_t> size = SizeAt(call, 2);
  if (!size) return Unknown();
  return Receive(*Find(call), *size);
}

// sctp_recvv(fd, [{..., size}], 1, from, fromlen, {rcv_sid=..}, infolen, type, flags)
std::optional<CallResult> SctpSocketTable::DoRecvv(const CallLine& call, bool) {
  if (call.arguments.size() != 9) return Unknown();
  const std::optional<size_t> size = SizeOf(call.arguments[1]);
  if (!size) return Unknown();
  SctpSocket::RcvInfo info;
  std::optional<CallResult> result = Receive(*Find(call), *size, &info);
  if (!result || result->value < 0) return result;
  const std::pair<absl::string_view, int64_t> known[] = {
      {"rcv_sid", info.sid}, {"rcv_ssn", info.ssn}, {"rcv_ppid", info.ppid}, {"rcv_tsn", info.tsn}};
  for (const auto& [name, wanted] : call.arguments[5].members) {
    if (name == "rcv_flags") {
      if (Names(wanted, "SCTP_UNORDERED") != info.unordered &&
          wanted.kind != Value::Kind::kEllipsis)
        result->mismatch =
            absl::StrCat("rcv_flags: actual ", info.unordered ? "SCTP_UNORDERED" : "0");
      continue;
    }
    const std::optional<int64_t> number = NumberOf(wanted);
    for (const auto& [field, actual] : known) {
      if (field == name && number && *number != actual) {
        result->mismatch = absl::StrCat(name, ": expected ", *number, ", actual ", actual);
      }
    }
  }
  return result;
}

std::optional<CallResult> SctpSocketTable::Send(Socket& socket, const SctpSocket::SndInfo& info,
                                                size_t size) {
  if (!socket.error.empty()) return Fails(socket.TakeError());
  if (socket.is_closed) return Fails("EPIPE");
  const std::vector<uint8_t> data(size);
  absl::Status sent;
  if (socket.association == 0) {
    if (socket.is_stream) return Fails("ENOTCONN");
    // The first message to an address sets the association up (section 3.1.2).
    const auto made = socket.socket->SendTo({config_.remote[0], config_.remote_port}, info, data);
    sent = made.status();
    if (made.ok()) socket.association = *made;
    if (on_connect) on_connect();
  } else {
    sent = socket.socket->Sendv(socket.association, info, data);
  }
  if (sent.ok()) return Done(static_cast<int64_t>(size));
  if (absl::IsUnavailable(sent)) {
    if (socket.non_blocking) return Fails("EAGAIN");
    return std::nullopt;
  }
  if (absl::IsInvalidArgument(sent)) return Fails("EINVAL");
  return Fails("EPIPE");
}

std::optional<CallResult> SctpSocketTable::DoWrite(const CallLine& call, bool) {
  const std::optional<size_t> size = SizeAt(call, 2);
  if (!size) return Unknown();
  return Send(*Find(call), {}, *size);
}

// sctp_sendmsg(fd, data, size, to, tolen, ppid, flags, stream, lifetime, context)
std::optional<CallResult> SctpSocketTable::DoSendmsg(const CallLine& call, bool) {
  const std::optional<size_t> size = SizeAt(call, 2);
  if (!size || call.arguments.size() != 10) return Unknown();
  SctpSocket::SndInfo info;
  // In the byte order of the wire in the interface; scripts write htonl's argument.
  info.ppid = static_cast<uint32_t>(NumberOf(call.arguments[5]).value_or(0));
  SetFlags(call.arguments[6], info);
  info.sid = static_cast<uint16_t>(NumberOf(call.arguments[7]).value_or(0));
  info.context = static_cast<uint32_t>(NumberOf(call.arguments[9]).value_or(0));
  const int64_t lifetime = NumberOf(call.arguments[8]).value_or(0);
  if (lifetime > 0) {
    info.pr = {.policy = sctp::Reliability::Policy::kTimed, .lifetime = Duration::Millis(lifetime)};
  }
  return Send(*Find(call), info, *size);
}

// sctp_sendv(fd, [{..., size}], 1, addrs, addrcnt, {snd_sid=..}, infolen, infotype, flags)
std::optional<CallResult> SctpSocketTable::DoSendv(const CallLine& call, bool) {
  if (call.arguments.size() != 9) return Unknown();
  const std::optional<size_t> size = SizeOf(call.arguments[1]);
  if (!size) return Unknown();
  SctpSocket::SndInfo info;
  const Value* sndinfo = Member(call.arguments[5], "sendv_sndinfo");  // SCTP_SENDV_SPA
  if (sndinfo == nullptr) sndinfo = &call.arguments[5];
  info.sid = static_cast<uint16_t>(MemberNumber(*sndinfo, "snd_sid"));
  info.ppid = static_cast<uint32_t>(MemberNumber(*sndinfo, "snd_ppid"));
  if (const Value* const flags = Member(*sndinfo, "snd_flags")) SetFlags(*flags, info);
  const Value* prinfo = Member(call.arguments[5], "sendv_prinfo");
  if (prinfo == nullptr) prinfo = &call.arguments[5];
  SetPolicy(*prinfo, info);
  return Send(*Find(call), info, *size);
}

std::optional<CallResult> SctpSocketTable::DoShutdown(const CallLine& call, bool) {
  Socket* const socket = Find(call);
  if (call.arguments.size() != 2) return Unknown();
  if (!socket->is_connected || socket->is_closed) return Fails("ENOTCONN");
  if (!Names(call.arguments[1], "SHUT_WR") && !Names(call.arguments[1], "SHUT_RDWR"))
    return Done(0);
  return socket->socket->Shutdown(socket->association).ok() ? Done(0) : Fails("ENOTCONN");
}

std::optional<CallResult> SctpSocketTable::DoClose(const CallLine& call, bool) {
  Socket* const socket = Find(call);
  for (const SctpSocket::AssocId id : socket->socket->GetAssocIdList()) {
    const absl::Status ended =
        socket->linger_zero ? socket->socket->Abort(id, "") : socket->socket->Shutdown(id);
    if (!ended.ok()) return Fails("EIO");
  }
  if (socket->socket->endpoint() != nullptr) (void)socket->socket->Listen(false);
  const auto it = sockets_.find(static_cast<int>(call.arguments[0].number));
  closed_.push_back(std::move(it->second));
  sockets_.erase(it);
  return Done(0);
}

std::optional<CallResult> SctpSocketTable::DoFcntl(const CallLine& call, bool) {
  Socket* const socket = Find(call);
  if (call.arguments.size() < 2) return Unknown();
  if (Names(call.arguments[1], "F_GETFL")) return Done(socket->non_blocking ? 0x802 : 0x2);
  if (!Names(call.arguments[1], "F_SETFL") || call.arguments.size() != 3) return Unknown();
  socket->non_blocking = Names(call.arguments[2], "O_NONBLOCK");
  return Done(0);
}

std::optional<CallResult> SctpSocketTable::DoSetsockopt(const CallLine& call, bool) {
  if (call.arguments.size() != 5 || call.arguments[2].names.empty()) return Unknown();
  Socket* const socket = Find(call);
  const std::string& name = call.arguments[2].names[0];
  if (name == "SO_LINGER") {
    socket->linger_zero = MemberNumber(call.arguments[3], "onoff") != 0 &&
                          MemberNumber(call.arguments[3], "linger") == 0;
    return Done(0);
  }
  return SetSctpOption(*socket->socket, socket->is_closed ? 0 : socket->association, name,
                       call.arguments[3], config_.remote[0]);
}

std::optional<CallResult> SctpSocketTable::DoGetsockopt(const CallLine& call, bool) {
  if (call.arguments.size() != 5 || call.arguments[2].names.empty()) return Unknown();
  Socket* const socket = Find(call);
  const std::string& name = call.arguments[2].names[0];
  if (name == "SO_ERROR") {
    const std::string error = socket->TakeError();
    CallResult result = Done(0);
    const Value& expected = call.arguments[3];
    const std::string wanted = expected.items.size() == 1 && !expected.items[0].names.empty()
                                   ? expected.items[0].names[0]
                                   : "";
    if (wanted != error) {
      result.mismatch = absl::StrCat("SO_ERROR: expected ", wanted.empty() ? "0" : wanted,
                                     ", actual ", error.empty() ? "0" : error);
    }
    return result;
  }
  return GetSctpOption(*socket->socket, socket->association, name, call.arguments[3],
                       config_.remote[0]);
}

}  // namespace tickwire::packet_script
