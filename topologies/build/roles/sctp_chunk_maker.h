// The chunks of sctp_inject as bytes: what a scenario writes is put on the wire as it is, right or
// wrong.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_SCTP_CHUNK_MAKER_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_SCTP_CHUNK_MAKER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "topologies/roles/sctp_inject.pb.h"

namespace tickwire {

// What TSNs count from: 0 without an association.
struct TsnBase {
  uint32_t own = 0;
  uint32_t peer = 0;
};
// One after the other, padded. INVALID_ARGUMENT: digits that are none.
absl::StatusOr<std::vector<uint8_t>> MakeChunks(
    const google::protobuf::RepeatedPtrField<scenario::SctpChunk>& chunks, const TsnBase& base);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_SCTP_CHUNK_MAKER_H_
