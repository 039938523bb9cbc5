// The wire format of SCTP in tables: names as scripts write them, places as the RFCs' figures show.
#ifndef TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_TABLES_H_
#define TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_TABLES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace tickwire::packet_script {

struct SctpFieldShape {
  enum class Kind {
    kPlain,
    kOwnTsn,   // counted by the sender of the packet
    kPeerTsn,  // counted by its receiver
    kTag,      // chosen by the sender of the packet
    kHidden,   // reserved or counted: zero or computed, not written in scripts
  };
  const char* name;
  size_t size;
  Kind kind = Kind::kPlain;
};

// What follows the fixed fields.
enum class SctpTail {
  kNone,
  kBytes,       // len=..., val=[...]; of DATA only len
  kText,        // info="..."
  kParameters,  // written as items
  kCauses,      // written as items
  kSackLists,   // gaps=[1:2], dups=[3]
  kStreamSsn,   // ids=[{stream, SSN}]
  kStreamMid,   // ids=[{stream, unordered, MID}]
  kTypes8,      // types=[1, 2]
  kTypes16,     // types=[1, 2], 16 bits each
  kStreams,     // sids=[1, 2]
  kAddress,     // addr="192.0.2.1"
  kChunk,       // chk=NAME[...]
  kNextTsns,    // sender_next_tsn=..., receiver_next_tsn=...; both or none
};

struct SctpShape {
  const char* name;
  uint32_t type;  // of a chunk, a parameter or a cause
  std::vector<SctpFieldShape> fields;
  SctpTail tail = SctpTail::kNone;
  const char* flags = "";  // of a chunk: the letters of bits 7 to 0, '.' for none
};

enum class SctpLevel { kChunk, kParameter, kCause };
// Null: unknown.
const SctpShape* FindShape(SctpLevel level, absl::string_view name);
const SctpShape* FindShape(SctpLevel level, uint32_t type);

}  // namespace tickwire::packet_script

#endif  // TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_TABLES_H_
