// The numbers of SCTP as types that do not mix (RFC 9260 section 1.6; RFC 8260 section 2.1).
#ifndef TICKWIRE_PROTOCOLS_SCTP_COMMON_IDS_H_
#define TICKWIRE_PROTOCOLS_SCTP_COMMON_IDS_H_

#include <cstdint>

#include "sim_core/base/serial.h"
#include "sim_core/base/strong_alias.h"

namespace tickwire::sctp {

using Tsn = Serial<struct TsnTag, uint32_t>;  // transmission sequence number
using Ssn = Serial<struct SsnTag, uint16_t>;  // stream sequence number
using Mid = Serial<struct MidTag, uint32_t>;  // message identifier (RFC 8260)
using StreamId = StrongAlias<struct StreamIdTag, uint16_t>;
using Ppid = StrongAlias<struct PpidTag, uint32_t>;  // payload protocol identifier
using VerificationTag = StrongAlias<struct VerificationTagTag, uint32_t>;

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_COMMON_IDS_H_
