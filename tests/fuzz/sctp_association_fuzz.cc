// Fuzz entry for whole associations: two stacks talk over a wire on which the input sits. It calls
// for the users of both, lets time pass, and does to the packets what it likes: drops, holds back,
// repeats and forges them. What it forges bears the right verification tag and the right CRC32c,
// so that it gets past the first checks.
//
// Demands no crash, associations that are consistent after every step, buffers that stay bounded,
// and an end to all activity when the story is told.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocols/ip/ipv4_header.h"
#include "protocols/sctp/packet/any_chunk.h"
#include "protocols/sctp/sctp_layer.h"
#include "sim_core/base/check.h"
#include "sim_core/run/simulator.h"

namespace tickwire::sctp {
namespace {

constexpr int kMostSteps = 150;
constexpr uint64_t kMostEvents = 2'000'000;
constexpr uint16_t kPort = 5000;
constexpr size_t kMostHeld = 16;
constexpr uint32_t kMaxMessage = 20'000;

class Story {
 public:
  explicit Story(std::span<const uint8_t> input) : input_(input) {}
  bool is_over() const { return input_.empty(); }
  uint8_t Byte() {
    if (input_.empty()) return 0;
    const uint8_t byte = input_.front();
    input_ = input_.subspan(1);
    return byte;
  }
  uint16_t Word() {
    const uint8_t high = Byte();
    return static_cast<uint16_t>(high << 8 | Byte());
  }

 private:
  std::span<const uint8_t> input_;
};

SctpConfig ConfigFrom(Story& story) {
  SctpConfig config;
  const uint8_t flags = story.Byte(), more = story.Byte();
  config.interleaving = (flags & 1) != 0;
  config.authentication = (flags & 2) != 0;
  config.dynamic_addresses = (flags & 4) != 0;
  config.partial_reliability = (flags & 8) == 0;
  config.stream_reconfiguration = (flags & 16) == 0;
  config.no_delay = (flags & 32) == 0;
  config.bundle = (flags & 64) == 0;
  if ((flags & 128) != 0) config.authenticated_chunks = {0, 3};
  config.scheduler = static_cast<SchedulerKind>((more & 7) % 6);
  config.max_burst = more >> 3 & 3;
  config.sack_every = 1 + (more >> 5 & 1);
  if ((more & 64) != 0) config.potentially_failed_threshold.reset();
  if ((more & 128) != 0) config.autoclose = Duration::Seconds(5);
  config.outbound_streams = static_cast<uint16_t>(1 + story.Byte() % 20);
  config.max_inbound_streams = static_cast<uint16_t>(1 + story.Byte() % 20);
  config.receive_buffer = 1500 + story.Byte() * 100u;
  config.send_buffer = 1500 + story.Byte() * 100u;
  config.max_message = kMaxMessage;
  config.initial_tsn = 0xfffffff0u;  // wraps soon
  config.valid_cookie_life = Duration::Seconds(2);
  return config;
}

// One stack and its user.
class Side : public Association::User, public SctpEndpoint::User {
 public:
  Side(Simulator& simulator, const char* name, Story& story)
      : simulator_(simulator), node_(simulator.node(name)), story_(story) {}
  void Start(Interface& out, uint8_t host) {
    ip_ = std::make_unique<IpLayer>(node_, IpLayer::Role::kHost);
    for (const uint32_t net : {0u, 1u}) {
      ip_->AddAddress(out, IpAddress::V4(0x0a000000u + (net << 8) + host));
    }
    ip_->AddRoute(*IpPrefix::Parse("10.0.0.0/16"), out);
    layer_ = std::make_unique<SctpLayer>(*ip_, RunSeed{});
    config_ = ConfigFrom(story_);
    Do([&] {
      endpoint_ = *layer_->Bind(kPort, {}, config_, *this);
      endpoint_->set_listening(true);
    });
  }
  void Stop() {
    Do([&] { endpoint_.reset(); });
  }
  template <class F>
  void Do(F what) {
    simulator_.ScheduleAction(simulator_.now(), node_, what);
    simulator_.RunUntil(simulator_.now());
  }
  template <class F>
  void WithAssociation(F what) {
    Do([&] {
      const std::vector<Association*> all = endpoint_->associations();
      if (!all.empty()) what(*all[story_.Byte() % all.size()]);
    });
  }
  void Connect(uint8_t peer_host) {
    Do([&] {
      const IpAddress peer[] = {IpAddress::V4(0x0a000000u + peer_host),
                                IpAddress::V4(0x0a000100u + peer_host)};
      const size_t count = 1 + (story_.Byte() & 1);
      (void)endpoint_->Connect(std::span(peer).first(count), kPort, *this);
    });
  }
  void Restart() {
    Do([&] { endpoint_->PowerOff(); });
  }
  void Call(uint8_t peer_host) {
    const uint8_t what = story_.Byte();
    switch (what % 16) {
      default:
        return WithAssociation([&](Association& a) { Send(a); });
      case 6:
        return WithAssociation([&](Association& a) { a.Shutdown(); });
      case 7:
        return WithAssociation([&](Association& a) { a.Abort("story"); });
      case 8:
        return WithAssociation(
            [&](Association& a) { (what & 16) != 0 ? a.PauseReceiving() : a.ResumeReceiving(); });
      case 9:
        return WithAssociation([&](Association& a) {
          a.SetPrimary(IpAddress::V4(0x0a000000u + (story_.Byte() & 1u) * 256 + peer_host));
        });
      case 10:
        return WithAssociation([&](Association& a) { Reconfigure(a); });
      case 11:
        return WithAssociation([&](Association& a) { ChangeAddress(a); });
      case 12:
        return WithAssociation([&](Association& a) {
          a.RequestHeartbeat(IpAddress::V4(0x0a000000u + (story_.Byte() & 1u) * 256 + peer_host));
        });
      case 13:
        return (what & 16) != 0 ? Restart() : Connect(peer_host);
      case 14:
        return WithAssociation([&](Association& a) { a.ReceiveOne(); });
      case 15:
        return WithAssociation([&](Association& a) {
          a.set_stream_value(StreamId{story_.Byte()}, story_.Byte());
          a.set_scheduler(static_cast<SchedulerKind>(story_.Byte() % 6));
        });
    }
  }
  void Check() {
    const std::vector<Association*> all = endpoint_->associations();
    // An association a peer's port and address: there are few.
    TW_CHECK(all.size() <= 8);
    for (const Association* association : all) {
      TW_CHECK(association->IsConsistent());
      const int64_t messages =
          association->capabilities().interleaving ? 2 * association->inbound_streams() : 1;
      TW_CHECK(association->unread_bytes() <=
               2 * int64_t{config_.receive_buffer} + messages * kMaxMessage + 3000);
      TW_CHECK(association->paths().size() <= 80);
      TW_CHECK(association->inbound_streams() <= 0xffff);
    }
  }

