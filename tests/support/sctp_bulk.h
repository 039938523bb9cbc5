// SCTP at work for benchmarks: a bulk transfer over one wire, associations that do nothing, INITs
// that nobody follows up.
#ifndef TICKWIRE_TESTS_SUPPORT_SCTP_BULK_H_
#define TICKWIRE_TESTS_SUPPORT_SCTP_BULK_H_

#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "protocols/ip/ip_layer.h"
#include "protocols/sctp/packet/any_chunk.h"
#include "protocols/sctp/sctp_layer.h"
#include "sim_core/net/bernoulli_loss.h"
#include "sim_core/run/simulator.h"

namespace tickwire::sctp {

inline double UserSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec) / 1e6;
}

// Two hosts with SCTP and a wire.
class SctpPair {
 public:
  SctpPair(DataRate rate, Duration delay, uint32_t loss_per_mille, TraceSink* sink = nullptr)
      : simulator({.run = {}, .nodes = {"alice", "bob"}, .sink = sink}),
        alice(simulator.node("alice")),
        bob(simulator.node("bob")),
        a(alice.AddInterface("eth0")),
        b(bob.AddInterface("eth0")) {
    LinkConfig there, back;
    for (LinkConfig* link : {&there, &back}) {
      link->rate = rate;
      link->propagation = delay;
    }
    if (loss_per_mille > 0) {
      there.impairments.push_back(std::make_unique<BernoulliLoss>(Ratio{loss_per_mille, 1000}));
    }
    simulator.Connect(a, b, std::move(there), std::move(back));
    alice_ip = std::make_unique<IpLayer>(alice, IpLayer::Role::kHost);
    bob_ip = std::make_unique<IpLayer>(bob, IpLayer::Role::kHost);
    alice_ip->AddAddress(a, kAlice);
    bob_ip->AddAddress(b, kBob);
    alice_ip->AddRoute({kBob, 32}, a);
    bob_ip->AddRoute({IpAddress::V4(0x0a000000), 16}, b);
    bob_ip->AddRoute({IpAddress::V4(0x0a400000), 10}, b);
    alice_sctp = std::make_unique<SctpLayer>(*alice_ip, RunSeed{});
    bob_sctp = std::make_unique<SctpLayer>(*bob_ip, RunSeed{});
  }
  static inline const IpAddress kAlice = IpAddress::V4(0x0a000001);
  static inline const IpAddress kBob = IpAddress::V4(0x0a010001);

  Simulator simulator;
  Node& alice;
  Node& bob;
  Interface& a;
  Interface& b;
  std::unique_ptr<IpLayer> alice_ip, bob_ip;
  std::unique_ptr<SctpLayer> alice_sctp, bob_sctp;
};

// Sends equal messages as long as there is room, and counts what comes.
class BulkUser : public Association::User, public SctpEndpoint::User {
 public:
  BulkUser(size_t message, int64_t count, uint16_t streams)
      : message_(message), left_(count), streams_(streams) {}
  Association::User& OnAccepted(Association& made) override {
    association = &made;
    return *this;
  }
  void OnMessage(Association&, const ReceivedMessage&, std::span<const uint8_t> data) override {
    ++received;
    received_bytes += static_cast<int64_t>(data.size());
  }
  void OnNotification(Association&, const Notification& notification) override {
    const auto* change = std::get_if<AssociationChange>(&notification);
    if (change == nullptr) return;
    if (change->state != AssociationChange::State::kUp) return;  // the end of the run
    Fill();
  }
  void OnWritable(Association&) override { Fill(); }
  void Fill() {
    for (; left_ > 0; --left_) {
      OutgoingMessage message;
      message.stream = StreamId{next_};
      message.data.resize(message_);
      if (association->Send(std::move(message)) != Association::SendResult::kAccepted) return;
      next_ = static_cast<uint16_t>(next_ + 1 == streams_ ? 0 : next_ + 1);
    }
  }

  Association* association = nullptr;
  int64_t received = 0;
  int64_t received_bytes = 0;

