// SctpSocket: the socket interface of RFC 6458, one-to-many (section 3) and one-to-one (section 4).
//
// Calls have the names of the RFC without their prefix; options are plain structs in the order of
// section 8. Associations are named by numbers that are never used twice by one socket. What the
// RFC lets the kernel write into a buffer comes through the Listener.
// MODEL: no partial delivery (SCTP_PARTIAL_DELIVERY_EVENT): messages come whole.
#ifndef TICKWIRE_PROTOCOLS_SCTP_SOCKET_SCTP_SOCKET_H_
#define TICKWIRE_PROTOCOLS_SCTP_SOCKET_SCTP_SOCKET_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "protocols/sctp/sctp_layer.h"

namespace tickwire::sctp {

class SctpSocket final : private SctpEndpoint::User, private Association::User {
 public:
  enum class Style : uint8_t { kOneToOne, kOneToMany };
  using AssocId = uint32_t;                   // sctp_assoc_t
  static constexpr AssocId kFutureAssoc = 0;  // SCTP_FUTURE_ASSOC: those made from now on

  struct RcvInfo {  // struct sctp_rcvinfo, section 5.3.5
    uint16_t sid = 0;
    uint32_t ssn = 0;  // or MID
    bool unordered = false;
    uint32_t ppid = 0;
    uint32_t tsn = 0;
    uint32_t context = 0;
    AssocId assoc_id = 0;
  };
  struct SndInfo {  // struct sctp_sndinfo, section 5.3.4
    uint16_t sid = 0;
    bool unordered = false;         // SCTP_UNORDERED
    bool sack_immediately = false;  // SCTP_SACK_IMMEDIATELY
    bool abort = false;             // SCTP_ABORT: the message is the reason
    bool eof = false;               // SCTP_EOF: shutdown after it
    uint32_t ppid = 0;
    uint32_t context = 0;
    Reliability pr;               // struct sctp_prinfo, section 5.3.7
    std::optional<IpAddress> to;  // SCTP_ADDR_OVER
  };

  class Listener {
   public:
    virtual ~Listener() = default;
    // `data` is valid during the call.
    virtual void OnMessage(SctpSocket& socket, const RcvInfo& info,
                           std::span<const uint8_t> data) = 0;
    // Only events that were subscribed to (section 6.2.2).
    virtual void OnNotification(SctpSocket& socket, AssocId association,
                                const Notification& notification) = 0;
    virtual void OnWritable(SctpSocket& socket, AssocId association) = 0;
  };

  // Both outlive it. The configuration is what SCTP_FUTURE_ASSOC options change.
  SctpSocket(SctpLayer& layer, Style style, const SctpConfig& config, Listener& listener);
  // Associations that still live are aborted (section 3.1.4 lets them end; nobody is left).
  ~SctpSocket() override;

  // --- Calls ---
  // sctp_bindx with SCTP_BINDX_ADD_ADDR. None: every address. Port 0: an ephemeral one. Once; with
  // associations: their peers are told (section 9.1; RFC 5061).
  absl::Status Bindx(uint16_t port, std::vector<IpAddress> addresses);
  absl::Status BindxRemove(const IpAddress& address);
  absl::Status Listen(bool listening = true);
  // sctp_connectx. The socket binds itself if need be.
  absl::StatusOr<AssocId> Connectx(std::span<const IpAddress> peer, uint16_t port);
  // sctp_sendv. UNAVAILABLE if there is no room: OnWritable follows.
  absl::Status Sendv(AssocId association, const SndInfo& info, std::span<const uint8_t> data);
  // To an address: sets the association up if there is none (section 3.1.2).
  absl::StatusOr<AssocId> SendTo(const Endpoint& peer, const SndInfo& info,
                                 std::span<const uint8_t> data);
  absl::Status Shutdown(AssocId association);  // section 4.1.7; SCTP_EOF
  absl::Status Abort(AssocId association, absl::string_view reason);
  // sctp_peeloff: a one-to-one socket of its own. This one must outlive it.
  absl::StatusOr<std::unique_ptr<SctpSocket>> PeelOff(AssocId association, Listener& listener);
  absl::StatusOr<std::vector<IpAddress>> GetPaddrs(AssocId association) const;
  std::vector<IpAddress> GetLaddrs() const;
  // Receiving stops and goes on; one message while stopped.
  absl::Status Pause(AssocId association, bool paused);
  absl::StatusOr<bool> ReceiveOne(AssocId association);

