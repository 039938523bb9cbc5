// SenderWorld: a TcpSender alone, with hands for a connection and a network. Segments have 1000
// bytes; segment i is positions 1 + 1000 i up to 1 + 1000 (i + 1).
#ifndef TICKWIRE_TESTS_PROTOCOLS_TCP_SENDER_WORLD_H_
#define TICKWIRE_TESTS_PROTOCOLS_TCP_SENDER_WORLD_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "protocols/tcp/tcp_sender.h"
#include "sim_core/run/simulator.h"
#include "tests/support/recorder.h"

namespace tickwire::tcp {

constexpr int64_t kMss = 1000;
inline int64_t Position(int64_t segment) { return 1 + kMss * segment; }
// Segments [from, to).
inline SeqRange Segments(int64_t from, int64_t to) { return {Position(from), Position(to)}; }

class SenderWorld : public TcpSender::Host {
 public:
  struct Sent {
    int64_t segment;  // of its first byte
    std::string why;  // empty: new
    SimTime at;
    int64_t size = kMss;
    bool operator==(const Sent&) const = default;
  };

  explicit SenderWorld(LossRecoveryKind kind = LossRecoveryKind::kSack)
      : simulator({.run = {}, .nodes = {"a"}, .sink = &recorder}) {
    config.loss_recovery = kind;
    config.min_rto = Duration::Millis(200);
    config.prr = false;
    entity = node().trace().NewEntity("sender");
  }

  // Established with `window` segments of initial window and an RTT of 100 ms.
  void Begin(uint32_t window = 10, TcpSender::Start start = {}) {
    config.initial_window = window;
    sender = std::make_unique<TcpSender>(node().clock(), entity, config, *this);
    start.mss = kMss;
    if (!start.handshake_lost && !start.handshake_rtt) start.handshake_rtt = Duration::Millis(100);
    Do([&] { sender->Begin(start); });
  }
  virtual ~SenderWorld() = default;
  static TcpSender::Start WithSack() { return {.sack = true}; }

  // The application writes so many segments more.
  void Write(int64_t segments) {
    available += segments * kMss;
    Do([&] { sender->TrySend(); });
  }
  // Segments before `count` have arrived; `sack`: further ones, the newest block first.
  void Ack(int64_t count, std::vector<SeqRange> sack = {}) {
    AckEvent event{
        .cumulative_ack = Position(count), .sack = sack, .has_sack_option = !sack.empty()};
    Give(event);
  }
  void Give(const AckEvent& event) {
    Do([&] {
      sender->OnAck(event);
      sender->TrySend();
    });
    EXPECT_TRUE(sender->IsConsistent());
  }
  template <class F>
  void Do(F action) {
    simulator.ScheduleAction(simulator.now(), node(), action);
    simulator.RunUntil(simulator.now());
  }
  void Wait(Duration time) {
    simulator.ScheduleAction(simulator.now() + time, node(), [] {});  // or time stands still
    simulator.RunUntil(simulator.now() + time);
  }
  SimTime now() { return simulator.now(); }
  Node& node() { return simulator.node("a"); }
  // What was sent since the last call: "0 1 2 3!" is segments 0 to 2, and 3 resent.
  std::string Take() {
    std::string text;
    for (const Sent& one : sent) {
      if (!text.empty()) text += " ";
      text += std::to_string(one.segment) + (one.why.empty() ? "" : "!");
    }
    sent.clear();
    return text;
  }
  int64_t cwnd() const { return sender->cwnd(); }
  int64_t ssthresh() const { return sender->ssthresh(); }

  Recorder recorder;
  Simulator simulator;
  TcpConfig config;
  TraceEntity entity;
  std::unique_ptr<TcpSender> sender;
  std::vector<Sent> sent;
  int64_t available = 0;  // bytes written
  int64_t peer_window = int64_t{1} << 30;
  bool gave_up = false;

 private:
  SeqRange NewSegment(int64_t room) override {
    const int64_t begin = sender->snd_nxt();
    const int64_t left = std::min(1 + available, sender->snd_una() + peer_window) - begin;
    const int64_t size = std::min<int64_t>(left, sender->mss());
    if (size <= 0 || (room < size && sender->flight() > 0)) return {};
    return {begin, begin + size};
  }
  void Transmit(SeqRange range, const TraceLabel* why) override {
    sent.push_back(
        {(range.begin - 1) / kMss, why == nullptr ? "" : why->name, simulator.now(), range.size()});
  }
  void OnGaveUp() override { gave_up = true; }
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_TESTS_PROTOCOLS_TCP_SENDER_WORLD_H_
