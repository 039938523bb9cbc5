#include "protocols/apps/flow_client.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace tickwire {
namespace {

constexpr TraceLabel kNotOpened{"not_opened", "the transport would not open a channel"};
constexpr TraceLabel kSoftError{"network_error", "the network reported an error"};

}  // namespace

void FlowTotals::Count(CloseReason reason) {
  switch (reason) {
    case CloseReason::kLocal:
    case CloseReason::kPeer:
      ++closed;
      break;
    case CloseReason::kReset:
    case CloseReason::kSecurity:  // a layer above the one that is counted here
    case CloseReason::kProtocol:
      ++reset;
      break;
    case CloseReason::kRefused:
      ++refused;
      break;
    case CloseReason::kTimeout:
      ++timed_out;
      break;
    case CloseReason::kUnreachable:
      ++unreachable;
      break;
  }
}

void FlowTotals::Add(const FlowTotals& other) {
  opened += other.opened;
  established += other.established;
  closed += other.closed;
  refused += other.refused;
  reset += other.reset;
  timed_out += other.timed_out;
  unreachable += other.unreachable;
  bytes_sent += other.bytes_sent;
  bytes_received += other.bytes_received;
  errors += other.errors;
}

FlowClient::FlowClient(const AppHost& host, const Target& target, absl::string_view entity_name)
    : host_(host), target_(target), entity_(host.clock.trace().NewEntity(entity_name)) {}

bool FlowClient::Open() {
  Close();
  ++totals_.opened;
  auto channel = host_.stack.Connect(host_.kind, target_.remote, *this,
                                     {.local = {IpAddress(), target_.source_port}});
  if (!channel.ok()) {
    ++totals_.unreachable;
    trace().Note(
        entity_, kNotOpened,
        absl::string_view(channel.status().message().data(), channel.status().message().size()));
    return false;
  }
  channel_ = std::move(*channel);
  return true;
}

void FlowClient::Send(std::span<const uint8_t> bytes, uint64_t zeros) {
  queue_.Push(bytes, zeros);
  Flush();
}

void FlowClient::Finish() {
  queue_.Finish();
  Flush();
}

void FlowClient::Close() {
  if (channel_ != nullptr) {
    // Destroying a channel closes it in good order; its end is told to nobody.
    ++totals_.closed;
    channel_.reset();
  }
  queue_ = SendQueue();
  established_ = false;
}

void FlowClient::Flush() {
  if (channel_ != nullptr && established_) totals_.bytes_sent += queue_.Flush(*channel_);
}

void FlowClient::OnBytes(std::span<const uint8_t>, uint64_t) {}

void FlowClient::OnConnected(Channel&) {
  established_ = true;
  ++totals_.established;
  Flush();
  OnEstablished();
}

void FlowClient::OnReceive(Channel&, std::span<const uint8_t> bytes, uint64_t zeros) {
  totals_.bytes_received += bytes.size() + zeros;
  OnBytes(bytes, zeros);
}

void FlowClient::OnWritable(Channel&) {
  Flush();
  if (queue_.is_empty()) OnRoom();
}

void FlowClient::OnPeerFinished(Channel&) { OnPeerDone(); }

void FlowClient::OnError(Channel&, ChannelError) {
  ++totals_.errors;
  trace().Note(entity_, kSoftError);
}

void FlowClient::OnClosed(Channel&, CloseReason reason) {
  totals_.Count(reason);
  channel_.reset();
  queue_ = SendQueue();
  established_ = false;
  OnEnd(reason);
}

}  // namespace tickwire
