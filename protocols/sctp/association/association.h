// Association: one SCTP association (RFC 9260 section 4), from INIT to the end.
//
// Sans-I/O: packets and timers in; out through Env. Spread over files by duty:
//   association.cc  life, states, the end of an event, what the user is told
//   arrive.cc       packets in: tags, dispatch, unknown chunks, AUTH
//   connect.cc      section 5: INIT to COOKIE ACK, collisions, restart, stale cookies
//   transmit.cc     sections 6.1, 6.3, 7: what is sent when
//   partial_reliability.cc  RFC 3758 on the sending side
//   receive.cc      section 6.2: DATA, I-DATA, FORWARD-TSN in; SACK out
//   paths.cc        sections 5.4, 6.4, 8: choice of path, failures, heartbeats; RFC 7829
//   shutdown.cc     section 9
//   stream_reset.cc RFC 6525
//   addresses.cc    RFC 5061
//   trace.cc        what the trace shows beside states and timers
// Positions of TSNs are unwrapped. User calls are allowed within callbacks; what they cause
// happens at the end of the event.
#ifndef TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_ASSOCIATION_H_
#define TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_ASSOCIATION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "protocols/sctp/association/authentication.h"
#include "protocols/sctp/association/init_info.h"
#include "protocols/sctp/association/notification.h"
#include "protocols/sctp/association/packet_builder.h"
#include "protocols/sctp/association/state_cookie.h"
#include "protocols/sctp/packet/any_chunk.h"
#include "protocols/sctp/packet/parameter/reconfig_response_parameter.h"
#include "protocols/sctp/path/path.h"
#include "protocols/sctp/rx/data_tracker.h"
#include "protocols/sctp/rx/reassembly_queue.h"
#include "protocols/sctp/sctp_config.h"
#include "protocols/sctp/tx/outstanding_data.h"
#include "protocols/sctp/tx/send_queue.h"
#include "protocols/transport/endpoint.h"
#include "sim_core/base/ring_buffer.h"
#include "sim_core/random/rng.h"

namespace tickwire::sctp {

// One packet on its way in, its header read and verified.
struct ArrivedPacket {
  IpAddress from;
  IpAddress to;
  CommonHeader header;
  std::span<const uint8_t> bytes;  // from the common header on
  uint16_t udp_port = 0;           // RFC 6951: where it came from; 0: plain IP
  std::span<const uint8_t> chunks() const { return bytes.subspan(CommonHeader::kSize); }
};

class Association final : private Path::Owner {
 public:
  enum class State : uint8_t {
    kClosed,
    kCookieWait,
    kCookieEchoed,
    kEstablished,
    kShutdownPending,
    kShutdownSent,
    kShutdownReceived,
    kShutdownAckSent,
  };

  using Paths = absl::InlinedVector<std::unique_ptr<Path>, 1>;  // by index

  class Env {
   public:
    virtual NodeClock& clock() = 0;
    virtual Rng& rng() = 0;
    virtual const StateCookie::Secret& secret() = 0;
    // A packet, sealed. `from` unspecified: as the route says. `udp_port`: RFC 6951.
    virtual void SendPacket(const IpAddress& from, const IpAddress& to, uint16_t udp_port,
                            std::span<const uint8_t> packet) = 0;
    virtual size_t PathMtu(const IpAddress& to) = 0;  // of IP packets
    // Where packets are built, one at a time.
    virtual std::vector<uint8_t>& packet_buffer() = 0;
    virtual std::vector<IpAddress> LocalAddresses() = 0;
    // A tag that no association of this endpoint uses.
    virtual VerificationTag NewTag() = 0;
    // The peer's addresses, or the own tag, changed: packets are to find it.
    virtual void OnIdentityChanged(Association& association) = 0;
    // RFC 5061: the peer is asked to add `address` of ours: packets may come to it from now on.
    virtual void OnAddressProposed(const IpAddress& address) = 0;
    // RFC 5061: the peer agreed that `address` of ours is added, or deleted.
    virtual void OnAddressAgreed(Association& association, const IpAddress& address,
                                 bool is_added) = 0;
    // The packet that is looked at now, or a part of it, is dropped.
    virtual void OnDrop(const TraceEntity& place, const TraceLabel& why) = 0;
    // It is over: the last call. The object lives until the event has ended.
    virtual void OnGone(Association& association) = 0;

