#include "protocols/websocket/websocket_connection.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "protocols/websocket/websocket_stack.h"

namespace tickwire::websocket {
namespace {

constexpr TraceLabel kPingTimer{"ping", "RFC 6455 5.5.2: the configured silence"};

constexpr TraceLabel kConnecting{"CONNECTING", "RFC 6455 4.1"};
constexpr TraceLabel kWaitRequest{"waits for the request", "RFC 6455 4.2"};
constexpr TraceLabel kWaitResponse{"waits for the response", "RFC 6455 4.1"};
constexpr TraceLabel kOpen{"OPEN", "RFC 6455 4.1, 4.2.2"};
constexpr TraceLabel kClosing{"CLOSING", "RFC 6455 7.1.3"};
constexpr TraceLabel kClosed{"CLOSED", "RFC 6455 7.1.4"};

constexpr TraceLabel kAccepted{"connection accepted", "RFC 6455 4.2"};
constexpr TraceLabel kRequestSent{"request sent", "RFC 6455 4.1"};
constexpr TraceLabel kHandshakeDone{"handshake complete", "RFC 6455 4.1, 4.2.2"};
constexpr TraceLabel kCloseSent{"Close sent", "RFC 6455 5.5.1"};
constexpr TraceLabel kCloseReceived{"Close received", "RFC 6455 5.5.1"};
constexpr TraceLabel kEndBelow{"ended below", "the channel below has ended"};
constexpr TraceLabel kRefused{"request refused", "RFC 6455 4.2.1"};
constexpr TraceLabel kBadResponse{"response not accepted", "RFC 6455 4.1"};
constexpr TraceLabel kLongHead{"handshake too long", "our limit"};
constexpr TraceLabel kLeftInHandshake{"peer left within the handshake", "RFC 6455 4.1"};
constexpr TraceLabel kHandshakeTimeout{"handshake timeout", "the peer took too long"};
constexpr TraceLabel kGivenUp{"given up", "the user does not want it any more"};
constexpr TraceLabel kAbnormal{"ended without Close", "RFC 6455 7.1.5: the code would be 1006"};
constexpr TraceLabel kNoPong{"no answer to a ping", "RFC 6455 5.5.2"};
constexpr TraceLabel kNothingBegun{"continuation of nothing", "RFC 6455 5.4"};
constexpr TraceLabel kNotContinued{"message within a message", "RFC 6455 5.4"};
constexpr TraceLabel kNotUtf8{"text that is not UTF-8", "RFC 6455 8.1"};
constexpr TraceLabel kBadClose{"malformed Close", "RFC 6455 5.5.1, 7.4"};
constexpr TraceLabel kPingSent{"ping sent", "RFC 6455 5.5.2"};

const TraceLabel& LabelOf(WebSocketConnection::State state) {
  switch (state) {
    case WebSocketConnection::State::kConnecting:
      return kConnecting;
    case WebSocketConnection::State::kWaitRequest:
      return kWaitRequest;
    case WebSocketConnection::State::kWaitResponse:
      return kWaitResponse;
    case WebSocketConnection::State::kOpen:
      return kOpen;
    case WebSocketConnection::State::kClosing:
      return kClosing;
    case WebSocketConnection::State::kClosed:
      return kClosed;
  }
  return kClosed;
}

}  // namespace

WebSocketConnection::WebSocketConnection(WebSocketStack& stack, Role role, uint64_t number,
                                         absl::string_view entity_name, std::string host)
    : LayeredFlow(stack, role, number, entity_name),
      stack_(stack),
      host_(std::move(host)),
      rng_(stack.RngFor(number)),
      head_(stack.config().max_head),
      frames_(/*expects_mask=*/role == Role::kServer),
      ping_timer_(stack.clock(), *this, kPingTimer, entity()) {}

void WebSocketConnection::SetState(State next, const TraceLabel& reason) {
  if (state_ == next) return;
  state_ = next;
  trace().State(entity(), LabelOf(next), reason);
  if (next == State::kClosed) ping_timer_.Cancel();
}

// --- Opening ---

void WebSocketConnection::OnOpenBelow() {
  if (role() == Role::kServer) return SetState(State::kWaitRequest, kAccepted);
  std::array<char, 16> nonce;
  for (char& octet : nonce) octet = static_cast<char>(rng_.Below(256));
  key_ = absl::Base64Escape(absl::string_view(nonce.data(), nonce.size()));
  const WebSocketConfig& config = stack_.config();
  PutText(MakeRequest({config.resource, host_, key_, config.origin, config.subprotocol}));
  SetState(State::kWaitResponse, kRequestSent);
}

void WebSocketConnection::OnBytes(std::span<const uint8_t> bytes) {
  if (!head_.is_complete()) {
    bytes = bytes.subspan(head_.Append(bytes));
    if (head_.is_too_long()) {
      if (role() == Role::kServer) {
        PutText("HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n");
      }
      return FailHandshake(kLongHead, kLongHead.rule);
    }
    if (!head_.is_complete()) return;
    role() == Role::kServer ? OnRequest() : OnResponse();
  }
  if (is_deaf() || bytes.empty()) return;
  frames_.Append(bytes);
  ReadFrames();
}

void WebSocketConnection::OnRequest() {
  const RequestVerdict verdict =
      JudgeRequest(HttpHead::Parse(head_.text()), stack_.config().subprotocol);
  if (!verdict.refusal.empty()) {
    PutText(verdict.refusal);
    return FailHandshake(kRefused, verdict.why);
  }
  PutText(MakeResponse(verdict.key, stack_.config().subprotocol));
  BecomeOpen();
}

void WebSocketConnection::OnResponse() {
  const std::string wrong =
      JudgeResponse(HttpHead::Parse(head_.text()), key_, stack_.config().subprotocol);
  if (!wrong.empty()) return FailHandshake(kBadResponse, wrong);
  BecomeOpen();
}

void WebSocketConnection::BecomeOpen() {
  ++stack_.mutable_counters().opened;
  SetState(State::kOpen, kHandshakeDone);
  Open();
  SetPingTimer();
}

void WebSocketConnection::FailHandshake(const TraceLabel& why, absl::string_view text) {
  ++stack_.mutable_counters().refused;
  trace().Note(entity(), why, text);
  SetState(State::kClosed, why);
  StopReading();
  End(CloseReason::kProtocol);
  FinishBelow();
}

void WebSocketConnection::OnHandshakeOver(CloseReason reason) {
  SetState(State::kClosed, reason == CloseReason::kTimeout ? kHandshakeTimeout : kGivenUp);
  StopReading();
}

// --- Receiving ---

void WebSocketConnection::ReadFrames() {
  Frame frame;
  FrameError error{};
  if (state_ == State::kOpen) SetPingTimer();  // whatever comes, the peer lives
  waits_for_pong_ = false;
  while (!is_deaf()) {
    const uint64_t limit = stack_.config().max_message - message_.size();
    switch (frames_.Next(limit, frame, error)) {
      case FrameReader::Result::kNone:
        return;
      case FrameReader::Result::kError:
        Fail(error.code, *error.why);
        return;
      case FrameReader::Result::kFrame:
        ++stack_.mutable_counters().frames_received;
        if (!OnFrame(frame)) return;
    }
  }
}

bool WebSocketConnection::OnFrame(Frame& frame) {
  switch (frame.opcode) {
    case Opcode::kContinuation:
    case Opcode::kText:
    case Opcode::kBinary:
      return OnDataFrame(frame);
    case Opcode::kClose:
      return OnClose(frame);
    case Opcode::kPing:
      if (has_sent_close_) return true;
      // §5.5.3: where pings outrun us the last one is answered.
      if (is_holding()) {
        unanswered_ping_ = std::move(frame.payload);
      } else {
        PutFrame(Opcode::kPong, /*is_last=*/true, frame.payload);
      }
      return true;
    case Opcode::kPong:
      return true;
  }
  return true;
}

void WebSocketConnection::OnFlushed() {
  if (!unanswered_ping_ || has_sent_close_) return;
  PutFrame(Opcode::kPong, /*is_last=*/true, *unanswered_ping_);
  unanswered_ping_.reset();
}

bool WebSocketConnection::OnDataFrame(Frame& frame) {
  const bool continues = frame.opcode == Opcode::kContinuation;
  if (continues && !message_opcode_) return Fail(CloseCode::kProtocolError, kNothingBegun);
  if (!continues && message_opcode_) return Fail(CloseCode::kProtocolError, kNotContinued);
  if (!continues) message_opcode_ = frame.opcode;
  if (message_.empty()) {
    message_ = std::move(frame.payload);
  } else {
    message_.insert(message_.end(), frame.payload.begin(), frame.payload.end());
  }
  if (!frame.is_last) return true;
  if (message_opcode_ == Opcode::kText && !IsUtf8(message_)) {
    return Fail(CloseCode::kInvalidPayload, kNotUtf8);
  }
  message_opcode_.reset();
  Deliver(std::exchange(message_, {}));
  return true;
}

bool WebSocketConnection::OnClose(const Frame& frame) {
  const std::optional<CloseBody> body = ParseCloseBody(frame.payload);
  if (!body) return Fail(CloseCode::kProtocolError, kBadClose);
  if (trace().is_watched()) {
    trace().Note(entity(), kCloseReceived,
                 body->code ? absl::StrCat(*body->code, " ", body->reason) : "no code");
  }
  has_got_close_ = true;
  StopReading();  // §5.5.1: nothing comes after it
  const uint16_t code = body->code.value_or(static_cast<uint16_t>(CloseCode::kNormal));
  const bool is_good = code == static_cast<uint16_t>(CloseCode::kNormal) ||
                       code == static_cast<uint16_t>(CloseCode::kGoingAway);
  if (!is_good) {
    end_reason_ = CloseReason::kProtocol;
  } else if (!has_sent_close_) {
    end_reason_ = CloseReason::kPeer;
  }
  RefuseSending();
  PutClose(CloseCode{code});  // §5.5.1: the answer has the same code
  SetState(State::kClosing, kCloseReceived);
  TellPeerFinished();
  if (role() == Role::kServer) FinishBelow();  // §7.1.1: the server first
  StartLinger();
  return true;
}

void WebSocketConnection::OnEndBelow() {
  if (state_ == State::kWaitRequest || state_ == State::kWaitResponse) {
    return FailHandshake(kLeftInHandshake, kLeftInHandshake.rule);
  }
  if (!has_got_close_) {
    trace().Note(entity(), kAbnormal, kAbnormal.rule);
    if (!has_sent_close_) end_reason_ = CloseReason::kPeer;
    RefuseSending();
    StopReading();
    TellPeerFinished();
  }
  FinishBelow();
}

CloseReason WebSocketConnection::OnClosedBelow(CloseReason reason) {
  SetState(State::kClosed, kEndBelow);
  const bool ends_well = reason == CloseReason::kLocal || reason == CloseReason::kPeer;
  if (!ends_well) return reason;
  return is_open() ? end_reason_ : CloseReason::kProtocol;
}

// --- Sending ---

void WebSocketConnection::PutFrame(Opcode opcode, bool is_last, std::span<const uint8_t> payload) {
  std::optional<uint32_t> mask;  // §5.3: unpredictable, from its own stream
  if (role() == Role::kClient) mask = static_cast<uint32_t>(rng_.Next64());
  std::vector<uint8_t> frame;
  frame.reserve(payload.size() + 14);
  AppendFrame(opcode, is_last, payload, mask, frame);
  ++stack_.mutable_counters().frames_sent;
  Put(frame);
}

void WebSocketConnection::PutText(absl::string_view text) {
  Put({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

uint64_t WebSocketConnection::Write(std::span<const uint8_t> bytes, uint64_t zeros) {
  std::vector<uint8_t> with_zeros;
  if (zeros > 0) {
    with_zeros.assign(bytes.begin(), bytes.end());
    with_zeros.resize(bytes.size() + zeros);
    bytes = with_zeros;
  }
  const WebSocketConfig& config = stack_.config();
  const bool is_text = !config.sends_binary && IsUtf8(bytes);
  Opcode opcode = is_text ? Opcode::kText : Opcode::kBinary;
  const uint64_t size = bytes.size();
  while (config.fragment > 0 && bytes.size() > config.fragment) {  // §5.4
    PutFrame(opcode, /*is_last=*/false, bytes.first(config.fragment));
    bytes = bytes.subspan(config.fragment);
    opcode = Opcode::kContinuation;
  }
  PutFrame(opcode, /*is_last=*/true, bytes);
  Flush();
  return size;
}

void WebSocketConnection::PutClose(CloseCode code) {
  if (has_sent_close_) return;
  has_sent_close_ = true;
  PutFrame(Opcode::kClose, /*is_last=*/true, MakeCloseBody(code));
}

void WebSocketConnection::WriteEnd() {
  if (has_sent_close_) return;
  PutClose(CloseCode::kNormal);
  SetState(State::kClosing, kCloseSent);
  StartLinger();
}

bool WebSocketConnection::Fail(CloseCode code, const TraceLabel& why) {
  ++stack_.mutable_counters().protocol_errors;
  trace().Note(entity(), why, absl::StrCat("closes with ", static_cast<int>(code)));
  PutClose(code);
  SetState(State::kClosed, why);
  StopReading();
  End(CloseReason::kProtocol);
  FinishBelow();
  return false;
}

void WebSocketConnection::SetPingTimer() {
  if (stack_.config().ping_interval > Duration()) ping_timer_.Set(stack_.config().ping_interval);
}

void WebSocketConnection::OnPingTimer() {
  if (state_ != State::kOpen) return;
  if (waits_for_pong_) {
    trace().Note(entity(), kNoPong, kNoPong.rule);
    SetState(State::kClosed, kNoPong);
    End(CloseReason::kTimeout);
    AbortBelow();
    return Settle();
  }
  waits_for_pong_ = true;
  trace().Note(entity(), kPingSent, kPingSent.rule);
  PutFrame(Opcode::kPing, /*is_last=*/true, {});
  SetPingTimer();
  Settle();
}

}  // namespace tickwire::websocket
