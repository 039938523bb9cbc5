// The SCTP packets of a script.
#ifndef TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_PARSER_H_
#define TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_PARSER_H_

#include <string>

#include "tests/support/packet_script/scanner.h"
#include "tests/support/packet_script/sctp_spec.h"

namespace tickwire::packet_script {

// Reads what follows "sctp". What is wrong; empty: nothing.
std::string ParseSctp(Scanner& scan, SctpSpec& sctp);

}  // namespace tickwire::packet_script

#endif  // TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_PARSER_H_
