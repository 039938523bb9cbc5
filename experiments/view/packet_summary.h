// One line about a packet, for ladders and tables.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_PACKET_SUMMARY_H_
#define TICKWIRE_EXPERIMENTS_VIEW_PACKET_SUMMARY_H_

#include <string>

#include "protocols/sip/message/sip_message.h"
#include "topologies/match/packet_source.h"

namespace tickwire {

// "INVITE sip:bob@10.0.1.2", "200 OK (INVITE)", "UDP 40000>9, 1000 bytes", "ICMP port unreachable".
std::string Summarize(match::PacketSource& packet);
// "INVITE sip:bob@10.0.1.2", "200 OK (INVITE)". Text of the message as it is: see Printable.
std::string SummarizeSip(const sip::SipMessage& message);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_PACKET_SUMMARY_H_
