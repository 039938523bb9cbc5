#include "protocols/udp/udp_layer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/udp/udp_header.h"
#include "sim_core/base/ring_buffer.h"

namespace tickwire {
namespace {

constexpr TraceLabel kNoPort{"port_unreachable", "RFC 1122 4.1.3.1: nobody listens there"};

// The unspecified addresses of both versions mean the same: any address of the node.
bool IsSame(const IpAddress& a, const IpAddress& b) {
  return a == b || (a.is_unspecified() && b.is_unspecified());
}

DatagramError ErrorOf(IcmpErrorKind kind) {
  switch (kind) {
    case IcmpErrorKind::kNetworkUnreachable:
      return DatagramError::kNetworkUnreachable;
    case IcmpErrorKind::kHostUnreachable:
      return DatagramError::kHostUnreachable;
    case IcmpErrorKind::kProtocolUnreachable:
      return DatagramError::kProtocolUnreachable;
    case IcmpErrorKind::kPortUnreachable:
      return DatagramError::kPortUnreachable;
    case IcmpErrorKind::kPacketTooBig:
      return DatagramError::kMessageTooBig;
    case IcmpErrorKind::kTtlExceeded:
    case IcmpErrorKind::kReassemblyTimeout:
      return DatagramError::kTimeExceeded;
  }
  return DatagramError::kHostUnreachable;
}

}  // namespace

class UdpLayer::Socket : public DatagramSocket {
 public:
  Socket(UdpLayer& layer, Endpoint local, Listener& listener)
      : layer_(layer), local_(local), listener_(listener) {}
  ~Socket() override {
    auto& sockets = layer_.sockets_[local_.port];
    sockets.erase(std::find(sockets.begin(), sockets.end(), this));
    if (sockets.empty()) layer_.sockets_.erase(local_.port);
  }

  void SendTo(Endpoint remote, std::span<const uint8_t> payload, uint32_t zeros) override {
    TW_CHECK(payload.size() + zeros <= max_payload());
    const IpAddress source =
        local_.address.is_unspecified() ? SourceFor(remote.address) : local_.address;
    Packet packet = layer_.ip_.node().NewPacket(payload.size());
    if (!payload.empty()) {
      std::memcpy(packet.mutable_bytes().data(), payload.data(), payload.size());
    }
    packet.set_virtual_tail(zeros);
    UdpHeader::PrependTo(packet, local_.port, remote.port, source, remote.address);
    // A refusal is the latest record of the node: its drop.
    const auto dropped = [&] {
      const NodeTrace& trace = layer_.ip_.node().trace();
      return RecordRef{trace.node(), trace.record_count()};
    };
    switch (
        layer_.ip_.Send(source, remote.address, IpProtocol::kUdp, std::move(packet), options_)) {
      case IpLayer::SendResult::kSent:
        return;
      case IpLayer::SendResult::kNoRoute:
        return ReportLater(remote, DatagramError::kNoRoute, dropped());
      case IpLayer::SendResult::kTooBig:
        return ReportLater(remote, DatagramError::kMessageTooBig, dropped());
    }
  }
  void set_options(const DatagramOptions& options) override {
    options_ = {.ttl = options.ttl, .dscp = options.dscp, .dont_fragment = options.dont_fragment};
  }
  Endpoint local() const override { return local_; }
  IpAddress SourceFor(const IpAddress& remote) const override {
    return layer_.ip_.SourceFor(remote);
  }

  std::optional<size_t> PathMtu(const IpAddress& remote) const override {
    return layer_.ip_.LearntPathMtu(remote);
  }

  Listener& listener() { return listener_; }

 private:
  struct PendingError {
    Endpoint remote;
    DatagramError error{};
    RecordRef cause;  // the drop
  };
  struct ErrorEvent : Event {
    explicit ErrorEvent(Socket& owner) : Event(&Socket::OnErrorEvent), socket(owner) {}
    Socket& socket;
  };

  void ReportLater(const Endpoint& remote, DatagramError error, RecordRef cause) {
    errors_.push_back({remote, error, cause});
    NodeClock& clock = layer_.ip_.node().clock();
    if (!error_event_.is_queued()) clock.Schedule(error_event_, clock.now());
  }
  static void OnErrorEvent(Event& event) {
    Socket& socket = static_cast<ErrorEvent&>(event).socket;
    const PendingError pending = socket.errors_.pop_front();
    if (!socket.errors_.empty()) {
      NodeClock& clock = socket.layer_.ip_.node().clock();
      clock.Schedule(event, clock.now());
    }
    socket.layer_.ip_.node().trace().set_cause(pending.cause);
    socket.listener_.OnError(socket, pending.remote, pending.error);  // may destroy the socket
  }

