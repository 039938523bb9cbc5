// Offer and answer of one dialog (RFC 3264; RFC 6337 for what SIP does with it).
//
// Turns a MediaPlan into offers and answers, checks what the peer sends, and says what was agreed.
// A value: a forked INVITE copies it for each early dialog (RFC 6337 §3.1.1). Knows nothing of SIP:
// the user says when a body is an offer, an answer, or neither, and what a refusal looks like on
// the wire (491, 500, 488). Never starts a timer.
// MODEL: multicast streams (RFC 3264 §6.2) are answered as unicast ones; we never offer any.
// MODEL: codecs match by name, clock rate and channels; fmtp parameters are not compared.
//
//              MakeOffer                      OnAnswer
//   kNoSession ---------> kOfferSent      -------------> kAgreed
//   or kAgreed  OnOffer                       MakeAnswer
//              ---------> kOfferReceived  -------------> kAgreed
//
// Rollback leads back to the state before the offer (RFC 3264 §4, RFC 6337 §2.6, RFC 6141 §3.4).
#ifndef TICKWIRE_PROTOCOLS_SDP_OFFER_ANSWER_H_
#define TICKWIRE_PROTOCOLS_SDP_OFFER_ANSWER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/sdp/media_plan.h"
#include "protocols/sdp/session_description.h"

namespace tickwire::sdp {

class OfferAnswer {
 public:
  enum class State : uint8_t { kNoSession, kOfferSent, kOfferReceived, kAgreed };

  enum class Outcome : uint8_t {
    kAccepted,
    kGlare,      // our own offer is out: SIP answers 491 (RFC 3264 §4, RFC 3261 §14.2)
    kPending,    // their first offer is not answered yet: SIP answers 500 (RFC 3261 §14.2)
    kMalformed,  // not a usable description: 400 or 488
    kRefused,    // no stream in common, or a rule of offer and answer broken: 488
    kIgnored,    // an answer when none is awaited (RFC 3261 §13.2.1: only the first one counts)
  };
  struct Result {
    Outcome outcome = Outcome::kAccepted;
    Violations violations;  // why; also tolerated ones with kAccepted
    bool ok() const { return outcome == Outcome::kAccepted; }
  };

  enum class HoldStyle : uint8_t {
    kSendOnly,     // a=sendonly: there may be music (RFC 3264 §8.4)
    kInactive,     // a=inactive: there is none (RFC 6337 §5.3)
    kZeroAddress,  // c=0.0.0.0 (RFC 2543)
  };

  // session_id and the first version go into o=. REQUIRES: both below 2^62 - 1 (RFC 3264 §5).
  OfferAnswer(MediaPlan plan, uint64_t session_id, uint64_t session_version);

  State state() const { return state_; }
  // Whether an exchange has ever been completed; stays true while a new offer is under way.
  bool has_session() const { return session_.has_value(); }
  bool can_offer() const { return state_ == State::kNoSession || state_ == State::kAgreed; }

  // The wishes for all offers and answers from now on; an agreed session stays as it is until then.
  // Hold and resume change nothing in the plan: who was put on hold still offers what it would like
  // (RFC 6337 §5.3).
  const MediaPlan& plan() const { return plan_; }
  // Streams keep their places: one without codecs is removed, new ones come behind.
  // REQUIRES: no fewer streams than before.
  void SetPlan(MediaPlan plan);
  void Hold(HoldStyle style = HoldStyle::kSendOnly);
  void Resume();
  bool is_holding() const { return is_holding_; }

  // REQUIRES: can_offer(). Without a change since the last own description: the same text, with the
  // same version (RFC 3264 §8).
  std::string MakeOffer();
  // Changes the state only when the offer is accepted.
  Result OnOffer(absl::string_view body);
  // REQUIRES: state() == kOfferReceived.
  std::string MakeAnswer();
  // An answer that breaks a fatal rule leaves the state at kOfferSent: the user ends the dialog, or
  // rolls back.
  Result OnAnswer(absl::string_view body);
  // Forgets the offer under way: it was refused, or its request failed. Does nothing without one.
  void Rollback();

  // Makes the session what it was in `before`, an earlier copy of this, while versions go on: a
  // re-INVITE failed after changes had been carried out (RFC 6141 §3.4). The user then offers
  // again.
  void Reinstate(const OfferAnswer& before);

  // The text that was sent last, offer or answer; empty before.
  const std::string& last_local_text() const { return last_local_; }
  // What this agent could do, as the body of an answer to OPTIONS (RFC 3264 §9). No state changes.
  std::string Capabilities() const;

  // By place of the m= line. Of the agreed session; while the first offer is out, what this agent
  // must already be ready to receive (RFC 3264 §5.1).
  std::vector<MediaDescription> Media() const;
  // Whether the peer takes no media of ours at present (held, RFC 3264 §8.4): no active stream
  // that could be sent to.
  bool is_held_by_peer() const;

 private:
  // What belongs to one m= line for the whole session.
  struct Slot {
    std::optional<size_t> plan_index;  // of plan_.streams; nothing when no plan fits
    std::vector<Codec> mapped;         // payload types never change their codec (RFC 3264 §8.3.2)
  };
  struct Session {
    SessionDescription local;
    SessionDescription remote;
  };

  const StreamPlan* PlanOf(size_t index) const;
  Direction WishOf(const StreamPlan& plan) const;
  void MatchPlans(const SessionDescription& offer);
  std::vector<Codec> NumberedCodecs(const StreamPlan& plan, Slot& slot) const;
  std::vector<Codec> CommonCodecs(const StreamPlan& plan, const MediaSection& offered) const;
  bool IsAcceptable(size_t index, const MediaSection& offered) const;
  MediaSection OfferSection(size_t index);
  MediaSection AnswerSection(size_t index, const MediaSection& offered) const;
  MediaSection StreamSection(const StreamPlan& plan, const std::vector<Codec>& codecs,
                             Direction direction) const;
  SessionDescription Frame() const;
  // Puts the version right and keeps the text as the latest of ours.
  const std::string& Finish(SessionDescription& description);
  void SetOriginAddress();
  void CheckOrigin(const Origin& remote, absl::string_view text, Violations& violations) const;
  void CheckMappings(const SessionDescription& remote, Violations& violations) const;
  void CheckAnswer(const SessionDescription& answer, Violations& violations) const;
  void LearnMappings(const SessionDescription& description);
  MediaDescription Describe(const Session& session, size_t index) const;

  MediaPlan plan_;
  bool is_holding_ = false;
  HoldStyle hold_style_ = HoldStyle::kSendOnly;
  State state_ = State::kNoSession;
  Origin origin_;              // the version is that of the next new text
  std::string last_local_;     // the text of the latest that we sent, offer or answer
  Origin last_remote_origin_;  // of the latest from the peer, and its text
  std::string last_remote_;
  std::optional<Session> session_;
  SessionDescription offer_;  // the one under way, ours or theirs
  std::vector<Slot> slots_;   // one for each m= line
};

absl::string_view OutcomeName(OfferAnswer::Outcome outcome);

}  // namespace tickwire::sdp

#endif  // TICKWIRE_PROTOCOLS_SDP_OFFER_ANSWER_H_