   protected:
    ~Env() = default;
  };
  class User {
   public:
    // `data` is valid during the call.
    virtual void OnMessage(Association& association, const ReceivedMessage& message,
                           std::span<const uint8_t> data) = 0;
    virtual void OnNotification(Association& association, const Notification& notification) = 0;
    // There is room in the send buffer again after a Send() that was refused.
    virtual void OnWritable(Association& association) = 0;

   protected:
    ~User() = default;
  };

  // Both outlive it, as does `config`. `peer`: for its name in the trace.
  Association(Env& env, User& user, const SctpConfig& config, uint16_t local_port,
              const Endpoint& peer);
  ~Association();

  // What may be changed while it lives (RFC 6458 section 8.1); begins as the configuration says.
  struct Parameters {
    int max_retrans = 10;  // Association.Max.Retrans
    Duration sack_delay;
    uint32_t sack_every = 2;
    uint32_t max_burst = 4;
    uint32_t max_segment = 0;
    bool no_delay = true;
    Duration autoclose;
    int max_init_retransmits = 8;
  };
  const Parameters& parameters() const { return parameters_; }
  void set_parameters(const Parameters& parameters);

  // Where its endpoint keeps it: the endpoint's own business.
  struct Place {};
  Place* place() const { return place_; }
  void set_place(Place* place) { place_ = place; }

  // --- Opening; one of these ---
  // `peer`: at least one address; the first is the primary path (section 5.4: all are confirmed).
  void Connect(std::span<const IpAddress> peer);
  // From the COOKIE ECHO that begins `packet`, which was checked (section 5.1.5); what is bundled
  // with it is looked at too. `is_authenticated`: by the AUTH before it (RFC 4895 section 6.3).
  void Accept(const StateCookie& cookie, const InitInfo& peer_init, const ArrivedPacket& packet,
              bool is_authenticated);

  // --- The user ---
  enum class SendResult { kAccepted, kNoRoom, kTooLong, kBadStream, kClosed };
  SendResult Send(OutgoingMessage message);
  void Shutdown();
  // `reason`: goes to the peer (User-Initiated Abort).
  void Abort(absl::string_view reason);
  void PauseReceiving() { is_paused_ = true; }
  void ResumeReceiving();
  // The user went away: nobody is told anything any more.
  void set_user_gone() { user_gone_ = true; }
  // While paused: hands over one message. False if there is none.
  bool ReceiveOne();
  bool SetPrimary(const IpAddress& address);
  void RequestHeartbeat(const IpAddress& address);
  void EnableHeartbeats(Path& path, bool on);
  Path* FindPath(const IpAddress& address);
  void set_stream_value(StreamId stream, uint16_t value);
  void set_scheduler(SchedulerKind kind);
  // RFC 6525; false: not negotiated, or a request is under way.
  bool ResetOutgoingStreams(std::vector<StreamId> streams);
  bool ResetIncomingStreams(std::vector<StreamId> streams);
  bool ResetAssociation();
  bool AddStreams(uint16_t outgoing, uint16_t incoming);
  // RFC 5061; false: not negotiated.
  bool AddAddress(const IpAddress& address);
  bool DeleteAddress(const IpAddress& address);
  bool SetPeerPrimary(const IpAddress& address);
  Authentication* authentication() { return authentication_.get(); }

  // --- The network ---
  // The endpoint has looked it up by addresses, ports, or tag.
  void OnPacket(const ArrivedPacket& packet);
  void OnPathMtu(const IpAddress& to);
  void OnUnreachable(const IpAddress& to, bool protocol);
  // The machine lost power: gone without a word.
  void PowerOff();

