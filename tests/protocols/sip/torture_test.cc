// The torture messages of RFC 4475 and RFC 5118: what the validator says of each, and what a user
// agent does with it. `tests/protocols/sip/torture/README.md` says where the files come from.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "protocols/sip/body/multipart.h"
#include "protocols/sip/message/uri_headers.h"
#include "protocols/sip/message/validate.h"
#include "protocols/sip/ua/user_agent.h"
#include "tests/protocols/sip/support/memory_network.h"

namespace tickwire::sip {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

const fs::path kFolder = fs::path(TICKWIRE_SOURCE_DIR) / "tests/protocols/sip/torture";

std::string Load(const std::string& name) {
  std::ifstream file(kFolder / (name + ".dat"), std::ios::binary);
  EXPECT_TRUE(file) << name;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

constexpr int kDropped = 0;

struct Torture {
  const char* name;
  const char* section;             // of the RFC that its folder names
  std::vector<const char*> rules;  // that it breaks, each once, in alphabetical order
  // The statuses that the RFC's text lets a user agent answer with (2xx: accepted); kDropped for no
  // answer at all.
  std::vector<int> reactions;
};

void PrintTo(const Torture& torture, std::ostream* out) { *out << torture.name; }

const Torture kMessages[] = {
    // Valid messages. A user agent that is no registrar answers REGISTER with 405 (§3.3.7).
    {"rfc4475/wsinv", "3.1.1.1", {}, {481}},  // well-formed; its To tag names no dialog here
    {"rfc4475/intmeth", "3.1.1.2", {}, {501}},
    {"rfc4475/esc01", "3.1.1.3", {}, {200}},
    {"rfc4475/escnull", "3.1.1.4", {}, {405}},
    {"rfc4475/esc02", "3.1.1.5", {}, {501}},
    {"rfc4475/lwsdisp", "3.1.1.6", {}, {200}},
    // Well-formed; its top Via has no branch, as before RFC 3261.
    {"rfc4475/longreq", "3.1.1.7", {"sip.branch"}, {200}},
    {"rfc4475/dblreq", "3.1.1.8", {}, {405}},
    {"rfc4475/semiuri", "3.1.1.9", {}, {200}},
    {"rfc4475/transports", "3.1.1.10", {}, {200}},
    {"rfc4475/mpart01", "3.1.1.11", {}, {200, 202, 405, 415}},
    {"rfc4475/unreason", "3.1.1.12", {}, {kDropped}},
    {"rfc4475/noreason", "3.1.1.13", {}, {kDropped}},
    // Invalid messages.
    {"rfc4475/badinv01", "3.1.2.1", {"sip.header_value"}, {400}},
    {"rfc4475/clerr", "3.1.2.2", {"sip.body_too_short"}, {400}},
    {"rfc4475/ncl", "3.1.2.3", {"sip.content_length"}, {400}},
    {"rfc4475/scalar02", "3.1.2.4", {"sip.header_value"}, {400}},
    {"rfc4475/scalarlg", "3.1.2.5", {"sip.header_value"}, {kDropped}},
    {"rfc4475/quotbal", "3.1.2.6", {"sip.header_value"}, {400}},
    {"rfc4475/ltgtruri", "3.1.2.7", {"sip.branch", "sip.request_uri"}, {400}},
    {"rfc4475/lwsruri", "3.1.2.8", {"sip.request_line", "sip.request_uri"}, {400}},
    {"rfc4475/lwsstart", "3.1.2.9", {"sip.request_line"}, {400}},
    {"rfc4475/trws", "3.1.2.10", {"sip.request_line"}, {400}},
    {"rfc4475/escruri", "3.1.2.11", {"sip.request_uri_headers"}, {400}},
    {"rfc4475/baddate", "3.1.2.12", {"sip.header_value"}, {200}},
    // "reasonable to respond with a 400"; an agent that is no registrar need not look that far.
    {"rfc4475/regbadct", "3.1.2.13", {"sip.header_value"}, {400, 405}},
    {"rfc4475/badaspec", "3.1.2.14", {"sip.header_value"}, {400}},
    {"rfc4475/baddn", "3.1.2.15", {"sip.header_value", "sip.no_blank_line"}, {400}},
    {"rfc4475/badvers", "3.1.2.16", {"sip.version"}, {505}},
    {"rfc4475/mismatch01", "3.1.2.17", {"sip.cseq_method"}, {400}},
    {"rfc4475/mismatch02", "3.1.2.18", {"sip.cseq_method"}, {400, 501}},
    {"rfc4475/bigcode", "3.1.2.19", {"sip.status_line"}, {kDropped}},
    // Transaction layer: refuse it, or take it as an RFC 2543 request.
    {"rfc4475/badbranch", "3.2.1", {"sip.branch"}, {200, 400}},
    // Application layer.
    {"rfc4475/insuf", "3.3.1", {"sip.mandatory_contact", "sip.mandatory_header"}, {400}},
    {"rfc4475/unkscm", "3.3.2", {}, {416}},
    {"rfc4475/novelsc", "3.3.3", {}, {416}},
    {"rfc4475/unksm2", "3.3.4", {}, {405}},
    {"rfc4475/bext01", "3.3.5", {}, {420}},
    {"rfc4475/invut", "3.3.6", {}, {415}},
    {"rfc4475/regaut01", "3.3.7", {}, {405}},
    {"rfc4475/multi01", "3.3.8", {"sip.mandatory_contact", "sip.single_header"}, {400}},
    {"rfc4475/mcl01", "3.3.9", {"sip.single_header"}, {400}},
    {"rfc4475/bcast", "3.3.10", {}, {kDropped}},
    {"rfc4475/zeromf", "3.3.11", {}, {200}},
    {"rfc4475/cparam01", "3.3.12", {}, {405}},
    {"rfc4475/cparam02", "3.3.13", {}, {405}},
    {"rfc4475/regescrt", "3.3.14", {}, {405}},
    {"rfc4475/sdp01", "3.3.15", {}, {406}},
    // RFC 2543: what that one did not ask for is missing, and the request is served.
    {"rfc4475/inv2543",
     "3.4.1",
     {"sip.branch", "sip.from_tag", "sip.mandatory_contact", "sip.mandatory_header"},
     {200}},

    {"rfc5118/ipv6-good", "4.1", {}, {405}},
    {"rfc5118/ipv6-bad", "4.2", {"sip.request_uri"}, {400}},
    {"rfc5118/port-ambiguous", "4.3", {}, {405}},
    {"rfc5118/port-unambiguous", "4.4", {}, {405}},
    {"rfc5118/via-received-param-with-delim", "4.5", {}, {481}},
    {"rfc5118/via-received-param-no-delim", "4.5", {}, {200}},
    {"rfc5118/ipv6-in-sdp", "4.6", {}, {488}},  // G.726 and H.263: nothing in common with G.711
    {"rfc5118/mult-ip-in-header", "4.7", {}, {481}},
    {"rfc5118/mult-ip-in-sdp", "4.8", {}, {200}},
    {"rfc5118/ipv4-mapped-ipv6", "4.9", {}, {488}},
    {"rfc5118/ipv6-bug-abnf-3-colons", "4.10", {}, {200}},
    {"rfc5118/ipv6-correct-abnf-2-colons", "4.10", {}, {200}},
};

// Remembers what arrives.
class RawPeer final : public DatagramSocket::Listener {
 public:
  RawPeer(MemoryNetwork::Node& node, std::initializer_list<uint16_t> ports) {
    for (const uint16_t port : ports) {
      sockets_.push_back(*node.Bind(Endpoint{node.address(), port}, *this));
    }
  }
  void Send(const Endpoint& to, const std::string& text) {
    sockets_.front()->SendTo(to, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }
  void OnReceive(DatagramSocket&, Endpoint, Endpoint, std::span<const uint8_t> payload,
                 uint32_t) override {
    received.push_back(std::string(payload.begin(), payload.end()));
  }
  void OnError(DatagramSocket&, Endpoint, DatagramError) override {}
  std::vector<std::string> received;

 private:
  std::vector<std::unique_ptr<DatagramSocket>> sockets_;
};

class TortureTest : public ::testing::TestWithParam<Torture> {
 protected:
  // Everything that a user agent answers to `text` within two minutes.
  std::vector<std::string> AnswersTo(const std::string& text) {
    MemoryNetwork network;
    MemoryNetwork::Node& peer_node = network.AddNode("peer", IpAddress::V4(0x0a000009));
    MemoryNetwork::Node& agent_node = network.AddNode("agent", IpAddress::V4(0x0a000001));
    RawPeer peer(peer_node, {5060, 5050, 5061, 5070, 6050, 19823});
    UserAgentConfig config;
    config.behaviour.answer_after = Duration::Millis(500);
    UserAgent agent({agent_node.clock(), agent_node, RunSeed{}}, config);
    const Endpoint agent_end{agent_node.address(), 5060};
    EXPECT_TRUE(agent.Open(agent_end).ok());
    peer.Send(agent_end, text);
    network.RunTo(120'000);
    EXPECT_EQ(agent.live_calls(), 0u);
    EXPECT_EQ(agent.transaction_count(), 0u);
    return peer.received;
  }
};

TEST_P(TortureTest, TheValidatorNamesExactlyTheBrokenRules) {
  const ParseResult parsed = SipMessage::Parse(Load(GetParam().name));
  std::set<std::string> rules;
  for (const Violation& violation : AllViolations(parsed)) {
    rules.insert(std::string(violation.rule->id));
    EXPECT_LE(violation.offset, parsed.message.text().size());
  }
  EXPECT_THAT(rules, ElementsAreArray(GetParam().rules)) << "section " << GetParam().section;
}

TEST_P(TortureTest, AUserAgentReactsAsTheRfcAsks) {
  const std::vector<std::string> answers = AnswersTo(Load(GetParam().name));
  int final_status = kDropped;
  for (const std::string& answer : answers) {
    const ParseResult parsed = SipMessage::Parse(answer);
    EXPECT_THAT(parsed.violations, IsEmpty()) << answer;
    if (final_status == kDropped && parsed.message.status() >= 200) {
      final_status = parsed.message.status();
    }
  }
  if (GetParam().reactions.front() == kDropped) {
    EXPECT_THAT(answers, IsEmpty());
  }
  EXPECT_THAT(GetParam().reactions, ::testing::Contains(final_status))
      << "section " << GetParam().section;
}

// What nobody touches goes on as it came (all of them are valid or not, a proxy relies on it).
TEST_P(TortureTest, RowsAndBodySurviveUntouched) {
  const std::string text = Load(GetParam().name);
  const SipMessage message = SipMessage::Parse(text).message;
  for (size_t i = 0; i < message.row_count(); ++i) {
    const SipMessage::Row row = message.row(i);
    EXPECT_NE(message.Serialize().find(std::string(row.value)), std::string::npos) << row.name;
  }
}

TEST_P(TortureTest, AnyPrefixAndAnyFlippedOctetAreReadWithoutHarm) {
  const std::string text = Load(GetParam().name);
  for (size_t length = 0; length < text.size(); length += 7) {
    AllViolations(SipMessage::Parse(text.substr(0, length)));
  }
  for (size_t at = 0; at < text.size(); at += 11) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ (at % 3 == 0 ? 0x80 : at % 3 == 1 ? 0x01 : 0x20));
    AllViolations(SipMessage::Parse(changed));
  }
}

INSTANTIATE_TEST_SUITE_P(Rfc4475AndRfc5118, TortureTest, ::testing::ValuesIn(kMessages),
                         [](const auto& test) {
                           std::string name = test.param.name;
                           for (char& c : name) {
                             if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
                           }
                           return name;
                         });

TEST(TortureFiles, EveryFileIsInTheTable) {
  std::set<std::string> known;
  for (const Torture& torture : kMessages) known.insert(torture.name);
  EXPECT_EQ(known.size(), std::size(kMessages));
  size_t count_4475 = 0;
  for (const char* folder : {"rfc4475", "rfc5118"}) {
    for (const auto& entry : fs::directory_iterator(kFolder / folder)) {
      const std::string name = std::string(folder) + "/" + entry.path().stem().string();
      EXPECT_TRUE(known.contains(name)) << name;
      count_4475 += folder == std::string("rfc4475") ? 1 : 0;
    }
  }
  EXPECT_EQ(count_4475, 49u);  // RFC 4475 §3 has 49 messages
}

// The particular things that the text points out.

SipMessage Read(const std::string& name) { return SipMessage::Parse(Load(name)).message; }

TEST(TortureDetails, WsinvHasFoldedAndOddlySpacedValues) {  // RFC 4475 §3.1.1.1
  const SipMessage message = Read("rfc4475/wsinv");
  EXPECT_EQ(message.Get<CSeq>()->number, 9u);
  EXPECT_EQ(message.Get<MaxForwards>()->hops, 68);
  EXPECT_EQ(message.Get<To>()->tag(), absl::string_view("1918181833n"));
  EXPECT_EQ(Unquote(message.Get<From>()->display_name), "J Rosenberg \\\"");
  const std::vector<Via> vias = message.GetAll<Via>();
  ASSERT_EQ(vias.size(), 3u);
  EXPECT_EQ(vias[0].host, "192.0.2.2");
  EXPECT_EQ(vias[2].branch(), absl::string_view("z9hG4bK30239"));
  EXPECT_EQ(message.Get<Contact>()->params.Find("q"), absl::string_view("0.33"));
}

TEST(TortureDetails, PercentIsNoEscapeInMethodsAndHeaderNames) {  // §3.1.1.2, §3.1.1.5
  EXPECT_EQ(Read("rfc4475/esc02").method(), Method::kOther);
  EXPECT_EQ(Read("rfc4475/esc02").GetAll<Contact>().size(), 2u);
  EXPECT_EQ(Unquote(Read("rfc4475/intmeth").Get<To>()->display_name),
            std::string("BEL:\x07 NUL:\0 DEL:\x7f", 17));
}

TEST(TortureDetails, EscapedOctetsAreThemselvesOnce) {  // §3.1.1.3
  const SipMessage message = Read("rfc4475/esc01");
  const std::string uri(message.Get<Contact>()->uri);
  EXPECT_TRUE(AreUrisEquivalent(uri, "sip:caller@host5.example.net;lr;name=value%2541"));
  EXPECT_FALSE(AreUrisEquivalent(uri, "sip:caller@host5.example.net;lr;name=valueA"));
}

TEST(TortureDetails, EscapedNulsDoNotShortenUsers) {  // §3.1.1.4
  const SipMessage message = Read("rfc4475/escnull");
  const std::vector<Contact> contacts = message.GetAll<Contact>();
  ASSERT_EQ(contacts.size(), 2u);
  EXPECT_FALSE(AreUrisEquivalent(contacts[0].uri, contacts[1].uri));
  EXPECT_EQ(Unescape(contacts[1].sip_uri()->user), std::string(2, '\0'));
}

TEST(TortureDetails, OctetsBehindTheBodyAreNotPartOfTheMessage) {  // §3.1.1.8
  EXPECT_EQ(Read("rfc4475/dblreq").Serialize().find("INVITE"), std::string::npos);
}

TEST(TortureDetails, SemicolonsMayStandInAUser) {  // §3.1.1.9
  const SipMessage message = Read("rfc4475/semiuri");
  const std::optional<SipUri> uri = SipUri::Parse(message.request_uri());
  ASSERT_TRUE(uri.has_value());
  EXPECT_EQ(Unescape(uri->user), "user;par=u@example.net");
}

TEST(TortureDetails, AMultipartBodyWithNulsIsFramed) {  // §3.1.1.11
  const SipMessage message = Read("rfc4475/mpart01");
  const auto parts = SplitMultipart(*message.GetRaw<ContentType>(), message.body());
  ASSERT_TRUE(parts.has_value());
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[0].body, "Hello");
  EXPECT_NE((*parts)[1].body.find('\0'), absl::string_view::npos);
}

TEST(TortureDetails, AParameterBehindABareUriIsTheHeaders) {  // §3.3.12, §3.3.13
  const SipMessage first = Read("rfc4475/cparam01");
  EXPECT_TRUE(first.Get<Contact>()->params.Has("unknownparam"));
  EXPECT_FALSE(first.Get<Contact>()->sip_uri()->Param("unknownparam").has_value());
  const SipMessage second = Read("rfc4475/cparam02");
  EXPECT_FALSE(second.Get<Contact>()->params.Has("unknownparam"));
  EXPECT_TRUE(second.Get<Contact>()->sip_uri()->Param("unknownparam").has_value());
}

TEST(TortureDetails, AnUnsupportedAnswerListsWhatWasRequired) {  // §3.3.5
  class Access : public TortureTest {
   public:
    void TestBody() override {}
    using TortureTest::AnswersTo;
  } access;
  const std::vector<std::string> answers = access.AnswersTo(Load("rfc4475/bext01"));
  ASSERT_FALSE(answers.empty());
  const SipMessage answer = SipMessage::Parse(answers[0]).message;
  std::vector<std::string> tags;
  for (const Unsupported& unsupported : answer.GetAll<Unsupported>()) {
    tags.push_back(std::string(unsupported.option_tag));
  }
  EXPECT_THAT(tags, ElementsAre("nothingSupportsThis", "nothingSupportsThisEither"));
}

TEST(TortureDetails, AColonInsideTheBracketsIsPartOfTheAddress) {  // RFC 5118 §4.3, §4.4
  const SipMessage ambiguous = Read("rfc5118/port-ambiguous");
  EXPECT_EQ(SipUri::Parse(ambiguous.request_uri())->host, "[2001:db8::10:5070]");
  EXPECT_FALSE(SipUri::Parse(ambiguous.request_uri())->port.has_value());
  const SipMessage clear = Read("rfc5118/port-unambiguous");
  EXPECT_EQ(SipUri::Parse(clear.request_uri())->host, "[2001:db8::10]");
  EXPECT_EQ(SipUri::Parse(clear.request_uri())->port, 5070);
}

}  // namespace
}  // namespace tickwire::sip
