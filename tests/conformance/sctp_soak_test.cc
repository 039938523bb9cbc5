// Soak of SCTP: random pairs of hosts by seed; TICKWIRE_SCTP_SEEDS says how many (10,000 in the
// full form), TICKWIRE_SCTP_SEED runs one alone.
//
// Up to four paths with loss, duplication, reordering, corruption and outages; messages of every
// size both ways over several streams, ordered and not, some of which may be given up; slow
// readers; stream resets; schedulers, interleaving, authentication. Whatever happens: nothing is
// delivered twice, out of its order or changed; what must arrive arrives while the association
// lives; both sides end in agreement; buffers stay bounded; the engine stays consistent.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>

#include "sim_core/net/bernoulli_loss.h"
#include "sim_core/net/corruption.h"
#include "sim_core/net/duplication.h"
#include "sim_core/net/reordering.h"
#include "tests/support/sctp_world.h"

namespace tickwire::sctp {
namespace {

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// What one side sends and what the other must see of it.
struct Direction {
  struct Sent {
    std::string data;
    bool unordered = false;
    bool may_be_lost = false;
    bool seen = false;
  };
  // Per stream, in the order of sending. The first bytes of a message name it.
  std::map<uint16_t, std::vector<Sent>> sent;
  std::map<uint16_t, size_t> next_ordered;  // the lowest ordered message that may still come
  size_t delivered = 0;
};

struct Totals {
  uint64_t messages = 0, bytes = 0, retransmissions = 0, timeouts = 0, abandoned = 0, switched = 0;
};

class Story {
 public:
  explicit Story(uint64_t seed)
      : draws_(Rng::ForStream({.seed = seed, .replication = 0, .epoch = 0}, "soak", "sctp")) {}

  // Empty: all is well.
  std::string Run(Totals& totals) {
    Make();
    world_->Connect();
    const int steps = 20 + static_cast<int>(Draw(60));
    for (int i = 0; i < steps && defect_.empty(); ++i) Step();
    Heal();
    // Ample time for every backed-off timer.
    for (int i = 0; i < 60 && defect_.empty(); ++i) {
      world_->Run(Duration::Seconds(30));
      CheckBoth();
      if (IsQuiet()) break;
    }
    if (defect_.empty()) Finish(totals);
    return defect_;
  }

 private:
  uint64_t Draw(uint64_t bound) { return draws_.Below(bound); }
  bool Chance(uint64_t percent) { return Draw(100) < percent; }

  LinkConfig MakeLink() {
    LinkConfig link;
    link.mtu = Chance(70) ? 1500 : 600 + Draw(800);
    link.rate = Chance(50) ? DataRate::Infinite()
                           : DataRate::BitsPerSecond(static_cast<int64_t>(200000 + Draw(20000000)));
    link.propagation = Duration::Micros(static_cast<int64_t>(100 + Draw(80000)));
    const Duration later = Duration::Micros(static_cast<int64_t>(1 + Draw(60000)));
    if (Chance(70)) {
      link.impairments.push_back(
          std::make_unique<BernoulliLoss>(Ratio{static_cast<uint32_t>(Draw(20)), 100}));
    }
    if (Chance(30)) {
      link.impairments.push_back(
          std::make_unique<Duplication>(Ratio{static_cast<uint32_t>(Draw(15)), 100}, later));
    }
    if (Chance(40)) {
      link.impairments.push_back(
          std::make_unique<Reordering>(Ratio{static_cast<uint32_t>(Draw(25)), 100}, later));
    }
    if (Chance(20)) {
      link.impairments.push_back(
          std::make_unique<Corruption>(Ratio{static_cast<uint32_t>(Draw(10)), 100}, 1));
    }
    return link;
  }

