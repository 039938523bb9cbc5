// AnyCause: the list of error causes (RFC 9260 section 3.3.10; RFC 4895 section 4, RFC 5061
// section 4.3).
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_ANY_CAUSE_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_ANY_CAUSE_H_

#include <optional>
#include <string>
#include <variant>

#include "protocols/sctp/packet/cause/cookie_while_shutting_down_cause.h"
#include "protocols/sctp/packet/cause/delete_last_address_cause.h"
#include "protocols/sctp/packet/cause/delete_source_address_cause.h"
#include "protocols/sctp/packet/cause/illegal_asconf_ack_cause.h"
#include "protocols/sctp/packet/cause/invalid_mandatory_parameter_cause.h"
#include "protocols/sctp/packet/cause/invalid_stream_identifier_cause.h"
#include "protocols/sctp/packet/cause/missing_mandatory_parameter_cause.h"
#include "protocols/sctp/packet/cause/no_authorization_cause.h"
#include "protocols/sctp/packet/cause/no_user_data_cause.h"
#include "protocols/sctp/packet/cause/out_of_resource_cause.h"
#include "protocols/sctp/packet/cause/protocol_violation_cause.h"
#include "protocols/sctp/packet/cause/resource_shortage_cause.h"
#include "protocols/sctp/packet/cause/restart_with_new_addresses_cause.h"
#include "protocols/sctp/packet/cause/stale_cookie_cause.h"
#include "protocols/sctp/packet/cause/unrecognized_chunk_type_cause.h"
#include "protocols/sctp/packet/cause/unrecognized_parameters_cause.h"
#include "protocols/sctp/packet/cause/unresolvable_address_cause.h"
#include "protocols/sctp/packet/cause/unsupported_hmac_cause.h"
#include "protocols/sctp/packet/cause/user_initiated_abort_cause.h"
#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

using AnyCause =
    std::variant<CookieWhileShuttingDownCause, DeleteLastAddressCause, DeleteSourceAddressCause,
                 IllegalAsconfAckCause, InvalidMandatoryParameterCause,
                 InvalidStreamIdentifierCause, MissingMandatoryParameterCause, NoAuthorizationCause,
                 NoUserDataCause, OutOfResourceCause, ProtocolViolationCause, ResourceShortageCause,
                 RestartWithNewAddressesCause, StaleCookieCause, UnrecognizedChunkTypeCause,
                 UnrecognizedParametersCause, UnresolvableAddressCause, UnsupportedHmacCause,
                 UserInitiatedAbortCause>;

// None if it is unknown or malformed.
std::optional<AnyCause> ParseCause(const ParameterView& view);
// For people: its name and values; what it is not if it cannot be read.
std::string DescribeCause(const ParameterView& view);

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_ANY_CAUSE_H_
