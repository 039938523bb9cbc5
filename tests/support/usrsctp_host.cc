#include "tests/support/usrsctp_host.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <usrsctp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "absl/container/btree_map.h"
#include "sim_core/base/check.h"
#include "sim_core/event/timer.h"
#include "tests/support/usrsctp_system.h"

namespace tickwire {
namespace {

constexpr TraceLabel kTick{"usrsctp"};
constexpr Duration kTickEvery = Duration::Millis(10);
constexpr size_t kIpHeader = 20;
constexpr int kInterleavingSupported = 0x1206;  // not in usrsctp.h; as in FreeBSD's netinet/sctp.h
constexpr int64_t kBaseUs = int64_t{1'000'000'000} * 1'000'000;  // when a host begins

// The address of an AF_CONN socket is any pointer; nobody reads what is there. It must not depend
// on where objects lie.
void* const kAddress = reinterpret_cast<void*>(uintptr_t{0x7157});

sockaddr_conn AddressWithPort(uint16_t port) {
  sockaddr_conn address{};
  address.sconn_family = AF_CONN;
  address.sconn_port = htons(port);
  address.sconn_addr = kAddress;
  return address;
}

template <class Value>
void SetOption(struct socket* socket, int level, int option, const Value& value) {
  TW_CHECK(usrsctp_setsockopt(socket, level, option, &value, sizeof value) == 0);
}

}  // namespace

class UsrsctpHost::Impl : private IpLayer::Protocol {
 public:
  Impl(IpLayer& ip, uint64_t seed, const Options& options, User& user)
      : ip_(ip),
        options_(options),
        user_(user),
        entity_(ip.node().trace().NewEntity("usrsctp")),
        tick_(ip.node().clock(), *this, kTick, entity_) {
    TW_CHECK(Current() == nullptr);
    Current() = this;
    UsrsctpSystem& system = TheUsrsctpSystem();
    system.rng = Rng::ForStream({.seed = seed}, "usrsctp", "system");
    system.now_us = kBaseUs;
    usrsctp_init_nothreads(0, &Impl::Output, nullptr);
    usrsctp_disable_crc32c_offload();
    usrsctp_register_address(kAddress);
    ip.Register(IpProtocol::kSctp, *this);
    tick_.Set(kTickEvery);
  }
  ~Impl() override {
    is_silent_ = true;
    Close(socket_);
    Close(listener_);
    // Sockets go for good by timers; then nothing of this run is left for the next.
    for (int second = 0; usrsctp_finish() != 0; ++second) {
      TW_CHECK(second < 1000);
      TheUsrsctpSystem().now_us += 1'000'000;
      for (int i = 0; i < 100; ++i) usrsctp_handle_timers(10);
    }
    Current() = nullptr;
  }

  void Listen(uint16_t port) {
    Update();
    listener_ = NewSocket();
    Bind(listener_, port);
    TW_CHECK(usrsctp_listen(listener_, 1) == 0);
  }
  void Connect(uint16_t local_port, const IpAddress& remote, uint16_t remote_port) {
    Update();
    remote_ = remote;
    socket_ = NewSocket();
    Bind(socket_, local_port);
    sockaddr_conn to = AddressWithPort(remote_port);
    const int result = usrsctp_connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to);
    TW_CHECK(result == 0 || errno == EINPROGRESS);
  }
  bool Send(std::span<const uint8_t> data, uint16_t stream, bool unordered, uint32_t ppid,
            Policy policy, uint32_t value) {
    if (socket_ == nullptr || !is_up_) return false;
    Update();
    sctp_sendv_spa info{};
    info.sendv_flags = SCTP_SEND_SNDINFO_VALID;
    info.sendv_sndinfo.snd_sid = stream;
    info.sendv_sndinfo.snd_flags =
        static_cast<uint16_t>(SCTP_EOR | (unordered ? SCTP_UNORDERED : 0));
    info.sendv_sndinfo.snd_ppid = htonl(ppid);
    if (policy != Policy::kReliable) {
      info.sendv_flags |= SCTP_SEND_PRINFO_VALID;
      info.sendv_prinfo.pr_policy = policy == Policy::kTimed ? SCTP_PR_SCTP_TTL : SCTP_PR_SCTP_RTX;
      info.sendv_prinfo.pr_value = value;
    }
    const ssize_t sent = usrsctp_sendv(socket_, data.data(), data.size(), nullptr, 0, &info,
                                       sizeof info, SCTP_SENDV_SPA, 0);
    TW_CHECK(sent < 0 || static_cast<size_t>(sent) == data.size());
    return sent > 0;
  }
  void Shutdown() {
    Update();
    if (socket_ != nullptr) usrsctp_shutdown(socket_, SHUT_WR);
  }
  void Abort() {
    Update();
    Close(socket_);
    is_up_ = false;
  }
  void Forget() {
    is_silent_ = true;
    Abort();
    Close(listener_);
    is_silent_ = false;
  }

