// The scripted peer: what it builds, what it bends, and how its steps run.
#include "protocols/sip/scripted/scripted_peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "protocols/sip/scripted/variables.h"
#include "protocols/sip/ua/user_agent.h"
#include "tests/protocols/sip/support/memory_network.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kSdp[] =
    "v=0\r\no=- 1 1 IN IP4 ${own.address}\r\ns=-\r\nc=IN IP4 ${own.address}\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 0\r\n";

std::function<bool(const SipMessage&)> IsRequest(const std::string& method) {
  return [method](const SipMessage& message) { return message.method_name() == method; };
}
std::function<bool(const SipMessage&)> IsStatus(int status, const std::string& method) {
  return [status, method](const SipMessage& message) {
    const auto cseq = message.Get<CSeq>();
    return message.status() == status && cseq.has_value() && cseq->method == method;
  };
}
ScriptWait WaitFor(std::function<bool(const SipMessage&)> matches, std::string save_as = "") {
  ScriptWait wait;
  wait.matches = std::move(matches);
  wait.save_as = std::move(save_as);
  return wait;
}
ScriptSend Request(const std::string& method, const std::string& of = "") {
  ScriptSend send;
  send.method = method;
  send.relates_to = of;
  return send;
}
ScriptSend Respond(int status, const std::string& of = "") {
  ScriptSend send;
  send.status = status;
  send.relates_to = of;
  return send;
}

class ScriptedPeerTest : public ::testing::Test {
 protected:
  static constexpr Endpoint kAgent{IpAddress::V4(0x0a000001), 5060};
  static constexpr Endpoint kPeer{IpAddress::V4(0x0a000002), 5060};

  void Run(Script script, int64_t ms = 120'000) {
    UserAgentConfig config;
    config.behaviour.answer_after = Duration::Seconds(1);
    agent_ = std::make_unique<UserAgent>(
        UserAgent::Env{agent_node_.clock(), agent_node_, RunSeed{}}, config);
    ASSERT_TRUE(agent_->Open(kAgent).ok());
    peer_ = std::make_unique<ScriptedPeer>(
        ScriptedPeer::Env{peer_node_.clock(), peer_node_, RunSeed{}}, "mallory", std::move(script));
    ASSERT_TRUE(peer_->Open(kPeer).ok());
    peer_->Start(Duration());
    if (is_called_) agent_->PlaceCall("sip:mallory@10.0.0.2", kPeer);
    network_.RunTo(ms);
  }
  // What the peer sent, parsed.
  std::vector<SipMessage> Sent() {
    std::vector<SipMessage> sent;
    const std::vector<std::string> log = network_.TakeLog();
    for (size_t i = 0; i < log.size(); ++i) {
      if (log[i].find(" 10.0.0.2 ") == std::string::npos) continue;
      sent.push_back(SipMessage::Parse(network_.texts[i]).message);
    }
    return sent;
  }

  MemoryNetwork network_;
  MemoryNetwork::Node& agent_node_ = network_.AddNode("agent", kAgent.address);
  MemoryNetwork::Node& peer_node_ = network_.AddNode("peer", kPeer.address);
  bool is_called_ = false;  // the agent calls the peer
  std::unique_ptr<UserAgent> agent_;
  std::unique_ptr<ScriptedPeer> peer_;
};

// Without overrides a call by script is a call like any other.
TEST_F(ScriptedPeerTest, ACorrectCallIsAccepted) {
  Script script;
  ScriptSend invite = Request("INVITE");
  invite.to = kAgent;
  invite.save_as = "invite";
  invite.body = kSdp;
  script.steps = {invite,
                  WaitFor(IsStatus(200, "INVITE"), "ok"),
                  Request("ACK", "ok"),
                  ScriptPause{Duration::Seconds(1)},
                  Request("BYE", "ok"),
                  WaitFor(IsStatus(200, "BYE"))};
  Run(std::move(script));
  EXPECT_EQ(peer_->steps_left(), 0u);
  EXPECT_EQ(peer_->counters().failures, 0u);
  EXPECT_EQ(agent_->counters().answered, 1u);
  EXPECT_EQ(agent_->live_calls(), 0u);
  const std::vector<SipMessage> sent = Sent();
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_EQ(sent[1].Get<CSeq>()->number, 1u);
  EXPECT_EQ(sent[2].Get<CSeq>()->number, 2u);
  EXPECT_TRUE(sent[2].Get<To>()->tag().has_value());
}

