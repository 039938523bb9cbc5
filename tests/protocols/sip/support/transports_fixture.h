// Alice (10.0.0.1) and Bob (10.0.0.2) with the proxy of example.com (10.0.0.100) between them, each
// with the transports that the test gives it. Bob is where the proxy is told (`bob_at_`).
#ifndef TICKWIRE_TESTS_PROTOCOLS_SIP_SUPPORT_TRANSPORTS_FIXTURE_H_
#define TICKWIRE_TESTS_PROTOCOLS_SIP_SUPPORT_TRANSPORTS_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "protocols/sip/locate/static_locator.h"
#include "protocols/sip/proxy/sip_server.h"
#include "protocols/sip/ua/user_agent.h"
#include "tests/protocols/sip/support/memory_streams.h"

namespace tickwire::sip {

class TransportsFixture : public ::testing::Test {
 protected:
  static constexpr Transports kTcpAndUdp{TransportKind::kTcp, TransportKind::kUdp};
  static constexpr Transports kAll{
      TransportKind::kUdp,     TransportKind::kTcp, TransportKind::kTls, TransportKind::kSctp,
      TransportKind::kTlsSctp, TransportKind::kWs,  TransportKind::kWss};

  TransportsFixture() {
    alice_config_.user = "alice";
    alice_config_.domain = "example.com";
    bob_config_.user = "bob";
    bob_config_.domain = "example.com";
    bob_config_.behaviour.answer_after = Duration::Seconds(1);
    config_.me.addresses = {proxy_node_.address()};
    config_.me.names = {"proxy.example.com"};
    config_.me.domains = {"example.com"};
    names_.Add("example.com", {proxy_node_.address(), 5060});
    names_.Add("proxy.example.com", {proxy_node_.address(), 5060});
  }
  // Called once, after the configurations are made.
  void Start() {
    if (!bob_at_.empty()) config_.places.push_back({"bob", bob_at_});
    proxy_ = std::make_unique<SipServer>(SipServer::Env{proxy_node_.clock(), proxy_node_, locator_,
                                                        RunSeed{}, &streams_.NewStack(proxy_node_)},
                                         config_);
    alice_ = MakeAgent(alice_node_, alice_config_);
    bob_ = MakeAgent(bob_node_, bob_config_);
    ASSERT_TRUE(proxy_->Open({proxy_node_.address(), 5060}).ok());
    ASSERT_TRUE(alice_->Open({alice_node_.address(), 5060}).ok());
    ASSERT_TRUE(bob_->Open({bob_node_.address(), 5060}).ok());
  }
  std::unique_ptr<UserAgent> MakeAgent(MemoryNetwork::Node& node, UserAgentConfig& config) {
    config.address = node.address();
    return std::make_unique<UserAgent>(
        UserAgent::Env{node.clock(), node, RunSeed{}, &locator_, &streams_.NewStack(node)}, config);
  }
  void Run(int64_t ms) {
    now_ms_ += ms;
    network_.RunTo(now_ms_);
  }
  CallHandle Call(const std::string& target) {
    CallOptions options;
    options.target = target;
    return alice_->PlaceCall(options);
  }
  bool IsAnswered(CallHandle handle) const {
    const sip::Call* const call = alice_->FindCall(handle);
    return call != nullptr && call->state() == CallState::kConfirmed;
  }
  void ExpectNothingLeft() {
    Run(600'000);
    for (const UserAgent* agent : {alice_.get(), bob_.get()}) {
      EXPECT_EQ(agent->live_calls(), 0u);
      EXPECT_EQ(agent->dialog_count(), 0u);
      EXPECT_EQ(agent->transaction_count(), 0u);
      EXPECT_EQ(agent->request_count(), 0u);
    }
    EXPECT_EQ(proxy_->context_count(), 0u);
    EXPECT_EQ(proxy_->transaction_count(), 0u);
  }
  // The latest message whose text begins so and which the node of that sent-by sent, whatever
  // carried it. Without violations, so that ParseResult has nothing else to say.
  SipMessage Find(absl::string_view start, absl::string_view via_host) const {
    for (const std::vector<std::string>* texts : {&streams_.texts, &network_.texts}) {
      for (auto text = texts->rbegin(); text != texts->rend(); ++text) {
        if (!absl::StartsWith(*text, start)) continue;
        ParseResult parsed = SipMessage::Parse(*text);
        const std::optional<Via> via = parsed.message.Get<Via>();
        if (via.has_value() && via->host == via_host) return std::move(parsed.message);
      }
    }
    ADD_FAILURE() << "no " << start << " from " << via_host;
    return SipMessage::Request("NONE", "sip:none");
  }
  // "TCP 10.0.0.1:5060".
  static std::string TopVia(const SipMessage& message) {
    const std::optional<Via> via = message.Get<Via>();
    if (!via.has_value()) return "none";
    return absl::StrCat(via->transport, " ", via->host, ":", via->port_or_default());
  }
  template <class Header>
  static std::vector<std::string> Uris(const SipMessage& message) {
    std::vector<std::string> uris;
    for (const Header& header : message.GetAll<Header>()) uris.emplace_back(header.uri);
    return uris;
  }
  // How often a request of that method, or a response with that status, was sent over UDP.
  int CountUdp(absl::string_view start) const {
    int count = 0;
    for (const std::string& text : network_.texts) count += absl::StartsWith(text, start);
    return count;
  }
  int CountStreams(absl::string_view start) const {
    int count = 0;
    for (const std::string& text : streams_.texts) count += absl::StartsWith(text, start);
    return count;
  }

  MemoryNetwork network_{Duration::Millis(10)};
  MemoryStreams streams_{network_};
  MemoryNetwork::Node& alice_node_ = network_.AddNode("alice", *IpAddress::Parse("10.0.0.1"));
  MemoryNetwork::Node& bob_node_ = network_.AddNode("bob", *IpAddress::Parse("10.0.0.2"));
  MemoryNetwork::Node& proxy_node_ = network_.AddNode("proxy", *IpAddress::Parse("10.0.0.100"));
  NameTable names_;
  StaticLocator locator_{names_};
  UserAgentConfig alice_config_, bob_config_;
  SipServerConfig config_;
  std::string bob_at_ = "sip:bob@10.0.0.2:5060";
  std::unique_ptr<SipServer> proxy_;
  std::unique_ptr<UserAgent> alice_, bob_;
  int64_t now_ms_ = 0;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_TESTS_PROTOCOLS_SIP_SUPPORT_TRANSPORTS_FIXTURE_H_
