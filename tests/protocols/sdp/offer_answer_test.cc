// Offer and answer: stories of two agents (RFC 3264, RFC 6337), and peers that break the rules.
#include "protocols/sdp/offer_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace tickwire::sdp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Outcome = OfferAnswer::Outcome;
using State = OfferAnswer::State;

const IpAddress kAlice = *IpAddress::Parse("192.0.2.1");
const IpAddress kBob = *IpAddress::Parse("192.0.2.2");

OfferAnswer MakeAlice() { return OfferAnswer(AudioPlan(kAlice, 4000), 100, 1); }
OfferAnswer MakeBob() { return OfferAnswer(AudioPlan(kBob, 5000), 200, 7); }

std::vector<std::string> Rules(const OfferAnswer::Result& result) {
  std::vector<std::string> ids;
  for (const Violation& violation : result.violations) {
    ids.push_back(std::string(violation.rule->id));
  }
  return ids;
}

void Exchange(OfferAnswer& offerer, OfferAnswer& answerer) {
  const OfferAnswer::Result offer = answerer.OnOffer(offerer.MakeOffer());
  ASSERT_TRUE(offer.ok());
  EXPECT_THAT(Rules(offer), IsEmpty());
  const OfferAnswer::Result answer = offerer.OnAnswer(answerer.MakeAnswer());
  ASSERT_TRUE(answer.ok());
  EXPECT_THAT(Rules(answer), IsEmpty());
}

TEST(OfferAnswer, TheFirstOfferIsAWholeDescription) {
  OfferAnswer alice = MakeAlice();
  EXPECT_EQ(alice.state(), State::kNoSession);
  EXPECT_EQ(alice.MakeOffer(),
            "v=0\r\no=- 100 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
            "m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
            "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n");
  EXPECT_EQ(alice.state(), State::kOfferSent);
}

TEST(OfferAnswer, BothSidesAgreeOnWhoSendsWhatWhere) {
  OfferAnswer alice = MakeAlice();
  OfferAnswer bob = MakeBob();
  Exchange(alice, bob);
  ASSERT_EQ(alice.Media().size(), 1u);
  const MediaDescription a = alice.Media()[0];
  const MediaDescription b = bob.Media()[0];
  EXPECT_TRUE(a.sends && a.receives && b.sends && b.receives);
  EXPECT_EQ(a.local, (Endpoint{kAlice, 4000}));
  EXPECT_EQ(a.local_rtcp, (Endpoint{kAlice, 4001}));
  EXPECT_EQ(a.remote, (Endpoint{kBob, 5000}));
  EXPECT_EQ(a.remote_rtcp, (Endpoint{kBob, 5001}));
  EXPECT_EQ(b.remote, a.local);
  EXPECT_EQ(a.codec, Pcmu());
  EXPECT_EQ(b.codec, Pcmu());
  EXPECT_EQ(alice.state(), State::kAgreed);
  EXPECT_EQ(bob.state(), State::kAgreed);
}

// §5.1: the offerer must be ready to receive as soon as the offer is out (early media).
TEST(OfferAnswer, AnOffererListensBeforeTheAnswer) {
  OfferAnswer alice = MakeAlice();
  EXPECT_THAT(alice.Media(), IsEmpty());
  alice.MakeOffer();
  ASSERT_EQ(alice.Media().size(), 1u);
  EXPECT_TRUE(alice.Media()[0].receives);
  EXPECT_FALSE(alice.Media()[0].sends);
  EXPECT_EQ(alice.Media()[0].local, (Endpoint{kAlice, 4000}));
}

