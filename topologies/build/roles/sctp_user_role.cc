#include "topologies/build/roles/sctp_user_role.h"

#include <algorithm>
#include <deque>
#include <optional>

#include "absl/strings/str_cat.h"
#include "protocols/sctp/apps/message_reader.h"
#include "topologies/build/literal_values.h"
#include "topologies/build/roles/sctp_chunk_maker.h"
#include "topologies/build/roles/sctp_roles.h"
#include "topologies/build/roles/sctp_settings.h"

namespace tickwire {
namespace {

using google::protobuf::Message;
using sctp::Association;
using sctp::SctpSocket;

constexpr TraceLabel kMessage{"message"};
constexpr TraceLabel kNotification{"notification"};
constexpr TraceLabel kNotSent{"not_sent", "SCTP did not take the message"};

template <class Action>
const Action* As(const Message& action) {
  return action.GetDescriptor() == Action::descriptor() ? static_cast<const Action*>(&action)
                                                        : nullptr;
}

std::vector<IpAddress> AddressesOf(
    const google::protobuf::RepeatedPtrField<std::string>& addresses) {
  std::vector<IpAddress> parsed;
  for (const std::string& address : addresses) {
    parsed.push_back(*IpAddress::Parse(address));  // checked by the loader
  }
  return parsed;
}

absl::string_view TextOf(const absl::Status& status) {
  return absl::string_view(status.message().data(), status.message().size());
}

// Short texts are shown, so that a lesson can name its messages.
std::string Shown(std::span<const uint8_t> data) {
  constexpr size_t kMost = 40;
  const bool is_text = data.size() <= kMost && std::all_of(data.begin(), data.end(), [](uint8_t c) {
                         return c >= 0x20 && c < 0x7f;
                       });
  if (!is_text) return "";
  return absl::StrCat(
      " \"", absl::string_view(reinterpret_cast<const char*>(data.data()), data.size()), "\"");
}

}  // namespace

class SctpUserRole::Named {
 public:
  struct Waiting {
    SctpSocket::SndInfo info;
    std::vector<uint8_t> data;
  };
  Named(SctpUserRole& role, const std::string& name, SctpSocket& socket, SctpSocket::AssocId id,
        const scenario::SctpReader& reader)
      : name_(name),
        socket_(socket),
        id_(id),
        role_(role),
        reader_(role.context_.host.node.clock(), socket, id, ReaderConfigOf(reader), role.entity_) {
  }

  const std::string& name() const { return name_; }
  SctpSocket& socket() { return socket_; }
  SctpSocket::AssocId id() const { return id_; }
  Association* association() { return socket_.Get(id_); }
  sctp::MessageReader& reader() { return reader_; }

  void Send(Waiting message) {
    waiting_.push_back(std::move(message));
    Flush();
  }
  // After all that waits.
  void Shutdown() {
    wants_shutdown_ = true;
    Flush();
  }
  void Flush() {
    while (!waiting_.empty()) {
      const Waiting& first = waiting_.front();
      const absl::Status sent = socket_.Sendv(id_, first.info, first.data);
      if (absl::IsUnavailable(sent)) return;
      if (sent.ok()) {
        ++role_.totals_.messages_sent;
        role_.totals_.bytes_sent += first.data.size();
      } else {
        ++role_.totals_.messages_failed;
        role_.trace().Note(role_.entity_, kNotSent, absl::StrCat(name_, ": ", TextOf(sent)));
      }
      waiting_.pop_front();
    }
    if (!wants_shutdown_) return;
    wants_shutdown_ = false;
    socket_.Shutdown(id_).IgnoreError();  // it may be over
  }

