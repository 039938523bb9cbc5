#include "tests/support/lwip_host.h"

#include <lwip/init.h>
#include <lwip/ip.h>
#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/sys.h>
#include <lwip/tcp.h>

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sim_core/base/check.h"
#include "sim_core/event/timer.h"
#include "sim_core/net/interface.h"
#include "tests/support/lwip_clock.h"

namespace tickwire {
namespace {

constexpr TraceLabel kTick{"lwip"};
constexpr size_t kChunk = 4096;

ip4_addr_t ToLwip(const IpAddress& address) {
  const auto bytes = address.bytes();
  ip4_addr_t out;
  IP4_ADDR(&out, bytes[0], bytes[1], bytes[2], bytes[3]);
  return out;
}

void InitialiseOnce() {
  static const bool done = [] {
    lwip_init();
    return true;
  }();
  static_cast<void>(done);
}

}  // namespace

class LwipHost::Impl : private Interface::Upper {
 public:
  Impl(Node& node, Interface& interface, const IpAddress& address)
      : node_(node),
        interface_(interface),
        entity_(node.trace().NewEntity("lwip")),
        tick_(node.clock(), *this, kTick, entity_) {
    InitialiseOnce();
    const ip4_addr_t own = ToLwip(address);
    ip4_addr_t mask, gateway;
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP4_ADDR(&gateway, 0, 0, 0, 0);
    TW_CHECK(netif_add(&netif_, &own, &mask, &gateway, this, &Impl::InitNetif, ip4_input) !=
             nullptr);
    netif_set_default(&netif_);
    netif_set_link_up(&netif_);
    netif_set_up(&netif_);
    interface_.set_upper(this);
    base_ms_ = LwipMillis();
    tick_.Set(Duration::Millis(TCP_TMR_INTERVAL));
  }
  ~Impl() override {
    is_closing_ = true;
    if (pcb_ != nullptr) {
      tcp_arg(pcb_, nullptr);
      tcp_recv(pcb_, nullptr);
      tcp_sent(pcb_, nullptr);
      tcp_err(pcb_, nullptr);
      tcp_abort(pcb_);
    }
    if (listener_ != nullptr) tcp_close(listener_);
    while (tcp_tw_pcbs != nullptr) tcp_abort(tcp_tw_pcbs);
    while (tcp_active_pcbs != nullptr) tcp_abort(tcp_active_pcbs);
    interface_.set_upper(nullptr);
    netif_remove(&netif_);
  }

  void Connect(const IpAddress& remote, uint16_t port, const Transfer& transfer) {
    UpdateTime();
    transfer_ = transfer;
    pcb_ = tcp_new();
    Attach();
    ip_addr_t to;
    ip_addr_copy_from_ip4(to, ToLwip(remote));
    const err_t result = tcp_connect(pcb_, &to, port, [](void* self, tcp_pcb*, err_t) {
      static_cast<Impl*>(self)->Fill();
      return static_cast<err_t>(ERR_OK);
    });
    if (result != ERR_OK) Fail(absl::StrCat("tcp_connect: ", static_cast<int>(result)));
  }
  void Listen(uint16_t port, const Transfer& transfer) {
    UpdateTime();
    transfer_ = transfer;
    tcp_pcb* const pcb = tcp_new();
    TW_CHECK(tcp_bind(pcb, IP_ADDR_ANY, port) == ERR_OK);
    listener_ = tcp_listen(pcb);
    tcp_arg(listener_, this);
    tcp_accept(listener_, [](void* self, tcp_pcb* accepted, err_t) {
      return static_cast<Impl*>(self)->OnAccept(accepted);
    });
  }

  bool is_done() const {
    return error_.empty() && sent_ == transfer_.send_bytes &&
           received_ == transfer_.receive_bytes && peer_finished_ && is_acked_;
  }
  uint64_t received() const { return received_; }
  const std::string& error() const { return error_; }

 private:
  static err_t InitNetif(netif* out) {
    out->name[0] = 't';
    out->name[1] = 'w';
    out->mtu = 1500;
    out->output = [](netif* from, pbuf* packet, const ip4_addr_t*) {
      return static_cast<Impl*>(from->state)->Output(packet);
    };
    return ERR_OK;
  }
  void UpdateTime() {
    LwipMillis() = base_ms_ + static_cast<uint32_t>(node_.clock().now().nanos() / 1'000'000);
  }
  void Fail(std::string what) {
    if (error_.empty()) error_ = std::move(what);
  }
  err_t Output(const pbuf* chain) {
    if (is_closing_) return ERR_OK;
    Packet packet = node_.NewPacket(chain->tot_len);
    pbuf_copy_partial(chain, packet.mutable_bytes().data(), chain->tot_len, 0);
    interface_.Send(std::move(packet));
    return ERR_OK;
  }
  void OnPacket(Interface&, Packet packet) override {
    UpdateTime();
    std::vector<uint8_t> bytes(packet.bytes().begin(), packet.bytes().end());
    bytes.resize(packet.wire_size());
    pbuf* const in = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(bytes.size()), PBUF_RAM);
    TW_CHECK(in != nullptr);
    pbuf_take(in, bytes.data(), static_cast<u16_t>(bytes.size()));
    if (ip4_input(in, &netif_) != ERR_OK) pbuf_free(in);
  }
  void OnTick() {
    UpdateTime();
    tcp_tmr();
    tick_.Set(Duration::Millis(TCP_TMR_INTERVAL));
  }