// §6.1: order and numbers of the offer; what is not common is left out.
TEST(OfferAnswer, AnAnswerKeepsOrderAndNumbersOfTheOffer) {
  MediaPlan plan = AudioPlan(kAlice, 4000);
  plan.streams[0].codecs = {Codec{97, "iLBC", 8000, 1, ""}, Pcma(), Pcmu(),
                            Codec{110, "telephone-event", 8000, 1, "0-11"}};
  OfferAnswer alice(plan, 1, 1);
  OfferAnswer bob = MakeBob();
  ASSERT_TRUE(bob.OnOffer(alice.MakeOffer()).ok());
  const std::string answer = bob.MakeAnswer();
  EXPECT_THAT(answer, HasSubstr("m=audio 5000 RTP/AVP 8 0 110\r\n"));
  ASSERT_TRUE(alice.OnAnswer(answer).ok());
  EXPECT_EQ(alice.Media()[0].codec, Pcma());
  EXPECT_EQ(bob.Media()[0].codec, Pcma());
}

// §6.1 and §7: each sends with the numbers of the other.
TEST(OfferAnswer, AnAnswererMayUseOtherNumbers) {
  MediaPlan plan = AudioPlan(kAlice, 4000);
  plan.streams[0].codecs = {Codec{97, "iLBC", 8000, 1, ""}};
  OfferAnswer alice(plan, 1, 1);
  const std::string offer = alice.MakeOffer();
  const std::string answer = absl::StrReplaceAll(
      offer, {{"97", "120"}, {"192.0.2.1", "192.0.2.2"}, {"o=- 1 1", "o=- 9 9"}});
  ASSERT_TRUE(alice.OnAnswer(answer).ok());
  EXPECT_EQ(alice.Media()[0].codec.payload_type, 120);
  EXPECT_EQ(alice.Media()[0].receive_codecs[0].payload_type, 97);
}

TEST(OfferAnswer, NothingInCommonRefusesTheOffer) {
  MediaPlan plan = AudioPlan(kAlice, 4000);
  plan.streams[0].codecs = {Codec{18, "G729", 8000, 1, ""}, TelephoneEvent()};
  OfferAnswer alice(plan, 1, 1);
  OfferAnswer bob = MakeBob();
  const OfferAnswer::Result result = bob.OnOffer(alice.MakeOffer());
  EXPECT_EQ(result.outcome, Outcome::kRefused);
  EXPECT_THAT(Rules(result), ElementsAre("sdp.nothing_in_common"));
  EXPECT_EQ(bob.state(), State::kNoSession);
  alice.Rollback();
  EXPECT_EQ(alice.state(), State::kNoSession);
}

// §6: a stream that cannot be had is refused with port zero, the others live.
TEST(OfferAnswer, AStreamWithoutAPlanIsRefusedInItsPlace) {
  MediaPlan plan = AudioPlan(kAlice, 4000);
  StreamPlan video{"video", "RTP/AVP",           4002, {Codec{31, "H261", 90000, 1, ""}},
                   20,      Direction::kSendRecv};
  plan.streams.insert(plan.streams.begin(), video);
  OfferAnswer alice(plan, 1, 1);
  OfferAnswer bob = MakeBob();
  ASSERT_TRUE(bob.OnOffer(alice.MakeOffer()).ok());
  const std::string answer = bob.MakeAnswer();
  EXPECT_THAT(answer, HasSubstr("m=video 0 RTP/AVP 31\r\nm=audio 5000 RTP/AVP 0 8 101\r\n"));
  ASSERT_TRUE(alice.OnAnswer(answer).ok());
  EXPECT_FALSE(alice.Media()[0].is_active);
  EXPECT_TRUE(alice.Media()[1].sends);
  // RFC 6337 §5.2.5: a later offer tries the refused stream again, in its place.
  EXPECT_THAT(alice.MakeOffer(), HasSubstr("m=video 4002 RTP/AVP 31\r\n"));
}

// §8: the version grows by one with a change, and stays the same without one.
TEST(OfferAnswer, TheVersionCountsChanges) {
  OfferAnswer alice = MakeAlice();
  OfferAnswer bob = MakeBob();
  Exchange(alice, bob);
  EXPECT_THAT(alice.MakeOffer(), HasSubstr("o=- 100 1 IN"));  // a session refresh
  alice.Rollback();
  alice.Hold();
  EXPECT_THAT(alice.MakeOffer(), HasSubstr("o=- 100 2 IN"));
  alice.Rollback();
  EXPECT_EQ(alice.state(), State::kAgreed);
  alice.Resume();
  EXPECT_THAT(alice.MakeOffer(), HasSubstr("o=- 100 3 IN"));
}

