// A peer that speaks SIP text by hand: sends what the test writes, keeps what arrives.
#ifndef TICKWIRE_TESTS_PROTOCOLS_SIP_SUPPORT_RAW_PEER_H_
#define TICKWIRE_TESTS_PROTOCOLS_SIP_SUPPORT_RAW_PEER_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/message/sip_message.h"
#include "tests/protocols/sip/support/memory_network.h"

namespace tickwire::sip {

class RawPeer final : private DatagramSocket::Listener {
 public:
  RawPeer(MemoryNetwork::Node& node, uint16_t port = 5060)
      : endpoint_{node.address(), port}, node_(node) {
    socket_ = *node.Bind(endpoint_, *this);
  }

  const Endpoint& endpoint() const { return endpoint_; }
  std::string host() const { return ToString(endpoint_); }
  void Send(const Endpoint& to, absl::string_view text) {
    socket_->SendTo(to, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }
  void Send(const Endpoint& to, SipMessage message) { Send(to, message.Wire()); }
  // A request of its own, with further rows before Content-Length: "Route: <sip:...>".
  std::string Request(absl::string_view method, absl::string_view uri,
                      const std::vector<std::string>& rows = {}, absl::string_view branch = "1",
                      absl::string_view cseq = "1", absl::string_view to_tag = "") {
    std::string text = absl::StrCat(
        method, " ", uri, " SIP/2.0\r\nVia: SIP/2.0/UDP ", host(), ";branch=z9hG4bK", branch,
        "\r\nFrom: <sip:alice@example.com>;tag=a\r\nTo: <sip:bob@example.com>",
        to_tag.empty() ? "" : absl::StrCat(";tag=", to_tag), "\r\nCall-ID: call\r\nCSeq: ", cseq,
        " ", method, "\r\nContact: <sip:alice@", host(), ">\r\n");
    for (const std::string& row : rows) absl::StrAppend(&text, row, "\r\n");
    return text + "Content-Length: 0\r\n\r\n";
  }
  // Answers the latest request of that method that arrived.
  void Answer(const Endpoint& to, int status, absl::string_view tag = "b",
              const std::vector<std::string>& rows = {}, absl::string_view method = "INVITE") {
    const SipMessage* request = Find(method);
    ASSERT_NE(request, nullptr) << "no " << method;
    SipMessage response = StartResponse(*request, status, tag);
    for (size_t i = 0; i < request->row_count(); ++i) {
      if (request->row(i).id == IdOf<RecordRoute>()) {
        response.AddRaw(request->row(i).name, request->row(i).value);
      }
    }
    for (const std::string& row : rows) {
      const size_t colon = row.find(": ");
      response.AddRaw(row.substr(0, colon), row.substr(colon + 2));
    }
    if (status >= 200 && status < 300) {
      response.AddRaw("Contact", absl::StrCat("<sip:", host(), ">"));
    }
    response.Add(ContentLength{0});
    Send(to, std::move(response));
  }
  // The latest request of that method; null when there is none.
  const SipMessage* Find(absl::string_view method) const {
    for (auto it = received.rbegin(); it != received.rend(); ++it) {
      if (it->is_request() && it->method_name() == method) return &*it;
    }
    return nullptr;
  }
  const SipMessage* FindStatus(int status) const {
    for (auto it = received.rbegin(); it != received.rend(); ++it) {
      if (it->is_response() && it->status() == status) return &*it;
    }
    return nullptr;
  }
  // "INVITE", "200 INVITE", in the order of arrival; forgets them.
  std::vector<std::string> Take() {
    std::vector<std::string> texts;
    for (const SipMessage& message : received) {
      texts.push_back(message.is_request()
                          ? std::string(message.method_name())
                          : absl::StrCat(message.status(), " ", message.Get<CSeq>()->method));
    }
    received.clear();
    return texts;
  }

  std::vector<SipMessage> received;

 private:
  void OnReceive(DatagramSocket&, Endpoint, Endpoint, std::span<const uint8_t> payload,
                 uint32_t) override {
    ParseResult parsed = SipMessage::Parse(std::string(payload.begin(), payload.end()));
    EXPECT_TRUE(parsed.violations.empty()) << std::string(payload.begin(), payload.end());
    received.push_back(std::move(parsed.message));
  }
  void OnError(DatagramSocket&, Endpoint, DatagramError) override {}

  const Endpoint endpoint_;
  MemoryNetwork::Node& node_;
  std::unique_ptr<DatagramSocket> socket_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_TESTS_PROTOCOLS_SIP_SUPPORT_RAW_PEER_H_