 private:
  void Send(Association& association) {
    OutgoingMessage message;
    message.stream = StreamId{static_cast<uint16_t>(story_.Byte() % 20)};
    const uint8_t shape = story_.Byte();
    message.unordered = (shape & 1) != 0;
    message.immediate = (shape & 2) != 0;
    message.reliability.policy = static_cast<Reliability::Policy>(shape >> 2 & 3);
    message.reliability.lifetime = Duration::Millis(shape * 10);
    message.reliability.retransmissions = shape >> 4 & 3;
    message.reliability.priority = shape >> 4;
    message.data.resize((shape & 128) != 0 ? story_.Word() % kMaxMessage : story_.Byte());
    (void)association.Send(std::move(message));
  }
  void Reconfigure(Association& association) {
    const uint8_t what = story_.Byte();
    const std::vector<StreamId> streams = {StreamId{story_.Byte()}};
    const bool all = (what & 16) != 0;
    switch (what % 4) {
      case 0:
        association.ResetOutgoingStreams(all ? std::vector<StreamId>() : streams);
        return;
      case 1:
        association.ResetIncomingStreams(all ? std::vector<StreamId>() : streams);
        return;
      case 2:
        association.ResetAssociation();
        return;
      default:
        association.AddStreams(what >> 4, what >> 6);
    }
  }
  void ChangeAddress(Association& association) {
    const uint8_t what = story_.Byte();
    const std::vector<IpAddress>& own = ip_->LocalAddresses();
    const IpAddress& address = own[what / 4 % own.size()];
    if (what % 4 == 0) association.AddAddress(address);
    if (what % 4 == 1) association.DeleteAddress(address);
    if (what % 4 >= 2) association.SetPeerPrimary(address);
  }

