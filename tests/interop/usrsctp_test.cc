// Our SCTP against usrsctp, in one process and virtual time: usrsctp opens or is opened to;
// messages of 1 B to 100 kB over ten streams in both directions, ordered and unordered, over a link
// that loses, duplicates and reorders; the end by either side's SHUTDOWN or ABORT; restarts of
// either. Every byte of every message is compared on both sides, and its stream, order flag and
// order.
//
// TICKWIRE_USRSCTP_BYTES: how much each direction carries (default: 100 kB; tests/full.sh: 20 MB).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "protocols/sctp/sctp_layer.h"
#include "sim_core/net/bernoulli_loss.h"
#include "sim_core/net/duplication.h"
#include "sim_core/net/reordering.h"
#include "sim_core/run/simulator.h"
#include "tests/interop/message_plan.h"
#include "tests/support/usrsctp_host.h"

namespace tickwire::sctp {
namespace {

constexpr uint16_t kOurPort = 5000;
constexpr uint16_t kTheirPort = 6000;

enum class End : uint8_t {
  kOurShutdown,
  kTheirShutdown,
  kBothShutdown,
  kOurAbort,
  kTheirAbort,
};
enum class Restart : uint8_t { kNone, kOurs, kTheirs };

struct Conditions {
  uint64_t bytes = 100'000;
  bool is_clean = false;
  bool we_open = false;
  bool end_early = false;  // SHUTDOWN as soon as all is queued; ABORT in the middle
  End end = End::kOurShutdown;
  Restart restart = Restart::kNone;
  bool partially_reliable = false;          // a third of the messages may be given up (RFC 3758)
  size_t spoil_ours = 0, spoil_theirs = 0;  // the message that the receiver expects otherwise
  SctpConfig config;
  UsrsctpHost::Options options;
};

std::vector<std::unique_ptr<Impairment>> Impairments(Rng& rng) {
  std::vector<std::unique_ptr<Impairment>> list;
  list.push_back(
      std::make_unique<BernoulliLoss>(Ratio{static_cast<uint32_t>(rng.Below(40)), 1000}));
  list.push_back(
      std::make_unique<Duplication>(Ratio{static_cast<uint32_t>(rng.Below(30)), 1000},
                                    Duration::Millis(static_cast<int64_t>(rng.Below(30)))));
  list.push_back(
      std::make_unique<Reordering>(Ratio{static_cast<uint32_t>(rng.Below(100)), 1000},
                                   Duration::Millis(1 + static_cast<int64_t>(rng.Below(30)))));
  return list;
}

// One association between the two, from INIT to the end.
class Story : private Association::User, private SctpEndpoint::User, private UsrsctpHost::User {
 public:
  Story(uint64_t seed, const Conditions& conditions)
      : seed_(seed),
        conditions_(conditions),
        simulator_({.run = {.seed = seed}, .nodes = {"ours", "usrsctp"}}),
        our_node_(simulator_.node("ours")),
        their_node_(simulator_.node("usrsctp")) {
    Interface& at_ours = our_node_.AddInterface("eth0");
    Interface& at_theirs = their_node_.AddInterface("eth0");
    LinkConfig there, back;
    there.propagation = back.propagation = Duration::Millis(10);
    there.rate = back.rate = DataRate::BitsPerSecond(50'000'000);
    if (!conditions.is_clean) {
      Rng rng = Rng::ForStream({.seed = seed}, "usrsctp", "link");
      there.impairments = Impairments(rng);
      back.impairments = Impairments(rng);
    }
    simulator_.Connect(at_ours, at_theirs, std::move(there), std::move(back));
    our_ip_ = std::make_unique<IpLayer>(our_node_, IpLayer::Role::kHost);
    their_ip_ = std::make_unique<IpLayer>(their_node_, IpLayer::Role::kHost);
    our_ip_->AddAddress(at_ours, kOurAddress);
    their_ip_->AddAddress(at_theirs, kTheirAddress);
    our_ip_->AddRoute({kTheirAddress, 32}, at_ours);
    their_ip_->AddRoute({kOurAddress, 32}, at_theirs);
    layer_ = std::make_unique<SctpLayer>(*our_ip_, RunSeed{.seed = seed});
    host_ = std::make_unique<UsrsctpHost>(*their_ip_, seed, conditions.options,
                                          static_cast<UsrsctpHost::User&>(*this));
  }

