#include "topologies/build/roles/sctp_user_role.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "topologies/build/roles/sctp_named_association.h"
#include "topologies/build/roles/sctp_settings.h"

namespace tickwire {
namespace {

using sctp::SctpSocket;

constexpr TraceLabel kMessage{"message"};
constexpr TraceLabel kNotification{"notification"};

std::vector<IpAddress> AddressesOf(
    const google::protobuf::RepeatedPtrField<std::string>& addresses) {
  std::vector<IpAddress> parsed;
  for (const std::string& address : addresses) {
    parsed.push_back(*IpAddress::Parse(address));  // checked by the loader
  }
  return parsed;
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

std::vector<std::pair<std::string, int64_t>> SctpUserRole::Counters() const {
  auto counters = MessageCounters(totals_);
  counters.push_back({"sctp packets injected", static_cast<int64_t>(injector_.sent())});
  return counters;
}

}  // namespace tickwire
