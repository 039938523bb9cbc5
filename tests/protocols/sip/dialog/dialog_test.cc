#include "protocols/sip/dialog/dialog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/sip/message/response_builder.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;

SipMessage Invite() {
  return SipMessage::Parse(
             "INVITE sip:bob@biloxi SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n"
             "Record-Route: <sip:p2;lr>, <sip:p1;lr>\r\n"
             "From: \"Alice\" <sip:alice@atlanta>;tag=a\r\nTo: Bob <sip:bob@biloxi>\r\n"
             "Call-ID: c\r\nCSeq: 41 INVITE\r\nContact: <sip:alice@10.0.0.1>\r\n\r\n")
      .message;
}

SipMessage Answer(absl::string_view record_route = "Record-Route: <sip:p2;lr>, <sip:p1;lr>\r\n") {
  return SipMessage::Parse(
             std::string("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n") +
             std::string(record_route) +
             "From: \"Alice\" <sip:alice@atlanta>;tag=a\r\nTo: Bob <sip:bob@biloxi>;tag=b\r\n"
             "Call-ID: c\r\nCSeq: 41 INVITE\r\nContact: <sip:bob@10.0.0.2>\r\n\r\n")
      .message;
}

constexpr absl::string_view kVia = "SIP/2.0/UDP x;branch=z9hG4bK9";

TEST(Dialog, TheCallerReversesTheRecordRoute) {
  const auto dialog = Dialog::OfCaller(Invite(), Answer());
  ASSERT_TRUE(dialog.has_value());
  EXPECT_THAT(dialog->route_set(), ElementsAre("sip:p1;lr", "sip:p2;lr"));
  EXPECT_EQ(dialog->next_hop_uri(), "sip:p1;lr");
  EXPECT_EQ(dialog->remote_target(), "sip:bob@10.0.0.2");
}

TEST(Dialog, TheCalledTakesTheRecordRouteAsItIs) {
  const auto dialog = Dialog::OfCalled(Invite(), "b");
  ASSERT_TRUE(dialog.has_value());
  EXPECT_THAT(dialog->route_set(), ElementsAre("sip:p2;lr", "sip:p1;lr"));
}

TEST(Dialog, RequestsCarryItsStateAndTheNextNumber) {
  auto dialog = Dialog::OfCaller(Invite(), Answer());
  const SipMessage bye = dialog->MakeRequest("BYE", kVia);
  EXPECT_EQ(bye.Serialize(),
            "BYE sip:bob@10.0.0.2 SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK9\r\n"
            "Route: <sip:p1;lr>\r\nRoute: <sip:p2;lr>\r\nMax-Forwards: 70\r\n"
            "From: \"Alice\" <sip:alice@atlanta>;tag=a\r\nTo: Bob <sip:bob@biloxi>;tag=b\r\n"
            "Call-ID: c\r\nCSeq: 42 BYE\r\n\r\n");
  EXPECT_EQ(dialog->MakeRequest("INFO", kVia).Get<CSeq>()->number, 43u);
  EXPECT_EQ(dialog->MakeAck(41, kVia).Get<CSeq>()->number, 41u);
}

TEST(Dialog, AStrictRouterBecomesTheRequestUri) {
  auto dialog = Dialog::OfCaller(Invite(), Answer("Record-Route: <sip:p2;lr>, <sip:old>\r\n"));
  const SipMessage bye = dialog->MakeRequest("BYE", kVia);
  EXPECT_EQ(bye.request_uri(), "sip:old");
  const auto routes = bye.GetAll<Route>();
  ASSERT_EQ(routes.size(), 2u);
  EXPECT_EQ(routes[0].uri, "sip:p2;lr");
  EXPECT_EQ(routes[1].uri, "sip:bob@10.0.0.2");
}

TEST(Dialog, TheCalledSpeaksWithTheRolesExchanged) {
  auto dialog = Dialog::OfCalled(Invite(), "b");
  const SipMessage bye = dialog->MakeRequest("BYE", kVia);
  EXPECT_EQ(bye.GetRaw<From>(), absl::string_view("Bob <sip:bob@biloxi>;tag=b"));
  EXPECT_EQ(bye.GetRaw<To>(), absl::string_view("\"Alice\" <sip:alice@atlanta>;tag=a"));
  EXPECT_EQ(bye.Get<CSeq>()->number, 1u);  // each direction counts for itself
  EXPECT_EQ(bye.request_uri(), "sip:alice@10.0.0.1");
}

TEST(Dialog, RemoteNumbersMayHaveGapsButMustRise) {
  auto dialog = Dialog::OfCalled(Invite(), "b");
  EXPECT_EQ(dialog->ObserveRemoteNumber(41), Dialog::Order::kTooLow);
  EXPECT_EQ(dialog->ObserveRemoteNumber(42), Dialog::Order::kInOrder);
  EXPECT_EQ(dialog->ObserveRemoteNumber(1000), Dialog::Order::kInOrder);
  EXPECT_EQ(dialog->ObserveRemoteNumber(999), Dialog::Order::kTooLow);
  auto caller = Dialog::OfCaller(Invite(), Answer());
  EXPECT_EQ(caller->ObserveRemoteNumber(0), Dialog::Order::kInOrder);  // none seen yet
}

TEST(Dialog, NeedsATagAndAContactInTheAnswer) {
  SipMessage without_contact = Answer();
  without_contact.Remove<Contact>();
  EXPECT_FALSE(Dialog::OfCaller(Invite(), without_contact).has_value());
  EXPECT_FALSE(Dialog::OfCaller(Invite(), MakeResponse(Invite(), 200)).has_value());
  SipMessage invite = Invite();
  invite.Remove<Contact>();
  EXPECT_FALSE(Dialog::OfCalled(invite, "b").has_value());
}

}  // namespace
}  // namespace tickwire::sip
