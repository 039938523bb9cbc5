// SctpWorld: two nodes, "a" and "z", with SCTP, joined by one or more links (10.0.k.1 and
// 10.0.k.2, k from 0), and users that remember what they are told.
#ifndef TICKWIRE_TESTS_SUPPORT_SCTP_WORLD_H_
#define TICKWIRE_TESTS_SUPPORT_SCTP_WORLD_H_

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "protocols/ip/ip_layer.h"
#include "protocols/sctp/packet/any_chunk.h"
#include "protocols/sctp/sctp_layer.h"
#include "protocols/udp/udp_layer.h"
#include "sim_core/run/simulator.h"
#include "tests/support/recorder.h"

namespace tickwire::sctp {

// Remembers messages and notifications, in words.
struct SctpUser : Association::User, SctpEndpoint::User {
  struct Message {
    uint16_t stream;
    uint32_t ppid;
    bool unordered;
    std::string data;
  };
  Association::User& OnAccepted(Association& made) override {
    association = &made;
    return *this;
  }
  void OnMessage(Association&, const ReceivedMessage& message,
                 std::span<const uint8_t> data) override {
    messages.push_back(
        {message.stream.value, message.ppid.value, message.unordered, {data.begin(), data.end()}});
    if (on_message) on_message();
  }
  void OnNotification(Association& which, const Notification& notification) override {
    if (const auto* change = std::get_if<AssociationChange>(&notification)) {
      static const char* const kStates[] = {"up", "lost", "restart", "shutdown complete",
                                            "cannot start"};
      told.push_back(kStates[static_cast<size_t>(change->state)]);
      last_error = change->error;
      if (change->state != AssociationChange::State::kUp &&
          change->state != AssociationChange::State::kRestart && association == &which) {
        association = nullptr;
      }
    } else if (const auto* peer = std::get_if<PeerAddressChange>(&notification)) {
      static const char* const kStates[] = {"available",   "unreachable", "potentially failed",
                                            "confirmed",   "added",       "removed",
                                            "made primary"};
      told.push_back(
          absl::StrCat(peer->address.ToString(), " ", kStates[static_cast<size_t>(peer->state)]));
    } else if (const auto* error = std::get_if<RemoteError>(&notification)) {
      told.push_back(absl::StrCat("remote error ", error->error));
    } else if (std::get_if<SendFailed>(&notification) != nullptr) {
      ++failed;
    } else if (std::get_if<ShutdownEvent>(&notification) != nullptr) {
      told.emplace_back("shutdown");
    } else if (std::get_if<SenderDry>(&notification) != nullptr) {
      ++dry;
    } else if (std::get_if<StreamReset>(&notification) != nullptr) {
      const auto& reset = std::get<StreamReset>(notification);
      told.push_back(absl::StrCat(reset.incoming ? "incoming" : "outgoing", " reset",
                                  reset.denied   ? " denied"
                                  : reset.failed ? " failed"
                                                 : ""));
    } else if (std::get_if<AssociationReset>(&notification) != nullptr) {
      told.emplace_back("association reset");
    } else if (const auto* streams = std::get_if<StreamChange>(&notification)) {
      told.push_back(absl::StrCat("streams in ", streams->inbound_streams, " out ",
                                  streams->outbound_streams));
    }
  }
  void OnWritable(Association&) override { ++writable; }

  Association* association = nullptr;  // the last one accepted or made; null when it is gone
  std::vector<Message> messages;
  std::vector<std::string> told;
  std::function<void()> on_message;
  uint16_t last_error = 0;
  int failed = 0;
  int dry = 0;
  int writable = 0;
};

class SctpWorld {
 public:
  static constexpr uint16_t kPort = 5000;