  ~Story() {
    if (endpoint_ != nullptr) Do(our_node_, [&] { endpoint_->PowerOff(); });
  }

  // What went wrong; empty if nothing did.
  std::string Run() {
    MakePlans();
    Do(our_node_, [&] {
      endpoint_ = *layer_->Bind(kOurPort, {}, conditions_.config, *this);
      endpoint_->set_listening(true);
    });
    Open(conditions_.we_open);
    if (!Until([&] { return MayEnd(); })) return Defect("transfer");
    if (conditions_.restart != Restart::kNone) {
      if (!Until([&] { return IsTransferred() && IsQuiet(); })) return Defect("first transfer");
      RestartOne();
      if (!Until([&] { return was_restarted_; })) return Defect("restart");
      if (!Until([&] { return MayEnd(); })) return Defect("second transfer");
    }
    EndIt();
    if (association_ != nullptr &&
        (association_->capabilities().interleaving != conditions_.options.interleaving ||
         association_->capabilities().authentication != conditions_.config.authentication)) {
      return "the extensions were not agreed upon";
    }
    const bool graceful = !IsAbort();
    if (!Until([&] { return IsOver(); })) return Defect("end");
    if (graceful && !IsTransferred()) return Defect("graceful end");
    return defect_;
  }
  Digest digest() const { return simulator_.digest(); }

 private:
  static inline const IpAddress kOurAddress = IpAddress::V4(0x0a000001);
  static inline const IpAddress kTheirAddress = IpAddress::V4(0x0a000002);

  template <class F>
  void Do(Node& node, F action) {
    simulator_.ScheduleAction(simulator_.now(), node, std::move(action));
    simulator_.RunUntil(simulator_.now());
  }
  // False: it did not come about in time, or something is wrong.
  template <class F>
  bool Until(F done) {
    const SimTime patience = simulator_.now() + Duration::Seconds(7200);
    simulator_.RunUntil([&] { return !defect_.empty() || done(); }, Duration::Millis(50), patience);
    return defect_.empty() && done();
  }
  std::string Defect(const char* phase) const {
    if (!defect_.empty()) return absl::StrCat(phase, ": ", defect_);
    return absl::StrCat(phase, ": not done: usrsctp has ", to_theirs_.received(), " of ",
                        to_theirs_.size(), ", we have ", to_ours_.received(), " of ",
                        to_ours_.size(), ";", log_);
  }
  void Fail(std::string what) {
    if (defect_.empty()) defect_ = std::move(what);
  }

  void MakePlans() {
    Rng rng = Rng::ForStream({.seed = seed_ * 2 + (was_restarted_ ? 1 : 0)}, "usrsctp", "plan");
    to_theirs_ = Plan(rng, conditions_.bytes, conditions_.partially_reliable);
    to_ours_ = Plan(rng, conditions_.bytes, conditions_.partially_reliable);
  }
  void Open(bool we_open) {
    const auto listen_or_connect = [&] {
      if (we_open) return host_->Listen(kTheirPort);
      host_->Connect(kTheirPort, kOurAddress, kOurPort);
    };
    Do(their_node_, listen_or_connect);
    if (!we_open) return;
    Do(our_node_, [&] { ConnectOurs(); });
  }
  void ConnectOurs() {
    const IpAddress peer[] = {kTheirAddress};
    auto made = endpoint_->Connect(peer, kTheirPort, *this);
    TW_CHECK(made.ok());
    association_ = *made;
  }

  bool IsTransferred() const { return to_ours_.is_received() && to_theirs_.is_received(); }
  bool IsAbort() const {
    return conditions_.end == End::kOurAbort || conditions_.end == End::kTheirAbort;
  }
  bool IsQuiet() const {
    return association_ != nullptr && association_->queued_bytes() == 0 &&
           association_->unacked_bytes() == 0;
  }
  bool MayEnd() const {
    if (!conditions_.end_early) return IsTransferred();
    if (IsAbort()) return to_ours_.received() > to_ours_.size() / 2;
    return to_ours_.is_sent() && to_theirs_.is_sent();
  }
  bool IsOver() const { return our_end_ && their_end_; }