  Association::User& OnAccepted(Association&) override { return *this; }
  void OnMessage(Association& association, const ReceivedMessage& message,
                 std::span<const uint8_t> data) override {
    TW_CHECK(!data.empty() && message.stream.value < association.inbound_streams());
    // Users call back.
    const uint8_t what = story_.Byte();
    if (what % 16 == 1) Send(association);
    if (what % 64 == 2) association.Shutdown();
    if (what % 64 == 3) association.Abort("in a callback");
    if (what % 16 == 4) association.PauseReceiving();
  }
  void OnNotification(Association& association, const Notification&) override {
    const uint8_t what = story_.Byte();
    if (what % 16 == 1) Send(association);
    if (what % 64 == 2) association.Shutdown();
    if (what % 64 == 3) association.Abort("in a callback");
  }
  void OnWritable(Association& association) override {
    if ((story_.Byte() & 1) != 0) Send(association);
  }

  Simulator& simulator_;
  Node& node_;
  Story& story_;
  SctpConfig config_;
  std::unique_ptr<IpLayer> ip_;
  std::unique_ptr<SctpLayer> layer_;
  std::unique_ptr<SctpEndpoint> endpoint_;
};

class World : private Interface::Upper {
 public:
  explicit World(Story& story)
      : story_(story),
        simulator_({.run = {}, .nodes = {"a", "wire", "z"}, .event_limit = kMostEvents}),
        a_(simulator_, "a", story),
        z_(simulator_, "z", story) {
    for (const char* name : {"a", "z"}) {
      Interface& end = simulator_.node(name).AddInterface("eth0");
      Interface& plug = simulator_.node("wire").AddInterface(name);
      LinkConfig there, back;
      there.propagation = back.propagation = Duration::Millis(1);
      simulator_.Connect(end, plug, std::move(there), std::move(back));
      plug.set_upper(this);
    }
    a_.Start(simulator_.node("a").interfaces().back(), 1);
    z_.Start(simulator_.node("z").interfaces().back(), 2);
  }
  ~World() override {
    is_told_ = true;
    a_.Stop();
    z_.Stop();
  }

  void Run() {
    a_.Connect(2);
    if ((story_.Byte() & 1) != 0) z_.Connect(1);
    for (int step = 0; step < kMostSteps && !story_.is_over(); ++step) {
      Step();
      Check();
    }
    is_told_ = true;
    Advance(Duration::Seconds(1000));
    Check();
    TW_CHECK(simulator_.events() < kMostEvents);
  }

 private:
  void Step() {
    const uint8_t what = story_.Byte();
    switch (what % 8) {
      case 0:
      case 1:
        return a_.Call(2);
      case 2:
        return z_.Call(1);
      case 3:
        return Advance(Duration::Millis(story_.Byte()));
      case 4:
        return Advance(Duration::Millis(story_.Word()));
      case 5:
        return Release();
      case 6:
        return Forge();
      default:
        return Advance(Duration::Millis(5));
    }
  }
  void Advance(Duration time) { simulator_.RunUntil(simulator_.now() + time); }
  void Check() {
    a_.Check();
    z_.Check();
    TW_CHECK(simulator_.events() < kMostEvents);
  }

  // --- The wire ---
  struct Caught {
    bool from_a = false;
    std::vector<uint8_t> bytes;  // with the IP header
  };
  void OnPacket(Interface& from, Packet packet) override {
    Caught caught{.from_a = from.name() == "a",
                  .bytes = {packet.bytes().begin(), packet.bytes().end()}};
    caught.bytes.resize(packet.wire_size());
    if (is_told_) return Put(caught);
    const uint8_t fate = story_.Byte();
    if (caught.bytes.size() >= 32 && caught.bytes[9] == 132) {
      last_[caught.from_a ? 0 : 1] = caught;
    }
    switch (fate % 16) {
      case 1:
        return;  // lost
      case 2:    // held back
        if (held_.size() < kMostHeld) held_.push_back(std::move(caught));
        return;
      case 3:  // twice
        Put(caught);
        return Put(caught);
      case 4:
      case 5:
        Spoil(caught.bytes);
        return Put(caught);
      case 6: {  // and a forged one after it
        Put(caught);
        Spoil(caught.bytes);
        return Put(caught);
      }
      default:
        return Put(caught);
    }
  }
  void Put(const Caught& caught) {
    Node& wire = simulator_.node("wire");
    Packet packet = wire.NewPacket(caught.bytes.size());
    std::copy(caught.bytes.begin(), caught.bytes.end(), packet.mutable_bytes().begin());
    wire.interfaces()[caught.from_a ? 1 : 0].Send(std::move(packet));
  }
  void Release() {
    if (held_.empty()) return;
    const size_t which = story_.Byte() % held_.size();
    OnWire([&] { Put(held_[which]); });
    held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(which));
  }
  template <class F>
  void OnWire(F what) {
    simulator_.ScheduleAction(simulator_.now(), simulator_.node("wire"), what);
    simulator_.RunUntil(simulator_.now());
  }

