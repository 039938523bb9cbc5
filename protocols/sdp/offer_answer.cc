#include "protocols/sdp/offer_answer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim_core/base/check.h"

namespace tickwire::sdp {
namespace {

constexpr uint64_t kMaxFirstVersion = (uint64_t{1} << 62) - 2;  // RFC 3264 §5

bool HasConversation(const std::vector<Codec>& codecs) {
  return std::any_of(codecs.begin(), codecs.end(),
                     [](const Codec& codec) { return !codec.is_auxiliary(); });
}

const Codec* FindEncoding(const std::vector<Codec>& codecs, const Codec& wanted) {
  const auto found = std::find_if(codecs.begin(), codecs.end(),
                                  [&](const Codec& codec) { return codec.IsSameEncoding(wanted); });
  return found == codecs.end() ? nullptr : &*found;
}

const Codec* FindNumber(const std::vector<Codec>& codecs, uint8_t payload_type) {
  const auto found = std::find_if(codecs.begin(), codecs.end(), [&](const Codec& codec) {
    return codec.payload_type == payload_type;
  });
  return found == codecs.end() ? nullptr : &*found;
}

// Port zero and one format: a stream that is refused or gone (RFC 3264 §6, §8.2).
MediaSection ZeroSection(const MediaSection& model) {
  MediaSection section;
  section.media = model.media;
  section.port = 0;
  section.protocol = model.protocol;
  section.formats = {model.formats.front()};
  return section;
}

}  // namespace

OfferAnswer::OfferAnswer(MediaPlan plan, uint64_t session_id, uint64_t session_version)
    : plan_(std::move(plan)) {
  TW_CHECK(session_id <= kMaxFirstVersion);
  TW_CHECK(session_version <= kMaxFirstVersion);
  origin_.session_id = session_id;
  origin_.session_version = session_version;
  SetOriginAddress();
}

void OfferAnswer::SetOriginAddress() {
  const Connection connection = Connection::To(plan_.address);
  origin_.addr_type = connection.addr_type;
  origin_.address = connection.address;
}

void OfferAnswer::SetPlan(MediaPlan plan) {
  TW_CHECK(plan.streams.size() >= plan_.streams.size());
  plan_ = std::move(plan);
  if (last_local_.empty()) SetOriginAddress();  // what has been said is kept (§8)
}

void OfferAnswer::Hold(HoldStyle style) {
  is_holding_ = true;
  hold_style_ = style;
}

void OfferAnswer::Resume() { is_holding_ = false; }

const StreamPlan* OfferAnswer::PlanOf(size_t index) const {
  if (index >= slots_.size() || !slots_[index].plan_index.has_value()) return nullptr;
  const StreamPlan& plan = plan_.streams[*slots_[index].plan_index];
  return plan.codecs.empty() || plan.port == 0 ? nullptr : &plan;
}

Direction OfferAnswer::WishOf(const StreamPlan& plan) const {
  if (!is_holding_ || hold_style_ == HoldStyle::kZeroAddress) return plan.direction;
  // §8.4: hold takes away receiving; RFC 6337 §5.3: what the peer does changes no wish.
  return MakeDirection(hold_style_ == HoldStyle::kSendOnly && CanSend(plan.direction),
                       /*receives=*/false);
}

SessionDescription OfferAnswer::Frame() const {
  SessionDescription description;
  description.origin = origin_;
  const bool is_old_hold = is_holding_ && hold_style_ == HoldStyle::kZeroAddress;
  description.connection = Connection::To(is_old_hold ? IpAddress::V4(0) : plan_.address);
  description.times = {TimeDescription{}};
  return description;
}

MediaSection OfferAnswer::StreamSection(const StreamPlan& plan, const std::vector<Codec>& codecs,
                                        Direction direction) const {
  MediaSection section;
  section.media = plan.media;
  section.port = plan.port;
  section.protocol = plan.protocol;
  AddCodecs(section, codecs);
  section.AddAttribute("ptime", absl::StrCat(plan.ptime_ms));
  section.AddAttribute(std::string(DirectionName(direction)));
  return section;
}

// The plan's codecs with the numbers that they have in this stream already, or with free ones.
std::vector<Codec> OfferAnswer::NumberedCodecs(const StreamPlan& plan, Slot& slot) const {
  std::vector<Codec> codecs;
  for (Codec codec : plan.codecs) {
    if (const Codec* const known = FindEncoding(slot.mapped, codec)) {
      codec.payload_type = known->payload_type;
    } else {
      for (uint8_t next = 96; FindNumber(slot.mapped, codec.payload_type) != nullptr; ++next) {
        if (next == 128) break;  // all dynamic numbers are taken: this codec is left out
        codec.payload_type = next;
      }
      if (FindNumber(slot.mapped, codec.payload_type) != nullptr) continue;
      slot.mapped.push_back(codec);
    }
    codecs.push_back(std::move(codec));
  }
  return codecs;
}

MediaSection OfferAnswer::OfferSection(size_t index) {
  const StreamPlan* const plan = PlanOf(index);
  if (plan == nullptr) return ZeroSection(session_->local.media[index]);
  return StreamSection(*plan, NumberedCodecs(*plan, slots_[index]), WishOf(*plan));
}

std::string OfferAnswer::MakeOffer() {
  TW_CHECK(can_offer());
  // New streams come behind all others (§8.1).
  for (size_t i = 0; i < plan_.streams.size(); ++i) {
    const bool is_placed = std::any_of(slots_.begin(), slots_.end(),
                                       [i](const Slot& slot) { return slot.plan_index == i; });
    if (!is_placed && !plan_.streams[i].codecs.empty()) slots_.push_back({i, {}});
  }
  SessionDescription description = Frame();
  for (size_t i = 0; i < slots_.size(); ++i) description.media.push_back(OfferSection(i));
  Finish(description);
  offer_ = std::move(description);
  state_ = State::kOfferSent;
  return last_local_;
}

const std::string& OfferAnswer::Finish(SessionDescription& description) {
  std::string text = description.ToString();
  // §8: one more with each change, the same without one.
  if (!last_local_.empty() && text != last_local_) {
    description.origin.session_version = ++origin_.session_version;
    text = description.ToString();
  }
  last_local_ = std::move(text);
  return last_local_;
}

// Which plan serves which line of the peer's offer: the one it has, else the first free one that
// fits.
void OfferAnswer::MatchPlans(const SessionDescription& offer) {
  slots_.resize(std::max(slots_.size(), offer.media.size()));
  const auto fits = [&](size_t plan, const MediaSection& section) {
    return plan_.streams[plan].media == section.media &&
           plan_.streams[plan].protocol == section.protocol;
  };
  for (size_t i = 0; i < offer.media.size(); ++i) {
    Slot& slot = slots_[i];
    if (slot.plan_index.has_value() && fits(*slot.plan_index, offer.media[i])) continue;
    slot.plan_index.reset();
    for (size_t plan = 0; plan < plan_.streams.size() && !slot.plan_index.has_value(); ++plan) {
      const bool is_free = std::none_of(slots_.begin(), slots_.end(), [plan](const Slot& other) {
        return other.plan_index == plan;
      });
      if (is_free && fits(plan, offer.media[i])) slot.plan_index = plan;
    }
  }
}

// The formats of the offer that the plan has too, in the order of the offer and with its numbers
// (§6.1).
std::vector<Codec> OfferAnswer::CommonCodecs(const StreamPlan& plan,
                                             const MediaSection& offered) const {
  std::vector<Codec> common;
  for (Codec& codec : CodecsOf(offered)) {
    const Codec* const own = FindEncoding(plan.codecs, codec);
    if (own == nullptr) continue;
    if (!own->parameters.empty()) codec.parameters = own->parameters;
    common.push_back(std::move(codec));
  }
  return common;
}

bool OfferAnswer::IsAcceptable(size_t index, const MediaSection& offered) const {
  const StreamPlan* const plan = PlanOf(index);
  if (plan == nullptr || offered.port == 0) return false;
  return HasConversation(CommonCodecs(*plan, offered));
}

OfferAnswer::Result OfferAnswer::OnOffer(absl::string_view body) {
  if (state_ == State::kOfferSent) return {Outcome::kGlare, {}};
  if (state_ == State::kOfferReceived) return {Outcome::kPending, {}};
  ParseResult parsed = SessionDescription::Parse(body);
  Result result{Outcome::kAccepted, std::move(parsed.violations)};
  if (HasFatal(result.violations)) {
    result.outcome = Outcome::kMalformed;
    return result;
  }
  const SessionDescription& offer = parsed.description;
  CheckOrigin(offer.origin, body, result.violations);
  if (session_.has_value() && offer.media.size() < session_->remote.media.size()) {
    result.violations.push_back({&rules::kFewerMedia, 0});
  }
  CheckMappings(offer, result.violations);
  const std::vector<Slot> slots_before = slots_;
  MatchPlans(offer);
  const auto asks = [](const MediaSection& section) { return section.port != 0; };
  bool has_common = std::none_of(offer.media.begin(), offer.media.end(), asks);
  for (size_t i = 0; i < offer.media.size(); ++i) {
    has_common = has_common || IsAcceptable(i, offer.media[i]);
  }
  if (!has_common) result.violations.push_back({&rules::kNothingInCommon, 0});
  if (HasFatal(result.violations)) {
    slots_ = slots_before;
    result.outcome = Outcome::kRefused;
    return result;
  }
  LearnMappings(offer);
  offer_ = std::move(parsed.description);
  last_remote_origin_ = offer_.origin;
  last_remote_ = std::string(body);
  state_ = State::kOfferReceived;
  return result;
}

MediaSection OfferAnswer::AnswerSection(size_t index, const MediaSection& offered) const {
  if (!IsAcceptable(index, offered)) return ZeroSection(offered);
  const StreamPlan& plan = *PlanOf(index);
  const Direction wish = WishOf(plan);
  const Direction theirs = DirectionOf(offer_, offered);
  // §6.1: what they do not receive is not sent, what they do not send is not received.
  const Direction direction =
      MakeDirection(CanSend(wish) && CanReceive(theirs), CanReceive(wish) && CanSend(theirs));
  return StreamSection(plan, CommonCodecs(plan, offered), direction);
}

std::string OfferAnswer::MakeAnswer() {
  TW_CHECK(state_ == State::kOfferReceived);
  SessionDescription description = Frame();
  description.times = offer_.times;  // §6
  for (size_t i = 0; i < offer_.media.size(); ++i) {
    description.media.push_back(AnswerSection(i, offer_.media[i]));
  }
  Finish(description);
  session_ = Session{std::move(description), std::move(offer_)};
  offer_ = {};
  state_ = State::kAgreed;
  return last_local_;
}

OfferAnswer::Result OfferAnswer::OnAnswer(absl::string_view body) {
  if (state_ != State::kOfferSent) return {Outcome::kIgnored, {}};
  ParseResult parsed = SessionDescription::Parse(body);
  Result result{Outcome::kAccepted, std::move(parsed.violations)};
  if (HasFatal(result.violations)) {
    result.outcome = Outcome::kMalformed;
    return result;
  }
  CheckOrigin(parsed.description.origin, body, result.violations);
  CheckAnswer(parsed.description, result.violations);
  CheckMappings(parsed.description, result.violations);
  if (HasFatal(result.violations)) {
    result.outcome = Outcome::kRefused;
    return result;
  }
  LearnMappings(parsed.description);
  last_remote_origin_ = parsed.description.origin;
  last_remote_ = std::string(body);
  session_ = Session{std::move(offer_), std::move(parsed.description)};
  offer_ = {};
  state_ = State::kAgreed;
  return result;
}

void OfferAnswer::Rollback() {
  if (state_ != State::kOfferSent && state_ != State::kOfferReceived) return;
  offer_ = {};
  state_ = session_.has_value() ? State::kAgreed : State::kNoSession;
  // Streams that only the refused offer had are gone; numbers keep their meaning.
  slots_.resize(session_.has_value() ? session_->local.media.size() : 0);
}

void OfferAnswer::Reinstate(const OfferAnswer& before) {
  plan_ = before.plan_;
  is_holding_ = before.is_holding_;
  hold_style_ = before.hold_style_;
  // §8: media lines never go away, so those that came since stay, without a plan.
  const size_t count = std::max(slots_.size(), before.slots_.size());
  slots_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    slots_[i].plan_index =
        i < before.slots_.size() ? before.slots_[i].plan_index : std::optional<size_t>();
  }
  if (before.session_.has_value() && session_.has_value()) {
    for (SessionDescription* part : {&session_->local, &session_->remote}) {
      const SessionDescription& old =
          part == &session_->local ? before.session_->local : before.session_->remote;
      for (size_t i = 0; i < part->media.size(); ++i) {
        part->media[i] = i < old.media.size() ? old.media[i] : ZeroSection(part->media[i]);
      }
      part->connection = old.connection;
      part->attributes = old.attributes;
    }
  } else {
    session_ = before.session_;
  }
  if (!session_.has_value()) slots_.clear();
  offer_ = {};
  state_ = session_.has_value() ? State::kAgreed : State::kNoSession;
}

std::string OfferAnswer::Capabilities() const {
  SessionDescription description = Frame();
  for (const StreamPlan& plan : plan_.streams) {
    MediaSection section = StreamSection(plan, plan.codecs, plan.direction);
    section.port = 0;  // §9: a description of abilities, not of a stream
    description.media.push_back(std::move(section));
  }
  return description.ToString();
}

absl::string_view OutcomeName(OfferAnswer::Outcome outcome) {
  constexpr absl::string_view kNames[] = {"accepted",  "glare",   "pending",
                                          "malformed", "refused", "ignored"};
  return kNames[static_cast<size_t>(outcome)];
}

}  // namespace tickwire::sdp
