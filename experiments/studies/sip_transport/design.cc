#include "experiments/studies/sip_transport/design.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace tickwire::study {
namespace {

const char* UriOf(Carrier carrier) {
  switch (carrier) {
    case Carrier::kUdp:
      return "sip:10.0.3.2;lr";
    case Carrier::kTls:
      return "sip:10.0.3.2;transport=tls;lr";
    case Carrier::kSctpUnordered:
    case Carrier::kSctpOrdered:
    case Carrier::kSctpByStream:
      return "sip:10.0.3.2;transport=sctp;lr";
    default:
      return "sip:10.0.3.2;transport=tcp;lr";
  }
}

}  // namespace

const char* NameOf(Carrier carrier) {
  switch (carrier) {
    case Carrier::kUdp:
      return "UDP";
    case Carrier::kTcpPlain:
      return "TCP without SACK";
    case Carrier::kTcpSack:
      return "TCP with SACK";
    case Carrier::kTcpRack:
      return "TCP with RACK-TLP";
    case Carrier::kTls:
      return "TLS 1.3";
    case Carrier::kSctpUnordered:
      return "SCTP unordered";
    case Carrier::kSctpOrdered:
      return "SCTP ordered";
    case Carrier::kSctpByStream:
      return "SCTP by stream";
  }
  return "?";
}

std::string Describe(const Condition& condition) {
  return absl::StrCat(condition.loss_permille / 10, ".", condition.loss_permille % 10, " % loss",
                      condition.is_bursty ? " in bursts" : "", ", ", condition.round_trip_ms,
                      " ms, ", condition.calls_per_second, " calls/s, ",
                      condition.is_cold ? "cold" : "warm");
}

Design QuickDesign() {
  Design design;
  design.replications = 5;
  design.calls = 100;
  const Condition middle{.loss_permille = 20};
  design.conditions = {middle};
  for (const int loss : {0, 10, 50, 100}) {
    design.conditions.push_back(middle);
    design.conditions.back().loss_permille = loss;
  }
  for (const int load : {1, 100, 500}) {
    design.conditions.push_back(middle);
    design.conditions.back().calls_per_second = load;
  }
  for (const int round_trip : {20, 400}) {
    design.conditions.push_back(middle);
    design.conditions.back().round_trip_ms = round_trip;
  }
  design.conditions.push_back(middle);
  design.conditions.back().is_bursty = true;
  for (const bool is_cold : {false, true}) {
    design.conditions.push_back({.loss_permille = 0, .calls_per_second = 1, .is_cold = is_cold});
  }
  std::sort(design.conditions.begin(), design.conditions.end());
  design.conditions.erase(std::unique(design.conditions.begin(), design.conditions.end()),
                          design.conditions.end());
  return design;
}

Design FullDesign() {
  Design design;
  design.replications = 10;
  design.calls = 300;
  for (const int loss : {0, 10, 20, 50, 100}) {
    for (const bool is_bursty : {false, true}) {
      if (is_bursty && loss == 0) continue;
      for (const int round_trip : {20, 100, 400}) {
        for (const int load : {1, 20, 100, 500}) {
          for (const bool is_cold : {false, true}) {
            design.conditions.push_back({loss, is_bursty, round_trip, load, is_cold});
          }
        }
      }
    }
  }
  std::sort(design.conditions.begin(), design.conditions.end());
  return design;
}

std::vector<Cell> CellsOf(const Design& design) {
  std::vector<Cell> cells;
  for (const Condition& condition : design.conditions) {
    for (int carrier = 0; carrier < kCarriers; ++carrier) {
      for (int replication = 0; replication < design.replications; ++replication) {
        cells.push_back({condition, static_cast<Carrier>(carrier), replication});
      }
    }
  }
  return cells;
}

// Ten seconds of load at least, so that congestion has time to show.
int CallsOf(const Design& design, const Condition& condition) {
  return std::max(design.calls, std::min(2000, 10 * condition.calls_per_second));
}

std::vector<std::string> AssignmentsOf(const Design& design, const Cell& cell) {
  const Condition& condition = cell.condition;
  const std::string generate = "node[phones].role.sip_ua.generate[0].";
  std::vector<std::string> set = {
      absl::StrCat("seed=", cell.replication + 1),
      absl::StrCat("node[west].role.sip_server.next_hop[0].to=", UriOf(cell.carrier)),
      absl::StrCat(generate, "poisson=", condition.calls_per_second),
      absl::StrCat(generate, "calls=", CallsOf(design, condition)),
      absl::StrCat("link[trunk].delay=", condition.round_trip_ms / 2, "ms"),
      absl::StrCat(
          "stop_at=", 5 + 2 * CallsOf(design, condition) / condition.calls_per_second + 120, "s")};
  if (condition.is_bursty) {
    // Bursts of 4 on average (r = 25 %); the share of time in the bad state is the mean loss:
    // p / (p + r) = loss, so p = r loss / (1 - loss).
    set.push_back(absl::StrCat("link[trunk].both[1].gilbert_elliott.p=", condition.loss_permille,
                               "/", 4 * (1000 - condition.loss_permille)));
  } else {
    set.push_back(absl::StrCat("link[trunk].both[0].loss=", condition.loss_permille, "/1000"));
  }
  for (const char* proxy : {"west", "east"}) {
    const std::string transport = absl::StrCat("node[", proxy, "].role.sip_server.transport.");
    switch (cell.carrier) {
      case Carrier::kTcpPlain:
        set.push_back(transport + "tcp.sack=false");
        set.push_back(transport + "tcp.loss_recovery=NEWRENO");
        break;
      case Carrier::kTcpSack:
      case Carrier::kTls:
        set.push_back(transport + "tcp.loss_recovery=SACK");
        break;
      case Carrier::kTcpRack:
        set.push_back(transport + "tcp.loss_recovery=RACK");
        break;
      case Carrier::kSctpOrdered:
        set.push_back(transport + "sctp_order=ORDERED");
        break;
      case Carrier::kSctpByStream:
        set.push_back(transport + "sctp_order=PER_TRANSACTION");
        break;
      default:
        break;
    }
    if (condition.is_cold) set.push_back(transport + "idle_timeout=200ms");
  }
  // Warm: each side has its connection before the first call.
  if (!condition.is_cold && cell.carrier != Carrier::kUdp) {
    set.push_back(absl::StrCat("node[west].role.sip_server.transport.connect_to=[\"",
                               UriOf(cell.carrier), "\"]"));
  }
  return set;
}

}  // namespace tickwire::study
