// RandomTcpNetwork: two TCPs, a router between them, and everything that a path can do to segments,
// all drawn from a seed.
//
// Loss up to 30 % each way, duplication, reordering, corruption, small queues, a smaller MTU behind
// the router, a change to another path with yet another one, outages; every loss recovery,
// congestion control and profile; both ends send, pause reading, and close each in its own time.
// Every byte is checked as it arrives, and every connection is asked IsConsistent() between any two
// events of its node.
#ifndef TICKWIRE_TESTS_CONFORMANCE_RANDOM_TCP_NETWORK_H_
#define TICKWIRE_TESTS_CONFORMANCE_RANDOM_TCP_NETWORK_H_

#include <cstdint>
#include <string>

namespace tickwire::tcp {

struct SoakResult {
  std::string defect;  // empty: all went well
  std::string description;
  uint64_t delivered_bytes = 0;
  uint64_t retransmissions = 0;
  uint64_t timeouts = 0;
  uint64_t undone = 0;
  uint64_t probes = 0;
};

// `with_trace`: as if somebody watched the run.
SoakResult RunRandomTcpNetwork(uint64_t seed, bool with_trace);

}  // namespace tickwire::tcp

#endif  // TICKWIRE_TESTS_CONFORMANCE_RANDOM_TCP_NETWORK_H_