  // --- Looking ---
  State state() const { return state_; }
  static const char* StateName(State state);
  VerificationTag local_tag() const { return local_tag_; }
  VerificationTag peer_tag() const { return peer_tag_; }
  Tsn local_initial_tsn() const { return local_initial_tsn_; }
  Tsn peer_initial_tsn() const { return peer_initial_tsn_; }
  uint16_t local_port() const { return local_port_; }
  uint16_t remote_port() const { return remote_port_; }
  // The first of the peer, as it was made.
  const IpAddress& peer_address() const { return peer_address_; }
  const Paths& paths() const { return paths_; }
  const Path& primary() const { return *paths_[primary_]; }
  uint32_t max_message() const { return config_.max_message; }  // octets, either way
  uint16_t outbound_streams() const { return send_queue_ ? send_queue_->stream_count() : 0; }
  uint16_t inbound_streams() const { return reassembly_ ? reassembly_->stream_count() : 0; }
  int64_t peer_rwnd() const { return peer_rwnd_; }
  int64_t unacked_bytes() const { return outstanding_ ? outstanding_->unacked_bytes() : 0; }
  int64_t queued_bytes() const { return send_queue_ ? send_queue_->queued_bytes() : 0; }
  size_t queued_messages() const { return send_queue_ ? send_queue_->queued_messages() : 0; }
  // User data of the largest chunk.
  size_t fragmentation_point() const { return MaxDataPerChunk(*paths_[primary_]); }
  int64_t unread_bytes() const { return reassembly_ ? reassembly_->held_bytes() : 0; }
  const Capabilities& capabilities() const { return capabilities_; }
  const OutstandingData* outstanding() const { return outstanding_.get(); }
  const DataTracker* tracker() const { return tracker_.get(); }
  struct Counters {
    uint64_t packets_sent = 0;
    uint64_t packets_received = 0;
    uint64_t data_chunks_sent = 0;  // first transmissions
    uint32_t retransmissions = 0;
    uint32_t fast_retransmissions = 0;
    uint32_t timeouts = 0;
    uint32_t abandoned_messages = 0;
    uint32_t duplicates = 0;
    uint64_t messages_delivered = 0;
    uint64_t bytes_delivered = 0;
  };
  const Counters& counters() const { return counters_; }
  // Between events: per state, which timers run and which parts exist. False is a defect.
  bool IsConsistent() const;

 private:
  struct Traced;
  struct Rare;     // timers and state that most associations never need
  struct Control;  // for setting up and shutting down
  // A request about streams (RFC 6525).
  struct ReconfigRequest {
    enum class Kind : uint8_t { kOutgoing, kIncoming, kAssociation, kAddStreams };
    Kind kind{};
    std::vector<StreamId> streams;  // none: all
    uint16_t add_outgoing = 0;
    uint16_t add_incoming = 0;
    std::optional<uint32_t> answers;  // an Incoming SSN Reset Request of the peer's
    uint32_t number = 0;              // of its (first) parameter, once it is sent
    bool is_sent = false;
  };

