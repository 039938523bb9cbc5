// Fuzz entry for everything that reads packets: IP and UDP of a router with an echo on port 7, the
// packet tree, and the fields of the match language.
//
// Input: a byte of flags (bit 0: checksums are put right first, so that changes get past them),
// then packets, each after its length in two bytes. With libFuzzer (clang): -fsanitize=fuzzer.
// Without, ip_packet_fuzz_test replays the corpus and mutations of it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "experiments/view/packet_summary.h"
#include "experiments/view/packet_tree.h"
#include "protocols/apps/udp_responder.h"
#include "protocols/ip/ip_layer.h"
#include "protocols/udp/udp_layer.h"
#include "sim_core/run/simulator.h"
#include "topologies/match/packet_source.h"
#include "topologies/match/standard_fields.h"

namespace tickwire {
namespace {

void Put16(std::vector<uint8_t>& bytes, size_t at, uint16_t value) {
  bytes[at] = static_cast<uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<uint8_t>(value);
}

// Puts the IPv4 header's checksum right, and that of UDP or ICMP behind it where it is whole.
void Repair(std::vector<uint8_t>& bytes) {
  IpAddress source, destination;
  size_t header = 0, end = 0;
  uint8_t protocol = 0;
  if (bytes.size() >= 20 && bytes[0] >> 4 == 4) {
    header = size_t{bytes[0]} % 16 * 4;
    if (header < 20 || header > bytes.size()) return;
    Put16(bytes, 10, 0);
    Put16(bytes, 10, InternetChecksum().Add(std::span(bytes).first(header)).Finish());
    protocol = bytes[9];
    end = std::min<size_t>(bytes.size(), size_t{bytes[2]} << 8 | bytes[3]);
    source = IpAddress::FromBytes(std::span(bytes).subspan(12, 4));
    destination = IpAddress::FromBytes(std::span(bytes).subspan(16, 4));
    if ((bytes[6] & 0x3f) != 0 || bytes[7] != 0) return;  // a fragment
  } else if (bytes.size() >= 40 && bytes[0] >> 4 == 6) {
    header = 40;
    protocol = bytes[6];
    end = std::min<size_t>(bytes.size(), 40 + (size_t{bytes[4]} << 8 | bytes[5]));
    source = IpAddress::FromBytes(std::span(bytes).subspan(8, 16));
    destination = IpAddress::FromBytes(std::span(bytes).subspan(24, 16));
  }
  if (header == 0 || end < header + 8) return;
  size_t at = 0, size = end - header;
  if (protocol == 17) {
    at = header + 6;
    size = std::min<size_t>(size, size_t{bytes[header + 4]} << 8 | bytes[header + 5]);
    if (size < 8) return;
  } else if (protocol == 1 || protocol == 58) {
    at = header + 2;
  } else {
    return;
  }
  Put16(bytes, at, 0);
  InternetChecksum sum;
  if (protocol != 1) {
    AddPseudoHeader(sum, source, destination, static_cast<IpProtocol>(protocol),
                    static_cast<uint32_t>(size));
  }
  const uint16_t checksum = sum.Add(std::span(bytes).subspan(header, size)).Finish();
  Put16(bytes, at, checksum == 0 ? 0xffff : checksum);
}

// A router with both versions on a wire to a stranger and on a narrow one behind it.
class Victim {
 public:
  Victim() {
    for (const char* end : {"outside", "inside"}) {
      Interface& plug = node_.AddInterface(end);
      Interface& far = simulator_.node(end).AddInterface("eth0");
      LinkConfig there, back;
      there.mtu = back.mtu = end[0] == 'o' ? 65535 : 576;
      simulator_.Connect(plug, far, std::move(there), std::move(back));
    }
    ip_ = std::make_unique<IpLayer>(node_, IpLayer::Role::kRouter);
    for (const char* address : {"10.0.0.2", "fd00::2"}) {
      ip_->AddAddress(node_.interfaces()[0], *IpAddress::Parse(address));
    }
    for (const char* prefix : {"10.0.0.0/24", "fd00::/64"}) {
      ip_->AddRoute(*IpPrefix::Parse(prefix), node_.interfaces()[0]);
    }
    for (const char* prefix : {"10.0.1.0/24", "fd00:0:0:1::/64"}) {
      ip_->AddRoute(*IpPrefix::Parse(prefix), node_.interfaces()[1]);
    }
    udp_ = std::make_unique<UdpLayer>(*ip_);
    echo_ = std::move(*UdpResponder::Create(*udp_, 7, UdpResponder::Mode::kEcho));
  }
  void Feed(const std::vector<uint8_t>& bytes) {
    Interface& outside = simulator_.node("outside").interfaces()[0];
    simulator_.ScheduleAction(simulator_.now(), outside.node(), [&] {
      Packet packet = outside.node().NewPacket(bytes.size());
      std::copy(bytes.begin(), bytes.end(), packet.mutable_bytes().begin());
      outside.Send(std::move(packet));
    });
    Run(Duration::Millis(1));
  }
  void Run(Duration time) { simulator_.RunUntil(simulator_.now() + time); }
  // Whatever came, the node must come to rest.
  void CheckQuiet() {
    Run(Duration::Seconds(61));
    TW_CHECK(simulator_.RunUntil(SimTime::Infinite()) == StopReason::kNoMoreEvents);
  }

 private:
  Simulator simulator_{
      {.run = {}, .nodes = {"victim", "outside", "inside"}, .event_limit = 100'000}};
  Node& node_ = simulator_.node("victim");
  std::unique_ptr<IpLayer> ip_;
  std::unique_ptr<UdpLayer> udp_;
  std::unique_ptr<UdpResponder> echo_;
};

void Describe(const std::vector<uint8_t>& bytes) {
  const PacketTree tree = DescribePacket(bytes);
  for (const PacketTreeLine& line : tree.lines) {
    TW_CHECK(line.offset <= bytes.size() && line.length <= bytes.size() - line.offset);
  }
  for (const PacketViolation& violation : tree.violations) {
    TW_CHECK(violation.offset <= bytes.size());
  }
  for (const uint32_t zeros : {0u, 100u}) {
    match::PacketSource source(bytes, zeros);
    for (uint16_t field = 0; field < match::PacketFields().size() + 20; ++field) {
      (void)source.Get(match::FieldId{field});
    }
    (void)Summarize(source);
  }
}

}  // namespace
}  // namespace tickwire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tickwire;  // NOLINT: an entry point, not a library
  if (size < 1 || size > 1 << 18) return 0;
  const bool repairs = (data[0] & 1) != 0;
  Victim victim;
  for (size_t at = 1; at + 2 <= size;) {
    const size_t wanted = size_t{data[at]} << 8 | data[at + 1];
    at += 2;
    const size_t taken = std::min(wanted, size - at);
    std::vector<uint8_t> bytes(data + at, data + at + taken);
    at += taken;
    if (repairs) Repair(bytes);
    victim.Feed(bytes);
    Describe(bytes);
  }
  victim.CheckQuiet();
  return 0;
}
