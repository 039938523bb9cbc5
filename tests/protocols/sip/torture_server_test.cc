// The torture messages of RFC 4475 and RFC 5118 at a server that is proxy and registrar for
// example.com: what it answers, and whether it forwards.
#include <fstream>
#include <iterator>

#include "tests/protocols/sip/proxy/server_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Load(const std::string& name) {
  std::ifstream file(
      std::string(TICKWIRE_SOURCE_DIR) + "/tests/protocols/sip/torture/" + name + ".dat",
      std::ios::binary);
  EXPECT_TRUE(file) << name;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

struct Reaction {
  const char* name;
  const char* section;
  // Final statuses that the text allows; 0: none of its own.
  std::vector<int> statuses;
  bool is_forwarded;  // to the phone of sip:user@example.com and its like
};

void PrintTo(const Reaction& reaction, std::ostream* out) { *out << reaction.name; }

const Reaction kReactions[] = {
    {"rfc4475/wsinv", "3.1.1.1", {500}, false},         // its Route leads where no address is known
    {"rfc4475/intmeth", "3.1.1.2", {404, 480}, false},  // nobody is there (RFC 3261 §16.5: 480)
    {"rfc4475/esc01", "3.1.1.3", {500}, false},  // example.net is not ours, and has no address
    {"rfc4475/escnull", "3.1.1.4", {200}, false},
    {"rfc4475/esc02", "3.1.1.5", {500}, false},
    {"rfc4475/lwsdisp", "3.1.1.6", {0}, true},
    {"rfc4475/longreq", "3.1.1.7", {0}, true},
    {"rfc4475/dblreq", "3.1.1.8", {200}, false},
    {"rfc4475/semiuri", "3.1.1.9", {404, 480}, false},
    {"rfc4475/transports", "3.1.1.10", {0}, true},
    {"rfc4475/unreason", "3.1.1.12", {0}, false},
    {"rfc4475/noreason", "3.1.1.13", {0}, false},
    {"rfc4475/badinv01", "3.1.2.1", {400}, false},
    {"rfc4475/clerr", "3.1.2.2", {400}, false},
    {"rfc4475/ncl", "3.1.2.3", {400}, false},
    {"rfc4475/scalar02", "3.1.2.4", {400}, false},
    {"rfc4475/scalarlg", "3.1.2.5", {0}, false},
    {"rfc4475/quotbal", "3.1.2.6", {400}, false},
    {"rfc4475/ltgtruri", "3.1.2.7", {400}, false},
    {"rfc4475/lwsruri", "3.1.2.8", {400}, false},
    {"rfc4475/lwsstart", "3.1.2.9", {400}, false},
    {"rfc4475/trws", "3.1.2.10", {400}, false},
    {"rfc4475/escruri", "3.1.2.11", {400}, false},
    {"rfc4475/baddate", "3.1.2.12", {0}, true},
    {"rfc4475/regbadct", "3.1.2.13", {400}, false},
    {"rfc4475/badaspec", "3.1.2.14", {400}, false},
    {"rfc4475/baddn", "3.1.2.15", {400}, false},
    {"rfc4475/badvers", "3.1.2.16", {505}, false},
    {"rfc4475/mismatch01", "3.1.2.17", {400}, false},
    {"rfc4475/mismatch02", "3.1.2.18", {400, 501}, false},
    {"rfc4475/bigcode", "3.1.2.19", {0}, false},
    {"rfc4475/insuf", "3.3.1", {400}, false},
    {"rfc4475/unkscm", "3.3.2", {416}, false},
    {"rfc4475/novelsc", "3.3.3", {416}, false},
    {"rfc4475/unksm2", "3.3.4", {400}, false},
    {"rfc4475/bext01", "3.3.5", {420}, false},
    {"rfc4475/invut", "3.3.6", {0}, true},
    {"rfc4475/regaut01", "3.3.7", {200}, false},  // this registrar asks for no password
    {"rfc4475/multi01", "3.3.8", {400}, false},
    {"rfc4475/mcl01", "3.3.9", {400}, false},
    {"rfc4475/bcast", "3.3.10", {0}, false},
    {"rfc4475/zeromf", "3.3.11", {200, 483}, false},  // RFC 3261 §16.3: may answer OPTIONS itself
    {"rfc4475/cparam01", "3.3.12", {200}, false},
    {"rfc4475/cparam02", "3.3.13", {200}, false},
    {"rfc4475/regescrt", "3.3.14", {200}, false},
    {"rfc4475/sdp01", "3.3.15", {0}, true},
    {"rfc4475/inv2543", "3.4.1", {404, 480}, false},  // nobody registered UserB
    {"rfc5118/ipv6-bad", "4.2", {400}, false},
    {"rfc5118/ipv4-mapped-ipv6", "4.9", {0}, true},
};

