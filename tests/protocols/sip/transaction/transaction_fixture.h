// A transaction table between a recording user and a recording transport, on a bare event loop.
#ifndef TICKWIRE_TESTS_PROTOCOLS_SIP_TRANSACTION_TRANSACTION_FIXTURE_H_
#define TICKWIRE_TESTS_PROTOCOLS_SIP_TRANSACTION_TRANSACTION_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/transaction/transaction_table.h"
#include "sim_core/event/event_loop.h"

namespace tickwire::sip {

// What went to the wire: "1500 INVITE sip:bob@b SIP/2.0" (ms since the start).
class RecordingTransport final : public MessageTransport {
 public:
  explicit RecordingTransport(const EventLoop& loop) : loop_(loop) {}
  void Send(const Hop& hop, absl::string_view wire) override {
    hops.push_back(hop);
    wires.emplace_back(wire);
    const absl::string_view line = wire.substr(0, wire.find('\r'));
    log.push_back(absl::StrCat(
        loop_.now().nanos() / 1'000'000, " ",
        line.substr(0, 4) == "SIP/" ? line.substr(8, 3) : line.substr(0, line.find(' '))));
  }
  // What was sent since the last call.
  std::vector<std::string> Take() { return std::exchange(log, {}); }

  std::vector<std::string> log;
  std::vector<std::string> wires;
  std::vector<Hop> hops;

 private:
  const EventLoop& loop_;
};

class RecordingUser final : public TransactionUser {
 public:
  void OnResponse(ClientTransaction&, const SipMessage& response) override {
    log.push_back(absl::StrCat("response ", response.status()));
  }
  void OnTimeout(ClientTransaction&) override { log.push_back("client timeout"); }
  void OnTransportError(ClientTransaction&) override { log.push_back("client transport error"); }
  void OnRequest(ServerTransaction& transaction) override {
    server = &transaction;
    log.push_back(absl::StrCat("request ", transaction.request().method_name()));
  }
  void OnAck(ServerTransaction* transaction, const SipMessage&) override {
    log.push_back(transaction == nullptr ? "stray ACK" : "ACK");
  }
  void OnTimeout(ServerTransaction&) override { log.push_back("server timeout"); }
  void OnTransportError(ServerTransaction&) override { log.push_back("server transport error"); }
  void OnTerminated(ClientTransaction&) override { log.push_back("client terminated"); }
  void OnTerminated(ServerTransaction& transaction) override {
    if (server == &transaction) server = nullptr;
    log.push_back("server terminated");
  }
  std::vector<std::string> Take() { return std::exchange(log, {}); }

  std::vector<std::string> log;
  ServerTransaction* server = nullptr;  // the latest
};

class TransactionFixture : public ::testing::Test {
 protected:
  static inline const Hop kUdp{{IpAddress::V4(0x0a000002), 5060}, TransportKind::kUdp};
  static inline const Hop kReliable{{IpAddress::V4(0x0a000002), 5060}, TransportKind::kTcp};

  static SipMessage Request(absl::string_view method, absl::string_view branch = "z9hG4bK1",
                            absl::string_view sent_by = "10.0.0.1") {
    return SipMessage::Parse(absl::StrCat(method, " sip:bob@b SIP/2.0\r\nVia: SIP/2.0/UDP ",
                                          sent_by, ";branch=", branch,
                                          "\r\nMax-Forwards: 70\r\n"
                                          "From: <sip:alice@a>;tag=a1\r\nTo: <sip:bob@b>\r\n"
                                          "Call-ID: c1\r\nCSeq: 7 ",
                                          method,
                                          "\r\nRoute: <sip:r1;lr>, <sip:r2;lr>\r\n"
                                          "Contact: <sip:alice@10.0.0.1>\r\n"
                                          "Content-Length: 0\r\n\r\n"))
        .message;
  }
  static SipMessage ResponseTo(const SipMessage& request, int status,
                               absl::string_view to_tag = "b1") {
    return MakeResponse(request, status, to_tag);
  }

  // The time since the start becomes `ms`; all that is due until then (inclusively) happens.
  void RunTo(int64_t ms) {
    const SimTime end = SimTime::FromNanos(ms * 1'000'000 + 1);
    loop_.RunBefore(end);
    loop_.AdvanceTo(SimTime::FromNanos(ms * 1'000'000));
  }
  bool IsQuiet() { return loop_.queue().Next() == nullptr; }

  EventLoop loop_;
  NodeTrace trace_{NodeId{1}, "alice", loop_.now()};
  NodeClock clock_{NodeId{1}, loop_, trace_};
  RecordingTransport wire_{loop_};
  RecordingUser user_;
  TransactionTable table_{clock_, wire_, user_, TransactionTimers{}};
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_TESTS_PROTOCOLS_SIP_TRANSACTION_TRANSACTION_FIXTURE_H_
