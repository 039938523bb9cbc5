// Fuzz entry for DNS: the codec, a server's answer to whatever can be read, and a cache that learns
// from it.
//
// Demands no crash, that what was read is written and reads back as the same, and that answers fit
// a UDP response. With libFuzzer (clang): -fsanitize=fuzzer. Without, dns_fuzz_test replays the
// corpus and mutations of it.
#include <cstddef>
#include <cstdint>

#include "protocols/dns/dns_cache.h"
#include "protocols/dns/dns_message.h"
#include "protocols/dns/zone_store.h"
#include "sim_core/base/check.h"

namespace tickwire::dns {
namespace {

const ZoneStore& Zones() {
  static const ZoneStore& zones = *[] {
    auto* made = new ZoneStore;
    TW_CHECK(made->AddZone("example.com", {.primary = "ns.example.com", .minimum = 60}, 60).ok());
    for (const Record& record :
         {MakeAddress("a.example.com", 60, IpAddress::V4(1)),
          MakeCname("www.example.com", 60, "a.example.com"),
          MakeCname("loop.example.com", 60, "loop.example.com"),
          MakeAddress("*.wild.example.com", 60, IpAddress::V4(2)),
          MakeNs("sub.example.com", 60, "a.example.com"),
          MakeSrv("_sip._udp.example.com", 60, {.port = 5060, .target = "a.example.com"})}) {
      TW_CHECK(made->Add(record).ok());
    }
    return made;
  }();
  return zones;
}

}  // namespace
}  // namespace tickwire::dns

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tickwire::dns;  // NOLINT: an entry point, not a library
  const std::optional<Message> message = Message::Parse({data, size});
  if (!message.has_value()) return 0;
  (void)message->Summary();
  const std::vector<uint8_t> written = message->Serialize(1 << 20);
  const std::optional<Message> again = Message::Parse(written);
  TW_CHECK(again.has_value());
  TW_CHECK(*again == *message);
  if (message->questions.size() != 1) return 0;
  const std::vector<uint8_t> answer = Zones().Answer(*message).Serialize();
  TW_CHECK(answer.size() <= kMaxUdpBytes);
  TW_CHECK(Message::Parse(answer).has_value());
  DnsCache cache({.entries = 4});
  cache.Store(*message, tickwire::SimTime());
  TW_CHECK(cache.size() <= 4);
  DnsAnswer found;
  std::string missing;
  (void)cache.Find(message->questions[0].name, message->questions[0].type, tickwire::SimTime(),
                   found, missing);
  return 0;
}
