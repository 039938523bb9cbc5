// Fuzz entry for a whole SIP server: proxy, registrar, digest and overload control on one port.
//
// The input is datagrams with octets 0x1e between them, sent to the server one after the other, 50
// ms apart. "=BRANCH=" in one becomes the branch of the latest request that the server has
// forwarded, so that responses can find their transactions. Demands no crash, and that nothing is
// left when all timers have run out. With libFuzzer (clang): -fsanitize=fuzzer. Without,
// sip_server_fuzz_test replays the corpus and mutations of it.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "protocols/sip/locate/static_locator.h"
#include "protocols/sip/proxy/sip_server.h"
#include "tests/protocols/sip/support/memory_network.h"

namespace tickwire::sip {
namespace {

constexpr size_t kMaxDatagrams = 64;

class Peer final : public DatagramSocket::Listener {
 public:
  void OnReceive(DatagramSocket&, Endpoint, Endpoint, std::span<const uint8_t> payload,
                 uint32_t) override {
    const ParseResult parsed = SipMessage::Parse(std::string(payload.begin(), payload.end()));
    if (!parsed.message.is_request()) return;
    const std::optional<Via> via = parsed.message.Get<Via>();
    if (via.has_value()) branch = std::string(via->branch().value_or(""));
  }
  void OnError(DatagramSocket&, Endpoint, DatagramError) override {}
  std::string branch;
};

SipServerConfig Config(uint8_t choice) {
  SipServerConfig config;
  config.me.addresses = {*IpAddress::Parse("10.0.0.100")};
  config.me.names = {"proxy"};
  config.me.domains = {"example.com"};
  config.places = {{"carol", "sip:carol@10.0.0.1", 500},
                   {"carol", "sip:carol@10.0.0.1:5070", 1000}};
  config.mode = choice % 7 == 0   ? ServerMode::kStateless
                : choice % 7 == 1 ? ServerMode::kRedirect
                                  : ServerMode::kStateful;
  config.proxy.fork_mode = static_cast<ForkMode>(choice % 3);
  config.proxy.surplus = static_cast<SurplusPolicy>(choice / 3 % 3);
  config.proxy.recurses_on_redirect = choice % 2 == 0;
  if (choice % 5 == 0) {
    config.digest.emplace();
    config.digest->realm = "example.com";
    config.authenticates_others = true;
    config.passwords = {{"bob", "zanzibar"}};
  }
  if (choice % 4 == 0) {
    config.work = {Duration::Millis(100), Duration::Millis(10), 8};
    config.overload = static_cast<OverloadPolicy>(choice / 4 % 4);
    config.proxy.obeys_overload_control = true;
  }
  config.locations = {.max_records = 8, .max_contacts = 4};
  return config;
}

}  // namespace
}  // namespace tickwire::sip

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tickwire;       // NOLINT: an entry point, not a library
  using namespace tickwire::sip;  // NOLINT
  if (size == 0) return 0;
  MemoryNetwork network;
  network.set_logging(false);
  MemoryNetwork::Node& server_node = network.AddNode("server", *IpAddress::Parse("10.0.0.100"));
  MemoryNetwork::Node& peer_node = network.AddNode("peer", *IpAddress::Parse("10.0.0.1"));
  NameTable names;
  StaticLocator locator(names);
  SipServer server({server_node.clock(), server_node, locator, RunSeed{}}, Config(data[size - 1]));
  const Endpoint server_at{server_node.address(), 5060};
  TW_CHECK(server.Open(server_at).ok());
  Peer peer;
  const auto socket = *peer_node.Bind({peer_node.address(), 5060}, peer);
  int64_t now = 0;
  size_t sent = 0;
  const std::string input(reinterpret_cast<const char*>(data), size);
  for (const std::string& piece : std::vector<std::string>(absl::StrSplit(input, '\x1e'))) {
    if (++sent > kMaxDatagrams) break;
    const std::string text = absl::StrReplaceAll(piece, {{"=BRANCH=", peer.branch}});
    if (text.size() > DatagramSocket::max_payload()) continue;
    socket->SendTo(server_at, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
    network.RunTo(now += 50);
  }
  TW_CHECK(server.locations().record_count() <= 8);
  network.RunTo(now + 20'000'000);  // registrations of two hours, all timers
  TW_CHECK(server.context_count() == 0);
  TW_CHECK(server.transaction_count() == 0);
  TW_CHECK(server.queue_length() == 0);
  return 0;
}
