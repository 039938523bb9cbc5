#include "protocols/tcp/tcp_listener.h"

#include <memory>
#include <utility>

#include "protocols/tcp/tcp_connection.h"
#include "protocols/tcp/tcp_layer.h"
#include "protocols/tcp/tcp_socket.h"

namespace tickwire::tcp {
namespace {

constexpr TraceLabel kRstIgnored{"RST for LISTEN", "RFC 9293 3.10.7.2, first"};
constexpr TraceLabel kAckRefused{"ACK for LISTEN", "RFC 9293 3.10.7.2, second"};
constexpr TraceLabel kNothing{"nothing for LISTEN", "RFC 9293 3.10.7.2, fourth"};
constexpr TraceLabel kBacklogFull{"backlog full", "the user accepts too slowly"};
constexpr TraceLabel kSynBacklogFull{"SYN backlog full", "too many half-open connections"};

}  // namespace

TcpListener::TcpListener(TcpLayer& layer, Endpoint local, int backlog, const TcpConfig& config,
                         TransportStack::AcceptFn on_accept)
    : layer_(layer),
      local_(local),
      backlog_(backlog < 1 ? 1 : static_cast<size_t>(backlog)),
      config_(config),
      on_accept_(std::move(on_accept)) {}

TcpListener::~TcpListener() {
  if (is_gone_ != nullptr) *is_gone_ = true;
  layer_.Forget(*this);
}

bool TcpListener::HasRoom() const { return !is_paused_ || waiting_.size() < backlog_; }

void TcpListener::OnSegment(const Segment& segment) {
  const TcpConnection::Id id{{segment.datagram.destination, segment.header.destination_port},
                             {segment.datagram.source, segment.header.source_port}};
  if (segment.has(TcpHeader::kRst)) return layer_.Drop(segment, kRstIgnored);
  if (segment.has(TcpHeader::kAck)) {
    const SimTime now = layer_.clock().now();
    if (config_.syn_cookies != TcpConfig::SynCookies::kNever && !segment.has(TcpHeader::kSyn)) {
      const uint32_t cookie = segment.header.acknowledgment - 1;
      const std::optional<uint16_t> mss =
          layer_.cookies().Check(id, cookie, segment.header.sequence - 1, now);
      if (mss) {
        if (!HasRoom()) return layer_.Drop(segment, kBacklogFull);
        TcpConnection::CookieState state;
        state.initial_sequence = cookie;
        state.peer_mss = *mss;
        if (segment.options.timestamps) {
          SynCookies::DecodeOptions(
              segment.options.timestamps->echo_reply - layer_.TimestampOffset(id), state.sack,
              state.window_scale);
        }
        TcpConnection& connection = layer_.MakeConnection(id, config_);
        ++half_open_;
        connection.OpenFromCookie(*this, segment, state);
        return connection.OnSegment(segment);
      }
    }
    layer_.Drop(segment, kAckRefused);
    return layer_.SendReset(segment);
  }
  if (!segment.has(TcpHeader::kSyn)) return layer_.Drop(segment, kNothing);
  if (!HasRoom()) return layer_.Drop(segment, kBacklogFull);
  const bool is_full = half_open_ >= config_.syn_backlog;
  if (config_.syn_cookies == TcpConfig::SynCookies::kAlways ||
      (is_full && config_.syn_cookies == TcpConfig::SynCookies::kWhenFull)) {
    return SendCookie(id, segment);
  }
  if (is_full) return layer_.Drop(segment, kSynBacklogFull);
  TcpConnection& connection = layer_.MakeConnection(id, config_);
  ++half_open_;
  connection.OpenPassive(*this, segment);
}

// MODEL: without timestamps a cookie has no room for window scale and SACK: they are off then.
void TcpListener::SendCookie(const TcpConnection::Id& id, const Segment& syn) {
  ++cookies_sent_;
  const SimTime now = layer_.clock().now();
  const uint16_t peer_mss =
      syn.options.mss.value_or(id.remote.address.is_v4() ? uint16_t{536} : uint16_t{1220});
  TcpOptions options;
  options.mss = layer_.MssFor(id, config_);
  if (config_.timestamps && syn.options.timestamps) {
    const bool sack = config_.sack && syn.options.sack_permitted;
    std::optional<uint8_t> scale;
    if (config_.window_scaling) scale = syn.options.window_scale;
    const uint32_t clock = static_cast<uint32_t>(now.nanos() / Duration::Millis(1).nanos());
    options.timestamps = {
        .value = SynCookies::EncodeOptions(clock, sack, scale) + layer_.TimestampOffset(id),
        .echo_reply = syn.options.timestamps->value};
    options.sack_permitted = sack;
    if (scale) options.window_scale = OwnWindowScale(config_);
  }
  layer_.SendBare(
      id,
      {.sequence = layer_.cookies().Make(id, syn.header.sequence, peer_mss, now),
       .acknowledgment = syn.header.sequence + 1,
       .flags = TcpHeader::kSyn | TcpHeader::kAck,
       .window = static_cast<uint16_t>(std::min<uint32_t>(config_.receive_buffer, 65535))},
      options, config_.profile);
}

void TcpListener::OnEstablished(TcpConnection& connection) {
  if (is_paused_) return waiting_.push_back(&connection);
  Accept(connection);
}

bool TcpListener::Accept(TcpConnection& connection) {
  bool is_gone = false;
  bool* const outer = std::exchange(is_gone_, &is_gone);
  const TransportStack::AcceptFn on_accept = on_accept_;  // outlives a listener that it destroys
  auto socket = std::make_unique<TcpSocket>(connection, nullptr);
  TcpSocket& handle = *socket;
  connection.Accept(handle);
  Channel::Listener& user = on_accept(std::move(socket));
  // The user may have thrown it away.
  connection.SetUser(user);
  if (is_gone) {
    if (outer != nullptr) *outer = true;
    return false;
  }
  is_gone_ = outer;
  return true;
}

bool TcpListener::AcceptOne() {
  if (waiting_.empty()) return false;
  TcpConnection& connection = *waiting_.pop_front();
  Accept(connection);
  connection.OnAccepted();  // in which the user may destroy the listener
  return true;
}

void TcpListener::ResumeAccepting() {
  is_paused_ = false;
  bool is_gone = false;
  bool* const outer = std::exchange(is_gone_, &is_gone);
  while (!is_gone && AcceptOne()) {
  }
  if (!is_gone) {
    is_gone_ = outer;
  } else if (outer != nullptr) {
    *outer = true;
  }
}

void TcpListener::OnGone(TcpConnection& connection, bool was_half_open) {
  if (was_half_open) --half_open_;
  for (size_t n = waiting_.size(); n > 0; --n) {
    TcpConnection* other = waiting_.pop_front();
    if (other != &connection) waiting_.push_back(other);
  }
}

}  // namespace tickwire::tcp
