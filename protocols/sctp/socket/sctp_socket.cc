#include "protocols/sctp/socket/sctp_socket.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {
namespace {

// The place of SenderDry in Notification: off until it is asked for (section 6.1.9).
constexpr size_t kSenderDry = 7;
static_assert(std::is_same_v<std::variant_alternative_t<kSenderDry, Notification>, SenderDry>);

absl::Status Invalid(absl::string_view what) { return absl::InvalidArgumentError(what); }
absl::Status NoAssociation(SctpSocket::AssocId id) {
  return absl::NotFoundError(absl::StrCat("there is no association ", id));
}

}  // namespace

SctpSocket::SctpSocket(SctpLayer& layer, Style style, const SctpConfig& config, Listener& listener)
    : layer_(layer),
      style_(style),
      config_(config),
      listener_(listener),
      subscribed_(~(1u << kSenderDry)) {}

SctpSocket::~SctpSocket() {
  for (const auto& [id, association] : associations_) {
    association->set_user_gone();
    // A peeled socket has no endpoint of its own: its association ends in good order without it.
    if (endpoint_ == nullptr) {
      association->Shutdown();
    } else {
      association->Abort("");  // nobody is told
    }
  }
  if (endpoint_ == nullptr) return;
  endpoint_->set_listening(false);
  // Those that were peeled off live on; one that is telling this socket something ends after that.
  if (!endpoint_->associations().empty()) layer_.Keep(std::move(endpoint_));
}

// --- Associations by number ---

Association* SctpSocket::Get(AssocId association) const {
  const auto it = associations_.find(association);
  return it == associations_.end() ? nullptr : it->second;
}

absl::StatusOr<Association*> SctpSocket::Lookup(AssocId association) const {
  Association* found = Get(association);
  // A one-to-one socket has one (section 8: the field is ignored).
  if (found == nullptr && style_ == Style::kOneToOne && !associations_.empty()) {
    found = associations_.begin()->second;
  }
  if (found == nullptr) return NoAssociation(association);
  return found;
}

SctpSocket::AssocId SctpSocket::IdOf(const Association& association) const {
  for (const auto& [id, other] : associations_) {
    if (other == &association) return id;
  }
  return 0;
}

SctpSocket::AssocId SctpSocket::Adopt(Association& association) {
  const AssocId id = next_id_++;
  associations_[id] = &association;
  return id;
}

std::vector<SctpSocket::AssocId> SctpSocket::GetAssocIdList() const {
  std::vector<AssocId> ids;
  for (const auto& [id, association] : associations_) ids.push_back(id);
  return ids;
}

Association::User& SctpSocket::OnAccepted(Association& association) {
  Adopt(association);
  return *this;
}

void SctpSocket::OnMessage(Association& association, const ReceivedMessage& message,
                           std::span<const uint8_t> data) {
  listener_.OnMessage(*this,
                      {.sid = message.stream.value,
                       .ssn = message.number,
                       .unordered = message.unordered,
                       .ppid = message.ppid.value,
                       .tsn = message.first_tsn.value,
                       .assoc_id = IdOf(association)},
                      data);
}

void SctpSocket::OnNotification(Association& association, const Notification& notification) {
  const AssocId id = IdOf(association);
  if (const auto* change = std::get_if<AssociationChange>(&notification)) {
    const bool lives = change->state == AssociationChange::State::kUp ||
                       change->state == AssociationChange::State::kRestart;
    if (!lives) associations_.erase(id);
  }
  if ((subscribed_ >> notification.index() & 1) != 0) {
    listener_.OnNotification(*this, id, notification);
  }
}

void SctpSocket::OnWritable(Association& association) {
  listener_.OnWritable(*this, IdOf(association));
}

void SctpSocket::Subscribe(size_t index, bool on) {
  if (on) {
    subscribed_ |= 1u << index;
  } else {
    subscribed_ &= ~(1u << index);
  }
}

// --- Calls ---

absl::Status SctpSocket::Bindx(uint16_t port, std::vector<IpAddress> addresses) {
  if (endpoint_ != nullptr) {
    if (port != 0 && port != endpoint_->port()) return Invalid("the socket has a port already");
    for (const IpAddress& address : addresses) {
      for (const auto& [id, association] : associations_) association->AddAddress(address);
    }
    return absl::OkStatus();
  }
  auto endpoint = layer_.Bind(port, std::move(addresses), config_, *this);
  if (!endpoint.ok()) return endpoint.status();
  endpoint_ = std::move(*endpoint);
  return absl::OkStatus();
}

absl::Status SctpSocket::BindxRemove(const IpAddress& address) {
  bool all = true;
  for (const auto& [id, association] : associations_) {
    all = association->DeleteAddress(address) && all;
  }
  if (!all) {
    return absl::FailedPreconditionError("the peer does not know dynamic addresses (RFC 5061)");
  }
  return absl::OkStatus();
}

