// What ns3_tcp_peer.cc asks of ns-3's TCP (TcpLinuxReno, SACK on, no traffic control). A unit of
// its own, because ns-3's headers are C++17.
#ifndef TICKWIRE_TESTS_BENCHMARKS_NS3_TCP_SIDE_H_
#define TICKWIRE_TESTS_BENCHMARKS_NS3_TCP_SIDE_H_

#include <cstdint>

namespace tickwire {

struct Ns3TcpResult {
  double user_seconds = 0;
  double virtual_seconds = 0;
  uint64_t link_packets = 0;
};

// `bytes` over one wire; loss on the way of the data.
Ns3TcpResult Ns3Bulk(int64_t bits_per_second, int64_t delay_micros, uint32_t loss_per_mille,
                     uint32_t window, int64_t bytes);
// `flows` pairs of hosts over two routers; 1 Gbit/s everywhere, 10 ms in the middle, 1 ms of
// access.
Ns3TcpResult Ns3Dumbbell(int flows, uint32_t window, double seconds);

}  // namespace tickwire

#endif  // TICKWIRE_TESTS_BENCHMARKS_NS3_TCP_SIDE_H_
