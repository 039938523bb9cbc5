// AnyParameter: the list of parameters (RFC 9260 section 3.3.2; RFC 3758, 4820, 4895, 5061, 6525)
// but for addresses, which are plain IpAddress values (address_parameter.h).
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_ANY_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_ANY_PARAMETER_H_

#include <optional>
#include <string>
#include <variant>

#include "protocols/sctp/packet/parameter/adaptation_layer_parameter.h"
#include "protocols/sctp/packet/parameter/add_incoming_streams_parameter.h"
#include "protocols/sctp/packet/parameter/add_ip_address_parameter.h"
#include "protocols/sctp/packet/parameter/add_outgoing_streams_parameter.h"
#include "protocols/sctp/packet/parameter/address_parameter.h"
#include "protocols/sctp/packet/parameter/chunk_list_parameter.h"
#include "protocols/sctp/packet/parameter/cookie_preservative_parameter.h"
#include "protocols/sctp/packet/parameter/delete_ip_address_parameter.h"
#include "protocols/sctp/packet/parameter/error_cause_indication_parameter.h"
#include "protocols/sctp/packet/parameter/forward_tsn_supported_parameter.h"
#include "protocols/sctp/packet/parameter/heartbeat_info_parameter.h"
#include "protocols/sctp/packet/parameter/hmac_algorithm_parameter.h"
#include "protocols/sctp/packet/parameter/host_name_address_parameter.h"
#include "protocols/sctp/packet/parameter/incoming_ssn_reset_parameter.h"
#include "protocols/sctp/packet/parameter/outgoing_ssn_reset_parameter.h"
#include "protocols/sctp/packet/parameter/padding_parameter.h"
#include "protocols/sctp/packet/parameter/random_parameter.h"
#include "protocols/sctp/packet/parameter/reconfig_response_parameter.h"
#include "protocols/sctp/packet/parameter/set_primary_address_parameter.h"
#include "protocols/sctp/packet/parameter/ssn_tsn_reset_parameter.h"
#include "protocols/sctp/packet/parameter/state_cookie_parameter.h"
#include "protocols/sctp/packet/parameter/success_indication_parameter.h"
#include "protocols/sctp/packet/parameter/supported_address_types_parameter.h"
#include "protocols/sctp/packet/parameter/supported_extensions_parameter.h"
#include "protocols/sctp/packet/parameter/unrecognized_parameter.h"
#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

using AnyParameter =
    std::variant<AdaptationLayerParameter, AddIncomingStreamsParameter, AddIpAddressParameter,
                 AddOutgoingStreamsParameter, ChunkListParameter, CookiePreservativeParameter,
                 DeleteIpAddressParameter, ErrorCauseIndicationParameter,
                 ForwardTsnSupportedParameter, HeartbeatInfoParameter, HmacAlgorithmParameter,
                 HostNameAddressParameter, IncomingSsnResetParameter, OutgoingSsnResetParameter,
                 PaddingParameter, RandomParameter, ReconfigResponseParameter,
                 SetPrimaryAddressParameter, SsnTsnResetParameter, StateCookieParameter,
                 SuccessIndicationParameter, SupportedAddressTypesParameter,
                 SupportedExtensionsParameter, UnrecognizedParameter>;

// None if it is unknown or malformed.
std::optional<AnyParameter> ParseParameter(const ParameterView& view);
// For people: its name and values; what it is not if it cannot be read.
std::string DescribeParameter(const ParameterView& view);

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_ANY_PARAMETER_H_
