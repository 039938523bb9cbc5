// A server for example.com between a caller and three phones, all on a network of 10 ms.
#ifndef TICKWIRE_TESTS_PROTOCOLS_SIP_PROXY_SERVER_FIXTURE_H_
#define TICKWIRE_TESTS_PROTOCOLS_SIP_PROXY_SERVER_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocols/sip/locate/static_locator.h"
#include "protocols/sip/proxy/sip_server.h"
#include "tests/protocols/sip/support/raw_peer.h"

namespace tickwire::sip {

class ServerFixture : public ::testing::Test {
 protected:
  ServerFixture() {
    config_.me.addresses = {server_node_.address()};
    config_.me.names = {"proxy.example.com"};
    config_.me.domains = {"example.com"};
    names_.Add("proxy.example.com", {server_node_.address(), 5060});
  }
  // Called first by each test, after it has changed config_.
  void StartServer() {
    server_ = std::make_unique<SipServer>(
        SipServer::Env{server_node_.clock(), server_node_, locator_, RunSeed{}}, config_);
    ASSERT_TRUE(server_->Open(server_at_).ok());
  }
  // bob is at the first `count` phones, with these preferences.
  void PlaceBob(std::vector<uint16_t> q) {
    RawPeer* const phones[] = {&one_, &two_, &three_};
    for (size_t i = 0; i < q.size(); ++i) {
      config_.places.push_back({"bob", absl::StrCat("sip:bob@", phones[i]->host()), q[i]});
    }
  }
  void Invite(const std::vector<std::string>& rows = {}) {
    caller_.Send(server_at_, caller_.Request("INVITE", "sip:bob@example.com", rows));
  }
  void Run(int64_t ms) {
    now_ms_ += ms;
    network_.RunTo(now_ms_);
  }
  // Everything that can still happen does, and nothing is left over.
  void ExpectNothingLeft() {
    Run(600'000);
    EXPECT_EQ(server_->context_count(), 0u);
    EXPECT_EQ(server_->transaction_count(), 0u);
  }

  MemoryNetwork network_{Duration::Millis(10)};
  MemoryNetwork::Node& server_node_ = network_.AddNode("server", *IpAddress::Parse("10.0.0.100"));
  const Endpoint server_at_{server_node_.address(), 5060};
  RawPeer caller_{network_.AddNode("caller", *IpAddress::Parse("10.0.0.1"))};
  RawPeer one_{network_.AddNode("one", *IpAddress::Parse("10.0.0.11"))};
  RawPeer two_{network_.AddNode("two", *IpAddress::Parse("10.0.0.12"))};
  RawPeer three_{network_.AddNode("three", *IpAddress::Parse("10.0.0.13"))};
  NameTable names_;
  StaticLocator locator_{names_};
  SipServerConfig config_;
  std::unique_ptr<SipServer> server_;
  int64_t now_ms_ = 0;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_TESTS_PROTOCOLS_SIP_PROXY_SERVER_FIXTURE_H_
