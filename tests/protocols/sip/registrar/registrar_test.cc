// RFC 3261 §10.3, RFC 3327, 3608, 5627: what REGISTER does, by the text of requests and responses.
#include "protocols/sip/registrar/registrar.h"

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "protocols/sip/registrar/address_of_record.h"
#include "protocols/sip/registrar/qvalue.h"
#include "tests/protocols/sip/proxy/server_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RegistrarTest : public ServerFixture {
 protected:
  // Sends a REGISTER for bob, and returns the response.
  SipMessage Register(const std::vector<std::string>& rows, absl::string_view call_id = "reg",
                      int cseq = 0) {
    cseq_ = cseq != 0 ? cseq : cseq_ + 1;
    std::string text = absl::StrCat(
        "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP ", one_.host(), ";branch=z9hG4bK",
        ++branch_, "\r\nFrom: <sip:bob@example.com>;tag=1\r\nTo: <sip:", to_,
        ">\r\nCall-ID: ", call_id, "\r\nCSeq: ", cseq_, " REGISTER\r\nMax-Forwards: 70\r\n");
    for (const std::string& row : rows) absl::StrAppend(&text, row, "\r\n");
    one_.received.clear();
    one_.Send(server_at_, text + "Content-Length: 0\r\n\r\n");
    Run(20);
    EXPECT_EQ(one_.received.size(), 1u);
    return one_.received.front();
  }
  static std::vector<std::string> ContactsOf(const SipMessage& response) {
    std::vector<std::string> texts;
    for (size_t i = 0; i < response.row_count(); ++i) {
      if (response.row(i).id == IdOf<Contact>()) texts.emplace_back(response.row(i).value);
    }
    return texts;
  }
  size_t Bindings() const { return server_->locations().binding_count(); }

  std::string to_ = "bob@example.com";
  int cseq_ = 0;
  int branch_ = 0;
};

