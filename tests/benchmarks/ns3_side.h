// What ns3_peer.cc asks of ns-3. A unit of its own, because ns-3's headers are C++17.
//
// Each returns millions of items a second of wall time.
#ifndef TICKWIRE_TESTS_BENCHMARKS_NS3_SIDE_H_
#define TICKWIRE_TESTS_BENCHMARKS_NS3_SIDE_H_

#include <cstdint>

namespace tickwire {

// `scheduler` is a TypeId: "ns3::MapScheduler".
double Ns3HoldRate(const char* scheduler, uint32_t pending, uint64_t events);
double Ns3Churn(const char* scheduler, uint32_t timers, uint64_t operations);
double Ns3Hops(int hops, uint64_t packets);

}  // namespace tickwire

#endif  // TICKWIRE_TESTS_BENCHMARKS_NS3_SIDE_H_