 private:
  const std::string name_;
  SctpSocket& socket_;
  const SctpSocket::AssocId id_;
  SctpUserRole& role_;
  sctp::MessageReader reader_;
  std::deque<Waiting> waiting_;
  bool wants_shutdown_ = false;
};

SctpUserRole::SctpUserRole(RoleContext& context, const scenario::SctpUser& config)
    : context_(context),
      config_(config),
      entity_(context.host.node.trace().NewEntity("sctp user")),
      injector_(context.host.ip) {}

SctpUserRole::~SctpUserRole() = default;

absl::StatusOr<std::unique_ptr<Role>> SctpUserRole::Make(RoleContext& context,
                                                         const scenario::SctpUser& config) {
  if (absl::Status s = PrepareSctp(context.host, config.sctp()); !s.ok()) return s;
  std::unique_ptr<SctpUserRole> role(new SctpUserRole(context, config));
  for (const scenario::SctpListen& listen : config.listen()) {
    if (absl::Status s = role->Listen(listen); !s.ok()) return s;
  }
  return role;
}

// --- Associations by name ---

SctpUserRole::Named& SctpUserRole::Name(const std::string& name, SctpSocket& socket,
                                        SctpSocket::AssocId id,
                                        const scenario::SctpReader& reader) {
  ++totals_.opened;
  std::unique_ptr<Named>& slot = named_[name];
  if (slot != nullptr) replaced_.push_back(std::move(slot));
  slot = std::make_unique<Named>(*this, name, socket, id, reader);
  return *slot;
}

absl::StatusOr<SctpUserRole::Named*> SctpUserRole::Find(const std::string& name) {
  const auto it = named_.find(name);
  if (it == named_.end() || it->second->association() == nullptr) {
    return absl::NotFoundError(absl::StrCat("no association \"", name, "\" is there"));
  }
  return it->second.get();
}

SctpUserRole::Named* SctpUserRole::Find(const SctpSocket& socket, SctpSocket::AssocId id) {
  for (const auto& [name, named] : named_) {
    if (&named->socket() == &socket && named->id() == id) return named.get();
  }
  for (const auto& named : replaced_) {
    if (&named->socket() == &socket && named->id() == id) return named.get();
  }
  return nullptr;
}

// --- What SCTP tells ---

void SctpUserRole::OnMessage(SctpSocket& socket, const SctpSocket::RcvInfo& info,
                             std::span<const uint8_t> data) {
  ++totals_.messages_received;
  totals_.bytes_received += data.size();
  if (!trace().is_watched()) return;
  const Named* const named = Find(socket, info.assoc_id);
  trace().Note(entity_, kMessage,
               absl::StrCat(named == nullptr ? "?" : named->name(), ": stream ", info.sid,
                            info.unordered ? " unordered" : absl::StrCat(" SSN ", info.ssn), ", ",
                            data.size(), " B", Shown(data)));
}

void SctpUserRole::OnNotification(SctpSocket& socket, SctpSocket::AssocId association,
                                  const sctp::Notification& notification) {
  totals_.Count(notification);
  Named* named = Find(socket, association);
  const auto* change = std::get_if<sctp::AssociationChange>(&notification);
  if (named == nullptr && change != nullptr &&
      change->state == sctp::AssociationChange::State::kUp) {
    Port& port = ports_.at(socket.local().port);
    ++port.accepted;
    const std::string& name = port.listen.association();
    named = &Name(port.accepted == 1 ? name : absl::StrCat(name, port.accepted), socket,
                  association, port.listen.reader());
  }
  if (trace().is_watched()) {
    trace().Note(
        entity_, kNotification,
        absl::StrCat(named == nullptr ? "?" : named->name(), ": ", ToString(notification)));
  }
  if (named != nullptr && change != nullptr) named->Flush();
}

void SctpUserRole::OnWritable(SctpSocket& socket, SctpSocket::AssocId association) {
  if (Named* named = Find(socket, association)) named->Flush();
}

// --- Actions ---

absl::StatusOr<SctpUserRole::Port*> SctpUserRole::Open(
    uint16_t port, const google::protobuf::RepeatedPtrField<std::string>& addresses,
    const scenario::SctpSettings& settings) {
  if (absl::Status s = PrepareSctp(context_.host, settings); !s.ok()) return s;
  auto socket = std::make_unique<SctpSocket>(context_.host.sctp, SctpSocket::Style::kOneToMany,
                                             SctpConfigOf(settings),
                                             static_cast<SctpSocket::Listener&>(*this));
  if (absl::Status s = socket->Bindx(port, AddressesOf(addresses)); !s.ok()) return s;
  Port& made = ports_[socket->local().port];
  made.socket = std::move(socket);
  return &made;
}

absl::Status SctpUserRole::Listen(const scenario::SctpListen& action) {
  const auto there = ports_.find(static_cast<uint16_t>(action.port()));
  Port* port = there == ports_.end() ? nullptr : &there->second;
  if (port != nullptr && !port->listen.association().empty()) {
    return absl::AlreadyExistsError(
        absl::StrCat("there is an sctp_listen on port ", action.port()));
  }
  if (port == nullptr) {
    const auto opened = Open(static_cast<uint16_t>(action.port()), action.address(),
                             action.has_sctp() ? action.sctp() : config_.sctp());
    if (!opened.ok()) return opened.status();
    port = *opened;
  }
  port->listen = action;
  return port->socket->Listen();
}

absl::Status SctpUserRole::Connect(const scenario::SctpConnect& action) {
  const auto there = ports_.find(static_cast<uint16_t>(action.source_port()));
  Port* port = there == ports_.end() ? nullptr : &there->second;
  if (port == nullptr) {
    const auto opened = Open(static_cast<uint16_t>(action.source_port()), action.address(),
                             action.has_sctp() ? action.sctp() : config_.sctp());
    if (!opened.ok()) return opened.status();
    port = *opened;
  }
  std::vector<IpAddress> peer = AddressesOf(action.to_address());
  if (peer.empty()) peer = context_.addresses_of(action.to());
  const auto id = port->socket->Connectx(peer, static_cast<uint16_t>(action.port()));
  if (!id.ok()) return id.status();
  Name(action.association(), *port->socket, *id, action.reader());
  return absl::OkStatus();
}

absl::Status SctpUserRole::Send(const scenario::SctpSend& action) {
  const auto named = Find(action.association());
  if (!named.ok()) return named.status();
  Named::Waiting message;
  message.data.assign(action.text().begin(), action.text().end());
  if (!action.size().empty()) message.data.resize(static_cast<size_t>(SizeOf(action.size())));
  message.info.unordered = action.unordered();
  message.info.sack_immediately = action.immediate();
  message.info.ppid = action.ppid();
  message.info.pr = ReliabilityOf(action.reliability());
  if (!action.to_address().empty()) message.info.to = *IpAddress::Parse(action.to_address());
  for (uint32_t i = 0; i < action.count(); ++i) {
    if (action.stream_size() > 0) {
      message.info.sid =
          static_cast<uint16_t>(action.stream(static_cast<int>(i) % action.stream_size()));
    }
    (*named)->Send(message);
  }
  return absl::OkStatus();
}

absl::Status SctpUserRole::SetPrimary(const scenario::SctpSetPrimary& action) {
  const auto named = Find(action.association());
  if (!named.ok()) return named.status();
  SctpSocket& socket = (*named)->socket();
  if (action.has_address()) {
    return socket.SetPrimary((*named)->id(), *IpAddress::Parse(action.address()));
  }
  return socket.SetPeerPrimary((*named)->id(), *IpAddress::Parse(action.own_address()));
}

absl::Status SctpUserRole::ResetStreams(const scenario::SctpResetStreams& action) {
  const auto named = Find(action.association());
  if (!named.ok()) return named.status();
  SctpSocket& socket = (*named)->socket();
  if (action.which() == scenario::SctpResetStreams::ASSOCIATION) {
    return socket.ResetAssoc((*named)->id());
  }
  std::vector<uint16_t> streams;
  for (const uint32_t stream : action.stream()) streams.push_back(static_cast<uint16_t>(stream));
  return socket.ResetStreams((*named)->id(), action.which() == scenario::SctpResetStreams::OUTGOING,
                             std::move(streams));
}

absl::Status SctpUserRole::Heartbeat(const scenario::SctpHeartbeat& action) {
  const auto named = Find(action.association());
  if (!named.ok()) return named.status();
  SctpSocket::PaddrParams parameters{.address = action.address().empty()
                                                    ? (*named)->association()->primary().address()
                                                    : *IpAddress::Parse(action.address()),
                                     .hb_interval = Duration()};
  if (action.has_enabled()) {
    parameters.hb_enabled = action.enabled();
  } else {
    parameters.hb_demand = true;
  }
  return (*named)->socket().SetPaddrParams((*named)->id(), parameters);
}

absl::Status SctpUserRole::Crash(const scenario::SctpCrash& action) {
  const auto is_meant = [&](const auto& entry) {
    if (entry.second.listen.association() == action.association()) return true;
    const auto named = named_.find(action.association());
    return named != named_.end() && &named->second->socket() == entry.second.socket.get();
  };
  const auto port = std::find_if(ports_.begin(), ports_.end(), is_meant);
  if (port == ports_.end()) {
    return absl::NotFoundError(
        absl::StrCat("no association or listener \"", action.association(), "\" is there"));
  }
  SctpSocket& socket = *port->second.socket;
  socket.endpoint()->PowerOff();
  std::erase_if(named_, [&](const auto& entry) { return &entry.second->socket() == &socket; });
  std::erase_if(replaced_, [&](const auto& named) { return &named->socket() == &socket; });
  ports_.erase(port);
  return absl::OkStatus();
}

absl::Status SctpUserRole::Inject(const scenario::SctpInject& action) {
  SctpInjector::Volley volley;
  volley.destination = action.to_address().empty() ? context_.address_of(action.to())
                                                   : *IpAddress::Parse(action.to_address());
  if (!action.from_address().empty()) {
    const std::optional<IpAddress> source = IpAddress::Parse(action.from_address());
    if (!source) return absl::InvalidArgumentError("from_address is not an address");
    volley.source = *source;
  } else {
    volley.source = action.from().empty() ? context_.host.ip.SourceFor(volley.destination)
                                          : context_.address_of(action.from());
  }
  volley.header.source_port = static_cast<uint16_t>(action.source_port());
  volley.header.destination_port = static_cast<uint16_t>(action.port());
  volley.header.tag.value = action.tag_value();
  TsnBase base;
  if (!action.association().empty()) {
    const auto named = Find(action.association());
    if (!named.ok()) return named.status();
    const Association& association = *(*named)->association();
    if (action.source_port() == 0) volley.header.source_port = association.local_port();
    volley.header.destination_port = association.remote_port();
    base = {association.local_initial_tsn().value, association.peer_initial_tsn().value};
    if (action.tag() == scenario::SctpInject::PEERS) volley.header.tag = association.peer_tag();
    if (action.tag() == scenario::SctpInject::OWN) volley.header.tag = association.local_tag();
  } else if (action.tag() != scenario::SctpInject::LITERAL) {
    return absl::InvalidArgumentError("a tag of an association needs `association`");
  }
  auto chunks = MakeChunks(action.chunk(), base);
  if (!chunks.ok()) return chunks.status();
  volley.chunks = std::move(*chunks);
  volley.ip.ttl = static_cast<uint8_t>(action.ttl());
  volley.bad_checksum = action.bad_checksum();
  volley.copies = action.copies();
  volley.every = DurationOf(action.every());
  volley.tag_step = action.tag_step();
  volley.source_port_step = static_cast<uint16_t>(action.source_port_step());
  injector_.Start(std::move(volley));
  return absl::OkStatus();
}

absl::StatusOr<bool> SctpUserRole::PerformSimple(const Message& action) {
  absl::Status done = absl::OkStatus();
  // Does `what` to the association that the action names; `what` says how that went.
  const auto with = [&](const auto* named_by, auto what) {
    const auto named = Find(named_by->association());
    done = named.ok() ? what(**named) : named.status();
  };
  const auto ok = [](auto what) {
    return [what](Named& named) {
      what(named);
      return absl::OkStatus();
    };
  };
  const auto agreed = [](bool is) {
    return is ? absl::OkStatus()
              : absl::FailedPreconditionError("dynamic addresses were not agreed (RFC 5061)");
  };
  if (const auto* shutdown = As<scenario::SctpShutdown>(action)) {
    with(shutdown, ok([](Named& n) { n.Shutdown(); }));
  } else if (const auto* abort = As<scenario::SctpAbort>(action)) {
    with(abort, [&](Named& n) { return n.socket().Abort(n.id(), abort->reason()); });
  } else if (const auto* pause = As<scenario::SctpPause>(action)) {
    with(pause, ok([](Named& n) { n.reader().Pause(); }));
  } else if (const auto* resume = As<scenario::SctpResume>(action)) {
    with(resume, ok([](Named& n) { n.reader().Resume(); }));
  } else if (const auto* read = As<scenario::SctpRead>(action)) {
    with(read, [](Named& n) {
      return n.reader().ReadOne() ? absl::OkStatus() : absl::NotFoundError("no message waits");
    });
  } else if (const auto* add = As<scenario::SctpAddStreams>(action)) {
    with(add, [&](Named& n) {
      return n.socket().AddStreams(n.id(), static_cast<uint16_t>(add->outgoing()),
                                   static_cast<uint16_t>(add->incoming()));
    });
  } else if (const auto* value = As<scenario::SctpSetStreamValue>(action)) {
    with(value, [&](Named& n) {
      return n.socket().SetStreamValue(n.id(), static_cast<uint16_t>(value->stream()),
                                       static_cast<uint16_t>(value->value()));
    });
  } else if (const auto* address = As<scenario::SctpAddAddress>(action)) {
    with(address, [&](Named& n) {
      return agreed(n.association()->AddAddress(*IpAddress::Parse(address->address())));
    });
  } else if (const auto* removed = As<scenario::SctpDeleteAddress>(action)) {
    with(removed, [&](Named& n) {
      return agreed(n.association()->DeleteAddress(*IpAddress::Parse(removed->address())));
    });
  } else {
    return false;
  }
  if (!done.ok()) return done;
  return true;
}

absl::StatusOr<bool> SctpUserRole::Perform(const Message& action) {
  absl::Status done = absl::OkStatus();
  if (const auto* connect = As<scenario::SctpConnect>(action)) {
    done = Connect(*connect);
  } else if (const auto* listen = As<scenario::SctpListen>(action)) {
    done = Listen(*listen);
  } else if (const auto* send = As<scenario::SctpSend>(action)) {
    done = Send(*send);
  } else if (const auto* primary = As<scenario::SctpSetPrimary>(action)) {
    done = SetPrimary(*primary);
  } else if (const auto* reset = As<scenario::SctpResetStreams>(action)) {
    done = ResetStreams(*reset);
  } else if (const auto* heartbeat = As<scenario::SctpHeartbeat>(action)) {
    done = Heartbeat(*heartbeat);
  } else if (const auto* crash = As<scenario::SctpCrash>(action)) {
    done = Crash(*crash);
  } else if (const auto* inject = As<scenario::SctpInject>(action)) {
    done = Inject(*inject);
  } else {
    return PerformSimple(action);
  }
  if (!done.ok()) return done;
  return true;
}

std::vector<std::pair<std::string, int64_t>> SctpUserRole::Counters() const {
  auto counters = MessageCounters(totals_);
  counters.push_back({"sctp packets injected", static_cast<int64_t>(injector_.sent())});
  return counters;
}

}  // namespace tickwire
