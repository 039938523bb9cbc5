// A client and a server of TLS on channels in memory, 10 ms apart: 20 ms for a round trip.
#ifndef TICKWIRE_TESTS_PROTOCOLS_TLS_TLS_WORLD_H_
#define TICKWIRE_TESTS_PROTOCOLS_TLS_TLS_WORLD_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocols/tls/tls_stack.h"
#include "tests/support/memory_channels.h"
#include "tests/support/recorder.h"

namespace tickwire::tls {

inline constexpr int64_t kOneWayMs = 10;
inline constexpr int64_t kRoundTripMs = 2 * kOneWayMs;

inline TlsConfig::Identity IdentityOf(std::vector<std::string> names,
                                      const std::string& issuer = "Root") {
  TlsConfig::Identity identity;
  identity.certificate.subject_alternative_names = std::move(names);
  identity.certificate.issuer = issuer;
  return identity;
}

inline std::span<const uint8_t> Bytes(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

class TlsWorld {
 public:
  TlsWorld() {
    server_config.identities = {IdentityOf({"sip:example.com"})};
    server_config.trusted_issuers = {"Root"};
    client_config.trusted_issuers = {"Root"};
  }
  // Makes the stacks of the configurations, and listens.
  void Start() {
    client = std::make_unique<TlsStack>(client_node.clock(), client_node, RunSeed{.seed = seed},
                                        client_config);
    server = std::make_unique<TlsStack>(server_node.clock(), server_node, RunSeed{.seed = seed},
                                        server_config);
    server_node.Do([&] {
      auto made = server->Listen(kind, {IpAddress(), 5061}, 10,
                                 [&](std::unique_ptr<Channel> channel) -> Channel::Listener& {
                                   accepted.push_back(NewDiary());
                                   accepted.back()->channel = std::move(channel);
                                   return *accepted.back();
                                 });
      TW_CHECK(made.ok());
      listening = std::move(*made);
    });
  }
  std::unique_ptr<ChannelDiary> NewDiary() {
    auto diary = std::make_unique<ChannelDiary>();
    diary->now_ms = [this] { return network.now_ms(); };
    return diary;
  }
  ChannelDiary& Connect(const std::string& peer_name = "example.com") {
    if (client == nullptr) Start();
    connected.push_back(NewDiary());
    ChannelDiary& diary = *connected.back();
    client_node.Do([&] {
      auto made = client->Connect(kind, {server_node.address(), 5061}, diary,
                                  {.local = {}, .peer_name = peer_name});
      TW_CHECK(made.ok());
      diary.channel = std::move(*made);
    });
    return diary;
  }
  void RunFor(int64_t ms) { network.RunTo(network.now_ms() + ms); }
  // Sends on a channel of the client or of the server, now.
  void Send(ChannelDiary& diary, const std::string& text) {
    Do(diary, [&] { TW_CHECK(diary.channel->Send(Bytes(text)) == text.size()); });
  }
  void Do(ChannelDiary& diary, std::function<void()> action) {
    const bool is_client =
        std::ranges::any_of(connected, [&](const auto& other) { return other.get() == &diary; });
    (is_client ? client_node : server_node).Do(std::move(action));
  }
  // What the notes with this label say, of both nodes, in order: "unknown_ca (48)".
  std::vector<std::string> Notes(const std::string& label) const {
    std::vector<std::string> texts;
    for (const Recorder::Entry& entry : recorder.entries) {
      if (entry.event.kind == TraceKind::kNote && entry.label == label) {
        texts.emplace_back(entry.bytes.begin(), entry.bytes.end());
      }
    }
    return texts;
  }
  // A client that speaks for itself.
  ChannelDiary& ConnectRaw() {
    if (client == nullptr) Start();
    connected.push_back(NewDiary());
    ChannelDiary& diary = *connected.back();
    client_node.Do([&] {
      diary.channel =
          *client_node.Connect(TransportKind::kTcp, {server_node.address(), 5061}, diary, {});
    });
    RunFor(kRoundTripMs);
    return diary;
  }
  // Neither stack, nor the channels below, nor the event queue know of anything any more.
  bool IsAllGone() {
    return client->flow_count() == 0 && server->flow_count() == 0 && network.live_pairs() == 0 &&
           network.IsQuiet();
  }
  // The octets of all that a node gave to its channels.
  size_t OctetsFrom(const MemoryChannels::Node& node) const {
    size_t octets = 0;
    for (const auto& sent : network.sent) {
      if (sent.sender == const_cast<MemoryChannels::Node&>(node).clock().node()) {
        octets += sent.bytes.size();
      }
    }
    return octets;
  }

  uint64_t seed = 1;
  TransportKind kind = TransportKind::kTls;
  Recorder recorder;
  MemoryChannels network{Duration::Millis(kOneWayMs)};
  MemoryChannels::Node& client_node = network.AddNode("client", &recorder);
  MemoryChannels::Node& server_node = network.AddNode("server", &recorder);
  TlsConfig client_config, server_config;
  // Diaries hold channels, which must not outlive the stacks.
  std::unique_ptr<TlsStack> client, server;
  std::vector<std::unique_ptr<ChannelDiary>> connected, accepted;
  std::unique_ptr<TransportStack::Listening> listening;
};

}  // namespace tickwire::tls

#endif  // TICKWIRE_TESTS_PROTOCOLS_TLS_TLS_WORLD_H_