 private:
  const size_t message_;
  int64_t left_;
  const uint16_t streams_;
  uint16_t next_ = 0;
};

struct BulkRun {
  size_t message = 1000;
  int64_t bytes = 200'000'000;
  uint16_t streams = 1;
  uint32_t loss_per_mille = 0;
  SctpConfig config = {};
};
struct BulkResult {
  double user_seconds = 0;
  double virtual_seconds = 0;
  uint64_t packets = 0;  // of both sides
};

inline BulkResult RunBulk(const BulkRun& run, TraceSink* sink = nullptr) {
  SctpPair pair(DataRate::BitsPerSecond(1'000'000'000), Duration::Millis(5), run.loss_per_mille,
                sink);
  const int64_t count = run.bytes / static_cast<int64_t>(run.message);
  BulkUser source(run.message, count, run.streams), drain(run.message, 0, run.streams);
  SctpConfig config = run.config;
  config.outbound_streams = run.streams;
  config.send_buffer = config.receive_buffer = 4 << 20;
  std::unique_ptr<SctpEndpoint> from, to;
  pair.simulator.ScheduleAction(SimTime(), pair.bob, [&] {
    to = *pair.bob_sctp->Bind(80, {}, config, drain);
    to->set_listening(true);
  });
  pair.simulator.ScheduleAction(SimTime::FromNanos(1), pair.alice, [&] {
    from = *pair.alice_sctp->Bind(5000, {}, config, source);
    const IpAddress peer[] = {SctpPair::kBob};
    source.association = *from->Connect(peer, 80, source);
  });
  BulkResult result;
  const double begin = UserSeconds();
  pair.simulator.RunUntil([&] { return drain.received >= count; }, Duration::Millis(100),
                          SimTime() + Duration::Seconds(100'000));
  result.user_seconds = UserSeconds() - begin;
  result.virtual_seconds = static_cast<double>(pair.simulator.now().nanos()) / 1e9;
  TW_CHECK(drain.received == count);
  result.packets =
      source.association->counters().packets_sent + drain.association->counters().packets_sent;
  return result;
}

inline double BytesInUse() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

// What users of idle associations do: the client sends a byte when it is up.
struct QuietUser : Association::User, SctpEndpoint::User {
  explicit QuietUser(bool client) : is_client(client) {}
  Association::User& OnAccepted(Association&) override { return *this; }
  void OnMessage(Association&, const ReceivedMessage&, std::span<const uint8_t>) override {
    ++messages;
  }
  void OnNotification(Association& association, const Notification& notification) override {
    const auto* change = std::get_if<AssociationChange>(&notification);
    if (change == nullptr) return;
    if (change->state != AssociationChange::State::kUp) return;  // the end of the run
    if (!is_client) return;
    OutgoingMessage message;
    message.data.resize(1);
    TW_CHECK(association.Send(std::move(message)) == Association::SendResult::kAccepted);
  }
  void OnWritable(Association&) override {}
  const bool is_client;
  int64_t messages = 0;
};

// Sets up an association between each of alice's `callers` endpoints and each of bob's `listeners`,
// sends a message over each, and says how many bytes of memory one end of one idle association
// holds then, after a few HEARTBEATs: all objects and its share of the endpoints and tables.
inline double IdleAssociationBytes(int callers, int listeners) {
  SctpPair pair(DataRate::BitsPerSecond(10'000'000'000), Duration::Millis(1), 0);
  QuietUser client(true), server(false);
  SctpConfig config;
  std::vector<std::unique_ptr<SctpEndpoint>> near, far;
  near.reserve(static_cast<size_t>(callers));
  far.reserve(static_cast<size_t>(listeners));
  constexpr int kPorts = 50'000;  // of one address
  for (int i = 1; i * kPorts < callers; ++i) {
    pair.alice_ip->AddAddress(pair.a, IpAddress::V4(0x0a000001u + static_cast<uint32_t>(i)));
  }
  pair.simulator.RunUntil(SimTime::FromNanos(1));
  const double before = BytesInUse();
  pair.simulator.ScheduleAction(SimTime::FromNanos(2), pair.bob, [&] {
    for (int i = 0; i < listeners; ++i) {
      far.push_back(*pair.bob_sctp->Bind(static_cast<uint16_t>(80 + i), {}, config, server));
      far.back()->set_listening(true);
    }
  });
  // In batches: not all at once on the wire, whose buffers stay.
  const int64_t batch = std::clamp<int64_t>(int64_t{callers} * listeners / 100, 10, 1000);
  int64_t made = 0;
  for (int64_t first = 0; first < int64_t{callers} * listeners; first += batch) {
    pair.simulator.ScheduleAction(SimTime{Duration::Micros(10) * (first + 1)}, pair.alice, [&] {
      const IpAddress peer[] = {SctpPair::kBob};
      for (int64_t i = 0; i < batch && made < int64_t{callers} * listeners; ++i, ++made) {
        const auto caller = static_cast<size_t>(made / listeners);
        if (caller == near.size()) {
          const auto address = IpAddress::V4(0x0a000001u + static_cast<uint32_t>(caller) / kPorts);
          near.push_back(*pair.alice_sctp->Bind(static_cast<uint16_t>(1000 + caller % kPorts),
                                                {address}, config, client));
        }
        const auto port = static_cast<uint16_t>(80 + made % listeners);
        TW_CHECK(near[caller]->Connect(peer, port, client).ok());
      }
    });
  }
  pair.simulator.RunUntil(
      SimTime{Duration::Micros(10) * (int64_t{callers} * listeners) + Duration::Seconds(100)});
  TW_CHECK(server.messages == int64_t{callers} * listeners);
  return (BytesInUse() - before) / (2.0 * callers * listeners);
}

// `count` INITs from as many forged addresses, each answered; how many bytes of memory the listener
// holds more after the last than after the first hundredth.
inline double InitFloodGrowth(int64_t count) {
  SctpPair pair(DataRate::BitsPerSecond(10'000'000'000), Duration::Millis(1), 0);
  QuietUser server(false);
  std::unique_ptr<SctpEndpoint> listener;
  pair.simulator.ScheduleAction(SimTime(), pair.bob, [&] {
    listener = *pair.bob_sctp->Bind(80, {}, SctpConfig(), server);
    listener->set_listening(true);
  });
  std::vector<uint8_t> init;
  CommonHeader{.source_port = 5000, .destination_port = 80, .tag = VerificationTag{0}}.Begin(init);
  InitChunk chunk;
  chunk.initiate_tag = VerificationTag{0x12345678};
  chunk.a_rwnd = 1 << 20;
  chunk.outbound_streams = chunk.inbound_streams = 10;
  chunk.SerializeTo(init);
  CommonHeader::Seal(init);
  uint64_t answered = 0;
  double early = 0;
  // Few actions: what they take is not given back before the end of the run.
  constexpr int kBatch = 10'000;
  for (int64_t first = 0; first < count; first += kBatch) {
    const SimTime at = pair.simulator.now() + Duration::Micros(10);
    pair.simulator.ScheduleAction(at, pair.alice, [&, first] {
      for (int64_t i = first; i < std::min(first + kBatch, count); ++i) {
        Packet packet = pair.alice.NewPacket(init.size());
        std::copy(init.begin(), init.end(), packet.mutable_bytes().begin());
        const auto source = IpAddress::V4(0x0a400000u + static_cast<uint32_t>(i));
        pair.alice_ip->Send(source, SctpPair::kBob, IpProtocol::kSctp, std::move(packet), {});
        ++answered;
      }
    });
    pair.simulator.RunUntil(at + Duration::Millis(3));
    if (first == count / 100 / kBatch * kBatch) early = BytesInUse();
  }
  TW_CHECK(answered == static_cast<uint64_t>(count) && listener->associations().empty());
  return BytesInUse() - early;
}

}  // namespace tickwire::sctp

#endif  // TICKWIRE_TESTS_SUPPORT_SCTP_BULK_H_
