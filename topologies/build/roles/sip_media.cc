#include "topologies/build/roles/sip_media.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "protocols/sip/ua/invite_usage.h"

namespace tickwire {
namespace {

// Where most users are satisfied, and where nearly all are dissatisfied (G.107 annex B, rounded).
constexpr int32_t kGoodMos = 400;
constexpr int32_t kFairMos = 310;

rtp::StreamParameters ParametersOf(const sdp::MediaDescription& media, bool is_mute) {
  rtp::StreamParameters parameters;
  // Any local address: what the description says may be another's.
  parameters.local = {IpAddress(), media.local.port};
  parameters.local_rtcp = {IpAddress(), media.local_rtcp.port};
  parameters.remote = media.remote;
  parameters.remote_rtcp = media.remote_rtcp;
  parameters.sends = media.sends && !is_mute;
  parameters.receives = media.receives;
  parameters.payload_type = media.codec.payload_type;
  parameters.clock_rate = media.codec.clock_rate;
  parameters.ptime_ms = media.ptime_ms;
  parameters.payload_bytes = rtp::PayloadBytesOf(media.codec.name, media.ptime_ms);
  return parameters;
}

}  // namespace

// RFC 3264 §5.1: whoever offers must be ready to receive at once.
void SipMediaStreams::OnOffer(const sip::Call& call, const sip::Negotiation& offer) {
  Follow(call.handle(), offer.Media());
}

void SipMediaStreams::OnMedia(const sip::Call& call, const sip::InviteUsage& usage) {
  if (call.state() == sip::CallState::kEnding || call.state() == sip::CallState::kEnded) return;
  if (call.usage() != nullptr && call.usage() != &usage) return;
  Follow(call.handle(), usage.negotiation().Media());
}

void SipMediaStreams::Follow(sip::CallHandle call, const std::vector<sdp::MediaDescription>& all) {
  for (size_t i = 0; i < all.size(); ++i) {
    const Key key{call, i};
    const auto found = streams_.find(key);
    if (!all[i].is_active) {  // RFC 3264 §8.2: removed
      if (found == streams_.end()) continue;
      End(found);
      continue;
    }
    if (found == streams_.end()) {
      const std::string name = absl::StrCat("call ", call.value, " line ", i + 1);
      const std::string& node = context_.host.node.name();
      auto stream = std::make_unique<rtp::RtpStream>(
          rtp::RtpStream::Env{context_.host.node.clock(), context_.host.udp}, name,
          Rng::ForStream(context_.host.node.run_seed(), absl::StrCat(node, "/media/", name),
                         "rtp"));
      streams_.emplace(key, std::move(stream));
    }
    // A port that is taken is noted in the trace; the call goes on without sound.
    streams_[key]->Update(ParametersOf(all[i], is_mute_)).IgnoreError();
  }
}

SipMediaStreams::Streams::iterator SipMediaStreams::End(Streams::iterator which) {
  which->second->Stop();
  ended_.Add(which->second->Report());
  while (!lingering_.empty() && lingering_.front()->is_over()) lingering_.pop_front();
  lingering_.push_back(std::move(which->second));
  return streams_.erase(which);
}

void SipMediaStreams::OnCallState(const sip::Call& call) {
  if (call.state() != sip::CallState::kEnding && call.state() != sip::CallState::kEnded) return;
  for (auto it = streams_.lower_bound({call.handle(), 0});
       it != streams_.end() && it->first.first == call.handle();) {
    it = End(it);
  }
}

void SipMediaStreams::Totals::Add(const rtp::StreamReport& report) {
  sent += report.sent;
  received += report.received;
  late += report.late;
  unwanted += report.unwanted;
  lost += report.lost;
  if (!report.quality.has_value()) {
    ++unheard;
  } else if (report.quality->mos_hundredths >= kGoodMos) {
    ++good;
  } else if (report.quality->mos_hundredths >= kFairMos) {
    ++fair;
  } else {
    ++bad;
  }
}

void SipMediaStreams::AddCounters(std::vector<std::pair<std::string, int64_t>>& totals) const {
  Totals all = ended_;
  for (const auto& [key, stream] : streams_) all.Add(stream->Report());
  const auto add = [&](const char* name, int64_t count) {
    if (count != 0) totals.emplace_back(name, count);
  };
  add("media packets sent", static_cast<int64_t>(all.sent));
  add("media packets received", static_cast<int64_t>(all.received));
  add("media packets lost", all.lost);
  add("media packets too late", static_cast<int64_t>(all.late));
  add("media packets unwanted", static_cast<int64_t>(all.unwanted));
  add("media streams unheard", static_cast<int64_t>(all.unheard));
  add("media streams heard well (MOS 4.0 and more)", static_cast<int64_t>(all.good));
  add("media streams heard fairly (MOS 3.1 to 4.0)", static_cast<int64_t>(all.fair));
  add("media streams heard badly (MOS below 3.1)", static_cast<int64_t>(all.bad));
}

}  // namespace tickwire