  // --- association.cc ---
  void SetState(State next, const TraceLabel& reason);
  // Builds parts for data once both sides are known.
  void MakeDataParts(Tsn peer_initial_tsn, uint16_t outbound, uint16_t inbound, uint32_t rwnd);
  CommonHeader HeaderTo(VerificationTag tag) const;
  // Sends the packet that `fill` makes, to `path`.
  void SendTo(Path& path, absl::FunctionRef<void(PacketBuilder&)> fill,
              const IpAddress& from = IpAddress());
  void SendRaw(const IpAddress& to, uint16_t udp_port, VerificationTag tag,
               absl::FunctionRef<void(PacketBuilder&)> fill);
  // To an address that need not be a path, with AUTH as agreed.
  void SendRawAuthenticated(const IpAddress& to, uint16_t udp_port,
                            absl::FunctionRef<void(PacketBuilder&)> fill);
  void SendAbort(std::span<const uint8_t> causes);
  void SendError(Path& path, std::span<const uint8_t> causes);
  void AbortWithCauses(std::span<const uint8_t> causes, uint16_t code, const TraceLabel& why);
  // The end: timers off, user told, env told.
  void Finish(AssociationChange::State how, uint16_t error, const TraceLabel& why,
              std::span<const uint8_t> info = {});
  void Drop(const TraceLabel& why);
  // For the next ERROR chunk, if that still fits a packet then.
  void Report(std::span<const uint8_t> causes);
  bool HasRightTag(const ArrivedPacket& packet);
  void OnChunks(const ArrivedPacket& packet, std::span<const uint8_t> rest,
                bool is_authenticated = false);
  void SendHeartbeatAcks(const ArrivedPacket& packet, std::span<const HeartbeatAckChunk> acks);
  // One chunk; false: nothing more of this packet is looked at.
  bool OnChunk(const ArrivedPacket& packet, const ChunkView& view,
               std::span<const uint8_t> from_here, std::vector<HeartbeatAckChunk>& heartbeat_acks);
  bool IsAgreed(uint8_t type) const;
  void OnUnknownChunk(const ChunkView& view);
  bool OnWrongDataKind();
  void OnError(const ErrorChunk& chunk);
  void OnAbort(const AbortChunk& chunk);
  void OnAuth(const AuthChunk& chunk, std::span<const uint8_t> from_here);
  void EndOfEvent();
  void Tell(Notification notification);
  // --- trace.cc: for whoever watches ---
  void TraceWhatChanged();
  // Runs `f` as an event of its own, with what follows at its end.
  template <class F>
  void AsEvent(F f) {
    const bool outermost = !is_busy_;
    is_busy_ = true;
    f();
    if (outermost) {
      EndOfEvent();
      is_busy_ = false;
    }
  }

  // --- connect.cc ---
  OwnInit Own() const;
  void SendInit();
  void SendCookieEcho();
  void OnInitAck(const ArrivedPacket& packet, const InitAckChunk& chunk);
  void OnCookieAck();
  void OnStaleCookie(uint32_t staleness_us);
  void OnT1Init();
  void OnT1Cookie();
  void TakePeerInit(const InitInfo& init, const IpAddress& from);
  void BecomeEstablished(const TraceLabel& reason);
  // What was sent before the association was there waits again, to be sent with new numbers.
  void RequeueOutstanding();

  // --- restart.cc ---
  void OnInitWhileThere(const ArrivedPacket& packet, const ChunkView& view);
  // False: the rest of the packet is not looked at.
  bool OnCookieEcho(const ArrivedPacket& packet, const CookieEchoChunk& chunk);
  void Restart(const StateCookie& cookie, const InitInfo& peer_init, const ArrivedPacket& packet);

  // --- transmit.cc ---
  void Transmit();
  Path* NextDataPath();
  Path& ControlPath();
  bool IsControlDue() const;
  bool is_resetting_association() const;
  bool SendOnePacket(Path& path, bool ignore_cwnd);
  void AddControl(PacketBuilder& packet, bool with_data);
  bool AddRetransmissions(PacketBuilder& packet, Path& path, bool ignore_cwnd);
  bool AddNewData(PacketBuilder& packet, Path& path);
  void AddForwardTsn(PacketBuilder& packet);
  void PutDataChunk(PacketBuilder& packet, int64_t tsn);
  size_t MaxDataPerChunk(const Path& path) const;
  void OnT3Rtx(Path& path) override;
  void SendWindowProbe(Path& path);
  void StartT3(Path& path, bool restart);
  bool forward_tsn_waits() const;
  void AbandonExpired();
  void AbandonMessage(int64_t tsn);
  void AbandonLessImportant(uint32_t priority, int64_t bytes);
  void ReportAbandonedUnsent();
  // True if the user sent something then.
  bool CheckDry();

