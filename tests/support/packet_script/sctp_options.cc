#include "tests/support/packet_script/sctp_options.h"

#include <initializer_list>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tickwire::packet_script {
namespace {

using sctp::SctpSocket;

const Value* Member(const Value& value, absl::string_view name) {
  for (const NamedValue& member : value.members) {
    if (name == member.name) return &member.value;
  }
  return nullptr;
}
int64_t NumberIn(const Value& value, absl::string_view name, int64_t otherwise = 0) {
  const Value* const member = Member(value, name);
  const std::optional<int64_t> number = member == nullptr ? std::nullopt : NumberOf(*member);
  return number.value_or(otherwise);
}
Duration MillisIn(const Value& value, absl::string_view name, Duration otherwise) {
  const Value* const member = Member(value, name);
  const std::optional<int64_t> number = member == nullptr ? std::nullopt : NumberOf(*member);
  return number ? Duration::Millis(*number) : otherwise;
}
// "spp_address="192.0.2.2"", or a text that an option carries.
IpAddress AddressIn(const Value& value, absl::string_view name, const IpAddress& otherwise) {
  const Value* const member = Member(value, name);
  if (member == nullptr || member->kind != Value::Kind::kText) return otherwise;
  return IpAddress::Parse(member->text).value_or(otherwise);
}

CallResult Result(const absl::Status& status) {
  if (status.ok()) return Done(0);
  if (absl::IsInvalidArgument(status)) return Fails("EINVAL");
  if (absl::IsNotFound(status)) return Fails("ENOENT");
  return Fails("EOPNOTSUPP");
}

// By their names in RFC 6458 section 8.2.1.
std::optional<int64_t> StateOf(const Value& value) {
  static constexpr absl::string_view kNames[] = {"SCTP_CLOSED",
                                                 "SCTP_COOKIE_WAIT",
                                                 "SCTP_COOKIE_ECHOED",
                                                 "SCTP_ESTABLISHED",
                                                 "SCTP_SHUTDOWN_PENDING",
                                                 "SCTP_SHUTDOWN_SENT",
                                                 "SCTP_SHUTDOWN_RECEIVED",
                                                 "SCTP_SHUTDOWN_ACK_SENT"};
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (Names(value, kNames[i])) return static_cast<int64_t>(i);
  }
  return std::nullopt;
}

using Known = std::initializer_list<std::pair<absl::string_view, int64_t>>;
CallResult Compare(const Value& expected, const Known& known) {
  for (const auto& [name, wanted] : expected.members) {
    const std::pair<absl::string_view, int64_t>* found = nullptr;
    for (const auto& one : known) {
      if (one.first == name) found = &one;
    }
    if (found == nullptr) return Unknown();
    const std::optional<int64_t> number =
        name == "sstat_state" ? StateOf(wanted) : NumberOf(wanted);
    if (!number && wanted.kind != Value::Kind::kEllipsis) return Unknown();
    if (!number) continue;
    if (*number != found->second) {
      CallResult result = Done(0);
      result.mismatch = absl::StrCat(name, ": expected ", *number, ", actual ", found->second);
      return result;
    }
  }
  return Done(0);
}

std::optional<sctp::SchedulerKind> SchedulerOf(const Value& value) {
  static constexpr std::pair<absl::string_view, sctp::SchedulerKind> kNames[] = {
      {"SCTP_SS_FCFS", sctp::SchedulerKind::kFirstComeFirstServed},
      {"SCTP_SS_RR", sctp::SchedulerKind::kRoundRobin},
      {"SCTP_SS_RR_PKT", sctp::SchedulerKind::kRoundRobinPerPacket},
      {"SCTP_SS_PRIO", sctp::SchedulerKind::kPriority},
      {"SCTP_SS_FC", sctp::SchedulerKind::kFairBandwidth},
      {"SCTP_SS_WFQ", sctp::SchedulerKind::kWeightedFair}};
  for (const auto& [name, kind] : kNames) {
    if (Names(value, name)) return kind;
  }
  return std::nullopt;
}