  void RestartOne() {
    expects_restart_ = true;
    if (conditions_.restart == Restart::kOurs) {
      Do(our_node_, [&] {
        association_ = nullptr;
        endpoint_->PowerOff();
        ConnectOurs();
      });
    } else {
      Do(their_node_, [&] {
        host_->Forget();
        host_->Connect(kTheirPort, kOurAddress, kOurPort);
      });
    }
  }
  void OnRestarted() {
    if (!expects_restart_) return Fail("a restart that nobody wanted");
    expects_restart_ = false;
    was_restarted_ = true;
    MakePlans();
  }

  void EndIt() {
    is_ending_ = true;
    const bool ours = conditions_.end == End::kOurShutdown ||
                      conditions_.end == End::kBothShutdown || conditions_.end == End::kOurAbort;
    const bool theirs = conditions_.end == End::kTheirShutdown ||
                        conditions_.end == End::kBothShutdown ||
                        conditions_.end == End::kTheirAbort;
    if (ours) {
      Do(our_node_, [&] { IsAbort() ? association_->Abort("enough") : association_->Shutdown(); });
    }
    if (theirs) {
      Do(their_node_, [&] {
        if (!IsAbort()) return host_->Shutdown();
        host_->Abort();
        their_end_ = true;  // who closes is told nothing
      });
    }
  }

  // --- Our side ---
  Association::User& OnAccepted(Association& association) override {
    association_ = &association;
    return *this;
  }
  void OnMessage(Association&, const ReceivedMessage& message,
                 std::span<const uint8_t> data) override {
    const std::string why =
        to_ours_.OnReceived(message.ppid.value, message.stream.value, message.unordered, data);
    if (!why.empty()) Fail(absl::StrCat("we got ", why));
  }
  void OnNotification(Association&, const Notification& notification) override {
    const auto* change = std::get_if<AssociationChange>(&notification);
    if (change == nullptr) return;
    switch (change->state) {
      case AssociationChange::State::kUp:
        log_ += " we:up";
        return FillOurs();
      case AssociationChange::State::kRestart:
        log_ += " we:restart";
        OnRestarted();
        return FillOurs();
      case AssociationChange::State::kShutdownComplete:
        log_ += " we:complete";
        if (!is_ending_ || IsAbort()) Fail("ours was shut down");
        break;
      default:
        log_ += " we:lost";
        if (endpoint_ != nullptr && expects_restart_) return;  // power off
        if (!is_ending_ || !IsAbort()) Fail("ours was lost");
        break;
    }
    our_end_ = true;
    association_ = nullptr;
  }
  void OnWritable(Association&) override { FillOurs(); }
  void FillOurs() {
    if (association_ == nullptr || expects_restart_ || is_ending_) return;
    while (const Planned* planned = to_theirs_.Next()) {
      OutgoingMessage message;
      message.stream = StreamId{planned->stream};
      message.unordered = planned->unordered;
      message.ppid = Ppid{to_theirs_.next_index()};
      message.reliability = planned->reliability;
      message.data.assign(planned->data.begin(), planned->data.end());
      if (to_theirs_.next_index() == conditions_.spoil_ours && conditions_.spoil_ours > 0) {
        to_theirs_.Spoil(conditions_.spoil_ours);
      }
      const auto result = association_->Send(std::move(message));
      if (result == Association::SendResult::kNoRoom) return;
      if (result != Association::SendResult::kAccepted) return Fail("our Send was refused");
      to_theirs_.Advance();
    }
  }