  UdpLayer& layer_;
  const Endpoint local_;
  Listener& listener_;
  IpSendOptions options_;
  RingBuffer<PendingError> errors_;
  ErrorEvent error_event_{*this};
};

UdpLayer::UdpLayer(IpLayer& ip) : ip_(ip), entity_(ip.node().trace().NewEntity("udp")) {
  ip_.Register(IpProtocol::kUdp, *this);
}

UdpLayer::~UdpLayer() = default;

bool UdpLayer::IsTaken(const Endpoint& local) const {
  const auto it = sockets_.find(local.port);
  if (it == sockets_.end()) return false;
  return std::any_of(it->second.begin(), it->second.end(),
                     [&](const Socket* s) { return IsSame(s->local().address, local.address); });
}

absl::StatusOr<std::unique_ptr<DatagramSocket>> UdpLayer::Bind(Endpoint local,
                                                               DatagramSocket::Listener& listener) {
  if (!local.address.is_unspecified() && !ip_.IsLocal(local.address)) {
    return absl::InvalidArgumentError(
        absl::StrCat(ip_.node().name(), " has no address ", local.address.ToString()));
  }
  if (local.port == 0) {
    constexpr int kEphemeralPorts = 65536 - 49152;
    int tries = 0;
    for (; tries < kEphemeralPorts && sockets_.contains(next_ephemeral_); ++tries) {
      next_ephemeral_ = next_ephemeral_ == 65535 ? 49152 : next_ephemeral_ + 1;
    }
    if (tries == kEphemeralPorts) return absl::ResourceExhaustedError("no ephemeral port is free");
    local.port = next_ephemeral_;
  } else if (IsTaken(local)) {
    return absl::AlreadyExistsError(
        absl::StrCat("UDP port ", local.port, " of ", ip_.node().name(), " is taken already"));
  }
  auto socket = std::make_unique<Socket>(*this, local, listener);
  sockets_[local.port].push_back(socket.get());
  return socket;
}

UdpLayer::Socket* UdpLayer::FindSocket(const Endpoint& local) const {
  const auto it = sockets_.find(local.port);
  if (it == sockets_.end()) return nullptr;
  Socket* for_any_address = nullptr;
  for (Socket* socket : it->second) {
    if (socket->local().address == local.address) return socket;
    if (socket->local().address.is_unspecified()) for_any_address = socket;
  }
  return for_any_address;
}

void UdpLayer::OnDatagram(const IpDatagram& datagram, Packet payload) {
  const TraceLabel* why = nullptr;
  const std::optional<UdpHeader> header =
      UdpHeader::Parse(payload, datagram.source, datagram.destination, &why);
  if (!header) return Drop(payload, *why);
  const Endpoint from{datagram.source, header->source_port};
  const Endpoint to{datagram.destination, header->destination_port};
  Socket* socket = FindSocket(to);
  if (socket == nullptr) {
    Drop(payload, kNoPort);
    return ip_.SendUnreachable(IcmpErrorKind::kPortUnreachable, datagram, payload);
  }
  payload.Truncate(header->length);
  payload.TrimFront(UdpHeader::kSize);
  socket->listener().OnReceive(*socket, from, to, payload.bytes(), payload.virtual_tail());
}

void UdpLayer::OnIcmpError(const IcmpReport& report) {
  const std::optional<UdpHeader> header = UdpHeader::Read(report.payload);
  if (!header) return;
  Socket* socket = FindSocket({report.source, header->source_port});
  if (socket == nullptr) return;
  socket->listener().OnError(*socket, {report.destination, header->destination_port},
                             ErrorOf(report.kind));
}

void UdpLayer::Drop(const Packet& packet, const TraceLabel& why) {
  ip_.node().trace().Packet({.kind = TraceKind::kPacketDropped,
                             .place = entity_,
                             .packet = packet.record(),
                             .label = &why,
                             .value = static_cast<int64_t>(packet.wire_size()),
                             .packet_hash = packet.Hash(),
                             .bytes = {}});
}

}  // namespace tickwire
