// SctpFlowView: SCTP packets of a whole run in words, chunk by chunk, with TSNs that count from 1
// on each side.
//
// Sees the packets in the order in which they were sent. Only for looking at: what an association
// does it tells in the trace itself.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_SCTP_FLOW_VIEW_H_
#define TICKWIRE_EXPERIMENTS_VIEW_SCTP_FLOW_VIEW_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "absl/strings/string_view.h"
#include "protocols/sctp/packet/any_chunk.h"
#include "topologies/match/packet_source.h"

namespace tickwire {

// "INIT tag=8a11b203 streams=10/10", "SACK 4 gaps 6-7; DATA 5 (0:3) 1000 B". TSNs are shown less
// the bases: `sender_base` those that the sender gave, `receiver_base` those that it acknowledges.
// REQUIRES: packet.sctp().
std::string SummarizeSctp(const match::PacketSource& packet, uint32_t sender_base,
                          uint32_t receiver_base);

// Of the summary of a packet with more than three DATA chunks in a row the first and the last, for
// pictures: "DATA 4 (0:3) 60 B; 3 more; DATA 8 (0:7) 60 B".
std::string WithoutInnerChunks(const std::string& summary);

class SctpFlowView {
 public:
  struct View {
    std::string summary;
    int repetition = 0;              // as in Journey; only for packets with data
    bool has_data = false;           // DATA or I-DATA
    std::optional<size_t> original;  // `id` of the first packet with the first TSN that repeats
  };
  // `why`: what the association noted of a retransmission; may be empty. REQUIRES: packet.sctp().
  View Describe(const match::PacketSource& packet, absl::string_view why, size_t id);

 private:
  struct Sent {
    size_t id;
    int copies = 0;
  };
  // One side of an association, known by the tag that its packets must bear and by its port
  // (RFC 9260 section 8.5).
  struct Side {
    std::optional<uint32_t> base;  // one less than its initial TSN, or than the first one seen
    std::optional<uint32_t> peer_tag;
    std::map<uint32_t, Sent> sent;  // by TSN
  };
  using Key = std::tuple<uint16_t, uint16_t, uint32_t>;  // own port, peer's port, own tag
  void Learn(const match::PacketSource& packet);
  Side* SideThatSent(const match::PacketSource& packet);

  std::map<Key, Side> sides_;
};

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_SCTP_FLOW_VIEW_H_
