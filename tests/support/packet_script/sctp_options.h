// The socket options of RFC 6458 section 8 (and of RFC 6525 and RFC 8260) as a script writes them.
#ifndef TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_OPTIONS_H_
#define TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_OPTIONS_H_

#include <string>

#include "protocols/sctp/socket/sctp_socket.h"
#include "tests/support/packet_script/socket_calls.h"

namespace tickwire::packet_script {

// `peer`: the address that an option means if it names none.
CallResult SetSctpOption(sctp::SctpSocket& socket, sctp::SctpSocket::AssocId association,
                         const std::string& name, const Value& value, const IpAddress& peer);
// `mismatch` tells what is not as the members of `expected` say.
CallResult GetSctpOption(sctp::SctpSocket& socket, sctp::SctpSocket::AssocId association,
                         const std::string& name, const Value& expected, const IpAddress& peer);

}  // namespace tickwire::packet_script

#endif  // TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_OPTIONS_H_