absl::Status SctpSocket::Listen(bool listening) {
  if (endpoint_ == nullptr) {
    if (const absl::Status bound = Bindx(0, {}); !bound.ok()) return bound;
  }
  endpoint_->set_listening(listening);
  return absl::OkStatus();
}

absl::StatusOr<SctpSocket::AssocId> SctpSocket::Connectx(std::span<const IpAddress> peer,
                                                         uint16_t port) {
  if (style_ == Style::kOneToOne && !associations_.empty()) {
    return absl::AlreadyExistsError("a one-to-one socket has one association");
  }
  if (endpoint_ == nullptr) {
    if (const absl::Status bound = Bindx(0, {}); !bound.ok()) return bound;
  }
  absl::StatusOr<Association*> association = endpoint_->Connect(peer, port, *this);
  if (!association.ok()) return association.status();
  return Adopt(**association);
}

absl::Status SctpSocket::Sendv(AssocId id, const SndInfo& info, std::span<const uint8_t> data) {
  const absl::StatusOr<Association*> found = Lookup(id);
  if (!found.ok()) return found.status();
  Association& association = **found;
  if (info.abort) {
    association.Abort({reinterpret_cast<const char*>(data.data()), data.size()});
    return absl::OkStatus();
  }
  if (!data.empty()) {
    OutgoingMessage message;
    message.stream = StreamId{info.sid};
    message.ppid = Ppid{info.ppid};
    message.unordered = info.unordered;
    message.immediate = info.sack_immediately;
    message.reliability = info.pr;
    message.destination = info.to;
    message.context = info.context;
    message.data.assign(data.begin(), data.end());
    switch (association.Send(std::move(message))) {
      case Association::SendResult::kAccepted:
        break;
      case Association::SendResult::kNoRoom:
        return absl::UnavailableError("the send buffer is full");
      case Association::SendResult::kTooLong:
        return Invalid("the message is longer than the association takes");
      case Association::SendResult::kBadStream:
        return Invalid(absl::StrCat("there is no stream ", info.sid));
      case Association::SendResult::kClosed:
        return absl::FailedPreconditionError("the association is ending");
    }
  }
  if (info.eof) association.Shutdown();
  return absl::OkStatus();
}

absl::StatusOr<SctpSocket::AssocId> SctpSocket::SendTo(const Endpoint& peer, const SndInfo& info,
                                                       std::span<const uint8_t> data) {
  AssocId id = 0;
  if (endpoint_ != nullptr) {
    if (Association* there = endpoint_->Find(peer)) id = IdOf(*there);
  }
  if (id == 0) {
    const IpAddress addresses[] = {peer.address};
    const absl::StatusOr<AssocId> made = Connectx(addresses, peer.port);
    if (!made.ok()) return made.status();
    id = *made;
  }
  if (const absl::Status sent = Sendv(id, info, data); !sent.ok()) return sent;
  return id;
}

absl::Status SctpSocket::Shutdown(AssocId id) {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  (*found)->Shutdown();
  return absl::OkStatus();
}

absl::Status SctpSocket::Abort(AssocId id, absl::string_view reason) {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  (*found)->Abort(reason);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<SctpSocket>> SctpSocket::PeelOff(AssocId id, Listener& listener) {
  if (style_ != Style::kOneToMany) return Invalid("only a one-to-many socket can be peeled");
  Association* const association = Get(id);
  if (association == nullptr) return NoAssociation(id);
  auto peeled = std::make_unique<SctpSocket>(layer_, Style::kOneToOne, config_, listener);
  peeled->Adopt(*association);
  endpoint_->PeelOff(*association, *peeled);
  associations_.erase(id);
  return peeled;
}

absl::StatusOr<std::vector<IpAddress>> SctpSocket::GetPaddrs(AssocId id) const {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  std::vector<IpAddress> addresses;
  for (const std::unique_ptr<Path>& path : (*found)->paths()) {
    if (!path->is_removed) addresses.push_back(path->address());
  }
  return addresses;
}

std::vector<IpAddress> SctpSocket::GetLaddrs() const {
  return endpoint_ == nullptr ? std::vector<IpAddress>() : endpoint_->local_addresses();
}

Endpoint SctpSocket::local() const {
  return endpoint_ == nullptr ? Endpoint() : Endpoint{IpAddress(), endpoint_->port()};
}

absl::Status SctpSocket::Pause(AssocId id, bool paused) {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  paused ? (*found)->PauseReceiving() : (*found)->ResumeReceiving();
  return absl::OkStatus();
}

absl::StatusOr<bool> SctpSocket::ReceiveOne(AssocId id) {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  return (*found)->ReceiveOne();
}

}  // namespace tickwire::sctp