  SctpConfig MakeConfig() {
    SctpConfig config;
    config.outbound_streams = static_cast<uint16_t>(1 + Draw(12));
    config.receive_buffer = Chance(30) ? 3000 + static_cast<uint32_t>(Draw(20000)) : 1 << 20;
    config.send_buffer = Chance(30) ? 5000 + static_cast<uint32_t>(Draw(50000)) : 1 << 20;
    config.max_message = 65536;
    config.sack_every = 1 + static_cast<uint32_t>(Draw(3));
    config.max_burst = static_cast<uint32_t>(Draw(6));
    config.no_delay = Chance(70);
    config.bundle = Chance(90);
    config.scheduler = static_cast<SchedulerKind>(Draw(6));
    config.interleaving = interleaving_;
    config.authentication = Chance(20);
    config.path_max_retrans = 3 + static_cast<int>(Draw(4));
    config.association_max_retrans = 1000;  // the soak wants it to live
    config.max_init_retransmits = 100;
    config.hb_interval = Duration::Seconds(static_cast<int64_t>(1 + Draw(30)));
    config.rto_max = Duration::Seconds(static_cast<int64_t>(2 + Draw(20)));
    if (Chance(30)) config.potentially_failed_threshold.reset();
    if (Chance(20)) config.primary_switchover_threshold = static_cast<int>(Draw(5));
    if (Chance(30)) config.authenticated_chunks = {0, 3};
    return config;
  }

  void Make() {
    const int links = 1 + static_cast<int>(Draw(4));
    std::vector<LinkConfig> forward, back;
    for (int i = 0; i < links; ++i) {
      forward.push_back(MakeLink());
      back.push_back(MakeLink());
      back.back().mtu = forward.back().mtu;
    }
    world_ =
        std::make_unique<SctpWorld>(links, Duration(), 1500, std::move(forward), std::move(back));
    interleaving_ = Chance(30);
    world_->config_a = MakeConfig();
    world_->config_z = MakeConfig();
    world_->Bind();
  }

  void Step() {
    switch (Draw(10)) {
      case 0:
      case 1:
      case 2:
      case 3:
        SendSome(world_->user_a, to_z_);
        break;
      case 4:
      case 5:
        SendSome(world_->user_z, to_a_);
        break;
      case 6: {  // a path dies, or lives again
        const size_t path = Draw(world_->simulator.node("a").interfaces().size());
        const bool up = Chance(60);
        for (const char* node : {"a", "z"}) {
          world_->Do(node, [&] { world_->simulator.node(node).interfaces()[path].SetUp(up); });
        }
        break;
      }
      case 7: {
        SctpUser& user = Chance(50) ? world_->user_a : world_->user_z;
        const char* node = &user == &world_->user_a ? "a" : "z";
        if (user.association == nullptr) break;
        const bool pause = Chance(50);
        world_->Do(node, [&] {
          pause ? user.association->PauseReceiving() : user.association->ResumeReceiving();
        });
        break;
      }
      case 8:
        if (world_->user_a.association != nullptr && Chance(30)) {
          world_->Do("a", [&] {
            world_->user_a.association->SetPrimary(
                SctpWorld::Z(static_cast<int>(Draw(world_->user_a.association->paths().size()))));
          });
        }
        break;
      default:
        break;
    }
    world_->Run(Duration::Millis(static_cast<int64_t>(Draw(Chance(20) ? 8000 : 400))));
    CheckBoth();
  }

  void SendSome(SctpUser& user, Direction& direction) {
    if (user.association == nullptr) return;
    const uint16_t streams = user.association->outbound_streams();
    if (streams == 0) return;
    const int count = 1 + static_cast<int>(Draw(8));
    for (int i = 0; i < count; ++i) {
      const auto stream = static_cast<uint16_t>(Draw(streams));
      const uint64_t kind = Draw(10);
      const size_t size = kind < 6 ? 8 + Draw(300) : kind < 9 ? 8 + Draw(5000) : 8 + Draw(60000);
      std::vector<Direction::Sent>& list = direction.sent[stream];
      std::string data(size, '\0');
      for (size_t k = 0; k < size; ++k) {
        data[k] = static_cast<char>((k * 7 + list.size() * 13 + stream) & 0xff);
      }
      for (int b = 0; b < 4; ++b)
        data[static_cast<size_t>(b)] = static_cast<char>(list.size() >> (8 * b));
      Reliability reliability;
      if (Chance(15)) {
        reliability.policy =
            Chance(50) ? Reliability::Policy::kTimed : Reliability::Policy::kRetransmissions;
        reliability.lifetime = Duration::Millis(static_cast<int64_t>(Draw(3000)));
        reliability.retransmissions = static_cast<uint32_t>(Draw(3));
      }
      const bool unordered = Chance(25);
      if (world_->Send(user, data, stream, unordered, reliability) !=
          Association::SendResult::kAccepted) {
        break;
      }
      list.push_back({std::move(data), unordered,
                      reliability.policy != Reliability::Policy::kReliable, false});
    }
  }

