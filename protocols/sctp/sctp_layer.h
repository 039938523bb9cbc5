// SctpLayer: SCTP of one node: finds the endpoint and association for each packet, and answers what
// is out of the blue (RFC 9260 section 8.4). Over IP, and over UDP (RFC 6951).
#ifndef TICKWIRE_PROTOCOLS_SCTP_SCTP_LAYER_H_
#define TICKWIRE_PROTOCOLS_SCTP_SCTP_LAYER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "protocols/ip/ip_layer.h"
#include "protocols/sctp/association/state_cookie.h"
#include "protocols/sctp/sctp_endpoint.h"
#include "protocols/transport/datagram_socket.h"
#include "sim_core/random/rng.h"

namespace tickwire::sctp {

class SctpLayer final : private IpLayer::Protocol, private DatagramSocket::Listener {
 public:
  static constexpr uint8_t kTtl = 64;

  // `seed` keys the node's secrets and draws. `ip` outlives this.
  SctpLayer(IpLayer& ip, const RunSeed& seed);
  ~SctpLayer() override;

  // Port 0: the next free ephemeral one. `addresses` none: all. ALREADY_EXISTS if it is taken.
  absl::StatusOr<std::unique_ptr<SctpEndpoint>> Bind(uint16_t port,
                                                     std::vector<IpAddress> addresses,
                                                     const SctpConfig& config,
                                                     SctpEndpoint::User& user);
  // Takes SCTP packets in UDP on `port` too, and can send them so. The stack outlives this.
  absl::Status EnableUdpEncapsulation(DatagramStack& udp, uint16_t port = kUdpTunnellingPort);
  // How out-of-the-blue packets are answered where no endpoint is (SctpConfig::Profile).
  void set_profile(SctpConfig::Profile profile) { profile_ = profile; }
  // The machine loses power.
  void PowerOff();

  // In the order of their ports.
  std::vector<SctpEndpoint*> endpoints() const;

  // --- For endpoints ---
  IpLayer& ip() { return ip_; }
  NodeClock& clock() { return ip_.node().clock(); }
  NodeTrace& trace() { return ip_.node().trace(); }
  Rng& rng() { return rng_; }
  const StateCookie::Secret& secret() const { return secret_; }
  std::vector<uint8_t>& packet_buffer() { return packet_buffer_; }
  void Send(const IpAddress& from, const IpAddress& to, uint16_t udp_port,
            std::span<const uint8_t> packet);
  void Forget(SctpEndpoint& endpoint);
  void Bury(std::unique_ptr<Association> association);
  // An endpoint whose user went away: it goes when its last association has ended.
  void Keep(std::unique_ptr<SctpEndpoint> endpoint);
  void OnIdle(SctpEndpoint& endpoint);
  // The packet that is looked at now, or a part of it, is dropped at `place`.
  void Drop(const TraceEntity& place, const TraceLabel& why);
  void Drop(const ArrivedPacket&, const TraceLabel& why) { Drop(entity(), why); }

 private:
  void OnDatagram(const IpDatagram& datagram, Packet payload) override;
  void OnIcmpError(const IcmpReport& report) override;
  bool MayHaveSent(const IcmpReport& report) const override;
  void OnReceive(DatagramSocket& socket, Endpoint from, Endpoint to,
                 std::span<const uint8_t> payload, uint32_t zeros) override;
  void OnError(DatagramSocket& socket, Endpoint remote, DatagramError error) override;
  void OnSctp(const IpAddress& from, const IpAddress& to, uint16_t udp_port,
              std::span<const uint8_t> bytes);
  SctpEndpoint* FindEndpoint(const IpAddress& to, uint16_t port) const;
  // Whose packet an ICMP message quotes; null: nobody's, for all that the tags say.
  Association* SenderOf(const IcmpReport& report) const;
  Association* FindAssociation(SctpEndpoint& endpoint, const ArrivedPacket& packet);
  // Section 8.4.
  void OnOutOfTheBlue(const ArrivedPacket& packet, SctpEndpoint* endpoint);
  void Answer(const ArrivedPacket& packet, VerificationTag tag,
              absl::FunctionRef<void(std::vector<uint8_t>&)> put_chunk);
  void DrawSecret();
  TraceEntity entity();
  static void OnBury(Event& event);

  struct BuryEvent : Event {
    explicit BuryEvent(SctpLayer& owner) : Event(&SctpLayer::OnBury), layer(owner) {}
    SctpLayer& layer;
  };

  IpLayer& ip_;
  std::optional<TraceEntity> entity_;  // of what belongs to no association; when first needed
  Rng rng_;
  Rng secrets_;
  StateCookie::Secret secret_{};
  SctpConfig::Profile profile_ = SctpConfig::Profile::kRfc;
  absl::flat_hash_map<uint16_t, std::vector<SctpEndpoint*>> endpoints_;  // looked up by port
  std::unique_ptr<DatagramSocket> udp_socket_;
  std::vector<uint8_t> packet_buffer_;
  std::vector<uint8_t> arrived_;  // a packet whose end was counted, not stored
  RecordRef current_packet_;
  bool current_is_dropped_ = false;
  std::span<const uint8_t> current_bytes_;  // of it, from the common header on
  std::vector<std::unique_ptr<Association>> dead_;
  std::vector<std::unique_ptr<SctpEndpoint>> kept_;
  std::vector<std::unique_ptr<SctpEndpoint>> dead_endpoints_;
  BuryEvent bury_{*this};
  uint16_t next_ephemeral_ = 49152;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_SCTP_LAYER_H_
