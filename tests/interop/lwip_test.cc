// Our TCP against lwIP, in one process and virtual time: transfers in both directions over a link
// that loses, duplicates, reorders and corrupts, every byte compared on both sides.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "protocols/tcp/tcp_layer.h"
#include "sim_core/net/bernoulli_loss.h"
#include "sim_core/net/corruption.h"
#include "sim_core/net/duplication.h"
#include "sim_core/net/reordering.h"
#include "sim_core/run/simulator.h"
#include "tests/support/lwip_host.h"

namespace tickwire {
namespace {

constexpr uint16_t kPort = 7000;

// The side of ours: sends its pattern, checks the peer's.
class OurSide : public Channel::Listener {
 public:
  explicit OurSide(const LwipHost::Transfer& transfer) : transfer_(transfer) {}

  void Take(std::unique_ptr<Channel> channel) { channel_ = std::move(channel); }
  void Fill() {
    while (sent_ < transfer_.send_bytes) {
      uint8_t bytes[1000];
      const uint64_t size = std::min<uint64_t>(sizeof bytes, transfer_.send_bytes - sent_);
      for (uint64_t i = 0; i < size; ++i) bytes[i] = PatternByte(transfer_.send_seed, sent_ + i);
      const uint64_t taken = channel_->Send(std::span(bytes).first(size));
      sent_ += taken;
      if (taken < size) return;
    }
    channel_->ShutdownSend();
  }
  bool is_done() const {
    return is_closed_ && error_.empty() && received_ == transfer_.receive_bytes;
  }
  bool is_closed() const { return is_closed_; }
  const std::string& error() const { return error_; }
  uint64_t received() const { return received_; }

 private:
  void OnConnected(Channel&) override { Fill(); }
  void OnReceive(Channel&, std::span<const uint8_t> bytes, uint64_t zeros) override {
    for (const uint8_t byte : bytes) Check(byte);
    for (uint64_t i = 0; i < zeros; ++i) Check(0);
  }
  void OnWritable(Channel&) override { Fill(); }
  void OnPeerFinished(Channel&) override {
    if (received_ != transfer_.receive_bytes) {
      Fail(absl::StrCat("we got a FIN after ", received_, " of ", transfer_.receive_bytes));
    }
  }
  void OnError(Channel&, ChannelError) override {}
  void OnClosed(Channel&, CloseReason reason) override {
    is_closed_ = true;
    if (reason != CloseReason::kLocal && reason != CloseReason::kPeer) {
      Fail(absl::StrCat("ours ended with reason ", static_cast<int>(reason)));
    }
  }
  void Check(uint8_t byte) {
    if (byte != PatternByte(transfer_.receive_seed, received_)) {
      Fail(absl::StrCat("we got a wrong byte at ", received_));
    }
    ++received_;
  }
  void Fail(std::string what) {
    if (error_.empty()) error_ = std::move(what);
  }