 private:
  static Impl*& Current() {
    static Impl* current = nullptr;
    return current;
  }
  void Update() { TheUsrsctpSystem().now_us = kBaseUs + ip_.node().clock().now().nanos() / 1000; }
  struct socket* NewSocket() {
    struct socket* const socket =
        usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, nullptr, nullptr, 0, nullptr);
    TW_CHECK(socket != nullptr);
    TW_CHECK(usrsctp_set_non_blocking(socket, 1) == 0);
    SetOption(socket, SOL_SOCKET, SO_SNDBUF, static_cast<int>(options_.send_buffer));
    SetOption(socket, SOL_SOCKET, SO_RCVBUF, static_cast<int>(options_.receive_buffer));
    SetOption(socket, SOL_SOCKET, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});
    SetOption(socket, IPPROTO_SCTP, SCTP_NODELAY, 1);
    SetOption(socket, IPPROTO_SCTP, SCTP_RECVRCVINFO, 1);
    SetOption(socket, IPPROTO_SCTP, SCTP_INITMSG,
              sctp_initmsg{.sinit_num_ostreams = options_.streams,
                           .sinit_max_instreams = 2048,
                           .sinit_max_attempts = 100,
                           .sinit_max_init_timeo = 0});
    SetOption(socket, IPPROTO_SCTP, SCTP_RTOINFO,
              sctp_rtoinfo{.srto_assoc_id = 0,
                           .srto_initial = 1000,
                           .srto_max = 60000,
                           .srto_min = static_cast<uint32_t>(options_.rto_min.nanos() / 1000000)});
    sctp_assocparams association{};
    association.sasoc_asocmaxrxt = 100;
    SetOption(socket, IPPROTO_SCTP, SCTP_ASSOCINFO, association);
    sctp_assoc_value burst{};
    burst.assoc_value = options_.max_burst;
    SetOption(socket, IPPROTO_SCTP, SCTP_MAX_BURST, burst);
    sctp_paddrparams path{};
    path.spp_address.ss_family = AF_CONN;
    path.spp_pathmtu = static_cast<uint32_t>(options_.mtu - kIpHeader);
    path.spp_pathmaxrxt = 50;
    path.spp_flags = SPP_PMTUD_DISABLE;
    SetOption(socket, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, path);
    if (options_.partial_delivery_point != 0) {
      SetOption(socket, IPPROTO_SCTP, SCTP_PARTIAL_DELIVERY_POINT, options_.partial_delivery_point);
    }
    if (options_.interleaving) {
      SetOption(socket, IPPROTO_SCTP, SCTP_FRAGMENT_INTERLEAVE, 2);
      sctp_assoc_value value{};
      value.assoc_value = 1;
      SetOption(socket, IPPROTO_SCTP, kInterleavingSupported, value);
    }
    for (const uint8_t chunk : {uint8_t{0}, uint8_t{3}, uint8_t{64}}) {
      if (!options_.authenticates_data) break;
      SetOption(socket, IPPROTO_SCTP, SCTP_AUTH_CHUNK, sctp_authchunk{.sauth_chunk = chunk});
    }
    sctp_event event{};
    event.se_assoc_id = SCTP_FUTURE_ASSOC;
    event.se_on = 1;
    event.se_type = SCTP_ASSOC_CHANGE;
    SetOption(socket, IPPROTO_SCTP, SCTP_EVENT, event);
    return socket;
  }
  static void Bind(struct socket* socket, uint16_t port) {
    sockaddr_conn local = AddressWithPort(port);
    TW_CHECK(usrsctp_bind(socket, reinterpret_cast<sockaddr*>(&local), sizeof local) == 0);
  }
  static void Close(struct socket*& socket) {
    if (socket == nullptr) return;
    usrsctp_close(socket);
    socket = nullptr;
  }

  // --- Packets ---
  static int Output(void*, void* packet, size_t size, uint8_t, uint8_t) {
    Impl* const self = Current();
    if (self == nullptr || self->is_silent_) return 0;
    Packet out = self->ip_.node().NewPacket(size);
    std::memcpy(out.mutable_bytes().data(), packet, size);
    const IpAddress source = self->ip_.SourceFor(self->remote_);
    self->ip_.Send(source, self->remote_, IpProtocol::kSctp, std::move(out), {});
    return 0;
  }
  void OnDatagram(const IpDatagram& datagram, Packet payload) override {
    Update();
    if (remote_.is_unspecified()) remote_ = datagram.source;
    std::vector<uint8_t> bytes(payload.bytes().begin(), payload.bytes().end());
    bytes.resize(payload.wire_size());
    usrsctp_conninput(kAddress, bytes.data(), bytes.size(), 0);
    Turn();
  }
  void OnIcmpError(const IcmpReport&) override {}
  void OnTick() {
    Update();
    usrsctp_handle_timers(static_cast<uint32_t>(kTickEvery.nanos() / 1'000'000));
    Turn();
    tick_.Set(kTickEvery);
  }

  // --- What usrsctp has for us ---
  void Turn() {
    if (listener_ != nullptr && socket_ == nullptr) {
      socket_ = usrsctp_accept(listener_, nullptr, nullptr);
      if (socket_ != nullptr) {
        TW_CHECK(usrsctp_set_non_blocking(socket_, 1) == 0);
        if (!is_up_) Tell(Event::kUp);  // which may have been told to nobody yet
      }
    }
    while (socket_ != nullptr && Receive()) {
    }
    user_.OnTurn();
  }
  bool Receive() {
    buffer_.resize(size_t{1} << 18);
    sctp_rcvinfo info{};
    socklen_t from_size = 0;
    socklen_t info_size = sizeof info;
    unsigned int info_type = 0;
    int flags = 0;
    const ssize_t size = usrsctp_recvv(socket_, buffer_.data(), buffer_.size(), nullptr, &from_size,
                                       &info, &info_size, &info_type, &flags);
    if (size <= 0) return false;
    if ((flags & MSG_NOTIFICATION) != 0) {
      OnNotification(std::span(buffer_).first(static_cast<size_t>(size)));
      return true;
    }
    TW_CHECK(info_type == SCTP_RECVV_RCVINFO);
    // A long message may come in parts (partial delivery), with parts of others between them
    // (RFC 8260), and end without its last part when the association ends.
    std::vector<uint8_t>& parts = parts_[info.rcv_ppid];
    parts.insert(parts.end(), buffer_.begin(), buffer_.begin() + size);
    if ((flags & MSG_EOR) == 0) return true;
    const std::vector<uint8_t> whole = std::move(parts);
    parts_.erase(info.rcv_ppid);
    user_.OnMessage(info.rcv_sid, ntohl(info.rcv_ppid), (info.rcv_flags & SCTP_UNORDERED) != 0,
                    whole);
    return true;
  }
  void OnNotification(std::span<const uint8_t> bytes) {
    sctp_assoc_change change{};
    if (bytes.size() < sizeof change) return;
    std::memcpy(&change, bytes.data(), sizeof change);
    if (change.sac_type != SCTP_ASSOC_CHANGE) return;
    switch (change.sac_state) {
      case SCTP_COMM_UP:
        if (!is_up_) Tell(Event::kUp);
        return;
      case SCTP_RESTART:
        parts_.clear();
        return Tell(Event::kRestart);
      case SCTP_COMM_LOST:
        return Tell(Event::kLost);
      case SCTP_SHUTDOWN_COMP:
        return Tell(Event::kShutdownComplete);
      case SCTP_CANT_STR_ASSOC:
        return Tell(Event::kCannotStart);
      default:
        return;
    }
  }
  void Tell(Event event) {
    is_up_ = event == Event::kUp || event == Event::kRestart;
    user_.OnEvent(event);
  }

  IpLayer& ip_;
  const Options options_;
  User& user_;
  const TraceEntity entity_;
  IpAddress remote_;
  struct socket* socket_ = nullptr;
  struct socket* listener_ = nullptr;
  bool is_up_ = false;
  bool is_silent_ = false;
  std::vector<uint8_t> buffer_;
  absl::btree_map<uint32_t, std::vector<uint8_t>> parts_;  // by PPID: users give each another
  Timer<Impl, &Impl::OnTick> tick_;
};

UsrsctpHost::UsrsctpHost(IpLayer& ip, uint64_t seed, const Options& options, User& user)
    : impl_(std::make_unique<Impl>(ip, seed, options, user)) {}
UsrsctpHost::~UsrsctpHost() = default;
void UsrsctpHost::Listen(uint16_t port) { impl_->Listen(port); }
void UsrsctpHost::Connect(uint16_t local_port, const IpAddress& remote, uint16_t remote_port) {
  impl_->Connect(local_port, remote, remote_port);
}
bool UsrsctpHost::Send(std::span<const uint8_t> data, uint16_t stream, bool unordered,
                       uint32_t ppid, Policy policy, uint32_t value) {
  return impl_->Send(data, stream, unordered, ppid, policy, value);
}
void UsrsctpHost::Shutdown() { impl_->Shutdown(); }
void UsrsctpHost::Abort() { impl_->Abort(); }
void UsrsctpHost::Forget() { impl_->Forget(); }

}  // namespace tickwire