  // --- usrsctp's side ---
  void OnEvent(UsrsctpHost::Event event) override {
    static const char* const kNames[] = {"up", "restart", "lost", "complete", "cannot"};
    log_ += absl::StrCat(" usrsctp:", kNames[static_cast<size_t>(event)]);
    switch (event) {
      case UsrsctpHost::Event::kUp:
        return;
      case UsrsctpHost::Event::kRestart:
        OnRestarted();
        return FillOurs();
      case UsrsctpHost::Event::kShutdownComplete:
        if (!is_ending_ || IsAbort()) Fail("usrsctp was shut down");
        break;
      default:
        if (!is_ending_ || !IsAbort()) Fail("usrsctp lost it");
        break;
    }
    their_end_ = true;
  }
  void OnMessage(uint16_t stream, uint32_t ppid, bool unordered,
                 std::span<const uint8_t> data) override {
    // At an ABORT usrsctp hands over what waited for its turn.
    const bool in_order = !(is_ending_ && IsAbort());
    const std::string why = to_theirs_.OnReceived(ppid, stream, unordered, data, in_order);
    if (!why.empty()) Fail(absl::StrCat("usrsctp got ", why));
  }
  void OnTurn() override {
    if (expects_restart_ || is_ending_) return;
    while (const Planned* planned = to_ours_.Next()) {
      const uint32_t index = to_ours_.next_index();
      const Reliability& reliability = planned->reliability;
      const bool timed = reliability.policy == Reliability::Policy::kTimed;
      if (!host_->Send(planned->data, planned->stream, planned->unordered, index,
                       !planned->may_be_lost() ? UsrsctpHost::Policy::kReliable
                       : timed                 ? UsrsctpHost::Policy::kTimed
                                               : UsrsctpHost::Policy::kRetransmissions,
                       timed ? static_cast<uint32_t>(reliability.lifetime.nanos() / 1'000'000)
                             : reliability.retransmissions)) {
        return;
      }
      if (index == conditions_.spoil_theirs && index > 0) to_ours_.Spoil(index);
      to_ours_.Advance();
    }
  }

