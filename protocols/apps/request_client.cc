#include "protocols/apps/request_client.h"

#include <algorithm>

#include "sim_core/packet/byte_reader.h"

namespace tickwire {
namespace {

constexpr TraceLabel kDue{"request"};
constexpr TraceLabel kResponseTime{"response_time"};
constexpr Duration kRetryAfter = Duration::Seconds(1);

}  // namespace

RequestClient::RequestClient(const AppHost& host, const Config& config)
    : FlowClient(host, config.target, "request client"),
      config_(config),
      due_(host.clock, *this, kDue, entity()) {
  TW_CHECK(config_.request_bytes >= kRequestHeader);
  const SimTime now = host.clock.now();
  due_.Set(std::max(config_.start, now) - now);
}

void RequestClient::OnDue() {
  begun_ = clock().now();
  if (has_channel() && !peer_is_done_) return Ask();
  peer_is_done_ = false;
  if (!Open()) due_.Set(kRetryAfter);
}

void RequestClient::OnEstablished() { Ask(); }

void RequestClient::Ask() {
  uint8_t header[kRequestHeader];
  ByteWriter<kRequestHeader> writer(header);
  writer.Store<uint32_t, 0>(config_.request_bytes);
  writer.Store<uint32_t, 4>(config_.response_bytes);
  ++asked_;
  is_waiting_ = true;
  response_left_ = config_.response_bytes;
  Send(header, config_.request_bytes - kRequestHeader);
  if (response_left_ == 0) OnAnswered();
}

void RequestClient::OnBytes(std::span<const uint8_t> bytes, uint64_t zeros) {
  if (!is_waiting_) return;
  response_left_ -= std::min(response_left_, bytes.size() + zeros);
  if (response_left_ == 0) OnAnswered();
}

void RequestClient::OnAnswered() {
  is_waiting_ = false;
  const Duration took = clock().now() - begun_;
  ++answered_;
  longest_ = std::max(longest_, took);
  total_ = total_ + took;
  trace().Sample(entity(), kResponseTime, took.nanos());
  const bool is_last = config_.requests > 0 && asked_ >= config_.requests;
  if (is_last) return Finish();
  const Duration pause = config_.think_time ? config_.think_time() : Duration();
  due_.Set(std::max(pause, Duration::Nanos(1)));
  if (config_.new_connection_each) Close();
}

void RequestClient::OnPeerDone() {
  peer_is_done_ = true;
  Finish();
}

// A connection that ends early takes its request with it; the next is sent over a new one.
void RequestClient::OnEnd(CloseReason) {
  const bool is_last = config_.requests > 0 && asked_ >= config_.requests;
  is_waiting_ = false;
  peer_is_done_ = false;
  if (!is_last && !due_.is_set()) due_.Set(kRetryAfter);
}

}  // namespace tickwire