  void Attach() {
    tcp_arg(pcb_, this);
    tcp_recv(pcb_, [](void* self, tcp_pcb*, pbuf* data, err_t) {
      return static_cast<Impl*>(self)->OnReceive(data);
    });
    tcp_sent(pcb_, [](void* self, tcp_pcb*, u16_t) {
      static_cast<Impl*>(self)->Fill();
      return static_cast<err_t>(ERR_OK);
    });
    tcp_err(pcb_, [](void* self, err_t why) { static_cast<Impl*>(self)->OnError(why); });
  }
  err_t OnAccept(tcp_pcb* accepted) {
    if (accepted == nullptr || pcb_ != nullptr) return ERR_ABRT;
    pcb_ = accepted;
    Attach();
    Fill();
    return ERR_OK;
  }
  void OnError(err_t why) {
    pcb_ = nullptr;
    // An end in order is told by the last acknowledgment, not here.
    if (!is_acked_ || !peer_finished_) Fail(absl::StrCat("lwIP: ", NameOf(why)));
  }
  err_t OnReceive(pbuf* data) {
    if (data == nullptr) {
      peer_finished_ = true;
      if (received_ != transfer_.receive_bytes) {
        Fail(absl::StrCat("lwIP got a FIN after ", received_, " of ", transfer_.receive_bytes));
      }
      MaybeClose();
      return ERR_OK;
    }
    std::vector<uint8_t> bytes(data->tot_len);
    pbuf_copy_partial(data, bytes.data(), data->tot_len, 0);
    for (const uint8_t byte : bytes) {
      if (byte != PatternByte(transfer_.receive_seed, received_)) {
        Fail(absl::StrCat("lwIP got a wrong byte at ", received_));
      }
      ++received_;
    }
    tcp_recved(pcb_, data->tot_len);
    pbuf_free(data);
    return ERR_OK;
  }
  void Fill() {
    if (pcb_ == nullptr) return;
    while (sent_ < transfer_.send_bytes) {
      const uint64_t size =
          std::min<uint64_t>({kChunk, tcp_sndbuf(pcb_), transfer_.send_bytes - sent_});
      if (size == 0) break;
      uint8_t bytes[kChunk];
      for (uint64_t i = 0; i < size; ++i) bytes[i] = PatternByte(transfer_.send_seed, sent_ + i);
      if (tcp_write(pcb_, bytes, static_cast<u16_t>(size), TCP_WRITE_FLAG_COPY) != ERR_OK) break;
      sent_ += size;
    }
    if (sent_ == transfer_.send_bytes && !is_shut_ && tcp_shutdown(pcb_, 0, 1) == ERR_OK) {
      is_shut_ = true;
    }
    tcp_output(pcb_);
    MaybeClose();
  }
  // All is acknowledged when nothing waits any more.
  void MaybeClose() {
    if (pcb_ == nullptr) return;
    is_acked_ = is_shut_ && pcb_->snd_queuelen <= 1;
    if (!is_shut_ || !peer_finished_ || is_closed_) return;
    is_closed_ = true;
    is_acked_ = true;
    tcp_close(pcb_);
    pcb_ = nullptr;
  }
  static const char* NameOf(err_t why) {
    switch (why) {
      case ERR_ABRT:
        return "aborted";
      case ERR_RST:
        return "reset";
      case ERR_CLSD:
        return "closed";
      default:
        return "error";
    }
  }

  Node& node_;
  Interface& interface_;
  const TraceEntity entity_;
  netif netif_{};
  uint32_t base_ms_ = 0;
  Transfer transfer_;
  tcp_pcb* pcb_ = nullptr;
  tcp_pcb* listener_ = nullptr;
  uint64_t sent_ = 0;
  uint64_t received_ = 0;
  bool is_shut_ = false;
  bool is_acked_ = false;
  bool is_closed_ = false;
  bool is_closing_ = false;
  bool peer_finished_ = false;
  std::string error_;
  Timer<Impl, &Impl::OnTick> tick_;
};

LwipHost::LwipHost(Node& node, Interface& interface, const IpAddress& address)
    : impl_(std::make_unique<Impl>(node, interface, address)) {}
LwipHost::~LwipHost() = default;
void LwipHost::Connect(const IpAddress& remote, uint16_t port, const Transfer& transfer) {
  impl_->Connect(remote, port, transfer);
}
void LwipHost::Listen(uint16_t port, const Transfer& transfer) { impl_->Listen(port, transfer); }
bool LwipHost::is_done() const { return impl_->is_done(); }
uint64_t LwipHost::received() const { return impl_->received(); }
const std::string& LwipHost::error() const { return impl_->error(); }

}  // namespace tickwire
