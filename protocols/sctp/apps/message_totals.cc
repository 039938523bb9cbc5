#include "protocols/sctp/apps/message_totals.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {
namespace {

const char* NameOf(PeerAddressChange::State state) {
  switch (state) {
    case PeerAddressChange::State::kAvailable:
      return "available";
    case PeerAddressChange::State::kUnreachable:
      return "unreachable";
    case PeerAddressChange::State::kPotentiallyFailed:
      return "potentially failed";
    case PeerAddressChange::State::kConfirmed:
      return "confirmed";
    case PeerAddressChange::State::kAdded:
      return "added";
    case PeerAddressChange::State::kRemoved:
      return "removed";
    case PeerAddressChange::State::kMadePrimary:
      return "made primary";
  }
  return "?";
}

std::string Outcome(bool denied, bool failed) {
  return denied ? " denied" : failed ? " failed" : " done";
}

std::string StreamList(const std::vector<StreamId>& streams) {
  if (streams.empty()) return "all streams";
  std::string list = "streams";
  for (const StreamId stream : streams) absl::StrAppend(&list, " ", stream.value);
  return list;
}

struct Teller {
  std::string operator()(const AssociationChange& change) const {
    switch (change.state) {
      case AssociationChange::State::kUp:
        return absl::StrCat("association up: ", change.outbound_streams, " streams out, ",
                            change.inbound_streams, " in");
      case AssociationChange::State::kLost:
        return change.by_peer ? "association aborted by the peer" : "association lost";
      case AssociationChange::State::kRestart:
        return "association restarted";
      case AssociationChange::State::kShutdownComplete:
        return "shutdown complete";
      case AssociationChange::State::kCannotStart:
        return change.by_peer ? "association refused" : "association cannot start";
    }
    return "?";
  }
  std::string operator()(const PeerAddressChange& change) const {
    return absl::StrCat("path ", change.address.ToString(), " ", NameOf(change.state));
  }
  std::string operator()(const RemoteError& error) const {
    return absl::StrCat("remote error, cause ", error.error);
  }
  std::string operator()(const SendFailed& failed) const {
    return absl::StrCat("message failed: stream ", failed.stream.value, ", ", failed.data.size(),
                        " B, ", failed.was_sent ? "sent" : "never sent");
  }
  std::string operator()(const ShutdownEvent&) const { return "the peer shuts down"; }
  std::string operator()(const AdaptationIndication& adaptation) const {
    return absl::StrCat("adaptation layer ", adaptation.indication);
  }
  std::string operator()(const AuthenticationEvent& event) const {
    return absl::StrCat("authentication: key ", event.key_id);
  }
  std::string operator()(const SenderDry&) const { return "all sent"; }
  std::string operator()(const StreamReset& reset) const {
    return absl::StrCat(reset.incoming ? "incoming" : "outgoing", " reset of ",
                        StreamList(reset.streams), Outcome(reset.denied, reset.failed));
  }
  std::string operator()(const AssociationReset& reset) const {
    return absl::StrCat("association reset", Outcome(reset.denied, reset.failed));
  }
  std::string operator()(const StreamChange& change) const {
    return absl::StrCat("streams changed: ", change.outbound_streams, " out, ",
                        change.inbound_streams, " in", Outcome(change.denied, change.failed));
  }
};

}  // namespace

void MessageTotals::Add(const MessageTotals& other) {
  opened += other.opened;
  established += other.established;
  restarted += other.restarted;
  closed += other.closed;
  aborted += other.aborted;
  lost += other.lost;
  refused += other.refused;
  no_start += other.no_start;
  messages_sent += other.messages_sent;
  bytes_sent += other.bytes_sent;
  messages_received += other.messages_received;
  bytes_received += other.bytes_received;
  messages_failed += other.messages_failed;
}

void MessageTotals::Count(const Notification& notification) {
  if (std::holds_alternative<SendFailed>(notification)) ++messages_failed;
  const auto* change = std::get_if<AssociationChange>(&notification);
  if (change == nullptr) return;
  switch (change->state) {
    case AssociationChange::State::kUp:
      ++established;
      break;
    case AssociationChange::State::kLost:
      ++(change->by_peer ? aborted : lost);
      break;
    case AssociationChange::State::kRestart:
      ++restarted;
      break;
    case AssociationChange::State::kShutdownComplete:
      ++closed;
      break;
    case AssociationChange::State::kCannotStart:
      ++(change->by_peer ? refused : no_start);
      break;
  }
}

std::string ToString(const Notification& notification) {
  return std::visit(Teller{}, notification);
}

}  // namespace tickwire::sctp