TEST_F(ScriptedPeerTest, ItAnswersACallAndHangsUp) {
  is_called_ = true;
  Script script;
  ScriptSend ok = Respond(200, "invite");
  ok.body = kSdp;
  script.steps = {WaitFor(IsRequest("INVITE"), "invite"),
                  Respond(180),
                  ok,
                  WaitFor(IsRequest("ACK")),
                  Request("BYE", "invite"),
                  WaitFor(IsStatus(200, "BYE"))};
  Run(std::move(script));
  EXPECT_EQ(peer_->steps_left(), 0u);
  EXPECT_EQ(agent_->counters().placed_and_answered, 1u);
  EXPECT_EQ(agent_->live_calls(), 0u);
}

TEST_F(ScriptedPeerTest, CancelAndAckToAFailureAreDerivedFromTheInvite) {
  Script script;
  ScriptSend invite = Request("INVITE");
  invite.to = kAgent;
  invite.save_as = "invite";
  invite.body = kSdp;
  script.steps = {invite, WaitFor(IsStatus(180, "INVITE"), "ringing"), Request("CANCEL", "invite"),
                  WaitFor(IsStatus(487, "INVITE"), "failed"), Request("ACK", "failed")};
  Run(std::move(script));
  EXPECT_EQ(peer_->steps_left(), 0u);
  const std::vector<SipMessage> sent = Sent();
  ASSERT_EQ(sent.size(), 3u);
  const std::string branch(*sent[0].Get<Via>()->branch());
  EXPECT_EQ(sent[1].Get<Via>()->branch(), absl::string_view(branch));  // §9.1
  EXPECT_EQ(sent[2].Get<Via>()->branch(), absl::string_view(branch));  // §17.1.1.3
  EXPECT_EQ(sent[2].Get<CSeq>()->number, sent[0].Get<CSeq>()->number);
  EXPECT_EQ(agent_->transaction_count(), 0u);
}

TEST_F(ScriptedPeerTest, EveryFieldCanBeBent) {
  Script script;
  ScriptSend send = Request("OPTIONS");
  send.to = kAgent;
  send.uri = "sip:someone@else";
  send.cseq = 4711;
  send.cseq_method = "INFO";
  send.call_id = "mine";
  send.from_tag = "f1";
  send.to_tag = "t1";
  send.branch = "oldstyle";
  send.via_transport = "TCP";
  send.body = "hello";
  send.body_type = "text/plain";
  send.content_length = 3;
  send.edits = {{HeaderEdit::Kind::kRemove, "Max-Forwards", ""},
                {HeaderEdit::Kind::kSet, "Subject", "${own.address}"},
                {HeaderEdit::Kind::kAdd, "X-Odd", "1"},
                {HeaderEdit::Kind::kAdd, "X-Odd", "2"}};
  send.replacements = {{"OPTIONS sip", "OPTIONS  sip"}};
  script.steps = {send};
  Run(std::move(script), 10);
  const std::string text = network_.texts.at(0);
  EXPECT_THAT(text, HasSubstr("OPTIONS  sip:someone@else SIP/2.0\r\n"));
  EXPECT_THAT(text, HasSubstr("CSeq: 4711 INFO\r\n"));
  EXPECT_THAT(text, HasSubstr("Call-ID: mine\r\n"));
  EXPECT_THAT(text, HasSubstr(";tag=f1\r\n"));
  EXPECT_THAT(text, HasSubstr("To: <sip:someone@else>;tag=t1\r\n"));
  EXPECT_THAT(text, HasSubstr("Via: SIP/2.0/TCP 10.0.0.2:5060;branch=oldstyle\r\n"));
  EXPECT_THAT(text, HasSubstr("Content-Length: 3\r\n"));
  EXPECT_THAT(text, HasSubstr("Subject: 10.0.0.2\r\nX-Odd: 1\r\nX-Odd: 2\r\n\r\nhello"));
  EXPECT_THAT(text, Not(HasSubstr("Max-Forwards")));
}

