// SctpItems that came, judged by those that a script expects; and in the script's words.
#ifndef TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_COMPARE_H_
#define TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_COMPARE_H_

#include <string>
#include <vector>

#include "tests/support/packet_script/sctp_spec.h"

namespace tickwire::packet_script {

// What is not as expected; empty: nothing. Fields and items that are not written are not looked at,
// but for whole items: as many must be there unless "..." ends the list.
std::string Differ(const std::vector<SctpItem>& expected, bool and_more,
                   const std::vector<SctpItem>& actual);

std::string ToString(const SctpItem& item);

}  // namespace tickwire::packet_script

#endif  // TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_COMPARE_H_
