#include "protocols/apps/request_server.h"

#include <algorithm>
#include <array>
#include <utility>

#include "protocols/apps/request_client.h"
#include "sim_core/event/timer.h"
#include "sim_core/packet/byte_reader.h"

namespace tickwire {
namespace {

constexpr TraceLabel kService{"service"};
constexpr uint32_t kHeader = RequestClient::kRequestHeader;

}  // namespace

class RequestServer::Session : public FlowServer::Session {
 public:
  Session(FlowServer& server, std::unique_ptr<Channel> channel, RequestServer& owner)
      : FlowServer::Session(server, std::move(channel)),
        owner_(owner),
        service_(server.host().clock, *this, kService, owner.entity_) {}

 private:
  void OnBytes(std::span<const uint8_t> bytes, uint64_t zeros) override {
    // Several requests may come in one piece.
    while ((!bytes.empty() || zeros > 0) && !is_broken_) {
      uint8_t next = 0;
      if (header_size_ < kHeader) {
        if (bytes.empty()) {
          --zeros;
        } else {
          next = bytes.front();
          bytes = bytes.subspan(1);
        }
        header_[header_size_++] = next;
        if (header_size_ == kHeader) OnHeader();
        if (!is_broken_ && header_size_ == kHeader && left_ == 0) OnRequest();
        continue;
      }
      const uint64_t of_bytes = std::min<uint64_t>(left_, bytes.size());
      bytes = bytes.subspan(of_bytes);
      const uint64_t of_zeros = std::min(left_ - of_bytes, zeros);
      zeros -= of_zeros;
      left_ -= of_bytes + of_zeros;
      if (left_ == 0) OnRequest();
    }
  }
  void OnHeader() {
    const auto reader = ByteReader<kHeader>::From(header_);
    const uint32_t size = reader->Load<uint32_t, 0>();
    response_ = reader->Load<uint32_t, 4>();
    is_broken_ = size < kHeader;
    if (is_broken_) return Abort();
    left_ = size - kHeader;
  }
  void OnRequest() {
    header_size_ = 0;
    waiting_.push_back(response_);
    if (!service_.is_set()) Serve();
  }
  void Serve() {
    const Duration time = owner_.config_.service_time ? owner_.config_.service_time() : Duration();
    if (time == Duration()) return OnServed();
    channel().PauseReceiving();
    service_.Set(time);
  }
  void OnServed() {
    const uint32_t size = waiting_.front();
    waiting_.pop_front();
    ++owner_.answered_;
    Send({}, size);
    if (owner_.config_.closes_after_response || (peer_is_done_ && waiting_.empty())) {
      return Finish();
    }
    if (!waiting_.empty()) return Serve();
    channel().ResumeReceiving();
  }
  void OnPeerDone() override {
    peer_is_done_ = true;
    if (waiting_.empty()) Finish();
  }

  RequestServer& owner_;
  std::array<uint8_t, kHeader> header_{};
  uint32_t header_size_ = 0;
  uint64_t left_ = 0;  // of the request's body
  uint32_t response_ = 0;
  bool is_broken_ = false;
  bool peer_is_done_ = false;
  std::deque<uint32_t> waiting_;  // sizes of responses; bounded by what one callback delivers
  Timer<Session, &Session::OnServed> service_;
};

RequestServer::RequestServer(const AppHost& host, const Config& config)
    : config_(config),
      entity_(host.clock.trace().NewEntity("request server")),
      server_(host, [this](FlowServer& server, std::unique_ptr<Channel> channel) {
        return std::make_unique<Session>(server, std::move(channel), *this);
      }) {}

}  // namespace tickwire