class TortureServer : public ServerFixture {
 protected:
  // Whoever the messages ask for is at the first phone.
  void Start() {
    config_.places.push_back({"user", absl::StrCat("sip:user@", one_.host()), 1000});
    StartServer();
  }
  // What came back to any of the ports that the messages name in their Via.
  std::vector<const SipMessage*> Answers() const {
    std::vector<const SipMessage*> answers;
    for (const std::unique_ptr<RawPeer>& port : ports_) {
      for (const SipMessage& message : port->received) answers.push_back(&message);
    }
    return answers;
  }
  std::vector<int> FinalStatuses() const {
    std::vector<int> statuses;
    for (const SipMessage* const message : Answers()) {
      if (message->status() >= 200) statuses.push_back(message->status());
    }
    return statuses;
  }
  void Torture(const char* name) {
    ports_.front()->Send(server_at_, Load(name));
    Run(1000);
  }

  std::vector<std::unique_ptr<RawPeer>> ports_;

 private:
  void SetUp() override {
    MemoryNetwork::Node& node = network_.AddNode("tester", *IpAddress::Parse("10.0.0.9"));
    for (const uint16_t port : {5060, 5050, 5061, 5070, 6050, 19823}) {
      ports_.push_back(std::make_unique<RawPeer>(node, port));
    }
  }
};

class TortureReaction : public TortureServer, public ::testing::WithParamInterface<Reaction> {};

TEST_P(TortureReaction, TheServerReactsAsTheRfcAsks) {
  Start();
  Torture(GetParam().name);
  const std::vector<int> statuses = FinalStatuses();
  const int first = statuses.empty() ? 0 : statuses.front();
  EXPECT_THAT(GetParam().statuses, Contains(first)) << "section " << GetParam().section;
  const bool has_request =
      std::any_of(one_.received.begin(), one_.received.end(),
                  [](const SipMessage& message) { return message.is_request(); });
  EXPECT_EQ(has_request, GetParam().is_forwarded) << "section " << GetParam().section;
  ExpectNothingLeft();
}
INSTANTIATE_TEST_SUITE_P(Rfc4475AndRfc5118, TortureReaction, ::testing::ValuesIn(kReactions),
                         [](const auto& test) {
                           std::string name = test.param.name;
                           for (char& c : name) {
                             if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
                           }
                           return name;
                         });

// §3.1.1.8: octets behind the body do not go on; §3.1.1.1: unknown headers do, unchanged.
TEST_F(TortureServer, WhatIsForwardedIsWhatItWas) {
  Start();
  Torture("rfc4475/longreq");
  ASSERT_FALSE(one_.received.empty());
  const std::string forwarded(one_.received[0].text());
  EXPECT_THAT(forwarded, HasSubstr("unknown-longlong"));
  EXPECT_THAT(forwarded, HasSubstr("m=video 3227 RTP/AVP 31\r\n"));
}

// §3.3.5: a proxy answers for Proxy-Require, not for Require.
TEST_F(TortureServer, ProxyRequireIsWhatAProxyRefuses) {
  Start();
  Torture("rfc4475/bext01");
  ASSERT_FALSE(Answers().empty());
  const std::string answer(Answers()[0]->text());
  EXPECT_THAT(answer, HasSubstr("norDoAnyProxiesSupportThis"));
  EXPECT_THAT(answer, Not(HasSubstr("nothingSupportsThisEither")));
}

// §3.3.12 to §3.3.14: what belongs to the URI stays with it, what belongs to the header does not
// become part of it.
struct Kept {
  const char* name;
  const char* contact;
  const char* not_in_contact;
};
class TortureContact : public TortureServer, public ::testing::WithParamInterface<Kept> {};

TEST_P(TortureContact, KeepsWhatIsItsOwn) {
  Start();
  Torture(GetParam().name);
  ASSERT_FALSE(Answers().empty());
  const std::string answer(Answers()[0]->text());
  EXPECT_THAT(answer, HasSubstr(GetParam().contact));
  EXPECT_THAT(answer, Not(HasSubstr(GetParam().not_in_contact)));
}
INSTANTIATE_TEST_SUITE_P(
    Rfc4475, TortureContact,
    ::testing::Values(
        Kept{"rfc4475/cparam01", "<sip:+19725552222@gw1.example.net>", ";unknownparam>"},
        Kept{"rfc4475/cparam02", "<sip:+19725552222@gw1.example.net;unknownparam>",
             ">;unknownparam"},
        Kept{"rfc4475/regescrt", "<sip:user@example.com?Route=%3Csip:sip.example.com%3E>",
             "\r\nRoute:"}));

}  // namespace
}  // namespace tickwire::sip
