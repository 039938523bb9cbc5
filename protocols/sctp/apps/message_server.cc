#include "protocols/sctp/apps/message_server.h"

#include <utility>

namespace tickwire::sctp {

MessageServer::MessageServer(SctpLayer& layer, const Config& config)
    : layer_(layer),
      config_(config),
      entity_(layer.trace().NewEntity(config.echoes ? "sctp echo" : "sctp sink")),
      socket_(layer, SctpSocket::Style::kOneToMany, config.sctp, *this) {}

absl::Status MessageServer::Listen() {
  if (const absl::Status bound = socket_.Bindx(config_.port, {}); !bound.ok()) return bound;
  return socket_.Listen();
}

void MessageServer::OnMessage(SctpSocket&, const SctpSocket::RcvInfo& info,
                              std::span<const uint8_t> data) {
  ++totals_.messages_received;
  totals_.bytes_received += data.size();
  if (!config_.echoes) return;
  const auto it = sessions_.find(info.assoc_id);
  if (it == sessions_.end()) return;  // it is ending
  // A stream that does not exist in the other direction is no stream to answer on.
  const Association* const association = socket_.Get(info.assoc_id);
  if (association == nullptr || info.sid >= association->outbound_streams()) return;
  Message message{.info = {.sid = info.sid, .unordered = info.unordered, .ppid = info.ppid},
                  .data = {data.begin(), data.end()}};
  it->second.waiting.push_back(std::move(message));
  Flush(it->first, it->second);
}

void MessageServer::OnNotification(SctpSocket&, SctpSocket::AssocId association,
                                   const Notification& notification) {
  totals_.Count(notification);
  const auto* change = std::get_if<AssociationChange>(&notification);
  if (change == nullptr) return;
  if (change->state == AssociationChange::State::kUp) {
    ++totals_.opened;
    sessions_.try_emplace(association, layer_.clock(), socket_, association, config_.reader,
                          entity_);
  } else if (change->state == AssociationChange::State::kRestart) {
    // What was to be sent back belongs to a peer that has forgotten asking.
    if (const auto it = sessions_.find(association); it != sessions_.end()) {
      it->second.waiting.clear();
    }
  } else {
    sessions_.erase(association);
  }
}

void MessageServer::OnWritable(SctpSocket&, SctpSocket::AssocId association) {
  const auto it = sessions_.find(association);
  if (it != sessions_.end()) Flush(association, it->second);
}

// While much waits to go back nothing is read: an echo must not need more memory than its peer
// gives it.
void MessageServer::Flush(SctpSocket::AssocId association, Session& session) {
  while (!session.waiting.empty()) {
    const Message& message = session.waiting.front();
    const absl::Status sent = socket_.Sendv(association, message.info, message.data);
    if (absl::IsUnavailable(sent)) {
      session.is_held_up = true;
      session.reader.Pause();
      return;
    }
    if (sent.ok()) {
      ++totals_.messages_sent;
      totals_.bytes_sent += message.data.size();
    } else {
      ++totals_.messages_failed;
    }
    session.waiting.pop_front();
  }
  if (!session.is_held_up) return;
  session.is_held_up = false;
  session.reader.Resume();
}

}  // namespace tickwire::sctp
