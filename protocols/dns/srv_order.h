// The order in which the targets of SRV records are tried (RFC 2782).
#ifndef TICKWIRE_PROTOCOLS_DNS_SRV_ORDER_H_
#define TICKWIRE_PROTOCOLS_DNS_SRV_ORDER_H_

#include <vector>

#include "protocols/dns/dns_record.h"
#include "sim_core/random/rng.h"

namespace tickwire::dns {

// Lowest priority first. Among equals each place goes to a record with a chance in proportion to
// its weight; those of weight zero come to the front of the draw, so that they have a small one.
// The records' order in the response does not matter.
std::vector<SrvData> OrderServers(std::vector<SrvData> servers, Rng& rng);

}  // namespace tickwire::dns

#endif  // TICKWIRE_PROTOCOLS_DNS_SRV_ORDER_H_