// RFC 6337 §5.3, the whole example: both hold, and resume one after the other.
TEST(OfferAnswer, HoldIsALocalWishOfEachSide) {
  OfferAnswer alice = MakeAlice();
  OfferAnswer bob = MakeBob();
  Exchange(alice, bob);

  alice.Hold();
  Exchange(alice, bob);
  EXPECT_TRUE(alice.Media()[0].sends);
  EXPECT_FALSE(alice.Media()[0].receives);
  EXPECT_FALSE(bob.Media()[0].sends);
  EXPECT_TRUE(bob.Media()[0].receives);
  EXPECT_TRUE(bob.is_held_by_peer());
  EXPECT_FALSE(alice.is_holding() && alice.is_held_by_peer() && bob.is_holding());

  bob.Hold();
  Exchange(bob, alice);  // sendonly is answered inactive
  for (const OfferAnswer* side : {&alice, &bob}) {
    EXPECT_FALSE(side->Media()[0].sends);
    EXPECT_FALSE(side->Media()[0].receives);
  }

  alice.Resume();
  Exchange(alice, bob);  // sendrecv is answered sendonly
  EXPECT_TRUE(bob.Media()[0].sends);
  EXPECT_FALSE(bob.Media()[0].receives);

  bob.Resume();
  Exchange(bob, alice);
  for (const OfferAnswer* side : {&alice, &bob}) {
    EXPECT_TRUE(side->Media()[0].sends);
    EXPECT_TRUE(side->Media()[0].receives);
    EXPECT_FALSE(side->is_held_by_peer());
  }
}

// RFC 6337 §5.3: who was put on hold offers what it would like, or nobody would get off hold.
TEST(OfferAnswer, WhoIsHeldStillOffersSendrecv) {
  OfferAnswer alice = MakeAlice();
  OfferAnswer bob = MakeBob();
  Exchange(alice, bob);
  alice.Hold(OfferAnswer::HoldStyle::kInactive);
  Exchange(alice, bob);
  EXPECT_THAT(bob.MakeOffer(), HasSubstr("a=sendrecv"));
}

// RFC 6337 §5.4: the answer follows the written direction, but nothing is sent to zeros.
TEST(OfferAnswer, TheOldHoldByAddressOfZerosStopsTheSender) {
  OfferAnswer alice = MakeAlice();
  OfferAnswer bob = MakeBob();
  Exchange(alice, bob);
  alice.Hold(OfferAnswer::HoldStyle::kZeroAddress);
  const std::string offer = alice.MakeOffer();
  EXPECT_THAT(offer, HasSubstr("c=IN IP4 0.0.0.0\r\n"));
  EXPECT_THAT(offer, HasSubstr("o=- 100 2 IN IP4 192.0.2.1\r\n"));
  ASSERT_TRUE(bob.OnOffer(offer).ok());
  const std::string answer = bob.MakeAnswer();
  EXPECT_THAT(answer, HasSubstr("a=sendrecv"));
  ASSERT_TRUE(alice.OnAnswer(answer).ok());
  EXPECT_FALSE(bob.Media()[0].sends);
  EXPECT_FALSE(bob.Media()[0].remote.has_value());
  EXPECT_TRUE(bob.is_held_by_peer());
  EXPECT_FALSE(alice.Media()[0].receives);
  EXPECT_EQ(alice.Media()[0].local, (Endpoint{kAlice, 4000}));
}