  const LwipHost::Transfer transfer_;
  std::unique_ptr<Channel> channel_;
  uint64_t sent_ = 0, received_ = 0;
  bool is_closed_ = false;
  std::string error_;
};

struct Conditions {
  bool is_clean = false;
  bool we_open = false;
  bool lwip_expects_other_bytes = false;
  bool we_expect_other_bytes = false;
  LwipHost::Transfer ours;  // lwIP's is the mirror
  tcp::TcpConfig config;
};

Conditions Draw(uint64_t seed) {
  Rng rng = Rng::ForStream({.seed = seed}, "lwip", "conditions");
  Conditions conditions;
  conditions.we_open = seed % 2 == 0;
  // One direction alone, the other alone, both.
  const uint64_t size = 1 + rng.Below(300'000);
  const uint64_t other = 1 + rng.Below(300'000);
  conditions.ours.send_bytes = seed % 3 == 1 ? 0 : size;
  conditions.ours.receive_bytes = seed % 3 == 2 ? 0 : other;
  conditions.ours.send_seed = rng.Next64();
  conditions.ours.receive_seed = rng.Next64();
  const tcp::Profile profiles[] = {tcp::Profile::kRfc, tcp::Profile::kLinux,
                                   tcp::Profile::kFreeBsd};
  conditions.config = tcp::TcpConfig::For(profiles[rng.Below(3)]);
  conditions.config.window_scaling = rng.Below(2) == 0;
  conditions.config.receive_buffer = static_cast<uint32_t>(4000 + rng.Below(200'000));
  const tcp::LossRecoveryKind recoveries[] = {
      tcp::LossRecoveryKind::kNone, tcp::LossRecoveryKind::kReno, tcp::LossRecoveryKind::kNewReno,
      tcp::LossRecoveryKind::kSack, tcp::LossRecoveryKind::kRack};
  conditions.config.loss_recovery = recoveries[rng.Below(5)];
  return conditions;
}

std::vector<std::unique_ptr<Impairment>> Impairments(Rng& rng) {
  std::vector<std::unique_ptr<Impairment>> list;
  list.push_back(
      std::make_unique<BernoulliLoss>(Ratio{static_cast<uint32_t>(rng.Below(50)), 1000}));
  list.push_back(
      std::make_unique<Duplication>(Ratio{static_cast<uint32_t>(rng.Below(30)), 1000},
                                    Duration::Millis(static_cast<int64_t>(rng.Below(30)))));
  list.push_back(
      std::make_unique<Reordering>(Ratio{static_cast<uint32_t>(rng.Below(100)), 1000},
                                   Duration::Millis(1 + static_cast<int64_t>(rng.Below(30)))));
  list.push_back(
      std::make_unique<Corruption>(Ratio{static_cast<uint32_t>(rng.Below(10)), 1000}, 1));
  return list;
}

// What went wrong; empty if nothing did.
std::string RunTransfer(uint64_t seed, const Conditions& conditions) {
  Simulator simulator({.run = {.seed = seed}, .nodes = {"lwip", "ours"}});
  Interface& at_ours = simulator.node("ours").AddInterface("eth0");
  Interface& at_lwip = simulator.node("lwip").AddInterface("eth0");
  LinkConfig there, back;
  there.propagation = back.propagation = Duration::Millis(10);
  there.rate = back.rate = DataRate::BitsPerSecond(20'000'000);
  if (!conditions.is_clean) {
    Rng rng = Rng::ForStream({.seed = seed}, "lwip", "link");
    there.impairments = Impairments(rng);
    back.impairments = Impairments(rng);
  }
  simulator.Connect(at_ours, at_lwip, std::move(there), std::move(back));
  const IpAddress our_address = *IpAddress::Parse("10.0.0.1");
  const IpAddress lwip_address = *IpAddress::Parse("10.0.0.2");
  IpLayer ip(simulator.node("ours"), IpLayer::Role::kHost);
  ip.AddAddress(at_ours, our_address);
  ip.AddRoute(*IpPrefix::Parse("10.0.0.0/24"), at_ours);
  tcp::TcpLayer layer(ip, {.seed = seed});
  LwipHost lwip(simulator.node("lwip"), at_lwip, lwip_address);

  const LwipHost::Transfer& ours = conditions.ours;
  const LwipHost::Transfer theirs{ours.receive_seed, ours.receive_bytes,
                                  ours.send_seed + (conditions.lwip_expects_other_bytes ? 1 : 0),
                                  ours.send_bytes};
  LwipHost::Transfer expected = ours;
  if (conditions.we_expect_other_bytes) ++expected.receive_seed;
  OurSide side(expected);
  std::unique_ptr<tcp::TcpListener> listener;
  if (conditions.we_open) {
    simulator.ScheduleAction(SimTime(), simulator.node("lwip"),
                             [&] { lwip.Listen(kPort, theirs); });
    simulator.ScheduleAction(SimTime(), simulator.node("ours"), [&] {
      auto socket = layer.ConnectTcp({lwip_address, kPort}, side, {}, conditions.config);
      TW_CHECK(socket.ok());
      side.Take(std::move(*socket));
    });
  } else {
    simulator.ScheduleAction(SimTime(), simulator.node("ours"), [&] {
      auto made = layer.ListenTcp(
          {IpAddress(), kPort}, 5,
          [&](std::unique_ptr<Channel> channel) -> Channel::Listener& {
            side.Take(std::move(channel));
            // Sends when it may, which is now.
            simulator.ScheduleAction(simulator.now(), simulator.node("ours"), [&] { side.Fill(); });
            return side;
          },
          conditions.config);
      TW_CHECK(made.ok());
      listener = std::move(*made);
    });
    simulator.ScheduleAction(SimTime(), simulator.node("lwip"),
                             [&] { lwip.Connect(our_address, kPort, theirs); });
  }
  const SimTime patience = SimTime() + Duration::Seconds(3600);
  simulator.RunUntil(
      [&] {
        return (lwip.is_done() && side.is_done()) || !lwip.error().empty() || !side.error().empty();
      },
      Duration::Millis(100), patience);
  if (!side.error().empty()) return side.error();
  if (!lwip.error().empty()) return lwip.error();
  if (side.is_done() && lwip.is_done()) return "";
  return absl::StrCat("not done after ", ToString(simulator.now().since_start), ": we have ",
                      side.received(), " of ", ours.receive_bytes,
                      (side.is_closed() ? ", closed" : ""), "; lwIP has ", lwip.received(), " of ",
                      ours.send_bytes);
}

TEST(Lwip, ACleanTransferInEachDirectionFromEachSide) {
  for (const bool we_open : {false, true}) {
    for (const auto& [ours, theirs] :
         {std::pair{1'000'000, 0}, {0, 1'000'000}, {500'000, 500'000}}) {
      Conditions conditions{.is_clean = true, .we_open = we_open};
      conditions.ours = {.send_seed = 1,
                         .send_bytes = static_cast<uint64_t>(ours),
                         .receive_seed = 2,
                         .receive_bytes = static_cast<uint64_t>(theirs)};
      EXPECT_EQ(RunTransfer(1, conditions), "") << we_open << " " << ours << " " << theirs;
    }
  }
}

TEST(Lwip, TwoHundredSeedsOfLossDuplicationReorderingAndCorruption) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    EXPECT_EQ(RunTransfer(seed, Draw(seed)), "") << "seed " << seed;
  }
}

// The comparison is one: what either side does not expect, it finds.
TEST(Lwip, AWrongByteIsFoundOnEitherSide) {
  Conditions conditions{.is_clean = true, .we_open = true};
  conditions.ours = {.send_seed = 1, .send_bytes = 3000, .receive_seed = 2, .receive_bytes = 3000};
  EXPECT_EQ(RunTransfer(1, conditions), "");
  conditions.we_expect_other_bytes = true;
  EXPECT_THAT(RunTransfer(1, conditions), testing::StartsWith("we got a wrong byte at "));
  conditions.we_expect_other_bytes = false;
  conditions.lwip_expects_other_bytes = true;
  EXPECT_THAT(RunTransfer(1, conditions), testing::StartsWith("lwIP got a wrong byte at "));
}

}  // namespace
}  // namespace tickwire