  void Heal() {
    for (const char* node : {"a", "z"}) {
      world_->Do(node, [&] {
        for (Interface& interface : world_->simulator.node(node).interfaces()) {
          interface.SetUp(true);
        }
      });
    }
    for (SctpUser* user : {&world_->user_a, &world_->user_z}) {
      if (user->association == nullptr) continue;
      world_->Do(user == &world_->user_a ? "a" : "z",
                 [&] { user->association->ResumeReceiving(); });
    }
  }

  bool IsQuiet() {
    for (SctpUser* user : {&world_->user_a, &world_->user_z}) {
      if (user->association == nullptr) continue;
      if (user->association->state() != Association::State::kEstablished) return false;
      if (user->association->queued_bytes() > 0 || user->association->unacked_bytes() > 0) {
        return false;
      }
    }
    return true;
  }

  void CheckBoth() {
    Check(world_->user_z, to_z_, "to z");
    Check(world_->user_a, to_a_, "to a");
    for (SctpUser* user : {&world_->user_a, &world_->user_z}) {
      if (user->association == nullptr) continue;
      if (!user->association->IsConsistent()) Fail("not consistent");
      const auto& config = user == &world_->user_a ? world_->config_a : world_->config_z;
      const int64_t messages = interleaving_ ? 2 * user->association->inbound_streams() : 1;
      if (user->association->unread_bytes() >
          2 * int64_t{config.receive_buffer} + messages * config.max_message + 3000) {
        Fail("the receive buffer is not bounded");
      }
    }
  }

  void Check(SctpUser& user, Direction& direction, const char* which) {
    for (; direction.delivered < user.messages.size(); ++direction.delivered) {
      const SctpUser::Message& got = user.messages[direction.delivered];
      if (got.data.size() < 8) return Fail(std::string(which) + ": too short");
      size_t number = 0;
      for (int b = 3; b >= 0; --b) {
        number = number << 8 | static_cast<uint8_t>(got.data[static_cast<size_t>(b)]);
      }
      std::vector<Direction::Sent>& list = direction.sent[got.stream];
      if (number >= list.size()) return Fail(std::string(which) + ": never sent");
      Direction::Sent& sent = list[number];
      if (sent.seen) return Fail(std::string(which) + ": delivered twice");
      sent.seen = true;
      if (sent.data != got.data) return Fail(std::string(which) + ": changed on the way");
      if (sent.unordered != got.unordered) return Fail(std::string(which) + ": order flag changed");
      if (!sent.unordered) {
        size_t& next = direction.next_ordered[got.stream];
        if (number < next) return Fail(std::string(which) + ": out of order in its stream");
        for (size_t k = next; k < number; ++k) {
          if (!list[k].unordered && !list[k].may_be_lost && !list[k].seen) {
            return Fail(std::string(which) + ": one was passed over");
          }
        }
        next = number + 1;
      }
    }
  }