// §4: one offer at a time.
TEST(OfferAnswer, CrossingOffersAreGlare) {
  OfferAnswer alice = MakeAlice();
  OfferAnswer bob = MakeBob();
  Exchange(alice, bob);
  const std::string from_alice = alice.MakeOffer();
  const std::string from_bob = bob.MakeOffer();
  EXPECT_EQ(alice.OnOffer(from_bob).outcome, Outcome::kGlare);
  EXPECT_EQ(bob.OnOffer(from_alice).outcome, Outcome::kGlare);
  alice.Rollback();
  bob.Rollback();
  Exchange(alice, bob);
}

TEST(OfferAnswer, ASecondOfferBeforeTheAnswerIsPending) {
  OfferAnswer alice = MakeAlice();
  OfferAnswer bob = MakeBob();
  const std::string offer = alice.MakeOffer();
  ASSERT_TRUE(bob.OnOffer(offer).ok());
  EXPECT_EQ(bob.OnOffer(offer).outcome, Outcome::kPending);
  EXPECT_FALSE(bob.can_offer());
}

// RFC 3261 §13.2.1: only the first description counts as the answer.
TEST(OfferAnswer, ASecondAnswerIsIgnored) {
  OfferAnswer alice = MakeAlice();
  OfferAnswer bob = MakeBob();
  ASSERT_TRUE(bob.OnOffer(alice.MakeOffer()).ok());
  const std::string answer = bob.MakeAnswer();
  ASSERT_TRUE(alice.OnAnswer(answer).ok());
  EXPECT_EQ(alice.OnAnswer(absl::StrReplaceAll(answer, {{"5000", "5002"}})).outcome,
            Outcome::kIgnored);
  EXPECT_EQ(alice.Media()[0].remote->port, 5000);
}

// RFC 6337 §3.1.1: each early dialog of a forked INVITE has its own answer to the same offer.
TEST(OfferAnswer, ACopyIsAForkOfItsOwn) {
  OfferAnswer alice = MakeAlice();
  const std::string offer = alice.MakeOffer();
  OfferAnswer fork = alice;
  OfferAnswer bob = MakeBob();
  OfferAnswer carol(AudioPlan(*IpAddress::Parse("192.0.2.3"), 6000), 300, 1);
  ASSERT_TRUE(bob.OnOffer(offer).ok());
  ASSERT_TRUE(carol.OnOffer(offer).ok());
  ASSERT_TRUE(alice.OnAnswer(bob.MakeAnswer()).ok());
  ASSERT_TRUE(fork.OnAnswer(carol.MakeAnswer()).ok());
  EXPECT_EQ(alice.Media()[0].remote->port, 5000);
  EXPECT_EQ(fork.Media()[0].remote->port, 6000);
}

TEST(OfferAnswer, BrokenAnswersNameTheirRule) {
  OfferAnswer bob = MakeBob();
  const auto result_of = [&](Direction direction, auto change) {
    MediaPlan plan = AudioPlan(kAlice, 4000);
    plan.streams[0].direction = direction;
    OfferAnswer alice(plan, 1, 1);
    OfferAnswer peer = MakeBob();
    EXPECT_TRUE(peer.OnOffer(alice.MakeOffer()).ok());
    const OfferAnswer::Result result = alice.OnAnswer(change(peer.MakeAnswer()));
    EXPECT_EQ(alice.state(), State::kOfferSent);
    EXPECT_EQ(result.outcome, Outcome::kRefused);
    return Rules(result);
  };
  const auto replace = [](absl::string_view from, absl::string_view to) {
    return [from = std::string(from), to = std::string(to)](const std::string& text) {
      return absl::StrReplaceAll(text, {{from, to}});
    };
  };
  EXPECT_THAT(result_of(Direction::kSendRecv,
                        [](const std::string& text) { return text + "m=audio 1 RTP/AVP 0\r\n"; }),
              ElementsAre("sdp.answer_count"));
  EXPECT_THAT(result_of(Direction::kSendRecv, replace("m=audio", "m=video")),
              ElementsAre("sdp.answer_media"));
  EXPECT_THAT(result_of(Direction::kSendRecv, replace("RTP/AVP 0 8 101", "RTP/AVP 18")),
              ElementsAre("sdp.answer_formats"));
  EXPECT_THAT(result_of(Direction::kSendOnly, replace("a=recvonly", "a=sendonly")),
              ElementsAre("sdp.answer_direction"));
  EXPECT_THAT(result_of(Direction::kSendOnly, replace("a=recvonly", "a=sendrecv")),
              ElementsAre("sdp.answer_direction"));
  EXPECT_THAT(result_of(Direction::kRecvOnly, replace("a=sendonly", "a=recvonly")),
              ElementsAre("sdp.answer_direction"));
  EXPECT_THAT(result_of(Direction::kInactive, replace("a=inactive", "a=sendonly")),
              ElementsAre("sdp.answer_direction"));
}

