// RandomSipNetwork: the text of a scenario with random phones, proxies and mishaps.
#ifndef TICKWIRE_TESTS_CONFORMANCE_RANDOM_SIP_NETWORK_H_
#define TICKWIRE_TESTS_CONFORMANCE_RANDOM_SIP_NETWORK_H_

#include <cstdint>
#include <string>

namespace tickwire {

// Callers, up to four proxies in a row, one to three phones that a call forks to, links that lose
// (up to 20 % a hop), duplicate and reorder, and now and then a node that crashes and comes back.
// All phones use session timers (RFC 4028), so that no call outlives a lost BYE or a dead peer for
// long. The same text for the same seed.
std::string RandomSipNetwork(uint64_t seed);

// The same network, each element with transports, time-outs and limits of its own (UDP, TCP, TLS,
// SCTP in its three orders, TLS over SCTP; WebSocket for callers), and more crashes, which reset.
std::string RandomTransportNetwork(uint64_t seed);

}  // namespace tickwire

#endif  // TICKWIRE_TESTS_CONFORMANCE_RANDOM_SIP_NETWORK_H_
