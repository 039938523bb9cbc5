// RFC 5061: adding and deleting addresses while the association lives.
#include <algorithm>
#include <utility>

#include "protocols/sctp/association/association.h"
#include "protocols/sctp/association/rare.h"
#include "protocols/sctp/packet/cause/delete_last_address_cause.h"
#include "protocols/sctp/packet/cause/delete_source_address_cause.h"
#include "protocols/sctp/packet/cause/illegal_asconf_ack_cause.h"
#include "protocols/sctp/packet/cause/resource_shortage_cause.h"
#include "protocols/sctp/packet/cause/unresolvable_address_cause.h"
#include "protocols/sctp/packet/parameter/add_ip_address_parameter.h"
#include "protocols/sctp/packet/parameter/address_parameter.h"
#include "protocols/sctp/packet/parameter/delete_ip_address_parameter.h"
#include "protocols/sctp/packet/parameter/error_cause_indication_parameter.h"
#include "protocols/sctp/packet/parameter/set_primary_address_parameter.h"
#include "protocols/sctp/packet/parameter/success_indication_parameter.h"

namespace tickwire::sctp {
namespace {

using State = Association::State;

constexpr TraceLabel kNotAgreed{"ASCONF not agreed", "RFC 5061 4.1.1"};
constexpr TraceLabel kOldSerial{"ASCONF out of sequence", "RFC 5061 5.2 E5"};
constexpr TraceLabel kUnexpectedAck{"unexpected ASCONF-ACK", "RFC 5061 5.1 D"};
constexpr TraceLabel kIllegalAck{"illegal ASCONF-ACK", "RFC 5061 4.3.4"};

constexpr size_t kMaxPaths = 32;
// Of an ASCONF-ACK packet: all headers, AUTH, and the answer to one request.
constexpr size_t kAckOverhead = 200;

bool IsUsable(const IpAddress& address) {
  return !address.is_multicast() && !address.is_broadcast();
}

}  // namespace

// --- Our requests ---

bool Association::QueueAsconf(uint16_t type, const IpAddress& address) {
  if (!capabilities_.dynamic_addresses || state_ != State::kEstablished) return false;
  Rare& r = rare();
  r.asconf_queue.push_back({.type = type, .address = address, .correlation = r.next_correlation++});
  if (!is_busy_) AsEvent([] {});
  return true;
}

bool Association::AddAddress(const IpAddress& address) {
  if (capabilities_.dynamic_addresses) env_.OnAddressProposed(address);
  return QueueAsconf(AddIpAddressParameter::kType, address);
}
bool Association::DeleteAddress(const IpAddress& address) {
  return QueueAsconf(DeleteIpAddressParameter::kType, address);
}
bool Association::SetPeerPrimary(const IpAddress& address) {
  return QueueAsconf(SetPrimaryAddressParameter::kType, address);
}

void Association::LearnAsconfSerials() {
  Rare& r = rare();
  if (r.asconf_serials_known) return;
  r.asconf_serials_known = true;
  r.asconf_serial = local_initial_tsn_.value;          // section 5.1 A1 (A serial of its own space)
  r.peer_asconf_serial = peer_initial_tsn_.value - 1;  // section 5.2
}

void Association::MaybeSendAsconf() {
  if (rare_ == nullptr || rare_->asconf_queue.empty() || !rare_->asconf_sent.empty()) return;
  if (state_ < State::kEstablished) return;
  LearnAsconfSerials();
  Rare& r = *rare_;
  std::vector<uint8_t> parameters;
  // Section 4.1.1: an address of ours that the peer knows.
  const std::vector<IpAddress> own = env_.LocalAddresses();
  WriteAddressParameter(own.empty() ? IpAddress() : own.front(), parameters);
  while (!r.asconf_queue.empty()) {
    const Rare::AsconfRequest request = r.asconf_queue.front();
    r.asconf_queue.pop_front();
    r.asconf_outstanding.push_back(request);
    switch (request.type) {
      case AddIpAddressParameter::kType:
        AddIpAddressParameter{.correlation_id = request.correlation, .address = request.address}
            .SerializeTo(parameters);
        break;
      case DeleteIpAddressParameter::kType:
        DeleteIpAddressParameter{.correlation_id = request.correlation, .address = request.address}
            .SerializeTo(parameters);
        break;
      default:
        SetPrimaryAddressParameter{.correlation_id = request.correlation,
                                   .address = request.address}
            .SerializeTo(parameters);
        break;
    }
  }
  r.asconf_sent = parameters;
  r.asconf_errors = 0;
  SendAsconf();
}

// Section 5.3, F6: not from an address that it deletes. Unspecified: as the route says.
IpAddress Association::SourceOfAsconf(const Path& path) const {
  const auto is_deleted = [&](const IpAddress& own) {
    for (const Rare::AsconfRequest& request : rare_->asconf_outstanding) {
      if (request.type == DeleteIpAddressParameter::kType && request.address == own) return true;
    }
    return false;
  };
  const std::vector<IpAddress> all = env_.LocalAddresses();
  if (std::none_of(all.begin(), all.end(), is_deleted)) return IpAddress();
  for (const IpAddress& own : all) {
    if (own.is_v4() == path.address().is_v4() && !is_deleted(own)) return own;
  }
  return IpAddress();
}

void Association::SendAsconf() {
  Rare& r = *rare_;
  Path& path = DataPath();
  SendTo(
      path,
      [&](PacketBuilder& packet) {
        packet.Put(AsconfChunk{.sequence_number = r.asconf_serial, .parameters = r.asconf_sent});
      },
      SourceOfAsconf(path));
  r.asconf_path = path.index();
  r.t4_rto.Set(path.rto.value());
}

void Association::OnT4Rto() {
  AsEvent([&] {
    if (rare_->asconf_sent.empty()) return;
    Path& path = *paths_[rare_->asconf_path];
    path.rto.BackOff();  // section 5.1.1
    OnPathError(path, /*counts_for_association=*/true);
    if (!is_gone_) SendAsconf();
  });
}

void Association::OnAsconfAck(const AsconfAckChunk& chunk) {
  if (!capabilities_.dynamic_addresses || rare_ == nullptr) return Drop(kNotAgreed);
  Rare& r = *rare_;
  LearnAsconfSerials();
  if (r.asconf_sent.empty() || chunk.sequence_number != r.asconf_serial) {
    // Section 5.1 D0: an acknowledgment of what was never sent is an attack or a defect.
    if (r.asconf_sent.empty() && chunk.sequence_number == r.asconf_serial) {
      std::vector<uint8_t> causes;
      IllegalAsconfAckCause().SerializeTo(causes);
      return AbortWithCauses(causes, IllegalAsconfAckCause::kCode, kIllegalAck);
    }
    return Drop(kUnexpectedAck);
  }
  r.t4_rto.Cancel();
  association_errors_ = 0;
  std::vector<uint32_t> failed;
  std::span<const uint8_t> rest = chunk.responses;
  while (const std::optional<ParameterView> response = TakeParameter(rest)) {
    if (const auto error = ErrorCauseIndicationParameter::Parse(*response)) {
      failed.push_back(error->correlation_id);
      std::span<const uint8_t> causes = error->causes;
      const std::optional<ParameterView> first = TakeParameter(causes);
      Tell(RemoteError{first ? first->type : uint16_t{0},
                       {error->causes.begin(), error->causes.end()}});
    }
  }
  for (const Rare::AsconfRequest& request : r.asconf_outstanding) {
    if (std::find(failed.begin(), failed.end(), request.correlation) != failed.end()) continue;
    env_.OnAddressAgreed(*this, request.address,
                         request.type == AddIpAddressParameter::kType ||
                             request.type == SetPrimaryAddressParameter::kType);
  }
  r.asconf_outstanding.clear();
  r.asconf_sent.clear();
  ++r.asconf_serial;
}

// --- The peer's requests (section 5.2) ---

void Association::OnAsconf(const ArrivedPacket& packet, const AsconfChunk& chunk) {
  if (!capabilities_.dynamic_addresses || state_ < State::kEstablished) return Drop(kNotAgreed);
  LearnAsconfSerials();
  Rare& r = *rare_;
  const auto answer = [&] {
    std::vector<uint8_t> responses = r.last_asconf_ack;
    SendRawAuthenticated(packet.from, packet.udp_port, [&](PacketBuilder& out) {
      out.Put(AsconfAckChunk{.sequence_number = r.peer_asconf_serial, .responses = responses});
    });
  };
  if (chunk.sequence_number == r.peer_asconf_serial) return answer();  // a repetition
  if (chunk.sequence_number != r.peer_asconf_serial + 1) return Drop(kOldSerial);
  ++r.peer_asconf_serial;
  r.last_asconf_ack.clear();
  std::span<const uint8_t> rest = chunk.parameters;
  const std::optional<ParameterView> own_address = TakeParameter(rest);
  if (!own_address || !ReadAddressParameter(*own_address)) return Drop(kOldSerial);
  const size_t most_answers =
      std::max<size_t>(env_.PathMtu(packet.from), 2 * kAckOverhead) - kAckOverhead;
  std::vector<uint8_t> successes;
  std::vector<uint8_t> failures;
  while (const std::optional<ParameterView> request = TakeParameter(rest)) {
    // Section 5.1: what stands behind a failure and is not answered was not done.
    if (!failures.empty() && successes.size() + failures.size() > most_answers) break;
    std::vector<uint8_t> causes;
    uint32_t correlation = ValueReader(request->value).Take32();
    if (const auto add = AddIpAddressParameter::Parse(*request)) {
      const IpAddress address = add->address.is_unspecified() ? packet.from : add->address;
      if (!IsUsable(address)) {
        UnresolvableAddressCause{.address = request->whole.subspan(8)}.SerializeTo(causes);
      } else if (PathTo(address) == nullptr) {
        if (paths_.size() >= kMaxPaths && !FreePlace()) {
          ResourceShortageCause{.request = request->whole}.SerializeTo(causes);
        } else {
          Path& path = AddPath(address, /*is_confirmed=*/false);
          env_.OnIdentityChanged(*this);
          Tell(PeerAddressChange{address, PeerAddressChange::State::kAdded});
          SendHeartbeat(path);  // section 5.4 of RFC 9260
        }
      }
    } else if (const auto remove = DeleteIpAddressParameter::Parse(*request)) {
      size_t left = 0;
      for (const std::unique_ptr<Path>& path : paths_) left += path->is_removed ? 0 : 1;
      if (remove->address.is_unspecified() && PathTo(packet.from) == nullptr) {  // none would stay
        DeleteLastAddressCause{.request = request->whole}.SerializeTo(causes);
      } else if (remove->address.is_unspecified()) {  // all but the source
        for (const std::unique_ptr<Path>& path : paths_) {
          if (!path->is_removed && path->address() != packet.from) RemovePath(path->address());
        }
      } else if (left < 2) {  // section 5.3, F8: this error comes before the other
        DeleteLastAddressCause{.request = request->whole}.SerializeTo(causes);
      } else if (remove->address == packet.from) {
        DeleteSourceAddressCause{.request = request->whole}.SerializeTo(causes);
      } else if (PathTo(remove->address) != nullptr) {
        RemovePath(remove->address);
        Tell(PeerAddressChange{remove->address, PeerAddressChange::State::kRemoved});
      }
    } else if (const auto set = SetPrimaryAddressParameter::Parse(*request)) {
      const IpAddress address = set->address.is_unspecified() ? packet.from : set->address;
      if (SetPrimary(address)) {
        Tell(PeerAddressChange{address, PeerAddressChange::State::kMadePrimary});
      }
    } else {
      correlation = 0;
      continue;  // an unknown request is skipped
    }
    if (causes.empty()) {
      SuccessIndicationParameter{.correlation_id = correlation}.SerializeTo(successes);
    } else {
      ErrorCauseIndicationParameter{.correlation_id = correlation, .causes = causes}.SerializeTo(
          failures);
    }
  }
  // Section 4.1.2: silence means success, but not beside a failure.
  if (!failures.empty()) {
    r.last_asconf_ack = successes;
    r.last_asconf_ack.insert(r.last_asconf_ack.end(), failures.begin(), failures.end());
  }
  answer();
}

}  // namespace tickwire::sctp