TEST(OfferAnswer, UnreadableDescriptionsAreMalformed) {
  OfferAnswer alice = MakeAlice();
  EXPECT_EQ(alice.OnOffer("hello").outcome, Outcome::kMalformed);
  EXPECT_EQ(alice.OnOffer("").outcome, Outcome::kMalformed);
  alice.MakeOffer();
  EXPECT_EQ(alice.OnAnswer("v=0\r\n").outcome, Outcome::kMalformed);
  EXPECT_EQ(alice.state(), State::kOfferSent);
}

// §8: media lines never go away.
TEST(OfferAnswer, FewerMediaLinesAreRefused) {
  OfferAnswer alice = MakeAlice();
  OfferAnswer bob = MakeBob();
  Exchange(alice, bob);
  const std::string offer = alice.MakeOffer();
  const OfferAnswer::Result result = bob.OnOffer(offer.substr(0, offer.find("m=")));
  EXPECT_EQ(result.outcome, Outcome::kRefused);
  EXPECT_THAT(Rules(result), ::testing::Contains("sdp.fewer_media"));
  EXPECT_EQ(bob.state(), State::kAgreed);
}

// §8.3.2.
TEST(OfferAnswer, ADynamicNumberKeepsItsCodec) {
  OfferAnswer alice = MakeAlice();
  OfferAnswer bob = MakeBob();
  Exchange(alice, bob);
  alice.Hold();
  const std::string offer =
      absl::StrReplaceAll(alice.MakeOffer(), {{"101 telephone-event/8000", "101 iLBC/8000"}});
  const OfferAnswer::Result result = bob.OnOffer(offer);
  EXPECT_EQ(result.outcome, Outcome::kRefused);
  EXPECT_THAT(Rules(result), ElementsAre("sdp.payload_remapped"));
}

// §8.3.2 from our own side: a number that the peer gave stays with its codec in our offers.
TEST(OfferAnswer, OwnOffersKeepTheNumbersOfTheStream) {
  MediaPlan plan = AudioPlan(kAlice, 4000);
  plan.streams[0].codecs = {Codec{97, "iLBC", 8000, 1, ""}, Pcmu(),
                            Codec{96, "telephone-event", 8000, 1, ""}};
  OfferAnswer alice(plan, 1, 1);
  MediaPlan bobs = AudioPlan(kBob, 5000);
  bobs.streams[0].codecs = {Pcmu(), TelephoneEvent(), Codec{97, "AMR", 8000, 1, ""}};
  OfferAnswer bob(bobs, 2, 1);
  Exchange(alice, bob);
  const std::string offer = bob.MakeOffer();
  EXPECT_THAT(offer, HasSubstr("a=rtpmap:96 telephone-event/8000\r\n"));
  EXPECT_THAT(offer, Not(HasSubstr("rtpmap:97 AMR")));  // 97 was iLBC
  EXPECT_THAT(offer, HasSubstr("rtpmap:98 AMR/8000"));
}

