// The media of a role sip_ua: RTP streams between what the calls of a user agent have negotiated.
//
// One stream for each media line of a call. A forked call listens on the same port for all of its
// early dialogs; the stream follows the dialog that the negotiation spoke of last, and from the
// answer on the one that was answered. Media stops when the call begins to end (RFC 3261 §15).
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_MEDIA_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_MEDIA_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocols/rtp/rtp_stream.h"
#include "protocols/sip/ua/call.h"
#include "topologies/build/role.h"

namespace tickwire {

class SipMediaStreams {
 public:
  // Both outlive this. `mute`: sends nothing.
  SipMediaStreams(RoleContext& context, bool mute) : context_(context), is_mute_(mute) {}

  void OnOffer(const sip::Call& call, const sip::Negotiation& offer);
  void OnMedia(const sip::Call& call, const sip::InviteUsage& usage);
  void OnCallState(const sip::Call& call);

  // Of all streams, ended or not: packets, losses, and the scores of those that heard something.
  void AddCounters(std::vector<std::pair<std::string, int64_t>>& totals) const;
  size_t live_streams() const { return streams_.size(); }

 private:
  using Key = std::pair<sip::CallHandle, size_t>;  // and the rank of the media line

  struct Totals {
    uint64_t sent = 0, received = 0, late = 0, unwanted = 0;
    int64_t lost = 0;
    uint64_t unheard = 0, good = 0, fair = 0, bad = 0;  // streams, by their score
    void Add(const rtp::StreamReport& report);
  };
  using Streams = std::map<Key, std::unique_ptr<rtp::RtpStream>>;

  void Follow(sip::CallHandle call, const std::vector<sdp::MediaDescription>& all);
  // Returns the next one.
  Streams::iterator End(Streams::iterator which);

  RoleContext& context_;
  const bool is_mute_;
  Streams streams_;
  std::deque<std::unique_ptr<rtp::RtpStream>> lingering_;  // stopped, oldest first
  Totals ended_;
};

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_MEDIA_H_