std::vector<uint16_t> StreamsIn(const Value& value) {
  std::vector<uint16_t> streams;
  if (const Value* const list = Member(value, "srs_stream_list")) {
    for (const Value& one : list->items) streams.push_back(static_cast<uint16_t>(one.number));
  }
  return streams;
}

}  // namespace

CallResult SetSctpOption(SctpSocket& socket, SctpSocket::AssocId id, const std::string& name,
                         const Value& value, const IpAddress& peer) {
  const std::optional<int64_t> number = NumberOf(value);
  if (name == "SCTP_RTOINFO") {
    auto now = socket.GetRtoInfo(id);
    if (!now.ok()) return Result(now.status());
    return Result(socket.SetRtoInfo(id, {.initial = MillisIn(value, "srto_initial", now->initial),
                                         .max = MillisIn(value, "srto_max", now->max),
                                         .min = MillisIn(value, "srto_min", now->min)}));
  }
  if (name == "SCTP_ASSOCINFO") {
    return Result(socket.SetAssocParams(
        id, {.max_retrans = static_cast<int>(NumberIn(value, "sasoc_asocmaxrxt")),
             .cookie_life = MillisIn(value, "sasoc_cookie_life", Duration())}));
  }
  if (name == "SCTP_INITMSG") {
    return Result(socket.SetInitMsg(
        {.num_ostreams = static_cast<uint16_t>(NumberIn(value, "sinit_num_ostreams")),
         .max_instreams = static_cast<uint16_t>(NumberIn(value, "sinit_max_instreams")),
         .max_attempts = static_cast<int>(NumberIn(value, "sinit_max_attempts")),
         .max_init_timeo = MillisIn(value, "sinit_max_init_timeo", Duration())}));
  }
  if (name == "SCTP_NODELAY" && number) return Result(socket.SetNoDelay(id, *number != 0));
  if (name == "SCTP_AUTOCLOSE" && number) {
    return Result(socket.SetAutoclose(Duration::Seconds(*number)));
  }
  if (name == "SCTP_MAXSEG") {
    return Result(socket.SetMaxSeg(
        id, static_cast<uint32_t>(number ? *number : NumberIn(value, "assoc_value"))));
  }
  if (name == "SCTP_MAX_BURST") {
    return Result(socket.SetMaxBurst(
        id, static_cast<uint32_t>(number ? *number : NumberIn(value, "assoc_value"))));
  }
  if (name == "SCTP_DELAYED_SACK") {
    return Result(socket.SetDelayedSack(id, MillisIn(value, "sack_delay", Duration::Millis(200)),
                                        static_cast<uint32_t>(NumberIn(value, "sack_freq", 2))));
  }
  if (name == "SCTP_PRIMARY_ADDR") {
    return Result(socket.SetPrimary(id, AddressIn(value, "ssp_addr", peer)));
  }
  if (name == "SCTP_ADAPTATION_LAYER") {
    return Result(socket.SetAdaptation(
        static_cast<uint32_t>(number ? *number : NumberIn(value, "ssb_adaptation_ind"))));
  }
  if (name == "SCTP_PEER_ADDR_PARAMS") {
    SctpSocket::PaddrParams parameters;
    parameters.address = AddressIn(value, "spp_address", peer);
    parameters.hb_interval = MillisIn(value, "spp_hbinterval", Duration());
    parameters.path_max_retrans = static_cast<int>(NumberIn(value, "spp_pathmaxrxt"));
    if (const Value* const flags = Member(value, "spp_flags")) {
      if (Names(*flags, "SPP_HB_ENABLE")) parameters.hb_enabled = true;
      if (Names(*flags, "SPP_HB_DISABLE")) parameters.hb_enabled = false;
      parameters.hb_demand = Names(*flags, "SPP_HB_DEMAND");
    }
    return Result(socket.SetPaddrParams(id, parameters));
  }
  if (name == "SCTP_PLUGGABLE_SS" || name == "SCTP_STREAM_SCHEDULER") {
    const Value* const member = Member(value, "assoc_value");
    const auto kind = SchedulerOf(member == nullptr ? value : *member);
    return kind ? Result(socket.SetScheduler(id, *kind)) : Unknown();
  }
  if (name == "SCTP_SS_VALUE" || name == "SCTP_STREAM_SCHEDULER_VALUE") {
    return Result(socket.SetStreamValue(id, static_cast<uint16_t>(NumberIn(value, "stream_id")),
                                        static_cast<uint16_t>(NumberIn(value, "stream_value"))));
  }
  if (name == "SCTP_RESET_STREAMS") {
    const Value* const flags = Member(value, "srs_flags");
    if (flags == nullptr) return Unknown();
    return Result(
        socket.ResetStreams(id, Names(*flags, "SCTP_STREAM_RESET_OUTGOING"), StreamsIn(value)));
  }
  if (name == "SCTP_RESET_ASSOC") return Result(socket.ResetAssoc(id));
  if (name == "SCTP_ADD_STREAMS") {
    return Result(socket.AddStreams(id, static_cast<uint16_t>(NumberIn(value, "sas_outstrms")),
                                    static_cast<uint16_t>(NumberIn(value, "sas_instrms"))));
  }
  return Unknown();
}

