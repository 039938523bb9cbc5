// TcpFlowView: segments of a whole run in words, with numbers that count from each flow's SYN.
//
// Sees the segments in the order in which they were sent. Only for looking at: what a connection
// does it tells in the trace itself.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_TCP_FLOW_VIEW_H_
#define TICKWIRE_EXPERIMENTS_VIEW_TCP_FLOW_VIEW_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "protocols/transport/endpoint.h"
#include "topologies/match/packet_source.h"

namespace tickwire {

// "SYN seq=0 win=65535 MSS=1460 SACK_PERM", "ACK 1461, SACK 2921-4381", "1460 B seq=1461". The
// numbers are shown less `sequence_base` and `acknowledgment_base`. REQUIRES: packet.tcp().
std::string SummarizeTcp(const match::PacketSource& packet, uint32_t sequence_base,
                         uint32_t acknowledgment_base);

class TcpFlowView {
 public:
  struct View {
    std::string summary;
    int repetition = 0;              // as in Journey
    bool is_duplicate_ack = false;   // RFC 5681 section 2, or brings a SACK block
    bool has_dsack = false;          // RFC 2883
    std::optional<size_t> original;  // `id` of the first segment that began with the same byte, or
                                     // else held it
  };
  // `why`: what the connection noted of a retransmission; may be empty. REQUIRES: packet.tcp().
  View Describe(const match::PacketSource& packet, absl::string_view why, size_t id);

 private:
  struct Sent {
    int64_t end;
    size_t id;
    int copies = 0;
  };
  struct Flow {
    uint32_t base = 0;             // initial sequence number, or a guess if there was no SYN
    int64_t highest = 0;           // one after the last position sent
    std::map<int64_t, Sent> sent;  // by first position, SYN, data and FIN
    int64_t last_ack = -1;
    uint16_t last_window = 0;
    int duplicate_acks = 0;
  };
  using Key = std::pair<Endpoint, Endpoint>;
  Flow& FlowOf(const Key& key, uint32_t guess);
  void Reopen(Flow& flow, uint32_t base);
  std::string AckNote(Flow& flow, const Flow* back, const match::PacketSource& packet);

  std::map<Key, Flow> flows_;
};

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_TCP_FLOW_VIEW_H_