  // --- acknowledge.cc ---
  void OnSack(const SackChunk& sack);
  void OnCumulativeAck(int64_t cumulative, std::span<const SackChunk::GapAckBlock> blocks,
                       std::optional<uint32_t> a_rwnd);

  // --- receive.cc ---
  void OnData(const Fragment& fragment, Tsn tsn, bool immediate);
  void OnForwardTsn(Tsn new_cumulative, absl::FunctionRef<void()> forward_streams);
  bool may_deliver() const { return user_knows_ && !is_paused_ && !is_delivering_; }
  void Deliver();
  void DeliverTheRest();
  uint32_t AdvertisedWindow() const;
  int64_t ReceiveBudget() const;
  int64_t MostHeld() const;
  void OnSackTimer();
  void MaybeSendWindowUpdate();
  void OnDataPacketEnd(const ArrivedPacket& packet);

  // --- paths.cc ---
  Path& AddPath(const IpAddress& address, bool is_confirmed);
  void RemovePath(const IpAddress& address);
  std::optional<uint8_t> FreePlace() const;
  Path* PathTo(const IpAddress& address);
  Path& DataPath();                            // for new data
  Path& RetransmissionPath(const Path& last);  // section 6.4.1
  Path& SamePath(uint8_t index);               // that one, or the data path if it is gone
  Path& ReplyPath(const ArrivedPacket& packet);
  void OnPathError(Path& path, bool counts_for_association);
  void OnPathAlive(Path& path);
  void OnHeartbeatTimer(Path& path) override;
  void ReleaseIdleMemory();
  void SendHeartbeat(Path& path);
  void SetHeartbeatTimer(Path& path);
  void OnHeartbeatAck(const HeartbeatAckChunk& chunk);
  void CountAssociationError();

  // --- shutdown.cc ---
  void MaybeSendShutdown();
  void SendShutdown();
  void SendShutdownAck();
  void OnShutdown(const ShutdownChunk& chunk);
  void OnShutdownAck(const ArrivedPacket& packet);
  void OnShutdownComplete();
  void OnT2Shutdown();
  void GivePeerTime();
  Path& ShutdownPath();
  void OnT5ShutdownGuard();
  void OnAutoclose();
  void TouchAutoclose();

  // --- stream_reset.cc ---
  bool QueueReconfig(ReconfigRequest request);
  std::vector<StreamId> StreamsOf(const ReconfigRequest& request) const;
  void LearnReconfigNumbers();
  void MaybeSendReconfig();
  void SendReconfigRequest();
  void OnReconfigTimer();
  void OnReConfig(const ReConfigChunk& chunk);
  // The result; kNoResult: none is sent now.
  static constexpr uint32_t kNoResult = ~0u;
  uint32_t AnswerReconfig(const ParameterView& request, uint32_t number,
                          std::optional<ReconfigResponseParameter::NextTsns>& tsns);
  void OnReconfigResponse(const ReconfigResponseParameter& response);
  void CheckPendingIncomingReset();
  void ResetNumbers(int64_t own_next, uint32_t peer_next);

  // --- addresses.cc ---
  bool QueueAsconf(uint16_t type, const IpAddress& address);
  void LearnAsconfSerials();
  void MaybeSendAsconf();
  void SendAsconf();
  IpAddress SourceOfAsconf(const Path& path) const;
  void OnT4Rto();
  void OnAsconf(const ArrivedPacket& packet, const AsconfChunk& chunk);
  void OnAsconfAck(const AsconfAckChunk& chunk);

  void OnControlTimer();
  Control& control();
  bool is_control_timer_set() const;
  void CancelControlTimer();
  void MaybeDropControl();
  Rare& rare();

