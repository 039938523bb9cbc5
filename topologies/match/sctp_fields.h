// The sctp.* fields of one SCTP packet (RFC 9260 section 3 and its extensions).
//
// A packet bundles chunks, and a chunk lists gap blocks, causes and parameters: a field has as many
// values as there are things that bear it. Of a malformed chunk only type, flags and length are
// known.
#ifndef TICKWIRE_TOPOLOGIES_MATCH_SCTP_FIELDS_H_
#define TICKWIRE_TOPOLOGIES_MATCH_SCTP_FIELDS_H_

#include <cstdint>
#include <span>

#include "absl/functional/function_ref.h"
#include "protocols/sctp/packet/sctp_packet.h"
#include "topologies/match/field_table.h"
#include "topologies/match/standard_fields.h"

namespace tickwire::match {

// Whether `holds` is true of one of the values of `field`; stops at the first. `chunks`: all that
// follows the common header.
bool AnySctpValue(const sctp::CommonHeader& header, std::span<const uint8_t> chunks,
                  PacketField field, absl::FunctionRef<bool(const FieldValue&)> holds);

}  // namespace tickwire::match

#endif  // TICKWIRE_TOPOLOGIES_MATCH_SCTP_FIELDS_H_
