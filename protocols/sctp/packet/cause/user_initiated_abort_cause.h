// UserInitiatedAbortCause: User-Initiated Abort (RFC 9260 section 3.3.10.12).
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_USER_INITIATED_ABORT_CAUSE_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_USER_INITIATED_ABORT_CAUSE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct UserInitiatedAbortCause {
  static constexpr uint16_t kCode = 12;

  std::span<const uint8_t> reason;  // from the user

  static std::optional<UserInitiatedAbortCause> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_USER_INITIATED_ABORT_CAUSE_H_