// §8.1, §8.2: streams come behind the others, and go by port zero.
TEST(OfferAnswer, StreamsAreAddedAndRemovedInPlace) {
  OfferAnswer alice = MakeAlice();
  OfferAnswer bob = MakeBob();
  Exchange(alice, bob);
  MediaPlan plan = alice.plan();
  plan.streams[0].codecs.clear();
  StreamPlan second = AudioPlan(kAlice, 4010).streams[0];
  plan.streams.push_back(second);
  alice.SetPlan(plan);
  const std::string offer = alice.MakeOffer();
  EXPECT_THAT(offer, HasSubstr("m=audio 0 RTP/AVP 0\r\nm=audio 4010 RTP/AVP 0 8 101\r\n"));
  MediaPlan bobs = bob.plan();
  bobs.streams.push_back(AudioPlan(kBob, 5010).streams[0]);
  bob.SetPlan(bobs);
  ASSERT_TRUE(bob.OnOffer(offer).ok());
  ASSERT_TRUE(alice.OnAnswer(bob.MakeAnswer()).ok());
  EXPECT_FALSE(alice.Media()[0].is_active);
  EXPECT_EQ(alice.Media()[1].remote, (Endpoint{kBob, 5010}));
}

// §8 of a peer: no reaction is prescribed, so it is noted and accepted.
TEST(OfferAnswer, OddVersionsOfThePeerAreNoted) {
  OfferAnswer alice = MakeAlice();
  OfferAnswer bob = MakeBob();
  Exchange(alice, bob);
  alice.Hold();
  const std::string offer = alice.MakeOffer();
  OfferAnswer other = bob;
  const auto jump = bob.OnOffer(absl::StrReplaceAll(offer, {{"o=- 100 2", "o=- 100 9"}}));
  EXPECT_TRUE(jump.ok());
  EXPECT_THAT(Rules(jump), ElementsAre("sdp.version_step"));
  const auto changed = other.OnOffer(absl::StrReplaceAll(offer, {{"o=- 100 2", "o=- 999 2"}}));
  EXPECT_TRUE(changed.ok());
  EXPECT_THAT(Rules(changed), ElementsAre("sdp.origin_changed"));
}

// RFC 6141 §3.4: the session is as before the re-INVITE, and the next offer has a new version.
TEST(OfferAnswer, ReinstateGoesBackButVersionsGoOn) {
  OfferAnswer alice = MakeAlice();
  OfferAnswer bob = MakeBob();
  Exchange(alice, bob);
  const OfferAnswer before = alice;
  alice.Hold();
  Exchange(alice, bob);
  EXPECT_FALSE(alice.Media()[0].receives);
  alice.Reinstate(before);
  EXPECT_TRUE(alice.Media()[0].receives);
  EXPECT_FALSE(alice.is_holding());
  EXPECT_THAT(alice.MakeOffer(), HasSubstr("o=- 100 3 IN"));
}

// §9.
TEST(OfferAnswer, CapabilitiesHavePortZero) {
  EXPECT_THAT(MakeAlice().Capabilities(), HasSubstr("m=audio 0 RTP/AVP 0 8 101\r\n"));
}

// §6: the times of the answer are those of the offer.
TEST(OfferAnswer, TheAnswerHasTheTimesOfTheOffer) {
  OfferAnswer bob = MakeBob();
  ASSERT_TRUE(bob.OnOffer(absl::StrReplaceAll(MakeAlice().MakeOffer(),
                                              {{"t=0 0", "t=2873397496 2873404696"}}))
                  .ok());
  EXPECT_THAT(bob.MakeAnswer(), HasSubstr("t=2873397496 2873404696\r\n"));
}

// §5: an offer without streams is legal, and so is its answer.
TEST(OfferAnswer, AnOfferMayHaveNoStreams) {
  OfferAnswer alice(MediaPlan{kAlice, {}}, 1, 1);
  OfferAnswer bob = MakeBob();
  ASSERT_TRUE(bob.OnOffer(alice.MakeOffer()).ok());
  const std::string answer = bob.MakeAnswer();
  EXPECT_THAT(answer, Not(HasSubstr("m=")));
  ASSERT_TRUE(alice.OnAnswer(answer).ok());
  EXPECT_THAT(bob.MakeOffer(), HasSubstr("m=audio 5000"));
}

}  // namespace
}  // namespace tickwire::sdp