CallResult GetSctpOption(SctpSocket& socket, SctpSocket::AssocId id, const std::string& name,
                         const Value& expected, const IpAddress& peer) {
  if (name == "SCTP_RTOINFO") {
    const auto now = socket.GetRtoInfo(id);
    if (!now.ok()) return Result(now.status());
    return Compare(expected, {{"srto_initial", now->initial.nanos() / 1'000'000},
                              {"srto_max", now->max.nanos() / 1'000'000},
                              {"srto_min", now->min.nanos() / 1'000'000}});
  }
  if (name == "SCTP_ASSOCINFO") {
    const auto now = socket.GetAssocParams(id);
    if (!now.ok()) return Result(now.status());
    return Compare(expected, {{"sasoc_asocmaxrxt", now->max_retrans},
                              {"sasoc_number_peer_destinations", now->number_peer_destinations},
                              {"sasoc_peer_rwnd", now->peer_rwnd},
                              {"sasoc_local_rwnd", now->local_rwnd},
                              {"sasoc_cookie_life", now->cookie_life.nanos() / 1'000'000}});
  }
  if (name == "SCTP_STATUS") {
    const auto now = socket.GetStatus(id);
    if (!now.ok()) return Result(now.status());
    return Compare(expected, {{"sstat_rwnd", now->rwnd},
                              {"sstat_unackdata", now->unacked_data},
                              {"sstat_penddata", now->pending_data},
                              {"sstat_instrms", now->inbound_streams},
                              {"sstat_outstrms", now->outbound_streams},
                              {"sstat_state", static_cast<int64_t>(now->state)}});
  }
  if (name == "SCTP_GET_PEER_ADDR_INFO") {
    const auto now = socket.GetPaddrInfo(id, AddressIn(expected, "spinfo_address", peer));
    if (!now.ok()) return Result(now.status());
    Value rest = expected;
    std::erase_if(rest.members, [](const auto& one) { return one.name == "spinfo_address"; });
    return Compare(rest, {{"spinfo_state", static_cast<int64_t>(now->state)},
                          {"spinfo_cwnd", now->cwnd},
                          {"spinfo_srtt", now->srtt.nanos() / 1'000'000},
                          {"spinfo_rto", now->rto.nanos() / 1'000'000},
                          {"spinfo_mtu", static_cast<int64_t>(now->mtu)}});
  }
  return Unknown();
}

}  // namespace tickwire::packet_script