  // Changes what follows the common header, and makes the checksum right.
  void Spoil(std::vector<uint8_t>& bytes) {
    constexpr size_t kChunks = 32;
    if (bytes.size() <= kChunks || bytes[9] != 132 || (bytes[6] & 0x3f) != 0) return;
    for (int edits = 1 + story_.Byte() % 4; edits > 0; --edits) {
      const size_t at = kChunks + story_.Word() % (bytes.size() - kChunks);
      switch (story_.Byte() % 4) {
        case 0:
          bytes[at] = story_.Byte();
          break;
        case 1:
          bytes[at] = static_cast<uint8_t>(bytes[at] + 1);
          break;
        case 2:
          bytes[at] = static_cast<uint8_t>(bytes[at] ^ (1 << story_.Byte() % 8));
          break;
        default:  // a value of the beginning, where types, lengths and numbers are
          bytes[kChunks + story_.Byte() % std::min<size_t>(bytes.size() - kChunks, 20)] =
              story_.Byte();
      }
    }
    Seal(bytes);
  }
  static void Seal(std::vector<uint8_t>& bytes) {
    std::vector<uint8_t> sctp(bytes.begin() + 20, bytes.end());
    CommonHeader::Seal(sctp);
    std::copy(sctp.begin(), sctp.end(), bytes.begin() + 20);
  }

  // A packet with the header of the last one of either side and chunks out of the input.
  void Forge() {
    const bool from_a = (story_.Byte() & 1) != 0;
    const std::vector<uint8_t>& like = last_[from_a ? 0 : 1].bytes;
    if (like.size() < 32) return;
    std::vector<uint8_t> sctp(like.begin() + 20, like.begin() + 32);
    for (int chunks = 1 + story_.Byte() % 3; chunks > 0; --chunks) {
      static constexpr uint8_t kTypes[] = {0,  1,  2,  3,  4,    5,    6,    7,    8,    9,   10,
                                           11, 14, 15, 64, 0x80, 0x82, 0x84, 0xc0, 0xc1, 0xc2};
      const uint8_t type = story_.Byte();
      sctp.push_back((type & 0x20) != 0 ? type : kTypes[type % std::size(kTypes)]);
      sctp.push_back(story_.Byte());
      const size_t size = story_.Byte() % 64;
      const size_t length = size + 4 + (story_.Byte() % 16 == 1 ? story_.Byte() : 0);
      sctp.push_back(static_cast<uint8_t>(length >> 8));
      sctp.push_back(static_cast<uint8_t>(length));
      // Numbers near those of the association: its first TSN is known.
      for (size_t i = 0; i < size; ++i) {
        const uint8_t byte = story_.Byte();
        sctp.push_back(i < 3 && (byte & 1) != 0 ? 0xff : byte);
      }
      while (sctp.size() % 4 != 0) sctp.push_back(0);
    }
    std::vector<uint8_t> bytes(Ipv4Header::kSize);
    Ipv4Header{.total_length = static_cast<uint16_t>(Ipv4Header::kSize + sctp.size()),
               .ttl = 64,
               .protocol = IpProtocol::kSctp,
               .source = IpAddress::V4(from_a ? 0x0a000001 : 0x0a000002),
               .destination = IpAddress::V4(from_a ? 0x0a000002 : 0x0a000001)}
        .SerializeTo(bytes);
    bytes.insert(bytes.end(), sctp.begin(), sctp.end());
    Seal(bytes);
    OnWire([&] { Put({.from_a = from_a, .bytes = bytes}); });
  }

  Story& story_;
  Simulator simulator_;
  Side a_, z_;
  bool is_told_ = false;
  Caught last_[2];
  std::vector<Caught> held_;
};

}  // namespace
}  // namespace tickwire::sctp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tickwire::sctp::Story story({data, size});
  tickwire::sctp::World(story).Run();
  return 0;
}
