#include "protocols/tls/tls_connection.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/tls/client_handshake.h"
#include "protocols/tls/server_handshake.h"
#include "protocols/tls/tls_labels.h"
#include "protocols/tls/tls_stack.h"
#include "sim_core/base/check.h"

namespace tickwire::tls {
namespace {

constexpr TraceLabel kWorkTimer{"computes", "the configured time of a handshake"};
constexpr TraceLabel kOpen{"open", "RFC 8446 A: CONNECTED"};
constexpr TraceLabel kResumed{"session resumed", "RFC 8446 2.2, RFC 5246 7.3"};
constexpr TraceLabel kFull{"full handshake", "RFC 8446 2, RFC 5246 7.3"};
constexpr TraceLabel kClosing{"closing", "RFC 8446 6.1"};
constexpr TraceLabel kFailed{"failed", "RFC 8446 6.2"};
constexpr TraceLabel kClosed{"closed", "RFC 8446 6.1"};
constexpr TraceLabel kEndBelow{"ended below", "the channel below has ended"};
constexpr TraceLabel kHandshakeTimeout{"handshake timeout", "the peer took too long"};
constexpr TraceLabel kGivenUp{"given up", "the user does not want it any more"};

constexpr TraceLabel kAlertSent{"alert sent", "RFC 8446 6"};
constexpr TraceLabel kAlertReceived{"alert received", "RFC 8446 6"};
constexpr TraceLabel kTruncated{"truncated",
                                "RFC 8446 6.1: the end came without close_notify, so data may be "
                                "missing"};
constexpr TraceLabel kEndsInHandshake{"peer left within the handshake", "RFC 8446 6.1"};
constexpr TraceLabel kAfterCloseNotify{"dropped after close_notify",
                                       "RFC 8446 6.1: what comes after it is ignored"};
constexpr TraceLabel kEarlyData{"application data within the handshake", "RFC 8446 4.4.4"};
constexpr TraceLabel kLateMessage{"handshake message after the handshake",
                                  "RFC 8446 4.6: none but tickets is taken"};
constexpr TraceLabel kBadRecord{"record refused", "RFC 8446 5"};
constexpr TraceLabel kTicketKept{"ticket received", "RFC 8446 4.6.1"};

}  // namespace

TlsConnection::TlsConnection(TlsStack& stack, Role role, uint64_t number,
                             absl::string_view entity_name, Peer peer)
    : LayeredFlow(stack, role, number, entity_name),
      stack_(stack),
      peer_(std::move(peer)),
      work_timer_(stack.clock(), *this, kWorkTimer, entity()) {}

TlsConnection::~TlsConnection() = default;

// --- The handshake ---

void TlsConnection::OnOpenBelow() {
  const Handshake::Env env{*this, stack_.config(),
                           role() == Role::kClient ? stack_.mutable_client_sessions()
                                                   : stack_.mutable_server_sessions()};
  Rng rng = stack_.RngFor(number());
  if (role() == Role::kServer) {
    handshake_ = std::make_unique<ServerHandshake>(env, std::move(rng));
    return;
  }
  auto handshake = std::make_unique<ClientHandshake>(
      env, std::move(rng), ClientHandshake::Peer{peer_.name, peer_.session_key});
  ClientHandshake& client = *handshake;
  handshake_ = std::move(handshake);
  client.Start();
}

void TlsConnection::OnHandshakeOver(CloseReason reason) {
  ++stack_.mutable_counters().failed;
  const bool is_timeout = reason == CloseReason::kTimeout;
  trace().State(entity(), kFailed, is_timeout ? kHandshakeTimeout : kGivenUp);
  work_timer_.Cancel();
  StopReading();
  if (handshake_ == nullptr || is_timeout) return;
  // §6.1: user_canceled, followed by close_notify.
  handshake_->PrepareToFail();
  PutAlert(kAlertWarning, Alert::kUserCanceled);
  PutAlert(kAlertWarning, Alert::kCloseNotify);
}

void TlsConnection::SendMessage(std::span<const uint8_t> message) {
  while (message.size() > stack_.config().max_fragment) {
    PutRecord(ContentType::kHandshake, message.first(stack_.config().max_fragment));
    message = message.subspan(stack_.config().max_fragment);
  }
  PutRecord(ContentType::kHandshake, message);
}

void TlsConnection::SendChangeCipherSpec() {
  const std::array<uint8_t, 1> one = {1};
  PutRecord(ContentType::kChangeCipherSpec, one);
}

void TlsConnection::SetWriteKey(TlsVersion version, const Secret& key) {
  writer_.SetKey(version, key);
}

void TlsConnection::SetReadKey(TlsVersion version, const Secret& key) {
  reader_.SetKey(version, key);
  // §5.1: what follows was sent under the old ones.
  if (!messages_.is_between_messages()) keys_changed_within_ = true;
}

void TlsConnection::Work(Duration time) {
  is_working_ = true;
  below().PauseReceiving();
  work_timer_.Set(stack_.WorkDone(time) - now());
}

void TlsConnection::OnWorkDone() {
  is_working_ = false;
  if (const std::optional<Alert> alert = handshake_->OnWorkDone()) Fail(*alert);
  ReadRecords();
  Settle();
  if (!is_working_) below().ResumeReceiving();
}

void TlsConnection::OnHandshakeDone(const HandshakeResult& result) {
  result_ = result;
  result_is_final_ = true;
  auto& counters = stack_.mutable_counters();
  ++(result.is_resumed ? counters.resumed : counters.full_handshakes);
  trace().State(entity(), kOpen, result.is_resumed ? kResumed : kFull);
  if (trace().is_watched()) {
    Note(result.is_resumed ? kResumed : kFull,
         absl::StrCat(result.version == TlsVersion::k13 ? "TLS 1.3" : "TLS 1.2",
                      result.peer_names.empty() ? "" : "; peer: ", JoinNames(result.peer_names)));
  }
  Open();
}

void TlsConnection::TraceHandshake(const TraceLabel& state, const TraceLabel& reason) {
  trace().State(entity(), state, reason);
}

void TlsConnection::Note(const TraceLabel& what, absl::string_view text) {
  trace().Note(entity(), what, text);
}

SimTime TlsConnection::now() const { return stack_.clock().now(); }

// --- What comes ---

void TlsConnection::OnBytes(std::span<const uint8_t> bytes) {
  reader_.Append(bytes);
  ReadRecords();
}

void TlsConnection::ReadRecords() {
  RecordReader::Record record;
  Alert alert = Alert::kInternalError;
  while (!is_working_ && !is_deaf()) {
    const RecordReader::Result result = reader_.Next(record, alert);
    if (result == RecordReader::Result::kNone) return;
    if (result == RecordReader::Result::kBroken) {
      Note(kBadRecord, AlertLabel(alert).rule);
      return Fail(alert);
    }
    ++stack_.mutable_counters().records_received;
    if (const std::optional<Alert> fatal = OnRecord(record)) return Fail(*fatal);
    if (result_is_final_ && handshake_ != nullptr) {
      handshake_.reset();
      messages_ = HandshakeReader();  // and its memory
    }
  }
}

std::optional<Alert> TlsConnection::OnRecord(RecordReader::Record& record) {
  if (has_got_close_notify_) {
    Note(kAfterCloseNotify, kAfterCloseNotify.rule);
    return std::nullopt;
  }
  // RFC 8446 §5.1: nothing comes between the fragments of a handshake message.
  if (record.type != ContentType::kHandshake && !messages_.is_between_messages()) {
    Note(kBadRecord, "within a handshake message");
    return Alert::kUnexpectedMessage;
  }
  switch (record.type) {
    case ContentType::kHandshake:
      return OnHandshakeBytes(record.content);
    case ContentType::kChangeCipherSpec:
      return OnChangeCipherSpec(record.content);
    case ContentType::kAlert:
      return OnAlert(record.content);
    case ContentType::kApplicationData:
      if (!is_done()) {
        Note(kEarlyData, kEarlyData.rule);
        return Alert::kUnexpectedMessage;
      }
      if (!record.content.empty()) Deliver(std::move(record.content));
      return std::nullopt;
  }
  return Alert::kUnexpectedMessage;
}

std::optional<Alert> TlsConnection::OnHandshakeBytes(std::span<const uint8_t> fragment) {
  messages_.Append(fragment);
  while (const std::optional<HandshakeReader::Message> message = messages_.Next()) {
    const std::optional<Alert> alert =
        is_done() ? OnLateMessage(*message) : handshake_->OnMessage(*message);
    if (alert) return alert;
    if (keys_changed_within_) {
      Note(kBadRecord, "a handshake record across a change of keys");
      return Alert::kUnexpectedMessage;
    }
  }
  if (messages_.is_too_long()) {
    Note(kBadRecord, "a handshake message that is too long");
    return Alert::kIllegalParameter;
  }
  return std::nullopt;
}

// MODEL: neither renegotiation (1.2) nor new keys (KeyUpdate) nor later authentication (1.3).
std::optional<Alert> TlsConnection::OnLateMessage(const HandshakeReader::Message& message) {
  const bool is_ticket = message.type == HandshakeType::kNewSessionTicket &&
                         role() == Role::kClient && result_.version == TlsVersion::k13;
  if (is_ticket) return StoreTicket13(message);
  Note(kLateMessage, absl::StrCat("type ", static_cast<int>(message.type)));
  return Alert::kUnexpectedMessage;
}

std::optional<Alert> TlsConnection::StoreTicket13(const HandshakeReader::Message& message) {
  const auto ticket = ParseNewSessionTicket(TlsVersion::k13, message.body());
  if (!ticket || ticket->ticket.empty()) return Alert::kDecodeError;
  if (!stack_.config().resumption || ticket->lifetime_seconds == 0) return std::nullopt;
  TlsSession session;
  session.version = TlsVersion::k13;
  session.ticket = ticket->ticket;
  session.secret = TicketSecret13(result_.resumption_secret, ticket->nonce);
  session.ticket_age_add = ticket->age_add;
  session.since = now();
  const Duration lifetime =
      std::min(stack_.config().session_lifetime, Duration::Seconds(ticket->lifetime_seconds));
  session.until = std::min(SaturatingAdd(now(), lifetime), result_.session_limit);
  session.peer_names = result_.peer_names;
  stack_.mutable_client_sessions().Store(peer_.session_key, std::move(session));
  Note(kTicketKept, kTicketKept.rule);
  return std::nullopt;
}

std::optional<Alert> TlsConnection::OnChangeCipherSpec(std::span<const uint8_t> content) {
  const bool is_right = content.size() == 1 && content[0] == 1;
  const std::optional<TlsVersion> version =
      handshake_ != nullptr ? handshake_->version() : std::nullopt;
  if (is_right && version == TlsVersion::k12) return handshake_->OnChangeCipherSpec();
  // §5, §D.4: within a handshake of 1.3 it means nothing.
  if (is_right && version == TlsVersion::k13) return std::nullopt;
  Note(labels::kUnexpectedChangeCipherSpec, labels::kUnexpectedChangeCipherSpec.rule);
  return Alert::kUnexpectedMessage;
}

std::optional<Alert> TlsConnection::OnAlert(std::span<const uint8_t> content) {
  if (content.size() != 2) return Alert::kDecodeError;
  const auto alert = Alert{content[1]};
  if (trace().is_watched()) {
    Note(kAlertReceived, absl::StrCat(AlertLabel(alert).name, " (", content[1], ")"));
  }
  if (alert == Alert::kCloseNotify && is_done()) {
    OnCloseNotify();
    return std::nullopt;
  }
  // §6: in 1.3 all are fatal but these two; in 1.2 what says so.
  const bool is_warning = alert == Alert::kUserCanceled && content[0] == kAlertWarning;
  const bool is_12 = handshake_ != nullptr ? handshake_->version() == TlsVersion::k12
                                           : result_.version == TlsVersion::k12;
  if (is_warning || (is_12 && content[0] == kAlertWarning && alert != Alert::kCloseNotify)) {
    return std::nullopt;
  }
  auto& counters = stack_.mutable_counters();
  ++counters.alerts_received;
  if (!is_done()) ++counters.failed;
  trace().State(entity(), kFailed, AlertLabel(alert));
  StopReading();
  End(CloseReasonOf(alert));
  FinishBelow();
  return std::nullopt;
}

// §6.1. In 1.2 the other direction ends with it (RFC 5246 §7.2.1).
void TlsConnection::OnCloseNotify() {
  has_got_close_notify_ = true;
  TellPeerFinished();
  if (result_.version == TlsVersion::k12 || wants_no_data()) {
    RefuseSending();
    WriteEnd();
  }
}

void TlsConnection::OnEndBelow() {
  if (!is_done()) {
    ++stack_.mutable_counters().failed;
    trace().State(entity(), kFailed, kEndsInHandshake);
    work_timer_.Cancel();
    StopReading();
    End(CloseReason::kSecurity);
    return FinishBelow();
  }
  if (has_got_close_notify_) return;
  // What ends an association ends both directions: the peer could not say goodbye any more.
  const bool is_expected = wants_no_data() || (below().preserves_messages() && wants_no_sending());
  if (!is_expected) {
    ++stack_.mutable_counters().truncated;
    Note(kTruncated, kTruncated.rule);
  }
  has_got_close_notify_ = true;
  TellPeerFinished();
}

CloseReason TlsConnection::OnClosedBelow(CloseReason reason) {
  work_timer_.Cancel();
  const bool had_begun = handshake_ != nullptr;
  if (!is_done()) ++stack_.mutable_counters().failed;
  const bool ends_well = reason == CloseReason::kLocal || reason == CloseReason::kPeer;
  trace().State(entity(), is_done() ? kClosed : kFailed, kEndBelow);
  return had_begun && !is_done() && ends_well ? CloseReason::kSecurity : reason;
}

// --- What goes ---

void TlsConnection::PutRecord(ContentType type, std::span<const uint8_t> content) {
  ++stack_.mutable_counters().records_sent;
  Put(writer_.Write(type, content));
  writer_.set_legacy_version(static_cast<uint16_t>(TlsVersion::k12));
}

uint64_t TlsConnection::Write(std::span<const uint8_t> bytes, uint64_t zeros) {
  const size_t limit = stack_.config().max_fragment;
  uint64_t taken = 0;
  while (!bytes.empty() || zeros > 0) {
    std::span<const uint8_t> piece = bytes.first(std::min(limit, bytes.size()));
    std::vector<uint8_t> with_zeros;
    uint64_t zeros_here = 0;
    if (piece.size() == bytes.size() && piece.size() < limit && zeros > 0) {
      zeros_here = std::min<uint64_t>(zeros, limit - piece.size());
      with_zeros.assign(piece.begin(), piece.end());
      with_zeros.resize(piece.size() + zeros_here);
    }
    bytes = bytes.subspan(piece.size());
    zeros -= zeros_here;
    if (zeros_here > 0) piece = with_zeros;
    PutRecord(ContentType::kApplicationData, piece);
    taken += piece.size();
    if (!Flush()) break;  // one record at most is held back
  }
  return taken;
}

void TlsConnection::WriteEnd() {
  if (has_sent_close_notify_) return;
  has_sent_close_notify_ = true;
  PutAlert(kAlertWarning, Alert::kCloseNotify);
  trace().State(entity(), kClosing, AlertLabel(Alert::kCloseNotify));
  FinishBelow();
}

void TlsConnection::PutAlert(uint8_t level, Alert alert) {
  const std::array<uint8_t, 2> content = {level, static_cast<uint8_t>(alert)};
  PutRecord(ContentType::kAlert, content);
  if (trace().is_watched()) {
    Note(kAlertSent, absl::StrCat(AlertLabel(alert).name, " (", static_cast<int>(alert), ")"));
  }
}

void TlsConnection::Fail(Alert alert) {
  auto& counters = stack_.mutable_counters();
  ++counters.alerts_sent;
  if (!is_done()) ++counters.failed;
  if (handshake_ != nullptr) handshake_->PrepareToFail();
  if (!has_sent_close_notify_) PutAlert(kAlertFatal, alert);
  trace().State(entity(), kFailed, AlertLabel(alert));
  work_timer_.Cancel();
  StopReading();
  End(CloseReasonOf(alert));
  FinishBelow();
}

}  // namespace tickwire::tls
