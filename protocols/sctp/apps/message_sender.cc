#include "protocols/sctp/apps/message_sender.h"

#include <algorithm>
#include <utility>

namespace tickwire::sctp {
namespace {

constexpr TraceLabel kStart{"start"};
constexpr TraceLabel kDue{"send"};
constexpr TraceLabel kUntil{"until"};
constexpr TraceLabel kNotOpened{"not_opened", "SCTP would not set an association up"};
constexpr TraceLabel kRefused{"not_sent", "SCTP did not take the message"};

}  // namespace

MessageSender::MessageSender(SctpLayer& layer, const Config& config, Rng rng)
    : layer_(layer),
      config_(config),
      entity_(layer.trace().NewEntity("sctp sender")),
      rng_(rng),
      start_(layer.clock(), *this, kStart, entity_),
      due_(layer.clock(), *this, kDue, entity_),
      until_(layer.clock(), *this, kUntil, entity_) {
  const SimTime now = layer.clock().now();
  if (config_.until <= config_.start || config_.until <= now) return;
  start_.Set(std::max(config_.start, now) - now);
  if (config_.until < SimTime::Infinite()) until_.Set(config_.until - now);
}

void MessageSender::OnStart() {
  ++totals_.opened;
  socket_.emplace(layer_, SctpSocket::Style::kOneToMany, config_.sctp,
                  static_cast<SctpSocket::Listener&>(*this));
  absl::Status status = socket_->Bindx(config_.source_port, {});
  if (status.ok()) {
    const auto association = socket_->Connectx(config_.peer, config_.port);
    status = association.status();
    if (association.ok()) association_ = *association;
  }
  if (status.ok()) return;
  ++totals_.no_start;
  layer_.trace().Note(entity_, kNotOpened,
                      absl::string_view(status.message().data(), status.message().size()));
}

void MessageSender::OnDue() { Send(); }

void MessageSender::OnUntil() {
  has_next_ = false;
  Finish();
}

void MessageSender::Finish() {
  if (is_over_) return;
  is_over_ = true;
  due_.Cancel();
  if (!config_.stays_open && association_ != 0) socket_->Shutdown(association_).IgnoreError();
}

void MessageSender::PrepareNext() {
  next_ = {.sid = static_cast<uint16_t>(made_ % config_.streams),
           .unordered = rng_.Chance(config_.unordered),
           .sack_immediately =
               config_.immediate_every != 0 && (made_ + 1) % config_.immediate_every == 0,
           .ppid = config_.ppid,
           .pr = config_.reliability};
  uint32_t size = config_.sizes[made_ % config_.sizes.size()];
  if (config_.size_max > size) {
    size += static_cast<uint32_t>(rng_.Below(uint64_t{config_.size_max} - size + 1));
  }
  data_.assign(size, 0);
  ++made_;
  has_next_ = true;
}

bool MessageSender::SendOne() {
  if (!has_next_) PrepareNext();
  const absl::Status sent = socket_->Sendv(association_, next_, data_);
  if (absl::IsUnavailable(sent)) return false;
  has_next_ = false;
  if (sent.ok()) {
    ++totals_.messages_sent;
    totals_.bytes_sent += data_.size();
    return true;
  }
  ++totals_.messages_failed;
  layer_.trace().Note(entity_, kRefused,
                      absl::string_view(sent.message().data(), sent.message().size()));
  return socket_->Get(association_) != nullptr;
}

void MessageSender::Send() {
  const bool is_paced = config_.interval != nullptr || !config_.rate.is_infinite();
  while (!is_over_ && is_up_ && !due_.is_set()) {
    if (config_.messages != 0 && made_ == config_.messages && !has_next_) return Finish();
    if (!SendOne()) return;  // OnWritable goes on
    if (!is_paced) continue;
    if (config_.messages != 0 && made_ == config_.messages) return Finish();
    due_.Set(config_.interval != nullptr
                 ? config_.interval()
                 : config_.rate.TransmissionTime(static_cast<int64_t>(data_.size())));
  }
}

void MessageSender::OnMessage(SctpSocket&, const SctpSocket::RcvInfo&,
                              std::span<const uint8_t> data) {
  ++totals_.messages_received;
  totals_.bytes_received += data.size();
}

void MessageSender::OnNotification(SctpSocket&, SctpSocket::AssocId,
                                   const Notification& notification) {
  totals_.Count(notification);
  const auto* change = std::get_if<AssociationChange>(&notification);
  if (change == nullptr) return;
  const bool lives = change->state == AssociationChange::State::kUp ||
                     change->state == AssociationChange::State::kRestart;
  is_up_ = lives;
  if (lives) return Send();
  is_over_ = true;
  due_.Cancel();
}

void MessageSender::OnWritable(SctpSocket&, SctpSocket::AssocId) { Send(); }

}  // namespace tickwire::sctp
