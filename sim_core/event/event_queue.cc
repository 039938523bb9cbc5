#include "sim_core/event/event_queue.h"

#include <bit>
#include <utility>

#include "sim_core/base/check.h"

namespace tickwire {
namespace {

// As EventKey's operator<, spelled so that the common case is one comparison.
inline bool Before(const EventKey& a, const EventKey& b) {
  if (a.time != b.time) return a.time < b.time;
  if (a.target != b.target) return a.target < b.target;
  if (a.source != b.source) return a.source < b.source;
  return a.sequence < b.sequence;
}

constexpr uint32_t kArity = 4;

}  // namespace

void Event::LeaveQueue() { queue_->Remove(*this); }

EventQueue::EventQueue() { heap_.reserve(kPour * 2); }

EventQueue::~EventQueue() {
  for (Entry& entry : heap_) entry.event->location_ = Event::kNowhere;
  for (Slot& slot : slots_) {
    for (uint32_t chunk = slot.head; chunk != kNoChunk; chunk = chunks_[chunk].next) {
      for (uint32_t i = 0; i < chunks_[chunk].count; ++i) {
        entries_[chunk * kChunkEntries + i].event->location_ = Event::kNowhere;
      }
    }
  }
}

void EventQueue::Reserve(size_t events) {
  const size_t chunks = events / kChunkEntries + kSlots;
  entries_.reserve(chunks * kChunkEntries);
  chunks_.reserve(chunks);
}

void EventQueue::Place(uint64_t time, uint32_t target, uint32_t source, uint64_t sequence,
                       Event& event) {
  TW_DCHECK(!event.is_queued());
  TW_DCHECK(static_cast<int64_t>(time) >= 0);
  event.queue_ = this;
  if (time < horizon_) {
    HeapInsert(
        {{SimTime::FromNanos(static_cast<int64_t>(time)), NodeId{target}, NodeId{source}, sequence},
         &event});
    return;
  }
  Entry& entry = entries_[WheelAllocate(time, event)];
  entry.key.time = SimTime::FromNanos(static_cast<int64_t>(time));
  entry.key.target = NodeId{target};
  entry.key.source = NodeId{source};
  entry.key.sequence = sequence;
  entry.event = &event;
}

void EventQueue::Remove(Event& event) {
  TW_DCHECK(event.is_queued() && event.queue_ == this);
  const uint32_t location = event.location_;
  event.location_ = Event::kNowhere;
  if (location & kInWheel) {
    WheelRemove(location - kInWheel);
  } else {
    HeapRemoveAt(location);
  }
}

void EventQueue::RunNext() {
  if (heap_.empty()) TW_CHECK(Refill());
  Event& event = *heap_.front().event;
  HeapRemoveAt(0);
  event.location_ = Event::kNowhere;
  event.handler_(event);
}

// --- Heap ---

void EventQueue::HeapInsert(const Entry& entry) {
  heap_.push_back(entry);
  SiftUp(static_cast<uint32_t>(heap_.size() - 1), entry);
}

void EventQueue::HeapRemoveAt(uint32_t index) {
  const Entry last = heap_.back();
  heap_.pop_back();
  if (index == heap_.size()) return;
  if (index > 0 && Before(last.key, heap_[(index - 1) / kArity].key)) {
    SiftUp(index, last);
  } else {
    SiftDown(index, last);
  }
}

void EventQueue::SiftUp(uint32_t index, const Entry& entry) {
  while (index > 0) {
    const uint32_t parent = (index - 1) / kArity;
    if (!Before(entry.key, heap_[parent].key)) break;
    heap_[index] = heap_[parent];
    heap_[index].event->location_ = index;
    index = parent;
  }
  heap_[index] = entry;
  entry.event->location_ = index;
}

void EventQueue::SiftDown(uint32_t index, const Entry& entry) {
  const uint32_t size = static_cast<uint32_t>(heap_.size());
  while (true) {
    const uint32_t first = index * kArity + 1;
    if (first >= size) break;
    uint32_t least = first;
    const uint32_t end = first + kArity < size ? first + kArity : size;
    for (uint32_t child = first + 1; child < end; ++child) {
      if (Before(heap_[child].key, heap_[least].key)) least = child;
    }
    if (!Before(heap_[least].key, entry.key)) break;
    heap_[index] = heap_[least];
    heap_[index].event->location_ = index;
    index = least;
  }
  heap_[index] = entry;
  entry.event->location_ = index;
}

// --- Wheel ---

int EventQueue::SlotIndex(int level, uint64_t time) {
  return static_cast<int>((time >> (level * kDigitBits)) & (kSlots - 1));
}

inline uint32_t EventQueue::WheelAllocate(uint64_t time, Event& event) {
  // The level is that of the highest digit in which the time differs from the horizon, so that each
  // slot lies wholly after every slot of the levels below.
  const int level = (63 - std::countl_zero((time ^ horizon_) | 1)) / kDigitBits;
  const int index = SlotIndex(level, time);
  const uint16_t slot_number = static_cast<uint16_t>(level * kSlots + index);
  Slot& slot = slots_[slot_number];
  if (slot.head == kNoChunk || chunks_[slot.head].count == kChunkEntries) {
    const uint32_t chunk = NewChunk(slot_number);
    chunks_[chunk].next = slot.head;
    slot.head = chunk;
  }
  const uint32_t location = slot.head * kChunkEntries + chunks_[slot.head].count++;
  event.location_ = location + kInWheel;
  occupied_[level] |= uint64_t{1} << index;
  ++slot.size;
  ++wheel_size_;
  return location;
}

void EventQueue::WheelRemove(uint32_t location) {
  const uint32_t slot_number = chunks_[location / kChunkEntries].slot;
  Slot& slot = slots_[slot_number];
  ChunkHeader& head = chunks_[slot.head];
  const uint32_t last = slot.head * kChunkEntries + --head.count;
  if (last != location) {
    entries_[location] = entries_[last];
    entries_[location].event->location_ = location + kInWheel;
  }
  if (head.count == 0) {
    const uint32_t emptied = slot.head;
    slot.head = head.next;
    FreeChunk(emptied);
  }
  --wheel_size_;
  if (--slot.size == 0) {
    occupied_[slot_number / kSlots] &= ~(uint64_t{1} << (slot_number % kSlots));
  }
}

bool EventQueue::Refill() {
  while (heap_.empty()) {
    if (wheel_size_ == 0) return false;
    int level = 0;
    while (occupied_[level] == 0) ++level;
    const int index = std::countr_zero(occupied_[level]);
    const int shift = level * kDigitBits;
    const uint64_t above = shift + kDigitBits >= 64 ? 0 : ~uint64_t{0} << (shift + kDigitBits);
    const uint64_t begin = (horizon_ & above) | (static_cast<uint64_t>(index) << shift);
    if (level == 0 || slots_[level * kSlots + index].size <= kPour) {
      Pour(level, index);
      AdvanceHorizon(begin + (uint64_t{1} << shift));
    } else {
      AdvanceHorizon(begin);
    }
  }
  return true;
}

void EventQueue::AdvanceHorizon(uint64_t time) {
  horizon_ = time;
  // Slots that begin exactly here belong to the levels below now. From the top: what a higher slot
  // sheds may land in a lower one that is spread next.
  const int top = time == 0 ? 0 : std::countr_zero(time) / kDigitBits;
  for (int level = top < kLevels ? top : kLevels - 1; level > 0; --level) {
    const int index = SlotIndex(level, time);
    if (occupied_[level] >> index & 1) Spread(level, index);
  }
}

void EventQueue::Spread(int level, int index) {
  Slot& slot = slots_[level * kSlots + index];
  uint32_t chunk = slot.head;
  wheel_size_ -= slot.size;
  slot = Slot{};
  occupied_[level] &= ~(uint64_t{1} << index);
  while (chunk != kNoChunk) {
    const uint32_t count = chunks_[chunk].count;
    const uint32_t next = chunks_[chunk].next;
    if (next != kNoChunk) __builtin_prefetch(&entries_[next * kChunkEntries]);
    for (uint32_t i = 0; i < count; ++i) {
      __builtin_prefetch(entries_[chunk * kChunkEntries + i].event, 1);
    }
    for (uint32_t i = 0; i < count; ++i) {
      const Entry entry = entries_[chunk * kChunkEntries + i];  // WheelAllocate may move entries_
      const uint64_t time = static_cast<uint64_t>(entry.key.time.nanos());
      entries_[WheelAllocate(time, *entry.event)] = entry;
    }
    FreeChunk(chunk);
    chunk = next;
  }
}

void EventQueue::Pour(int level, int index) {
  Slot& slot = slots_[level * kSlots + index];
  uint32_t chunk = slot.head;
  wheel_size_ -= slot.size;
  slot = Slot{};
  occupied_[level] &= ~(uint64_t{1} << index);
  while (chunk != kNoChunk) {
    const uint32_t count = chunks_[chunk].count;
    for (uint32_t i = 0; i < count; ++i) {
      __builtin_prefetch(entries_[chunk * kChunkEntries + i].event, 1);
    }
    for (uint32_t i = 0; i < count; ++i) HeapInsert(entries_[chunk * kChunkEntries + i]);
    const uint32_t next = chunks_[chunk].next;
    FreeChunk(chunk);
    chunk = next;
  }
}

uint32_t EventQueue::NewChunk(uint16_t slot) {
  uint32_t chunk = free_chunk_;
  if (chunk != kNoChunk) {
    free_chunk_ = chunks_[chunk].next;
  } else {
    chunk = static_cast<uint32_t>(chunks_.size());
    chunks_.emplace_back();
    entries_.resize(entries_.size() + kChunkEntries);
    TW_CHECK(entries_.size() < kInWheel);
  }
  chunks_[chunk] = {.next = kNoChunk, .slot = slot, .count = 0};
  return chunk;
}

void EventQueue::FreeChunk(uint32_t chunk) {
  chunks_[chunk].next = free_chunk_;
  free_chunk_ = chunk;
}

}  // namespace tickwire
