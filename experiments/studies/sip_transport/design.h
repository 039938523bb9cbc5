// Design of the study sip_transport: factors, their levels, the runs that they make, and what each
// run sets in the base scenario.
//
// All transports meet the same calls and, packet for packet of a direction, the same draws of loss:
// runs of one condition and replication share their seed (common random numbers).
#ifndef TICKWIRE_EXPERIMENTS_STUDIES_SIP_TRANSPORT_DESIGN_H_
#define TICKWIRE_EXPERIMENTS_STUDIES_SIP_TRANSPORT_DESIGN_H_

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace tickwire::study {

// How the trunk carries SIP.
enum class Carrier : uint8_t {
  kUdp,
  kTcpPlain,  // NewReno, no SACK
  kTcpSack,   // RFC 6675
  kTcpRack,   // RFC 8985
  kTls,       // 1.3 over TCP with SACK
  kSctpUnordered,
  kSctpOrdered,
  kSctpByStream,
};
inline constexpr int kCarriers = 8;
const char* NameOf(Carrier carrier);

// Under which circumstances. All carriers are compared in each.
struct Condition {
  int loss_permille = 0;
  bool is_bursty = false;  // Gilbert-Elliott with bursts of 4 packets, same mean
  int round_trip_ms = 100;
  int calls_per_second = 20;
  bool is_cold = false;  // connections close after 200 ms without messages
  auto operator<=>(const Condition&) const = default;
};
std::string Describe(const Condition& condition);

struct Design {
  std::vector<Condition> conditions;
  int replications = 1;
  int calls = 100;  // of each run; more where the load is high, see CallsOf
};
// Each factor alone around a middle, few replications: seconds.
Design QuickDesign();
// All combinations: stated in the README with its time.
Design FullDesign();

struct Cell {
  Condition condition;
  Carrier carrier = Carrier::kUdp;
  int replication = 0;
};
// Conditions, then carriers, then replications: the order of all results.
std::vector<Cell> CellsOf(const Design& design);
int CallsOf(const Design& design, const Condition& condition);
// "path=value" for the loader.
std::vector<std::string> AssignmentsOf(const Design& design, const Cell& cell);

}  // namespace tickwire::study

#endif  // TICKWIRE_EXPERIMENTS_STUDIES_SIP_TRANSPORT_DESIGN_H_
