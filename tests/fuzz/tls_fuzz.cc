// Fuzz entry for TLS. The first octet chooses: what follows is what a client sends to our server,
// or a server to our client; or changes to a real conversation (two octets of position, one of
// change, again and again); or the body of every message and a certificate.
//
// Demands no crash, nothing delivered that was not sent, nothing left behind, bounded memory, and
// that messages that were read are written and read as the same.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "protocols/tls/certificate_check.h"
#include "protocols/tls/handshake_messages.h"
#include "protocols/tls/record_layer.h"
#include "protocols/tls/tls_stack.h"
#include "sim_core/base/check.h"
#include "tests/support/memory_channels.h"

namespace tickwire::tls {
namespace {

TlsConfig ConfigFor(uint8_t choice) {
  TlsConfig config;
  config.identities.resize(1);
  config.identities[0].certificate.subject_alternative_names = {"sip:example.com"};
  config.identities[0].certificate.issuer = "Root";
  config.trusted_issuers = {"Root"};
  if ((choice & 4) != 0) config.max_version = TlsVersion::k12;
  if ((choice & 8) != 0) config.client_authentication = ClientAuthentication::kRequire;
  return config;
}

constexpr uint16_t kPort = 5061;

struct World {
  explicit World(uint8_t choice)
      : client(client_node.clock(), client_node, RunSeed{}, ConfigFor(choice)),
        server(server_node.clock(), server_node, RunSeed{}, ConfigFor(choice)) {}
  TransportStack::AcceptFn Accept() {
    return [this](std::unique_ptr<Channel> channel) -> Channel::Listener& {
      far.channel = std::move(channel);
      return far;
    };
  }
  void Connect(TransportStack& stack, TransportKind kind) {
    client_node.Do([&] {
      near.channel = *stack.Connect(kind, {server_node.address(), kPort}, near,
                                    {.local = {}, .peer_name = "example.com"});
    });
  }
  void Listen(TransportStack& stack, TransportKind kind) {
    server_node.Do([&] { listening = *stack.Listen(kind, {IpAddress(), kPort}, 4, Accept()); });
  }
  void End() {
    network.RunTo(network.now_ms() + 1000);
    client_node.Do([&] { near.channel.reset(); });
    server_node.Do([&] { far.channel.reset(); });
    network.RunTo(network.now_ms() + 60'000);
    TW_CHECK(client.flow_count() == 0 && server.flow_count() == 0);
    TW_CHECK(network.live_pairs() == 0 && network.IsQuiet());
  }
  MemoryChannels network;
  MemoryChannels::Node& client_node = network.AddNode("client");
  MemoryChannels::Node& server_node = network.AddNode("server");
  TlsStack client, server;
  ChannelDiary near, far;
  std::unique_ptr<TransportStack::Listening> listening;
};

// A peer without manners, as client or as server.
void FeedRaw(uint8_t choice, std::span<const uint8_t> bytes) {
  const bool to_server = (choice & 3) == 0;
  World world(choice);
  world.network.set_cut([choice](size_t) { return size_t{1} + choice % 61; });
  const auto send = [&](ChannelDiary& diary) { diary.channel->Send(bytes); };
  if (to_server) {
    world.Listen(world.server, TransportKind::kTls);
    world.Connect(world.client_node, TransportKind::kTcp);
    world.network.RunTo(100);
    world.client_node.Do([&] { send(world.near); });
  } else {
    world.Listen(world.server_node, TransportKind::kTcp);
    world.Connect(world.client, TransportKind::kTls);
    world.network.RunTo(100);
    world.server_node.Do([&] { send(world.far); });
  }
  world.network.RunTo(200);
  // Without the secrets of a session nobody gets as far as to deliver.
  TW_CHECK((to_server ? world.far : world.near).text.empty());
  world.End();
}

void ChangeConversation(uint8_t choice, std::span<const uint8_t> changes) {
  World world(choice);
  size_t at = 0;
  world.network.set_tamper([&](NodeId, std::vector<uint8_t>& bytes) {
    for (size_t i = 0; i + 2 < changes.size(); i += 3) {
      const size_t position = static_cast<size_t>(changes[i]) << 8 | changes[i + 1];
      if (position >= at && position < at + bytes.size()) bytes[position - at] ^= changes[i + 2];
    }
    at += bytes.size();
  });
  world.Listen(world.server, TransportKind::kTls);
  world.Connect(world.client, TransportKind::kTls);
  world.network.RunTo(200);
  const std::string ping(100, 'p');
  world.client_node.Do([&] {
    world.near.channel->Send({reinterpret_cast<const uint8_t*>(ping.data()), ping.size()});
  });
  world.network.RunTo(400);
  TW_CHECK(world.far.text.empty() || world.far.text == ping);
  world.End();
}

void ParseAll(std::span<const uint8_t> body) {
  if (body.size() > 20'000) return;
  const auto behind_header = [](const std::vector<uint8_t>& message) {
    return std::span(message).subspan(4);
  };
  if (const auto hello = ClientHello::Parse(body)) {
    // What it does not know is gone after the first time.
    const std::vector<uint8_t> once = hello->Serialize();
    const auto again = ClientHello::Parse(behind_header(once));
    TW_CHECK(again.has_value());
    const std::vector<uint8_t> twice = again->Serialize();
    TW_CHECK(ClientHello::Parse(behind_header(twice)) == again);
  }
  if (const auto hello = ServerHello::Parse(body)) {
    const std::vector<uint8_t> message = hello->Serialize();
    TW_CHECK(ServerHello::Parse(behind_header(message)).has_value());
  }
  for (const TlsVersion version : {TlsVersion::k12, TlsVersion::k13}) {
    if (const auto chain = ParseCertificates(version, body)) {
      const auto message = WriteCertificates(version, *chain);
      TW_CHECK(ParseCertificates(version, behind_header(message)) == chain);
    }
    if (const auto ticket = ParseNewSessionTicket(version, body)) {
      const auto message = WriteNewSessionTicket(version, *ticket);
      TW_CHECK(ParseNewSessionTicket(version, behind_header(message)) == ticket);
    }
    (void)ParseCertificateRequest(version, body);
  }
  (void)ParseCertificateVerify(body);
  (void)ParseServerKeyExchange(body);
  (void)ParseClientKeyExchange(body);
  (void)ParseEncryptedExtensions(body);
  if (const auto parsed = ParseCertificate(body)) {
    (void)SipIdentities(parsed->certificate);
    const auto again = ParseCertificate(EncodeCertificate(parsed->certificate));
    TW_CHECK(again.has_value());
    TW_CHECK(again->certificate.issuer == parsed->certificate.issuer);
    TW_CHECK(again->certificate.not_after == parsed->certificate.not_after);
  }
}

}  // namespace
}  // namespace tickwire::tls

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::span<const uint8_t> rest(data + 1, size - 1);
  switch (data[0] & 3) {
    case 0:
    case 1:
      tickwire::tls::FeedRaw(data[0], rest);
      break;
    case 2:
      tickwire::tls::ChangeConversation(data[0], rest);
      break;
    default:
      tickwire::tls::ParseAll(rest);
  }
  return 0;
}
