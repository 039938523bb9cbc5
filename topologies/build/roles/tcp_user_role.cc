#include "topologies/build/roles/tcp_user_role.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/apps/send_queue.h"
#include "protocols/tcp/tcp_options.h"
#include "topologies/build/literal_values.h"
#include "topologies/build/roles/tcp_roles.h"
#include "topologies/build/roles/tcp_settings.h"

namespace tickwire {
namespace {

using google::protobuf::Message;

constexpr TraceLabel kClosed{"closed"};
constexpr TraceLabel kEstablished{"established"};

template <class Action>
const Action* As(const Message& action) {
  return action.GetDescriptor() == Action::descriptor() ? static_cast<const Action*>(&action)
                                                        : nullptr;
}

const char* NameOf(CloseReason reason) {
  switch (reason) {
    case CloseReason::kLocal:
      return "closed here";
    case CloseReason::kPeer:
      return "closed by the peer";
    case CloseReason::kReset:
      return "reset";
    case CloseReason::kRefused:
      return "refused";
    case CloseReason::kTimeout:
      return "timed out";
    case CloseReason::kUnreachable:
      return "unreachable";
    case CloseReason::kSecurity:
      return "not trusted";
    case CloseReason::kProtocol:
      return "broken";
  }
  return "?";
}

std::span<const uint8_t> BytesOf(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace

// One connection with a name.
class TcpUserRole::Connection : public Channel::Listener {
 public:
  Connection(TcpUserRole& role, const scenario::TcpReader& reader, bool closes_with_peer)
      : role_(role), reader_config_(ReaderConfigOf(reader)), closes_with_peer_(closes_with_peer) {}

  void Attach(std::unique_ptr<Channel> channel, bool is_established) {
    channel_ = std::move(channel);
    ++role_.totals_.opened;
    if (is_established) OnConnected(*channel_);
  }
  Channel* channel() { return channel_.get(); }
  void Send(std::span<const uint8_t> bytes, uint64_t zeros) {
    queue_.Push(bytes, zeros);
    Flush();
  }
  void Shutdown() {
    queue_.Finish();
    Flush();
  }
  void Read(uint64_t limit) { channel_->Receive(limit); }

 private:
  void Flush() {
    if (channel_ != nullptr && is_established_) role_.totals_.bytes_sent += queue_.Flush(*channel_);
  }
  NodeTrace& trace() { return role_.context_.host.node.trace(); }
  void OnConnected(Channel& channel) override {
    is_established_ = true;
    ++role_.totals_.established;
    trace().Note(role_.entity_, kEstablished);
    reader_.emplace(role_.context_.host.node.clock(), channel, reader_config_, role_.entity_);
    Flush();
  }
  void OnReceive(Channel&, std::span<const uint8_t> bytes, uint64_t zeros) override {
    role_.totals_.bytes_received += bytes.size() + zeros;
    reader_->OnReceived(bytes.size() + zeros);
  }
  void OnWritable(Channel&) override { Flush(); }
  void OnPeerFinished(Channel&) override {
    if (closes_with_peer_) Shutdown();
  }
  void OnError(Channel&, ChannelError) override { ++role_.totals_.errors; }
  void OnClosed(Channel&, CloseReason reason) override {
    role_.totals_.Count(reason);
    trace().Note(role_.entity_, kClosed, NameOf(reason));
    reader_.reset();
    channel_.reset();
  }

  TcpUserRole& role_;
  const PacedReader::Config reader_config_;
  const bool closes_with_peer_;
  bool is_established_ = false;
  SendQueue queue_;
  std::unique_ptr<Channel> channel_;
  std::optional<PacedReader> reader_;
};

TcpUserRole::TcpUserRole(RoleContext& context, const scenario::TcpUser& config)
    : context_(context),
      config_(TcpConfigOf(config.tcp())),
      stack_(context.host.tcp, config_),
      entity_(context.host.node.trace().NewEntity("tcp user")),
      injector_(context.host.ip) {}

absl::StatusOr<std::unique_ptr<Role>> TcpUserRole::Make(RoleContext& context,
                                                        const scenario::TcpUser& config) {
  std::unique_ptr<TcpUserRole> role(new TcpUserRole(context, config));
  for (const scenario::TcpListen& listen : config.listen()) {
    if (absl::Status s = role->Listen(listen); !s.ok()) return s;
  }
  return role;
}

TcpUserRole::Connection& TcpUserRole::NewConnection(const std::string& name,
                                                    const scenario::TcpReader& reader,
                                                    bool closes_with_peer) {
  std::unique_ptr<Connection>& slot = connections_[name];
  if (slot != nullptr) replaced_.push_back(std::move(slot));
  slot = std::make_unique<Connection>(*this, reader, closes_with_peer);
  return *slot;
}

absl::StatusOr<TcpUserRole::Connection*> TcpUserRole::Find(const std::string& name) {
  const auto it = connections_.find(name);
  if (it == connections_.end() || it->second->channel() == nullptr) {
    return absl::NotFoundError(absl::StrCat("no connection \"", name, "\" is open"));
  }
  return it->second.get();
}

absl::Status TcpUserRole::Connect(const scenario::TcpConnect& action) {
  Connection& connection =
      NewConnection(action.connection(), action.reader(), action.closes_with_peer());
  auto socket = context_.host.tcp.ConnectTcp(
      {context_.address_of(action.to()), static_cast<uint16_t>(action.port())}, connection,
      {IpAddress(), static_cast<uint16_t>(action.source_port())},
      action.has_tcp() ? TcpConfigOf(action.tcp()) : config_);
  if (!socket.ok()) return socket.status();
  connection.Attach(std::move(*socket), /*is_established=*/false);
  return absl::OkStatus();
}

absl::Status TcpUserRole::Listen(const scenario::TcpListen& action) {
  const uint16_t port = static_cast<uint16_t>(action.port());
  std::unique_ptr<Listener>& slot = listeners_[port];
  if (slot != nullptr) {
    return absl::AlreadyExistsError(absl::StrCat("there is a tcp_listen on port ", port));
  }
  auto listener = std::make_unique<Listener>();
  listener->config = action;
  Listener* const raw = listener.get();
  auto listening = stack_.Listen(
      TransportKind::kTcp, {IpAddress(), port}, static_cast<int>(action.backlog()),
      [this, raw](std::unique_ptr<Channel> channel) -> Channel::Listener& {
        ++raw->accepted;
        const std::string name = raw->accepted == 1
                                     ? raw->config.connection()
                                     : absl::StrCat(raw->config.connection(), raw->accepted);
        Connection& connection =
            NewConnection(name, raw->config.reader(), raw->config.closes_with_peer());
        connection.Attach(std::move(channel), /*is_established=*/true);
        return connection;
      });
  if (!listening.ok()) {
    listeners_.erase(port);
    return listening.status();
  }
  listener->listening = std::move(*listening);
  if (action.paused()) listener->listening->PauseAccepting();
  slot = std::move(listener);
  return absl::OkStatus();
}

absl::Status TcpUserRole::Accept(const scenario::TcpAccept& action) {
  const auto it = listeners_.find(static_cast<uint16_t>(action.port()));
  if (it == listeners_.end()) {
    return absl::NotFoundError(absl::StrCat("no tcp_listen on port ", action.port()));
  }
  if (it->second->listening->AcceptOne()) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("no connection waits on port ", action.port()));
}

absl::Status TcpUserRole::Inject(const scenario::TcpInject& action) {
  TcpInjector::Volley volley;
  volley.destination = context_.address_of(action.to());
  volley.source = action.from().empty() ? context_.host.ip.SourceFor(volley.destination)
                                        : context_.address_of(action.from());
  volley.header.source_port = static_cast<uint16_t>(action.source_port());
  volley.header.destination_port = static_cast<uint16_t>(action.port());
  volley.header.sequence = action.seq();
  volley.header.acknowledgment = action.ack();
  if (!action.connection().empty()) {
    const auto found = Find(action.connection());
    if (!found.ok()) return found.status();
    // All channels of this role are TCP sockets.
    const auto& connection = static_cast<const tcp::TcpSocket*>((*found)->channel())->connection();
    volley.header.sequence += connection.send_initial_sequence();
    volley.header.acknowledgment += connection.receive_initial_sequence();
    if (action.source_port() == 0) volley.header.source_port = connection.id().local.port;
    volley.header.destination_port = connection.id().remote.port;
  }
  for (const int flag : action.flag()) volley.header.flags |= static_cast<uint8_t>(flag);
  volley.header.window = static_cast<uint16_t>(action.window());
  volley.header.urgent_pointer = static_cast<uint16_t>(action.urgent_pointer());
  tcp::TcpOptions options;
  if (action.has_mss()) options.mss = static_cast<uint16_t>(action.mss());
  if (action.has_window_scale()) {
    options.window_scale = static_cast<uint8_t>(action.window_scale());
  }
  options.sack_permitted = action.sack_permitted();
  if (action.has_timestamps()) {
    options.timestamps = {{action.timestamps().value(), action.timestamps().echo_reply()}};
  }
  for (int i = 0; i + 1 < action.sack_size() && options.sack_count < 4; i += 2) {
    options.sack[options.sack_count++] = {action.sack(i), action.sack(i + 1)};
  }
  volley.options.resize(tcp::TcpOptions::kMaxSize);
  volley.options.resize(options.Write(volley.options, config_.profile));
  const std::span<const uint8_t> text = BytesOf(action.text());
  volley.payload.assign(text.begin(), text.end());
  if (!action.size().empty()) volley.zeros = static_cast<uint32_t>(SizeOf(action.size()));
  volley.ip.ttl = static_cast<uint8_t>(action.ttl());
  volley.ip.ecn = static_cast<Ecn>(action.ecn());
  volley.bad_checksum = action.bad_checksum();
  volley.copies = action.copies();
  volley.every = DurationOf(action.every());
  volley.sequence_step = action.seq_step();
  volley.source_port_step = static_cast<uint16_t>(action.source_port_step());
  injector_.Start(std::move(volley));
  return absl::OkStatus();
}

absl::StatusOr<bool> TcpUserRole::Perform(const Message& action) {
  absl::Status done = absl::OkStatus();
  // Does `what` to the connection that the action names.
  const auto with = [&](const auto* named, auto what) {
    const auto connection = Find(named->connection());
    if (connection.ok()) {
      what(**connection);
    } else {
      done = connection.status();
    }
  };
  if (const auto* connect = As<scenario::TcpConnect>(action)) {
    done = Connect(*connect);
  } else if (const auto* listen = As<scenario::TcpListen>(action)) {
    done = Listen(*listen);
  } else if (const auto* accept = As<scenario::TcpAccept>(action)) {
    done = Accept(*accept);
  } else if (const auto* send = As<scenario::TcpSend>(action)) {
    const uint64_t zeros = send->size().empty() ? 0 : static_cast<uint64_t>(SizeOf(send->size()));
    with(send, [&](Connection& c) { c.Send(BytesOf(send->text()), zeros); });
  } else if (const auto* shutdown = As<scenario::TcpShutdown>(action)) {
    with(shutdown, [](Connection& c) { c.Shutdown(); });
  } else if (const auto* close = As<scenario::TcpClose>(action)) {
    with(close, [](Connection& c) { c.channel()->Close(); });
  } else if (const auto* abort = As<scenario::TcpAbort>(action)) {
    with(abort, [](Connection& c) { c.channel()->Abort(); });
  } else if (const auto* pause = As<scenario::TcpPause>(action)) {
    with(pause, [](Connection& c) { c.channel()->PauseReceiving(); });
  } else if (const auto* resume = As<scenario::TcpResume>(action)) {
    with(resume, [](Connection& c) { c.channel()->ResumeReceiving(); });
  } else if (const auto* read = As<scenario::TcpRead>(action)) {
    with(read, [&](Connection& c) { c.Read(static_cast<uint64_t>(SizeOf(read->size()))); });
  } else if (const auto* inject = As<scenario::TcpInject>(action)) {
    done = Inject(*inject);
  } else {
    return false;
  }
  if (!done.ok()) return done;
  return true;
}

std::vector<std::pair<std::string, int64_t>> TcpUserRole::Counters() const {
  auto counters = FlowCounters(totals_);
  counters.push_back({"tcp segments injected", static_cast<int64_t>(injector_.sent())});
  return counters;
}

}  // namespace tickwire
