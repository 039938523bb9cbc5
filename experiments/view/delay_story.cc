#include "experiments/view/delay_story.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "experiments/view/record_text.h"

namespace tickwire {
namespace {

// One packet's way, as far as it counts here.
struct Trip {
  size_t journey;
  SimTime emitted;  // by the transport; `sent` is later if the interface was busy
  std::optional<SimTime> arrived;
  Duration queued;  // on the whole way
};

class Teller {
 public:
  Teller(const MessageFlow& flow, size_t message)
      : flow_(flow), model_(flow.model()), index_(message), message_(flow.messages()[message]) {}
  DelayStory Tell();

 private:
  void Say(SimTime time, const std::string& event, std::string text) {
    story_.lines.push_back({time, event, std::move(text)});
  }
  void SayRow(size_t row, std::string text) {
    Say(model_.trace()[row].time(), EventOf(model_, row), std::move(text));
  }
  void Add(DelayShare share, Duration duration) {
    if (duration > Duration()) {
      story_.shares[static_cast<size_t>(share)] = story_.share(share) + duration;
    }
  }
  const SipConnection* connection() const {
    return message_.connection ? &flow_.connections().all()[*message_.connection] : nullptr;
  }
  const SipConnectionEnd& own_end() const { return connection()->ends[message_.from_end]; }

  void TellSetUp();
  void TellWaitForWriting();
  std::vector<Trip> TripsOfLastPart() const;
  Trip TripOf(size_t journey) const;
  // `of`: whose packets they are, if not the message's own.
  void TellTrips(const std::vector<Trip>& trips, const std::string& of);
  void TellUnsent(const Trip& first);
  void TellAfterArrival(SimTime arrived);
  std::optional<Carriage> FindBlocker(SimTime arrived, size_t* message) const;
  void TellBlocker(const Carriage& blocker, size_t message);
  void TellEnd();
  std::optional<int64_t> LatestSample(absl::string_view owner, absl::string_view quantity,
                                      SimTime until) const;