TEST_F(ScriptedPeerTest, RawTextGoesOutAsItIsWithItsVariables) {
  Script script;
  ScriptSend raw;
  raw.raw = "hello ${own.address} $${x} ${nobody.call_id}.";
  raw.to = kAgent;
  script.steps = {raw};
  Run(std::move(script), 10);
  EXPECT_EQ(network_.texts.at(0), "hello 10.0.0.2 ${x} .");
}

TEST_F(ScriptedPeerTest, CopiesKeepTheirPaceWhileStepsGoOn) {
  Script script;
  ScriptSend options = Request("OPTIONS");
  options.to = kAgent;
  options.copies = 3;
  options.every = Duration::Millis(700);
  script.steps = {options, WaitFor(IsStatus(200, "OPTIONS"))};
  Run(std::move(script), 1000);
  EXPECT_EQ(peer_->steps_left(), 0u);
  network_.RunTo(5000);
  EXPECT_THAT(network_.TakeLog(),
              ElementsAre("0 10.0.0.2 OPTIONS", "10 10.0.0.1 200", "700 10.0.0.2 OPTIONS",
                          "710 10.0.0.1 200", "1400 10.0.0.2 OPTIONS", "1410 10.0.0.1 200"));
}

TEST_F(ScriptedPeerTest, AWaitThatIsNotSatisfiedEndsTheScriptOrGoesOn) {
  Script script;
  ScriptWait patient = WaitFor(IsRequest("INVITE"));
  patient.timeout = Duration::Seconds(1);
  patient.goes_on = true;
  ScriptWait strict = patient;
  strict.goes_on = false;
  ScriptSend never = Request("OPTIONS");
  never.to = kAgent;
  script.steps = {patient, strict, never};
  Run(std::move(script));
  EXPECT_EQ(peer_->counters().failures, 1u);
  EXPECT_EQ(peer_->counters().steps_done, 1u);
  EXPECT_THAT(Sent(), IsEmpty());
}

// The agent repeats its INVITE at 0.5, 1.5, 3.5, ... s (timer A).
TEST_F(ScriptedPeerTest, RepetitionsAreShownOnRequest) {
  is_called_ = true;
  Script script;
  script.retransmissions = Script::Retransmissions::kShow;
  script.steps = {WaitFor(IsRequest("INVITE")), WaitFor(IsRequest("INVITE")), Respond(486)};
  Run(std::move(script), 600);
  EXPECT_EQ(peer_->steps_left(), 0u);
  EXPECT_EQ(peer_->counters().absorbed, 0u);
}

TEST_F(ScriptedPeerTest, RepetitionsAreAbsorbedOtherwise) {
  is_called_ = true;
  Script script;
  script.steps = {WaitFor(IsRequest("INVITE")), WaitFor(IsRequest("INVITE"))};
  Run(std::move(script), 4000);
  EXPECT_EQ(peer_->steps_left(), 1u);
  EXPECT_EQ(peer_->counters().absorbed, 3u);
}

TEST_F(ScriptedPeerTest, ARepeatedRequestGetsTheSameAnswerAgain) {
  is_called_ = true;
  network_.set_loss([](const Endpoint& from, absl::string_view text) {
    static int answers = 0;
    return from == kPeer && text.substr(8, 3) == "486" && ++answers == 1;
  });
  Script script;
  script.retransmissions = Script::Retransmissions::kAnswer;
  script.steps = {WaitFor(IsRequest("INVITE")), Respond(486), WaitFor(IsRequest("ACK"))};
  Run(std::move(script));
  EXPECT_EQ(peer_->steps_left(), 0u);
  EXPECT_EQ(agent_->counters().failed, 1u);
  const std::vector<SipMessage> sent = Sent();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].text(), sent[1].text());
}