  explicit SctpWorld(int links = 1, Duration delay = Duration::Millis(10), size_t mtu = 1500,
                     std::vector<LinkConfig> forward = {}, std::vector<LinkConfig> back = {},
                     uint64_t seed = 1)
      : simulator({.run = {.seed = seed, .replication = 0, .epoch = 0},
                   .nodes = {"a", "z"},
                   .sink = &recorder}) {
    Node& a = simulator.node("a");
    Node& z = simulator.node("z");
    std::vector<std::pair<Interface*, Interface*>> ends;
    for (int k = 0; k < links; ++k) {
      Interface& if_a = a.AddInterface(absl::StrCat("eth", k));
      Interface& if_z = z.AddInterface(absl::StrCat("eth", k));
      const auto index = static_cast<size_t>(k);
      LinkConfig there = index < forward.size() ? std::move(forward[index]) : LinkConfig();
      LinkConfig here = index < back.size() ? std::move(back[index]) : LinkConfig();
      if (index >= forward.size()) {
        there.mtu = here.mtu = mtu;
        there.propagation = here.propagation = delay;
      }
      simulator.Connect(if_a, if_z, std::move(there), std::move(here));
      ends.emplace_back(&if_a, &if_z);
    }
    ip_a = std::make_unique<IpLayer>(a, IpLayer::Role::kHost);
    ip_z = std::make_unique<IpLayer>(z, IpLayer::Role::kHost);
    for (int k = 0; k < links; ++k) {
      const auto& [if_a, if_z] = ends[static_cast<size_t>(k)];
      ip_a->AddAddress(*if_a, A(k));
      ip_z->AddAddress(*if_z, Z(k));
      const IpPrefix net = *IpPrefix::Parse(absl::StrCat("10.0.", k, ".0/24"));
      ip_a->AddRoute(net, *if_a);
      ip_z->AddRoute(net, *if_z);
    }
    udp_a = std::make_unique<UdpLayer>(*ip_a);
    udp_z = std::make_unique<UdpLayer>(*ip_z);
    sctp_a = std::make_unique<SctpLayer>(*ip_a, RunSeed{});
    sctp_z = std::make_unique<SctpLayer>(*ip_z, RunSeed{});
  }

  static IpAddress A(int link) { return IpAddress::V4(0x0a000001u + (uint32_t(link) << 8)); }
  static IpAddress Z(int link) { return IpAddress::V4(0x0a000002u + (uint32_t(link) << 8)); }

  // Binds both sides; z listens.
  void Bind() {
    Do("a", [&] { at_a = *sctp_a->Bind(kPort, {}, config_a, user_a); });
    Do("z", [&] {
      at_z = *sctp_z->Bind(kPort, {}, config_z, user_z);
      at_z->set_listening(true);
    });
  }
  // a associates with z's first address.
  void Connect() {
    Do("a", [&] {
      const IpAddress peer[] = {Z(0)};
      user_a.association = *at_a->Connect(peer, kPort, user_a);
    });
  }
  // Both sides up.
  void Open() {
    Bind();
    Connect();
    Run(Duration::Seconds(1));
  }
  Association::SendResult Send(SctpUser& from, const std::string& text, uint16_t stream = 0,
                               bool unordered = false, Reliability reliability = {}) {
    Association::SendResult result{};
    Do(&from == &user_a ? "a" : "z", [&] {
      OutgoingMessage message;
      message.stream = StreamId{stream};
      message.ppid = Ppid{7};
      message.unordered = unordered;
      message.reliability = reliability;
      message.data.assign(text.begin(), text.end());
      result = from.association->Send(std::move(message));
    });
    return result;
  }
  template <class F>
  void Do(const std::string& node, F action) {
    simulator.ScheduleAction(simulator.now(), simulator.node(node), std::move(action));
    simulator.RunUntil(simulator.now());
  }
  // Time passes whether something happens or not.
  void Run(Duration time) {
    simulator.ScheduleAction(simulator.now() + time, simulator.node("a"), [] {});
    simulator.RunUntil(simulator.now() + time);
  }
  // The chunk types of every packet that `node` put onto a link, in order: "INIT", "DATA+SACK".
  std::vector<std::string> Sent(const std::string& node) {
    std::vector<std::string> packets;
    for (const Recorder::Entry& entry : recorder.Of(TraceKind::kPacketSent)) {
      if (entry.event.ref.node != simulator.node(node).id() || entry.bytes.size() < 32) continue;
      std::span<const uint8_t> rest = std::span<const uint8_t>(entry.bytes).subspan(32);
      std::string names;
      while (const std::optional<ChunkView> chunk = TakeChunk(rest)) {
        names += (names.empty() ? "" : "+") + ChunkTypeName(chunk->type);
      }
      packets.push_back(names);
    }
    return packets;
  }

  Recorder recorder;
  Simulator simulator;
  SctpConfig config_a, config_z;
  SctpUser user_a, user_z;
  std::unique_ptr<IpLayer> ip_a, ip_z;
  std::unique_ptr<UdpLayer> udp_a, udp_z;
  std::unique_ptr<SctpLayer> sctp_a, sctp_z;
  std::unique_ptr<SctpEndpoint> at_a, at_z;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_TESTS_SUPPORT_SCTP_WORLD_H_