  const MessageFlow& flow_;
  const RunModel& model_;
  const size_t index_;
  const SipMessage& message_;
  DelayStory story_;
};

DelayStory Teller::Tell() {
  SayRow(message_.sent_row,
         absl::StrCat(model_.NodeName(message_.from), " hands over #", message_.number, " ",
                      message_.summary, " to ",
                      connection() == nullptr
                          ? std::string("UDP")
                          : absl::StrCat(connection()->transport, " ", connection()->number)));
  if (connection() != nullptr) {
    TellSetUp();
    TellWaitForWriting();
  }
  const std::vector<Trip> trips = TripsOfLastPart();
  if (!trips.empty()) {
    TellUnsent(trips.front());
    TellTrips(trips, "");
    const Trip& last = trips.back();
    if (last.arrived && message_.received) {
      Add(DelayShare::kRecovery, last.emitted - trips.front().emitted);
      Add(DelayShare::kQueueing, last.queued);
      Add(DelayShare::kPath, *last.arrived - last.emitted - last.queued);
      TellAfterArrival(*last.arrived);
    }
  }
  TellEnd();
  std::stable_sort(story_.lines.begin(), story_.lines.end(),
                   [](const DelayLine& a, const DelayLine& b) { return a.time < b.time; });
  return std::move(story_);
}

// What came between the opening and the moment when it was ready, as far as it delayed.
void Teller::TellSetUp() {
  const SipConnectionEnd& end = own_end();
  const SimTime until = message_.written.value_or(SimTime::Infinite());
  if (end.open && *end.open <= message_.handed_over) return;
  SayRow(end.states.front(), absl::StrCat("waits for the set-up of ", connection()->transport, " ",
                                          connection()->number));
  for (const size_t journey : flow_.other_packets(*message_.connection)) {
    const Journey& packet = model_.journeys()[journey];
    if (packet.sent > until || (end.open && packet.sent >= *end.open)) break;
    if (packet.repetition > 0 || !packet.why.empty() || flow_.IsLost(journey)) {
      TellTrips({TripOf(journey)}, " for the set-up");
    }
  }
  if (!end.open) return;
  const std::string tcp = absl::StrCat("tcp ", ToString(end.local), " ", ToString(end.remote));
  for (const size_t row : model_.states()) {
    const FileRecord& record = model_.trace()[row];
    if (record.time() < end.begins || record.time() > *end.open) continue;
    if (NodeId{record.node} != end.node) continue;
    const absl::string_view owner = model_.trace().entity_name(end.node, record.entity);
    const absl::string_view state = model_.trace().label_name(record.label);
    if (owner == tcp && state == "ESTABLISHED") SayRow(row, "TCP is established");
    if (absl::StartsWith(owner, "tls ") && state == "handshake complete") {
      SayRow(row, "the TLS handshake is complete");
    }
  }
  Say(*end.open, "", absl::StrCat(connection()->transport, " ", connection()->number, " is ready"));
  Add(DelayShare::kSetUp, std::min(*end.open, until) - message_.handed_over);
}

void Teller::TellWaitForWriting() {
  if (!message_.written) return;
  const SimTime ready = std::max(message_.handed_over, own_end().open.value_or(SimTime()));
  Add(DelayShare::kUnwritten, *message_.written - ready);
  Say(*message_.written, "",
      absl::StrCat(*message_.written > ready
                       ? "the connection has room again (its send buffer was full): written at "
                       : "written at ",
                   connection()->is_sctp ? "user message " : "octet ", message_.position));
}

Trip Teller::TripOf(size_t index) const {
  const Journey& journey = model_.journeys()[index];
  Trip trip{.journey = index, .emitted = journey.sent, .arrived = {}, .queued = {}};
  const auto cause = model_.trace().Find(model_.trace()[journey.record].cause());
  if (cause && model_.trace()[*cause].kind == TraceKind::kPacketQueued) {
    trip.emitted = model_.trace()[*cause].time();
    trip.queued = journey.sent - trip.emitted;
  }
  for (const JourneyEnd& end : journey.ends) {
    if (end.kind != JourneyEnd::Kind::kDelivered || end.refused) continue;
    if (!trip.arrived || end.time < *trip.arrived) trip.arrived = end.time;
  }
  // A router sends what it received either at once or when those before it are gone.
  for (size_t hop = 1; hop < journey.sent_records.size(); ++hop) {
    const FileRecord& sent = model_.trace()[journey.sent_records[hop]];
    const auto before = model_.CauseRecord(journey.sent_records[hop]);
    if (before && trip.arrived && sent.time() < *trip.arrived) {
      trip.queued = trip.queued + (sent.time() - model_.trace()[*before].time());
    }
  }
  return trip;
}

// The packets that carried the part of the message that arrived last, up to the one that did.
std::vector<Trip> Teller::TripsOfLastPart() const {
  std::vector<std::pair<Carriage, Trip>> all;
  std::set<int64_t> cuts;
  for (const Carriage& carriage : flow_.carriages(index_)) {
    if (carriage.kind == CarriageKind::kAcknowledges) continue;
    all.emplace_back(carriage, TripOf(carriage.journey));
    cuts.insert(carriage.begin);
  }
  std::vector<Trip> last_part;
  std::optional<SimTime> last_arrival;
  for (const int64_t cut : cuts) {
    std::vector<Trip> part;
    std::optional<SimTime> arrival;
    for (const auto& [carriage, trip] : all) {
      // Datagrams are whole: begin and end are 0.
      if (carriage.begin > cut || (carriage.end <= cut && carriage.end > carriage.begin)) continue;
      part.push_back(trip);
      if (trip.arrived && (!arrival || *trip.arrived < *arrival)) arrival = trip.arrived;
    }
    // A part that never arrived is later than any other.
    const bool is_later =
        last_part.empty() || (last_arrival && (!arrival || *arrival > *last_arrival));
    if (!is_later) continue;
    last_part = std::move(part);
    last_arrival = arrival;
  }
  if (!last_arrival) return last_part;
  const auto arriving = std::find_if(last_part.begin(), last_part.end(), [&](const Trip& trip) {
    return trip.arrived == last_arrival;
  });
  last_part.erase(arriving + 1, last_part.end());
  return last_part;
}

// Each packet with what made the transport send it, and where it ended.
void Teller::TellTrips(const std::vector<Trip>& trips, const std::string& of) {
  for (const Trip& trip : trips) {
    const Journey& journey = model_.journeys()[trip.journey];
    const std::string who = model_.NodeName(journey.from);
    const auto cause = model_.CauseRecord(journey.record);
    const bool is_again = journey.repetition > 0 || !journey.why.empty();
    if (cause && is_again) {
      const FileRecord& record = model_.trace()[*cause];
      if (record.kind == TraceKind::kTimerFired) SayRow(*cause, TimerInWords(model_, *cause));
      if (record.kind == TraceKind::kPacketDelivered) {
        const auto came = model_.JourneyOf(*cause);
        if (came) {
          SayRow(*cause, absl::StrCat(who, " receives ", model_.journeys()[*came].summary));
        }
      }
    }
    std::string text =
        absl::StrCat(who, is_again ? " sends again " : " sends ",
                     journey.summary.substr(0, journey.summary.find(" retrans")), of);
    if (!journey.why.empty()) absl::StrAppend(&text, ", because of ", journey.why);
    if (journey.sent > trip.emitted) {
      absl::StrAppend(&text, ", after ", ToString(journey.sent - trip.emitted),
                      " behind other packets");
    }
    SayRow(journey.record, std::move(text));
    for (const JourneyEnd& end : journey.ends) {
      if (end.kind == JourneyEnd::Kind::kLost && end.record) {
        const std::string link = model_.LinkOf(model_.trace()[*end.record]);
        SayRow(*end.record,
               absl::StrCat("it is lost", link.empty() ? "" : absl::StrCat(" on ", link), ": ",
                            CauseOfDrop(model_, *end.record)));
      } else if (end.refused) {
        SayRow(*end.refused, absl::StrCat(model_.NodeName(end.node),
                                          " drops it: ", CauseOfDrop(model_, *end.refused)));
      } else if (end.kind == JourneyEnd::Kind::kDelivered && end.record &&
                 end.time == trip.arrived) {
        SayRow(*end.record,
               absl::StrCat(
                   "it arrives at ", model_.NodeName(end.node),
                   !of.empty() ? "" : absl::StrCat(" after ", ToString(end.time - journey.sent))));
      }
    }
  }
}

std::optional<int64_t> Teller::LatestSample(absl::string_view owner, absl::string_view quantity,
                                            SimTime until) const {
  std::optional<int64_t> value;
  const TraceReader& trace = model_.trace();
  for (size_t row = 0; row < trace.size() && trace[row].time() <= until; ++row) {
    const FileRecord& record = trace[row];
    if (record.kind != TraceKind::kSample || NodeId{record.node} != message_.from) continue;
    if (trace.label_name(record.label) != quantity) continue;
    if (trace.entity_name(message_.from, record.entity) == owner) value = record.value;
  }
  return value;
}

// Written, and not sent at once: which window was full then?
void Teller::TellUnsent(const Trip& first) {
  const SimTime before = message_.written.value_or(message_.handed_over);
  if (first.emitted <= before) return;
  Add(DelayShare::kUnsent, first.emitted - before);
  std::string why = connection() != nullptr && connection()->is_sctp
                        ? "congestion window or the peer's window (RFC 9260 section 6.1)"
                        : "the network layer";
  if (connection() != nullptr && !connection()->is_sctp) {
    const std::string tcp =
        absl::StrCat("tcp ", ToString(own_end().local), " ", ToString(own_end().remote));
    const auto flight = LatestSample(tcp, "bytes in flight", before);
    const auto cwnd = LatestSample(tcp, "cwnd", before);
    const auto window = LatestSample(tcp, "send window", before);
    const auto size = static_cast<int64_t>(message_.text.size());
    if (flight && window && *flight + size > *window) {
      why = absl::StrCat("the peer's window of ", *window, " B, of which ", *flight,
                         " B are in flight (RFC 9293 section 3.8.6)");
    } else if (flight && cwnd && *flight + size > *cwnd) {
      why = absl::StrCat("the congestion window of ", *cwnd, " B, of which ", *flight,
                         " B are in flight (RFC 5681 section 3.1)");
    } else if (flight && *flight > 0) {
      why = absl::StrCat("acknowledgment of the ", *flight,
                         " B in flight (RFC 9293 section 3.7.4: Nagle)");
    } else {
      why = "TCP";
    }
  }
  Say(before, "", absl::StrCat("waits for ", why));
}

void Teller::TellAfterArrival(SimTime arrived) {
  if (!message_.received || *message_.received <= arrived) return;
  const Duration waited = *message_.received - arrived;
  size_t of = 0;
  const auto blocker = FindBlocker(arrived, &of);
  Add(blocker ? DelayShare::kHeadOfLine : DelayShare::kUnread, waited);
  if (!blocker) {
    Say(arrived, "", "all of it is there; the receiver reads it later");
    return;
  }
  TellBlocker(*blocker, of);
  Say(arrived, "",
      absl::StrCat("all of it is there, but it waits behind ",
                   of == index_ ? std::string("what comes before it")
                                : absl::StrCat("#", flow_.messages()[of].number, " ",
                                               flow_.messages()[of].summary),
                   connection()->is_sctp ? " (RFC 9260 section 6.6: order within a stream)"
                                         : " (RFC 9293 section 3.10.7.4: octets in order)"));
}

// What arrived at the moment of receipt, before this message in order, and closed the gap.
std::optional<Carriage> Teller::FindBlocker(SimTime arrived, size_t* message) const {
  if (connection() == nullptr) return std::nullopt;
  int64_t own_begin = 0;
  for (const Carriage& carriage : flow_.carriages(index_)) {
    if (carriage.kind == CarriageKind::kFirst) own_begin = carriage.begin;
    if (carriage.kind == CarriageKind::kFirst) break;
  }
  std::optional<Carriage> found;
  for (size_t i = 0; i < flow_.messages().size(); ++i) {
    const SipMessage& other = flow_.messages()[i];
    if (i == index_ || other.connection != message_.connection ||
        other.from_end != message_.from_end || !other.received ||
        *other.received > *message_.received) {
      continue;
    }
    for (const Carriage& carriage : flow_.carriages(i)) {
      if (carriage.kind == CarriageKind::kAcknowledges || carriage.begin >= own_begin) continue;
      const auto there = TripOf(carriage.journey).arrived;
      if (there && *there > arrived && *there <= *message_.received) {
        found = carriage;
        *message = i;
      }
    }
  }
  return found;
}

// The story of the part that was missing.
void Teller::TellBlocker(const Carriage& blocker, size_t message) {
  std::vector<Trip> trips;
  for (const Carriage& carriage : flow_.carriages(message)) {
    if (carriage.kind == CarriageKind::kAcknowledges) continue;
    if (carriage.begin > blocker.begin || carriage.end <= blocker.begin) continue;
    trips.push_back(TripOf(carriage.journey));
    if (carriage.journey == blocker.journey) break;
  }
  TellTrips(trips, absl::StrCat(" of #", flow_.messages()[message].number));
}

void Teller::TellEnd() {
  if (!message_.received) {
    if (connection() != nullptr && connection()->end_row) {
      const FileRecord& record = model_.trace()[*connection()->end_row];
      SayRow(*connection()->end_row,
             absl::StrCat(connection()->transport, " ", connection()->number, " ends: ",
                          model_.trace().label_name(record.reason), "; it is never received"));
    } else if (connection() != nullptr && connection()->crashed() != nullptr) {
      const SipConnectionEnd& crashed = *connection()->crashed();
      SayRow(*crashed.crash_row,
             absl::StrCat(connection()->transport, " ", connection()->number, " is forgotten by ",
                          model_.NodeName(crashed.node), ": crash; it is never received"));
    } else {
      Say(model_.end(), "", "not received when the trace ends");
    }
    return;
  }
  Say(*message_.received, EventOf(model_, *message_.received_row),
      absl::StrCat(model_.NodeName(*message_.to), " receives #", message_.number));
  story_.total = message_.delay();
  Duration told;
  for (const Duration share : story_.shares) told = told + share;
  Add(DelayShare::kOther, *story_.total - told);
}

}  // namespace

const char* NameOf(DelayShare share) {
  switch (share) {
    case DelayShare::kSetUp:
      return "set-up of the connection";
    case DelayShare::kUnwritten:
      return "waiting to be written";
    case DelayShare::kUnsent:
      return "waiting to be sent";
    case DelayShare::kRecovery:
      return "recovery from loss";
    case DelayShare::kQueueing:
      return "queueing";
    case DelayShare::kPath:
      return "transmission and propagation";
    case DelayShare::kHeadOfLine:
      return "head-of-line blocking";
    case DelayShare::kUnread:
      return "waiting to be read";
    case DelayShare::kOther:
      return "not told by the trace";
  }
  return "";
}

DelayStory TellDelay(const MessageFlow& flow, size_t message) {
  return Teller(flow, message).Tell();
}

}  // namespace tickwire