  const uint64_t seed_;
  const Conditions conditions_;
  Simulator simulator_;
  Node& our_node_;
  Node& their_node_;
  std::unique_ptr<IpLayer> our_ip_, their_ip_;
  std::unique_ptr<SctpLayer> layer_;
  std::unique_ptr<SctpEndpoint> endpoint_;
  std::unique_ptr<UsrsctpHost> host_;
  Association* association_ = nullptr;
  Plan to_ours_, to_theirs_;
  bool is_ending_ = false, our_end_ = false, their_end_ = false;
  bool expects_restart_ = false, was_restarted_ = false;
  std::string defect_;
  std::string log_;
};

uint64_t BytesEachWay(uint64_t otherwise) {
  const char* const text = std::getenv("TICKWIRE_USRSCTP_BYTES");
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

Conditions Draw(uint64_t seed) {
  Rng rng = Rng::ForStream({.seed = seed}, "usrsctp", "conditions");
  Conditions conditions;
  conditions.bytes = BytesEachWay(100'000);
  conditions.we_open = seed % 2 == 0;
  conditions.end = static_cast<End>(seed % 5);
  conditions.restart = static_cast<Restart>(seed % 7 < 2 ? 1 + seed % 7 : 0);
  conditions.end_early = rng.Below(2) == 0;
  if (conditions.restart != Restart::kNone) conditions.end_early = false;
  conditions.config.receive_buffer = static_cast<uint32_t>(20'000 + rng.Below(1'000'000));
  conditions.config.send_buffer = static_cast<uint32_t>(20'000 + rng.Below(1'000'000));
  conditions.config.outbound_streams = kStreams;
  conditions.config.association_max_retrans = 100;
  conditions.config.path_max_retrans = 50;
  conditions.config.max_init_retransmits = 100;
  conditions.config.scheduler = static_cast<SchedulerKind>(rng.Below(6));
  conditions.config.max_burst = static_cast<uint32_t>(rng.Below(6));
  conditions.config.no_delay = rng.Below(2) == 0;
  // Not for a restart that usrsctp sees. It keeps something of the association before: no HMAC of
  // either side is right after it (RFC 4895), and with I-DATA its window closes for good in the
  // second 20 MB, though its user has read everything. When ours sees the restart, both go well;
  // so they do between two of ours (sctp_load_test).
  const bool is_seen_by_usrsctp = conditions.restart == Restart::kOurs;
  conditions.config.interleaving = conditions.options.interleaving =
      rng.Below(3) == 0 && !is_seen_by_usrsctp;
  // RFC 4895: both, or one, want to see user data authenticated.
  if (rng.Below(3) == 0 && !is_seen_by_usrsctp) {
    conditions.config.authentication = true;
    conditions.options.authenticates_data = rng.Below(2) == 0;
    if (rng.Below(2) == 0) conditions.config.authenticated_chunks = {0, 3, 64};
  }
  // What was given up before a restart may still come after it: that is not for this comparison.
  // Nor with I-DATA: usrsctp's I-FORWARD-TSN lists messages beyond its own new cumulative TSN.
  conditions.partially_reliable =
      rng.Below(3) == 0 && conditions.restart == Restart::kNone && !conditions.config.interleaving;
  conditions.options.streams = kStreams;
  // A message of usrsctp's must fit its send buffer.
  conditions.options.send_buffer = static_cast<uint32_t>(150'000 + rng.Below(1'000'000));
  conditions.options.receive_buffer = static_cast<uint32_t>(20'000 + rng.Below(1'000'000));
  // Interleaved messages grow side by side; usrsctp closes its window when they fill its buffer
  // before one of them is whole.
  if (conditions.config.interleaving) {
    conditions.options.receive_buffer =
        std::max<uint32_t>(conditions.options.receive_buffer, 2 * kStreams * kLongest);
  }
  // A stream of usrsctp's is stuck when a message is given up whose beginning its user has.
  if (conditions.partially_reliable) {
    conditions.options.receive_buffer =
        std::max<uint32_t>(conditions.options.receive_buffer, 4 * kLongest);
    conditions.options.partial_delivery_point = 2 * kLongest;
  }
  return conditions;
}

std::string RunStory(uint64_t seed, const Conditions& conditions) {
  return Story(seed, conditions).Run();
}

TEST(Usrsctp, ACleanTransferEachWayEndsByEachShutdownAndAbort) {
  for (const bool we_open : {false, true}) {
    for (int end = 0; end < 5; ++end) {
      Conditions conditions{.bytes = 300'000, .is_clean = true, .we_open = we_open};
      conditions.end = static_cast<End>(end);
      EXPECT_EQ(RunStory(1, conditions), "") << we_open << " " << end;
    }
  }
}

TEST(Usrsctp, ARestartOfEitherSideIsSeenByTheOther) {
  for (const bool we_open : {false, true}) {
    for (const Restart restart : {Restart::kOurs, Restart::kTheirs}) {
      Conditions conditions{.bytes = 100'000, .is_clean = true, .we_open = we_open};
      conditions.restart = restart;
      EXPECT_EQ(RunStory(1, conditions), "") << we_open << " " << static_cast<int>(restart);
    }
  }
}

TEST(Usrsctp, InterleavedAndAuthenticatedData) {
  for (const bool we_open : {false, true}) {
    for (const bool authenticated : {false, true}) {
      Conditions conditions{.bytes = 300'000, .is_clean = true, .we_open = we_open};
      conditions.config.interleaving = conditions.options.interleaving = true;
      conditions.config.scheduler = SchedulerKind::kRoundRobin;
      conditions.config.authentication = conditions.options.authenticates_data = authenticated;
      // usrsctp authenticates I-DATA if DATA is in the list, whether I-DATA is or not.
      if (authenticated) conditions.config.authenticated_chunks = {0, 3, 64};
      EXPECT_EQ(RunStory(1, conditions), "") << we_open << authenticated;
    }
  }
}

TEST(Usrsctp, TwoHundredSeedsOfLossDuplicationAndReordering) {
  const char* const one = std::getenv("TICKWIRE_USRSCTP_SEED");
  const uint64_t first = one == nullptr ? 1 : std::strtoull(one, nullptr, 10);
  for (uint64_t seed = first; seed <= (one == nullptr ? 200 : first); ++seed) {
    EXPECT_EQ(RunStory(seed, Draw(seed)), "") << "seed " << seed;
  }
}

// usrsctp's clock and random numbers are ours: the same packets at the same times.
TEST(Usrsctp, TheSameSeedGivesTheSameRun) {
  for (const uint64_t seed : {3, 4}) {
    Digest digests[2];
    for (Digest& digest : digests) {
      Story story(seed, Draw(seed));
      EXPECT_EQ(story.Run(), "");
      digest = story.digest();
    }
    EXPECT_EQ(ToString(digests[0]), ToString(digests[1]));
  }
}

// The comparison is one: a byte that either side does not expect is found.
TEST(Usrsctp, AWrongByteIsFoundOnEitherSide) {
  Conditions conditions{.bytes = 100'000, .is_clean = true, .we_open = true};
  EXPECT_EQ(RunStory(1, conditions), "");
  conditions.spoil_ours = 2;
  EXPECT_THAT(RunStory(1, conditions), testing::HasSubstr("usrsctp got a wrong byte in message 2"));
  conditions.spoil_ours = 0;
  conditions.spoil_theirs = 3;
  EXPECT_THAT(RunStory(1, conditions), testing::HasSubstr("we got a wrong byte in message 3"));
}

}  // namespace
}  // namespace tickwire::sctp
