// SctpItems as bytes and back, by sctp_tables.
#ifndef TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_WIRE_H_
#define TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_WIRE_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "tests/support/packet_script/sctp_spec.h"
#include "tests/support/packet_script/sctp_tables.h"

namespace tickwire::packet_script {

// Turns the script's number of a field into that of the wire, or back.
using NumberMap = std::function<uint32_t(SctpFieldShape::Kind kind, uint32_t value)>;

// Appends `item`, padded. What is wrong with it; empty: nothing. A field "len" that the item does
// not need sets the length as it stands; "val" of a chunk, parameter or cause that is unknown by
// name (CHUNK, PARAMETER, CAUSE, with "type" or "code") are its bytes.
std::string Encode(SctpLevel level, const SctpItem& item, const NumberMap& numbers,
                   std::vector<uint8_t>& out);

// All that `bytes` hold, one after the other. What is too short or too long is an item "MALFORMED".
std::vector<SctpItem> Decode(SctpLevel level, std::span<const uint8_t> bytes,
                             const NumberMap& numbers);

}  // namespace tickwire::packet_script

#endif  // TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_WIRE_H_