TEST_F(RegistrarTest, ABindingIsMadeToldRefreshedAndExpires) {
  StartServer();
  SipMessage response = Register({"Contact: <sip:bob@10.0.0.11>;expires=100"});
  EXPECT_EQ(response.status(), 200);
  EXPECT_THAT(ContactsOf(response), ElementsAre("<sip:bob@10.0.0.11>;expires=100"));
  Run(50'000);
  response = Register({});  // a query: no Contact (§10.2.3)
  EXPECT_THAT(ContactsOf(response), ElementsAre("<sip:bob@10.0.0.11>;expires=49"));
  response = Register({"Contact: <sip:bob@10.0.0.11>;expires=100"});
  Run(99'900);
  EXPECT_EQ(Bindings(), 1u);
  Run(200);
  EXPECT_EQ(Bindings(), 0u);
  EXPECT_EQ(server_->locations().record_count(), 0u);
}

// §10.3 step 7: parameter, header, our default, our maximum.
TEST_F(RegistrarTest, ExpiresComesFromParameterThenHeaderThenDefault) {
  config_.registrar.default_expires = 1800;
  config_.registrar.max_expires = 5000;
  StartServer();
  EXPECT_THAT(ContactsOf(Register(
                  {"Contact: <sip:a@10.0.0.11>;expires=600, <sip:b@10.0.0.11>", "Expires: 700"})),
              ElementsAre("<sip:a@10.0.0.11>;expires=600", "<sip:b@10.0.0.11>;expires=700"));
  EXPECT_THAT(ContactsOf(Register({"Contact: <sip:c@10.0.0.11>"}))[2],
              "<sip:c@10.0.0.11>;expires=1800");
  EXPECT_THAT(ContactsOf(Register({"Contact: <sip:d@10.0.0.11>;expires=999999"}))[3],
              "<sip:d@10.0.0.11>;expires=5000");
  // §20.10: a malformed value counts as 3600.
  EXPECT_THAT(ContactsOf(Register({"Contact: <sip:e@10.0.0.11>;expires=soon"}))[4],
              "<sip:e@10.0.0.11>;expires=3600");
}

TEST_F(RegistrarTest, TooShortATimeIsA423WithTheMinimum) {
  StartServer();
  const SipMessage response = Register({"Contact: <sip:bob@10.0.0.11>;expires=59"});
  EXPECT_EQ(response.status(), 423);
  EXPECT_EQ(response.Get<MinExpires>()->seconds, 60u);
  EXPECT_EQ(Bindings(), 0u);
  EXPECT_EQ(Register({"Contact: <sip:bob@10.0.0.11>;expires=60"}).status(), 200);
}

TEST_F(RegistrarTest, SomeProductsRaiseTooShortATime) {
  config_.registrar.raises_short_expires = true;
  StartServer();
  EXPECT_THAT(ContactsOf(Register({"Contact: <sip:bob@10.0.0.11>;expires=5"})),
              ElementsAre("<sip:bob@10.0.0.11>;expires=60"));
}

TEST_F(RegistrarTest, SeveralContactsKeepTheirPreferences) {
  StartServer();
  EXPECT_THAT(ContactsOf(Register({"Contact: <sip:a@10.0.0.11>;q=0.5;expires=60, "
                                   "<sip:b@10.0.0.12>;q=1.0;expires=60;methods=\"INVITE\""})),
              ElementsAre("<sip:a@10.0.0.11>;q=0.5;expires=60",
                          "<sip:b@10.0.0.12>;methods=\"INVITE\";expires=60"));
  // One of them goes.
  EXPECT_THAT(ContactsOf(Register({"Contact: <sip:a@10.0.0.11>;expires=0"})).size(), 1u);
}

// §10.3 step 7: URIs compare by §19.1.4.
TEST_F(RegistrarTest, AnEquivalentContactReplacesTheOldOne) {
  StartServer();
  Register({"Contact: <sip:bob@phone.Example.org>;expires=60"});
  EXPECT_THAT(ContactsOf(Register({"Contact: <sip:bob@PHONE.example.org>;expires=70"})),
              ElementsAre("<sip:bob@PHONE.example.org>;expires=70"));
}

// §10.3 step 6.
TEST_F(RegistrarTest, TheStarRemovesAll) {
  StartServer();
  Register({"Contact: <sip:a@10.0.0.11>;expires=60, <sip:b@10.0.0.12>;expires=60"});
  EXPECT_EQ(Bindings(), 2u);
  EXPECT_EQ(Register({"Contact: *", "Expires: 0"}).status(), 200);
  EXPECT_EQ(Bindings(), 0u);
}

// §10.3 step 7: the same Call-ID needs a higher CSeq; and if one contact fails, none is taken.
TEST_F(RegistrarTest, WhatComesOutOfOrderFailsAsAWhole) {
  StartServer();
  Register({"Contact: <sip:a@10.0.0.11>;expires=60"}, "reg", 10);
  const SipMessage late =
      Register({"Contact: <sip:b@10.0.0.12>;expires=60, <sip:a@10.0.0.11>;expires=0"}, "reg", 9);
  EXPECT_EQ(late.status(), 500);
  EXPECT_THAT(ContactsOf(Register({}, "reg", 11)), ElementsAre("<sip:a@10.0.0.11>;expires=59"));
  EXPECT_EQ(Register({"Contact: *", "Expires: 0"}, "reg", 10).status(), 500);
  // Another Call-ID is another client, whatever its CSeq (§10.2.4).
  EXPECT_EQ(Register({"Contact: <sip:a@10.0.0.11>;expires=0"}, "other", 1).status(), 200);
}

TEST_F(RegistrarTest, AddressesThatAreNotOurs) {
  config_.registrar.users = {"bob"};
  StartServer();
  to_ = "bob@elsewhere.org";
  EXPECT_EQ(Register({"Contact: <sip:bob@10.0.0.11>"}).status(), 404);
  to_ = "nobody@example.com";
  EXPECT_EQ(Register({"Contact: <sip:bob@10.0.0.11>"}).status(), 404);
}

// §10.3 step 5: escapes and parameters do not make another address.
TEST_F(RegistrarTest, AddressesAreComparedInCanonicalForm) {
  EXPECT_EQ(CanonicalAor("sip:b%6Fb:secret@EXAMPLE.com:5060;transport=udp"), "bob@example.com");
  EXPECT_EQ(CanonicalAor("sips:Bob@example.com:5061"), "Bob@example.com:5061");
  EXPECT_EQ(CanonicalAor("sip:example.com"), std::nullopt);
  EXPECT_EQ(CanonicalAor("tel:+1"), std::nullopt);
}

TEST_F(RegistrarTest, RequiredExtensionsThatAreNotThere) {
  StartServer();
  const SipMessage response = Register({"Require: path, outbound"});
  EXPECT_EQ(response.status(), 420);
  EXPECT_EQ(response.Get<Unsupported>()->option_tag, "outbound");
}

TEST_F(RegistrarTest, TheTableIsBounded) {
  config_.locations = {.max_records = 1, .max_contacts = 2};
  StartServer();
  EXPECT_EQ(Register({"Contact: <sip:a@1.1.1.1>, <sip:b@1.1.1.1>, <sip:c@1.1.1.1>"}).status(), 503);
  EXPECT_EQ(Register({"Contact: <sip:a@1.1.1.1>, <sip:b@1.1.1.1>"}).status(), 200);
  to_ = "carol@example.com";
  EXPECT_EQ(Register({"Contact: <sip:a@1.1.1.1>"}).status(), 503);
}

// --- Path and Service-Route. ---

TEST_F(RegistrarTest, APathIsKeptEchoedAndUsed) {
  StartServer();
  const SipMessage response =
      Register({"Supported: path", absl::StrCat("Path: <sip:", two_.host(), ";lr>"),
                absl::StrCat("Contact: <sip:bob@", one_.host(), ">")});
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(response.Get<Path>()->uri, "sip:10.0.0.12:5060;lr");
  // RFC 3327 §5.4: the path becomes the Route.
  Invite();
  Run(20);
  const SipMessage* invite = two_.Find("INVITE");
  ASSERT_NE(invite, nullptr);
  EXPECT_EQ(invite->Get<Route>()->uri, "sip:10.0.0.12:5060;lr");
  EXPECT_EQ(invite->request_uri(), "sip:bob@10.0.0.11:5060");
}

TEST_F(RegistrarTest, APathThatTheClientDoesNotKnowOfIsA420) {
  StartServer();
  const SipMessage response = Register({"Path: <sip:p1;lr>", "Contact: <sip:bob@10.0.0.11>"});
  EXPECT_EQ(response.status(), 420);
  EXPECT_EQ(response.Get<Unsupported>()->option_tag, "path");
}

TEST_F(RegistrarTest, TheServiceRouteIsTold) {
  config_.registrar.service_route = {"sip:p1.example.com;lr", "sip:p2.example.com;lr"};
  StartServer();
  const SipMessage response = Register({"Contact: <sip:bob@10.0.0.11>"});
  ASSERT_EQ(response.GetAll<ServiceRoute>().size(), 2u);
  EXPECT_EQ(response.GetAll<ServiceRoute>()[1].uri, "sip:p2.example.com;lr");
}

// --- Digest. ---

TEST_F(RegistrarTest, WithoutThePasswordNothingIsRegistered) {
  config_.digest.emplace();
  config_.digest->realm = "example.com";
  config_.passwords = {{"bob", "zanzibar"}, {"eve", "evil"}};
  StartServer();
  const SipMessage challenge = Register({"Contact: <sip:bob@10.0.0.11>"});
  EXPECT_EQ(challenge.status(), 401);
  EXPECT_EQ(challenge.GetAll<WwwAuthenticate>().size(), 2u);
  EXPECT_EQ(Bindings(), 0u);
}

// --- GRUU. ---

class GruuTest : public RegistrarTest {
 protected:
  static std::string ParamOf(const SipMessage& response, absl::string_view name) {
    return Unquote(response.Get<Contact>()->params.Find(name).value_or(""));
  }
  SipMessage RegisterInstance(absl::string_view contact, absl::string_view call_id = "reg") {
    return Register({"Supported: gruu", absl::StrCat("Contact: <sip:bob@", contact,
                                                     ">;+sip.instance=\"<urn:uuid:1>\"")},
                    call_id);
  }
  // Calls a URI; true when it reached the first phone.
  bool Reaches(const std::string& uri) {
    one_.received.clear();
    caller_.Send(server_at_, caller_.Request("MESSAGE", uri, {}, absl::StrCat("g", ++branch_)));
    Run(20);
    return one_.Find("MESSAGE") != nullptr;
  }
};

// RFC 5627 §5.1, §5.2.
TEST_F(GruuTest, AnInstanceGetsAPublicAndATemporaryOne) {
  StartServer();
  const SipMessage response = RegisterInstance(one_.host());
  EXPECT_EQ(ParamOf(response, "pub-gruu"), "sip:bob@example.com;gr=urn:uuid:1");
  const std::string temporary = ParamOf(response, "temp-gruu");
  EXPECT_TRUE(absl::EndsWith(temporary, "@example.com;gr")) << temporary;
  EXPECT_TRUE(Reaches("sip:bob@example.com;gr=urn:uuid:1"));
  EXPECT_TRUE(Reaches(temporary));
  EXPECT_FALSE(Reaches("sip:bob@example.com;gr=urn:uuid:2"));
}

// §3.2: temporary ones gather while the registration lives, and go with its Call-ID.
TEST_F(GruuTest, ARestartOfTheClientVoidsTheTemporaryOnes) {
  StartServer();
  const std::string first = ParamOf(RegisterInstance(one_.host()), "temp-gruu");
  const std::string second = ParamOf(RegisterInstance(one_.host()), "temp-gruu");
  EXPECT_NE(first, second);
  EXPECT_TRUE(Reaches(first));
  EXPECT_TRUE(Reaches(second));
  const std::string third = ParamOf(RegisterInstance(one_.host(), "reg2"), "temp-gruu");
  EXPECT_FALSE(Reaches(first));
  EXPECT_TRUE(Reaches(third));
}

// §5.3: with the last binding the temporary ones go (404), while the public one stays (480).
TEST_F(GruuTest, WithoutABindingOnlyThePublicOneIsStillKnown) {
  StartServer();
  const std::string temporary = ParamOf(RegisterInstance(one_.host()), "temp-gruu");
  Register({"Contact: *", "Expires: 0"});
  caller_.Send(server_at_, caller_.Request("MESSAGE", temporary, {}, "x"));
  caller_.Send(server_at_,
               caller_.Request("MESSAGE", "sip:bob@example.com;gr=urn:uuid:1", {}, "y"));
  Run(20);
  EXPECT_THAT(caller_.Take(), ElementsAre("404 MESSAGE", "480 MESSAGE"));
}

// §6.1: of several contacts of an instance the latest; the next one only when it is gone.
TEST_F(GruuTest, TheLatestContactOfAnInstanceIsTried) {
  StartServer();
  RegisterInstance(two_.host(), "old");
  RegisterInstance(one_.host(), "new");
  EXPECT_TRUE(Reaches("sip:bob@example.com;gr=urn:uuid:1"));
  EXPECT_EQ(two_.Find("MESSAGE"), nullptr);
  one_.Answer(server_at_, 430, "b", {}, "MESSAGE");
  Run(20);
  EXPECT_NE(two_.Find("MESSAGE"), nullptr);
}

// §5.1.
TEST_F(GruuTest, AContactThatIsTheAddressItselfIsForbidden) {
  StartServer();
  EXPECT_EQ(RegisterInstance("example.com").status(), 403);
}

TEST(QValue, ReadsWhatTheGrammarAllows) {
  EXPECT_EQ(ParseQValue("1"), 1000);
  EXPECT_EQ(ParseQValue("1.000"), 1000);
  EXPECT_EQ(ParseQValue("0.7"), 700);
  EXPECT_EQ(ParseQValue("0.125"), 125);
  EXPECT_EQ(ParseQValue("0"), 0);
  for (const char* bad : {"", "2", "1.001", "0.1234", ".5", "0,5", "-1"}) {
    EXPECT_EQ(ParseQValue(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(QValueText(125), "0.125");
  EXPECT_EQ(QValueText(700), "0.7");
}

}  // namespace
}  // namespace tickwire::sip
