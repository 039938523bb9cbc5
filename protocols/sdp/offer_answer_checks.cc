// OfferAnswer: what is wrong with what the peer sent, and what was agreed.
#include <algorithm>

#include "protocols/sdp/offer_answer.h"

namespace tickwire::sdp {
namespace {

void Report(Violations& violations, const Rule& rule) { violations.push_back({&rule, 0}); }

bool IsLegalAnswer(Direction offered, Direction answered) {
  return (!CanSend(answered) || CanReceive(offered)) && (!CanReceive(answered) || CanSend(offered));
}

// Formats agree by what they encode, those of unknown meaning by their number.
bool HasFormatOf(const MediaSection& answer, const MediaSection& offer) {
  const std::vector<Codec> offered = CodecsOf(offer);
  const std::vector<Codec> answered = CodecsOf(answer);
  for (const Codec& codec : answered) {
    if (std::any_of(offered.begin(), offered.end(),
                    [&](const Codec& other) { return other.IsSameEncoding(codec); })) {
      return true;
    }
  }
  if (answered.size() == answer.formats.size()) return false;
  return std::any_of(answer.formats.begin(), answer.formats.end(), [&](const std::string& format) {
    return !CodecOf(answer, format).has_value() &&
           std::find(offer.formats.begin(), offer.formats.end(), format) != offer.formats.end();
  });
}

}  // namespace

// §8, RFC 6337 §5.2.5: tolerated, because no reaction is prescribed, but worth a note.
void OfferAnswer::CheckOrigin(const Origin& remote, absl::string_view text,
                              Violations& violations) const {
  if (last_remote_.empty()) return;
  Origin expected = last_remote_origin_;
  expected.session_version = remote.session_version;
  if (expected != remote) {
    Report(violations, rules::kOriginChanged);
    return;
  }
  const uint64_t before = last_remote_origin_.session_version;
  const uint64_t now = remote.session_version;
  if (now == before ? text != absl::string_view(last_remote_) : now != before + 1) {
    Report(violations, rules::kVersionStep);
  }
}

// §8.3.2: for each stream, what a dynamic number meant it means for ever. A slot that was free may
// start anew with another kind of stream.
void OfferAnswer::CheckMappings(const SessionDescription& remote, Violations& violations) const {
  for (size_t i = 0; i < remote.media.size() && i < slots_.size(); ++i) {
    if (remote.media[i].port == 0) continue;
    for (const Codec& codec : CodecsOf(remote.media[i])) {
      if (codec.payload_type < 96) continue;
      const bool is_remapped =
          std::any_of(slots_[i].mapped.begin(), slots_[i].mapped.end(), [&](const Codec& known) {
            return known.payload_type == codec.payload_type && !known.IsSameEncoding(codec);
          });
      if (!is_remapped) continue;
      Report(violations, rules::kPayloadRemapped);
      return;
    }
  }
}

void OfferAnswer::LearnMappings(const SessionDescription& description) {
  for (size_t i = 0; i < description.media.size() && i < slots_.size(); ++i) {
    if (description.media[i].port == 0) continue;
    std::vector<Codec>& mapped = slots_[i].mapped;
    for (Codec& codec : CodecsOf(description.media[i])) {
      const bool is_known = std::any_of(mapped.begin(), mapped.end(), [&](const Codec& known) {
        return known.payload_type == codec.payload_type;
      });
      if (!is_known) mapped.push_back(std::move(codec));
    }
  }
}

void OfferAnswer::CheckAnswer(const SessionDescription& answer, Violations& violations) const {
  if (answer.media.size() != offer_.media.size()) {
    Report(violations, rules::kAnswerCount);
    return;
  }
  for (size_t i = 0; i < answer.media.size(); ++i) {
    const MediaSection& ours = offer_.media[i];
    const MediaSection& theirs = answer.media[i];
    if (theirs.media != ours.media || (theirs.port != 0 && theirs.protocol != ours.protocol)) {
      Report(violations, rules::kAnswerMedia);
      continue;
    }
    if (theirs.port == 0) continue;  // refused: nothing else in it counts (§6)
    if (ours.port == 0) {
      Report(violations, rules::kAnswerZeroPort);
      continue;
    }
    if (!HasFormatOf(theirs, ours)) Report(violations, rules::kAnswerFormats);
    if (!IsLegalAnswer(DirectionOf(offer_, ours), DirectionOf(answer, theirs))) {
      Report(violations, rules::kAnswerDirection);
    }
  }
}

MediaDescription OfferAnswer::Describe(const Session& session, size_t index) const {
  const MediaSection& ours = session.local.media[index];
  const MediaSection& theirs = session.remote.media[index];
  MediaDescription media;
  media.media = ours.media;
  if (ours.port == 0 || theirs.port == 0) return media;
  media.is_active = true;
  media.local = RtpEndpointOf(session.local, ours).value_or(Endpoint{});
  media.local_rtcp = RtcpEndpointOf(session.local, ours).value_or(Endpoint{});
  if (IsUnspecified(session.local, ours)) {  // an old hold
    media.local.address = plan_.address;
    media.local_rtcp.address = plan_.address;
  }
  // RFC 6337 §5.4: nothing goes to an address of zeros.
  const bool has_place = !IsUnspecified(session.remote, theirs);
  if (has_place) {
    media.remote = RtpEndpointOf(session.remote, theirs);
    media.remote_rtcp = RtcpEndpointOf(session.remote, theirs);
  }
  const Direction own = DirectionOf(session.local, ours);
  const Direction peer = DirectionOf(session.remote, theirs);
  media.receive_codecs = CodecsOf(ours);
  media.sends = CanSend(own) && CanReceive(peer) && media.remote.has_value();
  media.receives = CanReceive(own) && CanSend(peer) && !IsUnspecified(session.local, ours);
  // §6.1, §7: with the peer's numbers, and the format that it prefers.
  for (const Codec& codec : CodecsOf(theirs)) {
    const bool is_ours = std::any_of(
        media.receive_codecs.begin(), media.receive_codecs.end(),
        [&](const Codec& other) { return other.IsSameEncoding(codec) && !codec.is_auxiliary(); });
    if (!is_ours) continue;
    media.codec = codec;
    break;
  }
  media.ptime_ms = PtimeOf(theirs).value_or(20);  // RFC 3551 §4.2
  return media;
}

std::vector<MediaDescription> OfferAnswer::Media() const {
  std::vector<MediaDescription> all;
  if (session_.has_value()) {
    for (size_t i = 0; i < session_->local.media.size() && i < session_->remote.media.size(); ++i) {
      all.push_back(Describe(*session_, i));
    }
    return all;
  }
  if (state_ != State::kOfferSent) return all;
  for (const MediaSection& section : offer_.media) {
    MediaDescription media;
    media.media = section.media;
    media.is_active = section.port != 0;
    media.local = {plan_.address, static_cast<uint16_t>(section.port)};
    media.local_rtcp = {plan_.address, static_cast<uint16_t>(section.port + 1)};
    media.receives = media.is_active && CanReceive(DirectionOf(offer_, section));
    media.receive_codecs = CodecsOf(section);
    all.push_back(std::move(media));
  }
  return all;
}

bool OfferAnswer::is_held_by_peer() const {
  if (!session_.has_value()) return false;
  bool has_active = false;
  for (size_t i = 0; i < session_->remote.media.size(); ++i) {
    const MediaSection& theirs = session_->remote.media[i];
    if (theirs.port == 0 || session_->local.media[i].port == 0) continue;
    has_active = true;
    if (CanReceive(DirectionOf(session_->remote, theirs)) &&
        !IsUnspecified(session_->remote, theirs)) {
      return false;
    }
  }
  return has_active;
}

}  // namespace tickwire::sdp