  Env& env_;
  User& user_;
  const SctpConfig& config_;
  Place* place_ = nullptr;
  const uint16_t local_port_;
  const uint16_t remote_port_;
  const IpAddress peer_address_;
  const TraceEntity entity_;
  State state_ = State::kClosed;
  bool is_busy_ = false;
  bool is_ending_event_ = false;
  bool is_paused_ = false;
  bool user_gone_ = false;
  bool is_blocked_ = false;  // a Send() was refused
  bool told_up_ = false;
  bool is_peers_abort_ = false;
  bool is_gone_ = false;
  bool in_fast_recovery_ = false;
  bool send_fast_retransmit_ = false;  // one packet that ignores cwnd (section 7.2.4, step 3)
  bool has_pr_messages_ = false;
  bool cookie_ack_due_ = false;
  bool is_probing_window_ = false;
  bool sending_probe_ = false;  // of a closed window
  bool probe_answered_ = false;
  bool forward_tsn_due_ = false;
  bool is_delivering_ = false;
  bool user_knows_ = false;            // that it is up: nothing is delivered before
  bool got_data_ = false;              // in this packet
  bool ack_immediately_ = false;       // in this packet
  bool first_data_ = true;             // section 5.1: the first DATA is acknowledged at once
  bool packet_authenticated_ = false;  // AUTH was seen in this packet, and right
  bool was_dry_ = true;
  bool shutdown_due_ = false;  // within a callback
  std::unique_ptr<std::string> abort_due_;
  VerificationTag local_tag_, peer_tag_;
  uint32_t local_tie_tag_ = 0, peer_tie_tag_ = 0;
  Tsn local_initial_tsn_;
  Tsn peer_initial_tsn_;
  uint16_t wanted_outbound_ = 0;
  std::vector<uint8_t> pending_errors_;  // causes for an ERROR chunk with the COOKIE ACK or later
  Capabilities capabilities_;
  std::unique_ptr<Authentication> authentication_;
  int association_errors_ = 0;
  int64_t peer_rwnd_ = 0;
  int64_t fast_recovery_exit_ = 0;
  int64_t last_forwarded_ = -1;  // Advanced.Peer.Ack.Point of the last FORWARD-TSN
  SimTime last_forwarded_at_;
  uint8_t primary_ = 0;
  uint8_t last_data_from_ = 0;  // path index: where SACKs go
  uint8_t shutdown_path_ = 0;
  Paths paths_;
  std::unique_ptr<SendQueue> send_queue_;
  std::unique_ptr<OutstandingData> outstanding_;
  std::unique_ptr<DataTracker> tracker_;
  std::unique_ptr<ReassemblyQueue> reassembly_;
  uint32_t last_advertised_ = 0;
  uint32_t granted_ = 0;  // what the peer was told that may be held, since there was no gap
  RingBuffer<Notification> notifications_;
  std::unique_ptr<Rare> rare_;
  std::unique_ptr<Traced> traced_;    // only if somebody watches
  std::unique_ptr<Control> control_;  // while it is set up, and shut down
  Counters counters_;
  Parameters parameters_;
  Timer<Association, &Association::OnSackTimer> sack_timer_;
};

// Answers an INIT without keeping anything (sections 5.1, 5.2.1, 5.2.2). `own`: the tags and
// addresses to answer with. `tie_tags`: of an association that is there.
struct InitAnswer {
  const SctpConfig& config;
  const OwnInit& own;
  uint32_t local_tie_tag = 0;
  uint32_t peer_tie_tag = 0;
  uint16_t outbound_streams = 0;
  SimTime now;
};
// Appends the INIT ACK to `builder`.
void PutInitAck(const InitAnswer& answer, const ArrivedPacket& packet, const ChunkView& init,
                const InitInfo& info, const StateCookie::Secret& secret, PacketBuilder& builder);
// What is wrong with the values of an INIT or INIT ACK, as the causes of an ABORT; none: nothing.
// A missing cookie counts for an INIT ACK.
std::optional<std::vector<uint8_t>> InitDefects(const InitInfo& info, bool is_ack);

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_ASSOCIATION_H_
