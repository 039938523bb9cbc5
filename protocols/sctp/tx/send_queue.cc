#include "protocols/sctp/tx/send_queue.h"

#include <algorithm>
#include <utility>

#include "sim_core/base/check.h"

namespace tickwire::sctp {
namespace {

// Fair queueing counts in units that divide well by small weights.
constexpr int64_t kUnit = 27720;  // divisible by 1 to 12

}  // namespace

void SendQueue::Add(OutgoingMessage message, SimTime now) {
  TW_CHECK(message.stream.value < streams_.size() && !message.data.empty());
  Stream& stream = streams_[message.stream.value];
  Item item;
  item.id = next_id_++;
  if (message.reliability.policy == Reliability::Policy::kTimed) {
    item.expires = SaturatingAdd(now, message.reliability.lifetime);
  }
  queued_bytes_ += static_cast<int64_t>(message.data.size());
  ++queued_messages_;
  if (stream.items.empty()) stream.virtual_time = std::max(stream.virtual_time, virtual_time_);
  item.message = std::move(message);
  stream.items.push_back(std::move(item));
}

bool SendQueue::MayGive(const Stream& stream) const {
  if (stream.items.empty()) return false;
  auto& items = const_cast<RingBuffer<Item>&>(stream.items);
  return !stream.is_paused || items.front().sent > 0;
}

void SendQueue::DropExpired(Stream& stream, SimTime now) {
  // RFC 3758 section 3.5, A5: at its lifetime's end, and only if nothing of it was sent.
  while (!stream.items.empty() && stream.items.front().sent == 0 &&
         stream.items.front().expires <= now) {
    Item item = stream.items.pop_front();
    queued_bytes_ -= static_cast<int64_t>(item.message.data.size());
    --queued_messages_;
    abandoned_.push_back(std::move(item.message));
  }
}

int SendQueue::Choose(SimTime now) {
  if (queued_messages_ == 0) return -1;
  if (current_ >= 0) return current_;
  int best = -1;
  const int count = static_cast<int>(streams_.size());
  const auto ready = [&](int i) {
    Stream& stream = streams_[static_cast<size_t>(i)];
    DropExpired(stream, now);
    return MayGive(stream);
  };
  switch (kind_) {
    case SchedulerKind::kFirstComeFirstServed: {
      uint64_t oldest = ~uint64_t{0};
      for (int i = 0; i < count; ++i) {
        if (!ready(i)) continue;
        const uint64_t id = streams_[static_cast<size_t>(i)].items.front().id;
        if (id < oldest) {
          oldest = id;
          best = i;
        }
      }
      return best;
    }
    case SchedulerKind::kRoundRobinPerPacket:
      if (packet_stays_ && round_robin_ >= 0 && round_robin_ < count && ready(round_robin_)) {
        return round_robin_;
      }
      [[fallthrough]];
    case SchedulerKind::kRoundRobin:
      for (int step = 1; step <= count; ++step) {
        const int i = (round_robin_ + step) % count;
        if (ready(i)) return i;
      }
      return -1;
    case SchedulerKind::kPriority:
      // Equal ones take turns.
      for (int step = 1; step <= count; ++step) {
        const int i = (round_robin_ + step) % count;
        if (!ready(i)) continue;
        if (best < 0 ||
            streams_[static_cast<size_t>(i)].value < streams_[static_cast<size_t>(best)].value) {
          best = i;
        }
      }
      return best;
    case SchedulerKind::kFairBandwidth:
    case SchedulerKind::kWeightedFair:
      for (int i = 0; i < count; ++i) {
        if (!ready(i)) continue;
        if (best < 0 || streams_[static_cast<size_t>(i)].virtual_time <
                            streams_[static_cast<size_t>(best)].virtual_time) {
          best = i;
        }
      }
      return best;
  }
  return -1;
}

size_t SendQueue::NextSize(size_t max_data, SimTime now) {
  const int chosen = Choose(now);
  if (chosen < 0) return 0;
  const Item& item = streams_[static_cast<size_t>(chosen)].items.front();
  return std::min(max_data, item.message.data.size() - item.sent);
}

bool SendQueue::NextIsWhole(size_t max_data) const {
  const int chosen = const_cast<SendQueue*>(this)->Choose(SimTime());
  if (chosen < 0) return false;
  auto& items = const_cast<RingBuffer<Item>&>(streams_[static_cast<size_t>(chosen)].items);
  return items.front().sent == 0 && items.front().message.data.size() <= max_data;
}

std::optional<IpAddress> SendQueue::NextDestination(SimTime now) {
  const int chosen = Choose(now);
  if (chosen < 0) return std::nullopt;
  return streams_[static_cast<size_t>(chosen)].items.front().message.destination;
}

void SendQueue::PutBack(OutgoingFragment fragment) {
  TW_CHECK(fragment.begin && fragment.end);
  Stream& stream = streams_[fragment.stream.value];
  if (!fragment.unordered) {
    --stream.next_ordered;
  } else if (interleaved_) {
    --stream.next_unordered;
  }
  Item item;
  item.id = fragment.message_id;
  item.expires = fragment.expires;
  item.message = {.stream = fragment.stream,
                  .ppid = fragment.ppid,
                  .unordered = fragment.unordered,
                  .immediate = fragment.immediate,
                  .reliability = fragment.reliability,
                  .destination = fragment.destination,
                  .context = fragment.context,
                  .data = std::move(fragment.data)};
  queued_bytes_ += static_cast<int64_t>(item.message.data.size());
  ++queued_messages_;
  stream.items.insert(0, std::move(item));
}

std::vector<OutgoingMessage> SendQueue::Renegotiate(bool interleaved, uint16_t streams) {
  interleaved_ = interleaved;
  Restart();
  std::vector<OutgoingMessage> refused;
  for (size_t i = streams; i < streams_.size(); ++i) {
    while (!streams_[i].items.empty()) {
      Item item = streams_[i].items.pop_front();
      queued_bytes_ -= static_cast<int64_t>(item.message.data.size());
      --queued_messages_;
      refused.push_back(std::move(item.message));
    }
  }
  streams_.resize(streams);
  round_robin_ = -1;
  return refused;
}

std::vector<OutgoingMessage> SendQueue::DropLessImportant(uint32_t priority, int64_t bytes) {
  std::vector<OutgoingMessage> dropped;
  int64_t freed = 0;
  while (freed < bytes) {
    Stream* worst_stream = nullptr;
    size_t worst_index = 0;
    uint32_t worst = priority;
    for (Stream& stream : streams_) {
      for (size_t i = 0; i < stream.items.size(); ++i) {
        const Item& item = stream.items[i];
        if (item.sent > 0 || item.message.reliability.policy != Reliability::Policy::kPriority ||
            item.message.reliability.priority <= worst) {
          continue;
        }
        worst = item.message.reliability.priority;
        worst_stream = &stream;
        worst_index = i;
      }
    }
    if (worst_stream == nullptr) break;
    // Out of the middle of a ring: those before it go round once.
    RingBuffer<Item>& items = worst_stream->items;
    const size_t count = items.size();
    for (size_t i = 0; i < count; ++i) {
      Item item = items.pop_front();
      if (i == worst_index) {
        freed += static_cast<int64_t>(item.message.data.size());
        queued_bytes_ -= static_cast<int64_t>(item.message.data.size());
        --queued_messages_;
        dropped.push_back(std::move(item.message));
      } else {
        items.push_back(std::move(item));
      }
    }
  }
  return dropped;
}

std::optional<OutgoingFragment> SendQueue::Produce(size_t max_data, SimTime now) {
  const int chosen = Choose(now);
  if (chosen < 0 || max_data == 0) return std::nullopt;
  Stream& stream = streams_[static_cast<size_t>(chosen)];
  Item& item = stream.items.front();
  OutgoingMessage& message = item.message;
  const size_t left = message.data.size() - item.sent;
  const size_t size = std::min(left, max_data);
  if (item.sent == 0) {
    // RFC 9260 section 6.5; RFC 8260 section 2.1: MIDs count ordered and unordered apart.
    if (!message.unordered) {
      item.number = stream.next_ordered++;
    } else if (interleaved_) {
      item.number = stream.next_unordered++;
    }
  }
  OutgoingFragment fragment;
  fragment.stream = message.stream;
  fragment.ppid = message.ppid;
  fragment.number = interleaved_ ? item.number : static_cast<uint16_t>(item.number);
  fragment.fsn = item.fsn++;
  fragment.unordered = message.unordered;
  fragment.begin = item.sent == 0;
  fragment.end = size == left;
  fragment.immediate = fragment.end && message.immediate;
  fragment.reliability = message.reliability;
  fragment.expires = item.expires;
  fragment.destination = message.destination;
  fragment.context = message.context;
  fragment.message_id = item.id;
  if (fragment.begin && fragment.end) {
    fragment.data = std::move(message.data);
  } else {
    const auto from = message.data.begin() + static_cast<std::ptrdiff_t>(item.sent);
    fragment.data.assign(from, from + static_cast<std::ptrdiff_t>(size));
  }
  item.sent += size;
  queued_bytes_ -= static_cast<int64_t>(size);
  virtual_time_ = std::max(virtual_time_, stream.virtual_time);
  const int64_t weight = kind_ == SchedulerKind::kWeightedFair ? std::max<int>(stream.value, 1) : 1;
  stream.virtual_time += static_cast<int64_t>(size) * kUnit / weight;
  round_robin_ = chosen;
  packet_stays_ = true;
  if (fragment.end) {
    stream.items.pop_front();
    --queued_messages_;
    current_ = -1;
  } else if (!interleaved_) {
    current_ = chosen;
  }
  return fragment;
}

void SendQueue::OnPacketEnd() { packet_stays_ = false; }

int64_t SendQueue::Abandon(StreamId stream_id, uint64_t message_id) {
  Stream& stream = streams_[stream_id.value];
  if (stream.items.empty() || stream.items.front().id != message_id) return 0;
  const Item item = stream.items.pop_front();
  const int64_t dropped = static_cast<int64_t>(item.message.data.size() - item.sent);
  queued_bytes_ -= dropped;
  --queued_messages_;
  if (current_ == stream_id.value) current_ = -1;
  return dropped;
}

std::vector<OutgoingMessage> SendQueue::TakeAbandoned() { return std::exchange(abandoned_, {}); }

void SendQueue::PauseStreams(std::span<const StreamId> streams) {
  for (const StreamId stream : streams) streams_[stream.value].is_paused = true;
}

void SendQueue::ResumeStreams(std::span<const StreamId> streams) {
  for (const StreamId stream : streams) streams_[stream.value].is_paused = false;
}

bool SendQueue::AreBetweenMessages(std::span<const StreamId> streams) const {
  return std::all_of(streams.begin(), streams.end(), [&](StreamId id) {
    auto& items = const_cast<RingBuffer<Item>&>(streams_[id.value].items);
    return items.empty() || items.front().sent == 0;
  });
}

void SendQueue::ResetNumbers(std::span<const StreamId> streams) {
  if (streams.empty()) {
    for (Stream& stream : streams_) stream.next_ordered = stream.next_unordered = 0;
  }
  for (const StreamId id : streams) {
    streams_[id.value].next_ordered = streams_[id.value].next_unordered = 0;
  }
}

void SendQueue::Restart() {
  current_ = -1;
  for (Stream& stream : streams_) {
    stream.next_ordered = stream.next_unordered = 0;
    stream.is_paused = false;
    // The rest of a message whose beginning is gone is gone too.
    if (!stream.items.empty() && stream.items.front().sent > 0) {
      const Item item = stream.items.pop_front();
      queued_bytes_ -= static_cast<int64_t>(item.message.data.size() - item.sent);
      --queued_messages_;
    }
  }
}

std::vector<OutgoingMessage> SendQueue::Drain() {
  std::vector<OutgoingMessage> all;
  for (Stream& stream : streams_) {
    while (!stream.items.empty()) {
      Item item = stream.items.pop_front();
      item.message.data.erase(item.message.data.begin(),
                              item.message.data.begin() + static_cast<std::ptrdiff_t>(item.sent));
      all.push_back(std::move(item.message));
    }
  }
  queued_bytes_ = 0;
  queued_messages_ = 0;
  current_ = -1;
  return all;
}

}  // namespace tickwire::sctp