  // --- Options, section 8.1. kFutureAssoc sets what new associations begin with. ---
  struct RtoInfo {
    Duration initial, max, min;
  };                    // 8.1.1
  struct AssocParams {  // 8.1.2
    int max_retrans = 0;
    int number_peer_destinations = 0;
    uint32_t peer_rwnd = 0, local_rwnd = 0;
    Duration cookie_life;
  };
  struct InitMsg {
    uint16_t num_ostreams, max_instreams;
    int max_attempts;
    Duration max_init_timeo;
  };
  struct PaddrParams {  // 8.1.12
    IpAddress address;
    Duration hb_interval;
    std::optional<bool> hb_enabled;
    bool hb_demand = false;
    int path_max_retrans = 0;  // 0: unchanged
    uint32_t path_mtu = 0;     // read only
  };
  struct PaddrInfo {  // 8.2.2
    IpAddress address;
    Path::State state{};
    int64_t cwnd = 0;
    Duration srtt, rto;
    size_t mtu = 0;
  };
  struct Status {  // 8.2.1
    Association::State state{};
    uint32_t rwnd = 0;
    uint16_t unacked_data = 0, pending_data = 0;  // chunks, messages
    uint16_t inbound_streams = 0, outbound_streams = 0;
    size_t fragmentation_point = 0;
    PaddrInfo primary;
  };
  absl::Status SetRtoInfo(AssocId association, const RtoInfo& info);
  absl::StatusOr<RtoInfo> GetRtoInfo(AssocId association) const;
  absl::Status SetAssocParams(AssocId association, const AssocParams& parameters);
  absl::StatusOr<AssocParams> GetAssocParams(AssocId association) const;
  absl::Status SetInitMsg(const InitMsg& message);                         // 8.1.3
  absl::Status SetNoDelay(AssocId association, bool no_delay);             // 8.1.5
  absl::Status SetAutoclose(Duration idle);                                // 8.1.8
  absl::Status SetPrimary(AssocId association, const IpAddress& peer);     // 8.1.10
  absl::Status SetPeerPrimary(AssocId association, const IpAddress& own);  // 8.3.1
  absl::Status SetAdaptation(uint32_t indication);                         // 8.1.11
  absl::Status SetPaddrParams(AssocId association, const PaddrParams& parameters);
  absl::StatusOr<PaddrParams> GetPaddrParams(AssocId association, const IpAddress& peer) const;
  absl::Status SetMaxSeg(AssocId association, uint32_t bytes);                           // 8.1.16
  absl::Status SetDelayedSack(AssocId association, Duration delay, uint32_t frequency);  // 8.1.19
  absl::Status SetMaxBurst(AssocId association, uint32_t packets);                       // 8.1.24
  absl::StatusOr<Status> GetStatus(AssocId association) const;
  absl::StatusOr<PaddrInfo> GetPaddrInfo(AssocId association, const IpAddress& peer) const;
  // RFC 4895: sections 8.3.2 to 8.3.6.
  absl::Status SetAuthKey(AssocId association, uint16_t id, std::vector<uint8_t> key);
  absl::Status SetActiveKey(AssocId association, uint16_t id);
  absl::Status DeleteKey(AssocId association, uint16_t id);
  // RFC 6525 section 6.3.
  absl::Status ResetStreams(AssocId association, bool outgoing, std::vector<uint16_t> streams);
  absl::Status ResetAssoc(AssocId association);
  absl::Status AddStreams(AssocId association, uint16_t outgoing, uint16_t incoming);
  // RFC 8260 section 4.3.
  absl::Status SetScheduler(AssocId association, SchedulerKind kind);
  absl::Status SetStreamValue(AssocId association, uint16_t stream, uint16_t value);

  // --- Events (section 6.2): by index into Notification. All are on but SenderDry. ---
  void Subscribe(size_t index, bool on);

  Style style() const { return style_; }
  Endpoint local() const;
  SctpEndpoint* endpoint() { return endpoint_.get(); }
  // Null: over, or never there.
  Association* Get(AssocId association) const;
  std::vector<AssocId> GetAssocIdList() const;

 private:
  Association::User& OnAccepted(Association& association) override;
  void OnMessage(Association& association, const ReceivedMessage& message,
                 std::span<const uint8_t> data) override;
  void OnNotification(Association& association, const Notification& notification) override;
  void OnWritable(Association& association) override;
  AssocId IdOf(const Association& association) const;
  AssocId Adopt(Association& association);
  absl::StatusOr<Association*> Lookup(AssocId association) const;
  absl::Status ApplyFuture();
  absl::Status Change(AssocId association,
                      absl::FunctionRef<void(Association::Parameters&)> change);

  SctpLayer& layer_;
  const Style style_;
  SctpConfig config_;
  Listener& listener_;
  std::unique_ptr<SctpEndpoint> endpoint_;
  std::map<AssocId, Association*> associations_;
  AssocId next_id_ = 1;
  uint32_t subscribed_;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_SOCKET_SCTP_SOCKET_H_
