// DescribeTree: a message as an indented tree of what the parser understood, for people to read.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_DESCRIBE_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_DESCRIBE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "protocols/sip/message/sip_message.h"

namespace tickwire::sip {

struct TreeLine {
  int depth = 0;        // 0: the message's parts; deeper: parts of the line above
  std::string text;     // one line, without line ends
  uint32_t offset = 0;  // the octets in message.text() that it speaks of
  uint32_t length = 0;
};

std::vector<TreeLine> DescribeTree(const SipMessage& message);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_DESCRIBE_H_
