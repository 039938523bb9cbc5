#include "protocols/sctp/tx/send_queue.h"

#include <algorithm>
#include <utility>

#include "sim_core/base/check.h"

namespace tickwire::sctp {
namespace {

// Fair queueing counts in units that divide well by small weights.
constexpr int64_t kUnit = 27720;  // divisible by 1 to 12
// Free slots beyond this many are given up when nothing waits.
constexpr size_t kSlotsKept = 2;

}  // namespace

// --- Streams and their slots ---

SendQueue::Stream& SendQueue::At(StreamId stream) {
  if (streams_.empty()) streams_.resize(stream_count_);
  return streams_[stream.value];
}

SendQueue::Slot* SendQueue::SlotOf(StreamId stream) {
  const uint32_t slot = stream.value < streams_.size() ? streams_[stream.value].slot : kNoSlot;
  return slot == kNoSlot ? nullptr : &slots_[slot];
}

const SendQueue::Slot* SendQueue::SlotOf(StreamId stream) const {
  return const_cast<SendQueue*>(this)->SlotOf(stream);
}

void SendQueue::ForEachQueued(
    absl::FunctionRef<void(StreamId stream, size_t messages)> visit) const {
  if (empty()) return;
  for (size_t i = 0; i < streams_.size(); ++i) {
    const uint32_t slot = streams_[i].slot;
    if (slot != kNoSlot) visit(StreamId{static_cast<uint16_t>(i)}, slots_[slot].items.size());
  }
}

SendQueue::Slot& SendQueue::MakeSlot(StreamId id) {
  Stream& stream = At(id);
  if (stream.slot != kNoSlot) return slots_[stream.slot];
  if (used_slots_ == slots_.size()) slots_.emplace_back();
  stream.slot = static_cast<uint32_t>(used_slots_++);
  Slot& slot = slots_[stream.slot];
  slot.stream = id.value;
  slot.is_ready = false;
  return slot;
}

int64_t SendQueue::RankOf(const Stream& stream, const Slot& slot) {
  switch (kind_) {
    case SchedulerKind::kFirstComeFirstServed:
      return static_cast<int64_t>(slot.items.front().id);
    case SchedulerKind::kRoundRobin:
    case SchedulerKind::kRoundRobinPerPacket:
      return 0;
    case SchedulerKind::kPriority:
      return stream.value;
    case SchedulerKind::kFairBandwidth:
    case SchedulerKind::kWeightedFair:
      return virtual_times()[slot.stream];
  }
  return 0;
}

void SendQueue::Refresh(StreamId id) {
  Stream& stream = At(id);
  if (stream.slot == kNoSlot) return;
  Slot& slot = slots_[stream.slot];
  const bool is_empty = slot.items.empty();
  const bool is_ready = !is_empty && (!stream.is_paused || slot.items.front().sent > 0);
  if (is_ready) {
    const int64_t rank = RankOf(stream, slot);
    if (!slot.is_ready) {
      scheduler_.Add(id.value, rank);
    } else if (rank != slot.rank) {
      scheduler_.Move(id.value, slot.rank, rank);
    }
    slot.rank = rank;
  } else if (slot.is_ready) {
    scheduler_.Remove(id.value, slot.rank);
  }
  slot.is_ready = is_ready;
  if (!is_empty) return;
  // The last one that is used takes its place.
  --used_slots_;
  if (stream.slot != used_slots_) {
    std::swap(slot, slots_[used_slots_]);
    streams_[slot.stream].slot = stream.slot;
  }
  stream.slot = kNoSlot;
  if (used_slots_ == 0 && slots_.size() > kSlotsKept) slots_ = std::vector<Slot>();
}

void SendQueue::RefreshAll() {
  for (size_t i = 0; i < streams_.size(); ++i) Refresh(StreamId{static_cast<uint16_t>(i)});
}

SendQueue::Item SendQueue::TakeFront(Slot& slot) {
  Item item = slot.items.pop_front();
  queued_bytes_ -= static_cast<int64_t>(item.message.data.size() - item.sent);
  --queued_messages_;
  if (item.expires != SimTime::Infinite()) --timed_messages_;
  return item;
}

// --- In ---

void SendQueue::Add(OutgoingMessage message, SimTime now) {
  TW_CHECK(message.stream.value < stream_count_ && !message.data.empty());
  const StreamId id = message.stream;
  Slot& slot = MakeSlot(id);
  Item item;
  item.id = next_id_++;
  if (message.reliability.policy == Reliability::Policy::kTimed) {
    item.expires = SaturatingAdd(now, message.reliability.lifetime);
    if (item.expires != SimTime::Infinite()) ++timed_messages_;
  }
  queued_bytes_ += static_cast<int64_t>(message.data.size());
  ++queued_messages_;
  item.message = std::move(message);
  const bool is_first = slot.items.empty();
  slot.items.push_back(std::move(item));
  if (!is_first) return;
  if (is_fair()) {
    virtual_times().resize(stream_count_);
    virtual_times()[id.value] = std::max(virtual_times()[id.value], virtual_time_);
  }
  Refresh(id);
}

void SendQueue::PutBack(OutgoingFragment fragment) {
  TW_CHECK(fragment.begin && fragment.end);
  const StreamId id = fragment.stream;
  Slot& slot = MakeSlot(id);
  Stream& stream = At(id);
  if (!fragment.unordered) {
    --stream.next_ordered;
  } else if (interleaved_) {
    --stream.next_unordered;
  }
  Item item;
  item.id = fragment.message_id;
  item.expires = fragment.expires;
  if (item.expires != SimTime::Infinite()) ++timed_messages_;
  item.message = {.stream = id,
                  .ppid = fragment.ppid,
                  .unordered = fragment.unordered,
                  .immediate = fragment.immediate,
                  .reliability = fragment.reliability,
                  .destination = fragment.destination,
                  .context = fragment.context,
                  .data = std::move(fragment.data)};
  queued_bytes_ += static_cast<int64_t>(item.message.data.size());
  ++queued_messages_;
  slot.items.insert(0, std::move(item));
  if (is_fair()) virtual_times().resize(stream_count_);
  Refresh(id);
}

// --- Out ---

void SendQueue::DropExpired(SimTime now) {
  // RFC 3758 section 3.5, A5: at its lifetime's end, and only if nothing of it was sent.
  for (size_t i = 0; i < used_slots_;) {
    Slot& slot = slots_[i];
    const StreamId id{slot.stream};
    bool dropped = false;
    while (!slot.items.empty() && slot.items.front().sent == 0 &&
           slot.items.front().expires <= now) {
      rare().abandoned.push_back(TakeFront(slot).message);
      dropped = true;
    }
    const size_t used = used_slots_;
    if (dropped) Refresh(id);
    if (used_slots_ == used) ++i;  // else another one took its place
  }
}

bool SendQueue::takes_turns() const {
  return kind_ == SchedulerKind::kRoundRobin || kind_ == SchedulerKind::kRoundRobinPerPacket ||
         kind_ == SchedulerKind::kPriority;  // equal ones do
}

int SendQueue::Choose(SimTime now) {
  if (queued_messages_ == 0) return -1;
  if (current_ >= 0) return current_;
  if (timed_messages_ > 0) DropExpired(now);
  if (kind_ == SchedulerKind::kRoundRobinPerPacket && packet_stays_ && round_robin_ >= 0) {
    const Slot* slot = SlotOf(StreamId{static_cast<uint16_t>(round_robin_)});
    if (slot != nullptr && slot->is_ready) return round_robin_;
  }
  return scheduler_.Next(takes_turns(), round_robin_);
}

size_t SendQueue::NextSize(size_t max_data, SimTime now) {
  const int chosen = Choose(now);
  if (chosen < 0) return 0;
  const Item& item = SlotOf(StreamId{static_cast<uint16_t>(chosen)})->items.front();
  return std::min(max_data, item.message.data.size() - item.sent);
}

bool SendQueue::NextIsWhole(size_t max_data) const {
  auto& self = const_cast<SendQueue&>(*this);
  const int chosen = self.Choose(SimTime());
  if (chosen < 0) return false;
  const Item& item = self.SlotOf(StreamId{static_cast<uint16_t>(chosen)})->items.front();
  return item.sent == 0 && item.message.data.size() <= max_data;
}

std::optional<IpAddress> SendQueue::NextDestination(SimTime now) {
  const int chosen = Choose(now);
  if (chosen < 0) return std::nullopt;
  return SlotOf(StreamId{static_cast<uint16_t>(chosen)})->items.front().message.destination;
}

std::optional<OutgoingFragment> SendQueue::Produce(size_t max_data, SimTime now) {
  const int chosen = Choose(now);
  if (chosen < 0 || max_data == 0) return std::nullopt;
  const StreamId id{static_cast<uint16_t>(chosen)};
  Stream& stream = At(id);
  Slot& slot = slots_[stream.slot];
  Item& item = slot.items.front();
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
  queued_bytes_ -= static_cast<int64_t>(size);
  if (fragment.begin && fragment.end) {
    fragment.data = std::move(message.data);
  } else {
    const auto from = message.data.begin() + static_cast<std::ptrdiff_t>(item.sent);
    fragment.data.assign(from, from + static_cast<std::ptrdiff_t>(size));
  }
  item.sent += size;
  if (is_fair()) {
    int64_t& own = virtual_times()[id.value];
    virtual_time_ = std::max(virtual_time_, own);
    const bool is_weighted = kind_ == SchedulerKind::kWeightedFair;
    own += static_cast<int64_t>(size) * kUnit / (is_weighted ? std::max<int>(stream.value, 1) : 1);
  }
  round_robin_ = chosen;
  packet_stays_ = true;
  if (fragment.end) {
    if (item.expires != SimTime::Infinite()) --timed_messages_;
    slot.items.pop_front();
    --queued_messages_;
    current_ = -1;
  } else if (!interleaved_) {
    current_ = chosen;
  }
  Refresh(id);
  return fragment;
}

void SendQueue::OnPacketEnd() { packet_stays_ = false; }

// --- Giving up ---

std::vector<OutgoingMessage> SendQueue::DropLessImportant(uint32_t priority, int64_t bytes) {
  std::vector<OutgoingMessage> dropped;
  int64_t freed = 0;
  while (freed < bytes) {
    Slot* worst_slot = nullptr;
    size_t worst_index = 0;
    uint32_t worst = priority;
    for (size_t s = 0; s < used_slots_; ++s) {
      Slot& slot = slots_[s];
      for (size_t i = 0; i < slot.items.size(); ++i) {
        const Item& item = slot.items[i];
        if (item.sent > 0 || item.message.reliability.policy != Reliability::Policy::kPriority ||
            item.message.reliability.priority <= priority ||
            item.message.reliability.priority < worst) {
          continue;
        }
        // Of equal ones the lowest stream's, then the oldest.
        if (worst_slot != nullptr && item.message.reliability.priority == worst &&
            (worst_slot == &slot || worst_slot->stream < slot.stream)) {
          continue;
        }
        worst = item.message.reliability.priority;
        worst_slot = &slot;
        worst_index = i;
      }
    }
    if (worst_slot == nullptr) break;
    // Out of the middle of a ring: those before it go round once.
    RingBuffer<Item>& items = worst_slot->items;
    const size_t count = items.size();
    for (size_t i = 0; i < count; ++i) {
      if (i == worst_index) {
        dropped.push_back(TakeFront(*worst_slot).message);
        freed += static_cast<int64_t>(dropped.back().data.size());
      } else {
        items.push_back(items.pop_front());
      }
    }
    Refresh(StreamId{worst_slot->stream});
  }
  return dropped;
}

int64_t SendQueue::Abandon(StreamId stream, uint64_t message_id) {
  Slot* const slot = SlotOf(stream);
  if (slot == nullptr || slot->items.front().id != message_id) return 0;
  const Item item = TakeFront(*slot);
  if (current_ == stream.value) current_ = -1;
  Refresh(stream);
  return static_cast<int64_t>(item.message.data.size() - item.sent);
}

std::vector<OutgoingMessage> SendQueue::TakeAbandoned() {
  if (rare_ == nullptr) return {};
  return std::exchange(rare_->abandoned, {});
}

// --- All streams ---

void SendQueue::PauseStreams(std::span<const StreamId> streams) {
  for (const StreamId stream : streams) {
    At(stream).is_paused = true;
    Refresh(stream);
  }
}

void SendQueue::ResumeStreams(std::span<const StreamId> streams) {
  for (const StreamId stream : streams) {
    At(stream).is_paused = false;
    Refresh(stream);
  }
}

bool SendQueue::AreBetweenMessages(std::span<const StreamId> streams) const {
  return std::all_of(streams.begin(), streams.end(), [&](StreamId id) {
    const Slot* slot = SlotOf(id);
    return slot == nullptr || slot->items.front().sent == 0;
  });
}

void SendQueue::ResetNumbers(std::span<const StreamId> streams) {
  if (streams.empty()) {
    for (Stream& stream : streams_) stream.next_ordered = stream.next_unordered = 0;
  }
  for (const StreamId id : streams) At(id).next_ordered = At(id).next_unordered = 0;
}

void SendQueue::AddStreams(uint16_t count) {
  stream_count_ = static_cast<uint16_t>(stream_count_ + count);
  if (!streams_.empty()) streams_.resize(stream_count_);
  if (is_fair()) virtual_times().resize(stream_count_);
}

void SendQueue::Restart() {
  current_ = -1;
  for (size_t i = 0; i < streams_.size(); ++i) {
    Stream& stream = streams_[i];
    stream.next_ordered = stream.next_unordered = 0;
    stream.is_paused = false;
    // The rest of a message whose beginning is gone is gone too.
    const StreamId id{static_cast<uint16_t>(i)};
    Slot* const slot = SlotOf(id);
    if (slot != nullptr && slot->items.front().sent > 0) TakeFront(*slot);
    Refresh(id);
  }
}

std::vector<OutgoingMessage> SendQueue::Renegotiate(bool interleaved, uint16_t streams) {
  interleaved_ = interleaved;
  Restart();
  std::vector<OutgoingMessage> refused;
  for (size_t i = streams; i < streams_.size(); ++i) {
    const StreamId id{static_cast<uint16_t>(i)};
    Slot* const slot = SlotOf(id);
    if (slot == nullptr) continue;
    while (!slot->items.empty()) refused.push_back(TakeFront(*slot).message);
    Refresh(id);
  }
  stream_count_ = streams;
  if (!streams_.empty()) streams_.resize(streams);
  if (is_fair()) virtual_times().resize(streams);
  round_robin_ = -1;
  return refused;
}

void SendQueue::set_scheduler(SchedulerKind kind) {
  kind_ = kind;
  if (is_fair()) virtual_times().resize(stream_count_);
  RefreshAll();
}

void SendQueue::set_stream_value(StreamId stream, uint16_t value) {
  At(stream).value = value;
  Refresh(stream);
}

void SendQueue::ReleaseMemory() {
  TW_DCHECK(empty());
  slots_ = std::vector<Slot>();
}

std::vector<OutgoingMessage> SendQueue::Drain() {
  std::vector<OutgoingMessage> all;
  for (size_t i = 0; i < streams_.size(); ++i) {
    const StreamId id{static_cast<uint16_t>(i)};
    Slot* const slot = SlotOf(id);
    if (slot == nullptr) continue;
    while (!slot->items.empty()) {
      Item item = TakeFront(*slot);
      item.message.data.erase(item.message.data.begin(),
                              item.message.data.begin() + static_cast<std::ptrdiff_t>(item.sent));
      all.push_back(std::move(item.message));
    }
    Refresh(id);
  }
  current_ = -1;
  return all;
}

}  // namespace tickwire::sctp