  void Finish(Totals& totals) {
    if (world_->user_a.association == nullptr || world_->user_z.association == nullptr) {
      return Fail(absl::StrCat("the association was lost though the paths came back: a ",
                               world_->user_a.told.back(), " ", world_->user_a.last_error, ", z ",
                               world_->user_z.told.back(), " ", world_->user_z.last_error));
    }
    if (!IsQuiet()) return Fail("stuck: " + Describe());
    for (const auto& [direction, name] : {std::pair{&to_z_, "to z"}, std::pair{&to_a_, "to a"}}) {
      for (const auto& [stream, list] : direction->sent) {
        for (const Direction::Sent& sent : list) {
          if (sent.seen || sent.may_be_lost) continue;
          return Fail(absl::StrCat(name, ": never arrived: number ", &sent - list.data(), " of ",
                                   list.size(), " in stream ", stream, ", ", sent.data.size(),
                                   " bytes", sent.unordered ? ", unordered" : ""));
        }
      }
    }
    totals.messages += to_a_.delivered + to_z_.delivered;
    for (SctpUser* user : {&world_->user_a, &world_->user_z}) {
      const Association::Counters& counters = user->association->counters();
      totals.bytes += counters.bytes_delivered;
      totals.retransmissions += counters.retransmissions;
      totals.timeouts += counters.timeouts;
      totals.abandoned += counters.abandoned_messages;
    }
    // And the end.
    SctpUser& first = Chance(50) ? world_->user_a : world_->user_z;
    world_->Do(&first == &world_->user_a ? "a" : "z", [&] { first.association->Shutdown(); });
    if (Chance(20)) {
      SctpUser& other = &first == &world_->user_a ? world_->user_z : world_->user_a;
      world_->Do(&other == &world_->user_a ? "a" : "z", [&] { other.association->Shutdown(); });
    }
    world_->Run(Duration::Seconds(3600));
    for (SctpUser* user : {&world_->user_a, &world_->user_z}) {
      if (user->association != nullptr) return Fail("not over after shutdown: " + Describe());
    }
    if (world_->user_a.told.back() != "shutdown complete" &&
        world_->user_z.told.back() != "shutdown complete") {
      return Fail("nobody saw a graceful end");
    }
  }

  std::string Describe() {
    std::string text;
    for (SctpUser* user : {&world_->user_a, &world_->user_z}) {
      if (user->association == nullptr) {
        text += "[gone] ";
        continue;
      }
      const Association& a = *user->association;
      text += absl::StrCat("[", Association::StateName(a.state()), " queued ", a.queued_bytes(),
                           " unacked ", a.unacked_bytes(), " rwnd ", a.peer_rwnd(), " unread ",
                           a.unread_bytes(), "] ");
    }
    return text;
  }

  void Fail(std::string why) {
    if (defect_.empty()) defect_ = std::move(why);
  }

  Rng draws_;
  bool interleaving_ = false;
  std::unique_ptr<SctpWorld> world_;
  Direction to_z_, to_a_;
  std::string defect_;
};

TEST(SctpSoak, NoMessageIsLostDuplicatedOrReorderedAndNothingGetsStuck) {
  const uint64_t one = FromEnvironment("TICKWIRE_SCTP_SEED", 0);
  const uint64_t first = one != 0 ? one : 1;
  const uint64_t last = one != 0 ? one : FromEnvironment("TICKWIRE_SCTP_SEEDS", 200);
  Totals totals;
  int defects = 0;
  for (uint64_t seed = first; seed <= last && defects < 10; ++seed) {
    Story story(seed);
    const std::string defect = story.Run(totals);
    EXPECT_EQ(defect, "") << "seed " << seed;
    if (!defect.empty()) ++defects;
  }
  if (one == 0 && defects == 0) {
    EXPECT_GT(totals.retransmissions, last);
    EXPECT_GT(totals.timeouts, last / 4);
    EXPECT_GT(totals.abandoned, last / 20);
  }
  std::printf(
      "%llu stories: %llu messages, %llu bytes, %llu retransmissions, %llu time-outs, "
      "%llu given up\n",
      static_cast<unsigned long long>(last - first + 1),
      static_cast<unsigned long long>(totals.messages),
      static_cast<unsigned long long>(totals.bytes),
      static_cast<unsigned long long>(totals.retransmissions),
      static_cast<unsigned long long>(totals.timeouts),
      static_cast<unsigned long long>(totals.abandoned));
}

}  // namespace
}  // namespace tickwire::sctp