TEST_F(ScriptedPeerTest, ReactionsAnswerBesideTheSteps) {
  Script script;
  script.reactions = {{IsRequest("OPTIONS"), Respond(200)}};
  script.steps = {WaitFor(IsRequest("INVITE"))};
  Run(std::move(script), 100);
  Script asker;
  ScriptSend options = Request("OPTIONS");
  options.to = kPeer;
  asker.steps = {options, WaitFor(IsStatus(200, "OPTIONS"))};
  MemoryNetwork::Node& node = network_.AddNode("asker", IpAddress::V4(0x0a000003));
  ScriptedPeer other({node.clock(), node, RunSeed{}}, "asker", std::move(asker));
  ASSERT_TRUE(other.Open({node.address(), 5060}).ok());
  other.Start(Duration());
  network_.RunTo(1000);
  EXPECT_EQ(other.steps_left(), 0u);
  EXPECT_EQ(peer_->steps_left(), 1u);
}

TEST_F(ScriptedPeerTest, RoundsRepeatAllStepsAndNeverSpin) {
  Script script;
  ScriptSend options = Request("OPTIONS");
  options.to = kAgent;
  script.steps = {options, WaitFor(IsStatus(200, "OPTIONS"))};
  script.rounds = 3;
  Run(std::move(script));
  EXPECT_EQ(peer_->counters().rounds_done, 3u);
  Script endless;
  endless.steps = {options};
  endless.rounds = 0;
  agent_.reset();
  peer_.reset();
  Run(std::move(endless), 120'001);  // returns: steps that never stop run once
  EXPECT_EQ(peer_->counters().rounds_done, 1u);
}

TEST_F(ScriptedPeerTest, TheInboxIsBounded) {
  Script script;
  script.steps = {ScriptPause{Duration::Seconds(10)}};
  Run(std::move(script), 1);
  Script flood;
  ScriptSend options = Request("OPTIONS");
  options.to = kPeer;
  for (size_t i = 0; i < kMaxInbox + 10; ++i) flood.steps.push_back(options);
  MemoryNetwork::Node& node = network_.AddNode("flood", IpAddress::V4(0x0a000003));
  ScriptedPeer other({node.clock(), node, RunSeed{}}, "flood", std::move(flood));
  ASSERT_TRUE(other.Open({node.address(), 5060}).ok());
  other.Start(Duration());
  network_.RunTo(20'000);
  EXPECT_EQ(peer_->counters().received, kMaxInbox + 10);
  EXPECT_EQ(peer_->steps_left(), 0u);
}

TEST(Variables, NameTheFieldsOfAMessage) {
  const SipMessage message =
      SipMessage::Parse(
          "INVITE sip:b@b SIP/2.0\r\nv: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@a>;tag=1\r\n"
          "To: <sip:b@b>\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\nm: <sip:a@1>\r\nX-A: one\r\n"
          "Content-Length: 2\r\n\r\nhi")
          .message;
  const std::map<std::string, std::string> kExpected = {
      {"call_id", "c"},
      {"cseq", "7"},
      {"cseq_method", "INVITE"},
      {"method", "INVITE"},
      {"request_uri", "sip:b@b"},
      {"from", "<sip:a@a>;tag=1"},
      {"from_tag", "1"},
      {"to_tag", ""},
      {"contact", "sip:a@1"},
      {"branch", "z9hG4bK1"},
      {"body", "hi"},
      {"header.x-a", "one"},
      {"header.Via", "SIP/2.0/UDP a;branch=z9hG4bK1"},
      {"header.none", ""}};
  for (const auto& [name, value] : kExpected) {
    EXPECT_EQ(MessageVariable(message, name), value) << name;
  }
  EXPECT_EQ(MessageVariable(message, "nonsense"), std::nullopt);
}

TEST(Variables, AreReplacedAndUnknownOnesReported) {
  const auto look_up = [](absl::string_view name) -> std::optional<std::string> {
    if (name == "a") return "1";
    return std::nullopt;
  };
  std::string out;
  EXPECT_TRUE(Substitute("x${a}y${a}", look_up, out));
  EXPECT_EQ(out, "x1y1");
  out.clear();
  EXPECT_FALSE(Substitute("${b}${a}", look_up, out));
  EXPECT_EQ(out, "1");
  out.clear();
  EXPECT_FALSE(Substitute("${a", look_up, out));
  EXPECT_EQ(out, "${a");
  out.clear();
  EXPECT_TRUE(Substitute("$${a}", look_up, out));
  EXPECT_EQ(out, "${a}");
}

}  // namespace
}  // namespace tickwire::sip
