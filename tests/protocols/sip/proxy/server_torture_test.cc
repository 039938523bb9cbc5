// What RFC 4475 asks of proxies and registrars, with its messages bit by bit.
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "tests/protocols/sip/proxy/server_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::IsEmpty;

std::string Torture(const std::string& name) {
  std::ifstream file(
      std::string(TICKWIRE_SOURCE_DIR) + "/tests/protocols/sip/torture/rfc4475/" + name + ".dat",
      std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class ServerTortureTest : public ServerFixture {
 protected:
  // Whatever the server sends to anybody, in order.
  std::vector<std::string> Feed(const std::string& name) {
    network_.texts.clear();
    const std::string text = Torture(name);
    network_.TakeLog();
    caller_.Send(server_at_, text);
    Run(200);
    std::vector<std::string> sent;
    const std::vector<std::string> log = network_.TakeLog();
    for (size_t i = 0; i < log.size(); ++i) {
      if (absl::StrContains(log[i], " 10.0.0.100 ")) sent.push_back(network_.texts[i]);
    }
    return sent;
  }
  SipMessage Answer(const std::string& name) {
    const std::vector<std::string> sent = Feed(name);
    EXPECT_FALSE(sent.empty()) << name;
    return SipMessage::Parse(sent.empty() ? "" : sent.back()).message;
  }
};

// §3.1.1.4: two different contacts, and an address-of-record with a NUL in it.
TEST_F(ServerTortureTest, RegistrarTakesEscapedNuls) {
  StartServer();
  EXPECT_EQ(Answer("escnull").status(), 200);
  EXPECT_EQ(server_->locations().binding_count(), 2u);
}

// §3.3.4: "A registrar would reject this request with a 400."
TEST_F(ServerTortureTest, RegistrarRefusesUnknownSchemes) {
  StartServer();
  EXPECT_EQ(Answer("unksm2").status(), 400);
}

// §3.3.7: ignored by a registrar without passwords, challenged by one with.
TEST_F(ServerTortureTest, RegistrarMeetsAnUnknownAuthorizationScheme) {
  StartServer();
  EXPECT_EQ(Answer("regaut01").status(), 200);
  server_.reset();
  config_.digest.emplace();
  config_.digest->realm = "example.com";
  StartServer();
  const SipMessage challenge = Answer("regaut01");
  EXPECT_EQ(challenge.status(), 401);
  EXPECT_TRUE(challenge.Has<WwwAuthenticate>());
}

// §3.3.12 and §3.3.13 of the text: as a header parameter it is ignored, as a URI parameter it is
// part of the contact.
TEST_F(ServerTortureTest, RegistrarKeepsUnknownParametersWhereTheyBelong) {
  StartServer();
  EXPECT_EQ(Answer("cparam01").Get<Contact>()->uri, "sip:+19725552222@gw1.example.net");
  server_.reset();
  StartServer();
  EXPECT_EQ(Answer("cparam02").Get<Contact>()->uri,
            "sip:+19725552222@gw1.example.net;unknownparam");
}

// §3.3.14: "a subsequent retrieval of the registration must include the escaped Route header".
TEST_F(ServerTortureTest, RegistrarKeepsEscapedHeadersOfAContact) {
  StartServer();
  const SipMessage response = Answer("regescrt");
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(response.Get<Contact>()->uri, "sip:user@example.com?Route=%3Csip:sip.example.com%3E");
}

// §3.3.2, §3.3.3.
TEST_F(ServerTortureTest, ProxyRefusesSchemesThatItDoesNotKnow) {
  StartServer();
  EXPECT_EQ(Answer("unkscm").status(), 416);
  EXPECT_EQ(Answer("novelsc").status(), 416);
}

// §3.3.5: a proxy lists what Proxy-Require has.
TEST_F(ServerTortureTest, ProxyNamesTheExtensionsItDoesNotKnow) {
  StartServer();
  const SipMessage response = Answer("bext01");
  EXPECT_EQ(response.status(), 420);
  ASSERT_EQ(response.GetAll<Unsupported>().size(), 2u);
  EXPECT_EQ(response.GetAll<Unsupported>()[0].option_tag, "noProxiesSupportThis");
}

// §3.3.11: not forwarded. An OPTIONS may be answered by whoever sees it last (RFC 3261 §16.3).
TEST_F(ServerTortureTest, ProxyForwardsNothingWithoutHops) {
  names_.Add("example.com", one_.endpoint());
  config_.me.domains = {"elsewhere.org"};
  StartServer();
  EXPECT_EQ(Answer("zeromf").status(), 200);
  EXPECT_THAT(one_.received, IsEmpty());
}

// §3.3.10: a response whose second Via is a broadcast address matches nothing here.
TEST_F(ServerTortureTest, ProxyDropsResponsesThatItNeverAskedFor) {
  StartServer();
  for (const char* name : {"bcast", "bigcode", "badvers", "scalarlg", "noreason", "unreason"}) {
    for (const std::string& sent : Feed(name)) {
      EXPECT_EQ(SipMessage::Parse(sent).message.status() / 100,
                name == std::string("badvers") ? 5 : 0)
          << name << sent;
    }
  }
}

// §3.1.1: well-formed, however odd: a proxy passes on all that it need not touch, octet by octet.
TEST_F(ServerTortureTest, ProxyForwardsOddRequestsUnchanged) {
  config_.me.domains = {"elsewhere.org"};
  for (const char* host : {"example.com", "company.com", "vivekg.chair-dnrc.example.com"}) {
    names_.Add(host, one_.endpoint());
  }
  int forwarded = 0;
  for (const char* name : {"wsinv", "intmeth", "esc01", "esc02", "lwsdisp", "longreq", "semiuri",
                           "transports", "mpart01", "invut", "regaut01", "cparam02", "sdp01"}) {
    server_.reset();
    StartServer();
    const SipMessage original = SipMessage::Parse(Torture(name)).message;
    std::optional<SipMessage> copy;
    for (const std::string& sent : Feed(name)) {
      SipMessage message = SipMessage::Parse(sent).message;
      if (message.is_request()) copy.emplace(std::move(message));
    }
    if (!copy.has_value()) continue;
    ++forwarded;
    EXPECT_EQ(copy->method_name(), original.method_name()) << name;
    // The Route of mpart01 names a strict router, whose URI comes first then (RFC 3261 §16.6).
    if (!original.Has<Route>()) {
      EXPECT_EQ(copy->request_uri(), original.request_uri()) << name;
    }
    EXPECT_EQ(copy->body(), original.body()) << name;
    for (size_t i = 0; i < original.row_count(); ++i) {
      const SipMessage::Row row = original.row(i);
      if (row.id == IdOf<Via>() || row.id == IdOf<MaxForwards>() || row.id == IdOf<Route>()) {
        continue;
      }
      bool is_there = false;
      for (size_t j = 0; j < copy->row_count(); ++j) {
        is_there |= copy->row(j).name == row.name && copy->row(j).value == row.value;
      }
      EXPECT_TRUE(is_there) << name << ": " << std::string(row.name);
    }
  }
  EXPECT_GE(forwarded, 10);
}

}  // namespace
}  // namespace tickwire::sip
