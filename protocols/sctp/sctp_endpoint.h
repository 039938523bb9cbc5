// SctpEndpoint: one local port with its associations (RFC 9260 section 1.3.. "SCTP endpoint";
// RFC 6458 section 3: what a one-to-many socket is made of).
//
// Owns the associations. Its user is told of messages and notifications of all of them.
#ifndef TICKWIRE_PROTOCOLS_SCTP_SCTP_ENDPOINT_H_
#define TICKWIRE_PROTOCOLS_SCTP_SCTP_ENDPOINT_H_

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "protocols/sctp/association/association.h"
#include "protocols/sctp/sctp_config.h"
#include "protocols/transport/endpoint.h"

namespace tickwire::sctp {

class SctpLayer;

class SctpEndpoint final : private Association::Env, private Association::User {
 public:
  class User {
   public:
    virtual ~User() = default;
    // A peer set an association up; says who is told of it. Called before anything else of it.
    virtual Association::User& OnAccepted(Association& association) = 0;
  };

  // Made by SctpLayer::Bind. `addresses`: the own ones that it uses; none: all of the node.
  SctpEndpoint(SctpLayer& layer, uint16_t port, std::vector<IpAddress> addresses,
               const SctpConfig& config, User& user);
  ~SctpEndpoint();

  // Answers INITs from now on, or no more.
  void set_listening(bool listening) { is_listening_ = listening; }
  bool is_listening() const { return is_listening_; }
  // Begins an association with the peer that has these addresses. ALREADY_EXISTS if there is one.
  absl::StatusOr<Association*> Connect(std::span<const IpAddress> peer, uint16_t port,
                                       Association::User& user);
  Association* Find(const Endpoint& peer);
  // In the order in which they were made.
  std::vector<Association*> associations() const;
  // Takes one out into an endpoint of its own with the same port (RFC 6458 section 9.2): it is told
  // to `user` from now on.
  void PeelOff(Association& association, Association::User& user);

  SctpLayer& layer() { return layer_; }
  uint16_t port() const { return port_; }
  const SctpConfig& config() const { return configs_.back(); }
  // For associations made from now on.
  void set_config(const SctpConfig& config);
  std::vector<IpAddress> local_addresses() { return LocalAddresses(); }
  // Ends it without a word to anybody.
  void PowerOff();

  // --- For the layer ---
  bool HasAddress(const IpAddress& address) const;
  Association* FindByTag(VerificationTag tag);
  // An INIT or COOKIE ECHO for no association. REQUIRES: it is the first chunk; the COOKIE ECHO may
  // stand behind an AUTH.
  void OnInit(const ArrivedPacket& packet, const ChunkView& init);
  void OnCookieEcho(const ArrivedPacket& packet, const CookieEchoChunk& echo);
  void OnPathMtu(const IpAddress& to);

 private:
  struct Entry;

  // Association::Env
  NodeClock& clock() override;
  Rng& rng() override;
  const StateCookie::Secret& secret() override;
  std::vector<uint8_t>& packet_buffer() override;
  void SendPacket(const IpAddress& from, const IpAddress& to, uint16_t udp_port,
                  std::span<const uint8_t> packet) override;
  size_t PathMtu(const IpAddress& to) override;
  std::vector<IpAddress> LocalAddresses() override;
  VerificationTag NewTag() override;
  void OnIdentityChanged(Association& association) override;
  void OnAddressProposed(const IpAddress& address) override;
  void OnAddressAgreed(Association& association, const IpAddress& address, bool is_added) override;
  void OnDrop(const TraceEntity& place, const TraceLabel& why) override;
  void OnGone(Association& association) override;
  // Association::User: to whom the association belongs.
  void OnMessage(Association& association, const ReceivedMessage& message,
                 std::span<const uint8_t> data) override;
  void OnNotification(Association& association, const Notification& notification) override;
  void OnWritable(Association& association) override;

  Association& Make(const Endpoint& peer, Association::User* user);
  Entry* EntryOf(const Association& association);
  void AnswerAbort(const ArrivedPacket& packet, VerificationTag tag,
                   std::span<const uint8_t> causes);

  SctpLayer& layer_;
  const uint16_t port_;
  bool is_bound_to_all_;
  std::vector<IpAddress> addresses_;
  // Received at, not sent from: asked for (RFC 5061 section 5.2), or given up with packets on their
  // way.
  std::vector<IpAddress> proposed_;
  std::list<SctpConfig> configs_;  // the last is for new associations; references stay valid
  User& user_;
  bool is_listening_ = false;
  absl::btree_map<uint64_t, std::unique_ptr<Entry>> entries_;  // in the order of their making
  uint64_t next_entry_ = 0;
  // Looked up, never iterated.
  absl::flat_hash_map<std::pair<uint64_t, uint64_t>, Entry*> by_peer_;
  absl::flat_hash_map<uint32_t, Entry*> by_tag_;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_SCTP_ENDPOINT_H_
