// EventQueue: pending events in EventKey order, with true cancellation.
//
// Two parts. The *near* part is an indexed 4-ary heap of the events before `horizon_`. The *far*
// part is a timing wheel of 11 levels with 64 slots each, 1 ns wide at level 0 and 64 times wider
// at each level up; it only sorts roughly. When the heap is empty the earliest slot is poured into
// it, or, if it holds too many, spread over the level below first. An event thus moves a few times,
// in batches whose memory is prefetched, instead of sinking through a heap of all events: this is
// what keeps a million pending timers cheap.
//
// Insert, Remove and RunNext are O(1) amortised in the wheel plus O(log kPour) in the heap. No
// allocation once the queue has held as many events as it ever will (or after Reserve).
#ifndef TICKWIRE_SIM_CORE_EVENT_EVENT_QUEUE_H_
#define TICKWIRE_SIM_CORE_EVENT_EVENT_QUEUE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim_core/event/event.h"
#include "sim_core/event/event_key.h"

namespace tickwire {

class EventQueue {
 public:
  EventQueue();
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;
  ~EventQueue();  // events still in it are set free, not run

  void Reserve(size_t events);
  // REQUIRES: !event.is_queued(); key.time >= the time of the last event run; key unique.
  void Insert(const EventKey& key, Event& event) {
    // In registers: a key that has just been put together in memory cannot be read back whole
    // without waiting for its parts to be stored.
    Place(static_cast<uint64_t>(key.time.nanos()), key.target.value, key.source.value, key.sequence,
          event);
  }
  // REQUIRES: event.is_queued() here.
  void Remove(Event& event);
  // The least key, or null when empty. Valid until the next change of the queue.
  const EventKey* Next() {
    if (heap_.empty() && !Refill()) return nullptr;
    return &heap_.front().key;
  }
  // Takes out the event with the least key, then runs its handler. REQUIRES: Next() != nullptr.
  void RunNext();
  size_t size() const { return heap_.size() + wheel_size_; }

 private:
  struct Entry {
    EventKey key;
    Event* event;
  };
  static_assert(sizeof(Entry) == 32);

  // Wheel slots are lists of chunks of entries. A location is the index of an entry in the heap, or
  // kInWheel + chunk * kChunkEntries + position.
  static constexpr uint32_t kInWheel = 1u << 31;
  static constexpr uint32_t kChunkEntries = 16;
  static constexpr uint32_t kNoChunk = ~0u;
  static constexpr int kDigitBits = 6;
  static constexpr int kSlots = 1 << kDigitBits;
  static constexpr int kLevels = 11;
  static constexpr uint32_t kPour = 64;  // a slot of at most so many entries goes into the heap
  struct ChunkHeader {
    uint32_t next = kNoChunk;
    uint16_t slot = 0;  // level * kSlots + index
    uint16_t count = 0;
  };
  struct Slot {
    uint32_t head = kNoChunk;  // only this chunk may be less than full
    uint32_t size = 0;
  };

  void Place(uint64_t time, uint32_t target, uint32_t source, uint64_t sequence, Event& event);
  void HeapInsert(const Entry& entry);
  void HeapRemoveAt(uint32_t index);
  void SiftUp(uint32_t index, const Entry& entry);
  void SiftDown(uint32_t index, const Entry& entry);

  static int SlotIndex(int level, uint64_t time);
  // Finds room for an event of this time, marks it as being there and returns its location.
  uint32_t WheelAllocate(uint64_t time, Event& event);
  void WheelRemove(uint32_t location);
  bool Refill();                       // false if nothing is pending
  void AdvanceHorizon(uint64_t time);  // spreads the slots that begin there
  void Spread(int level, int index);   // over the levels below
  void Pour(int level, int index);     // into the heap
  uint32_t NewChunk(uint16_t slot);
  void FreeChunk(uint32_t chunk);
  Entry& EntryAt(uint32_t wheel_location) { return entries_[wheel_location]; }

  std::vector<Entry> heap_;
  // All pending events before this time are in the heap, all others in the wheel; wheel levels are
  // counted relative to it.
  uint64_t horizon_ = 0;
  size_t wheel_size_ = 0;
  std::array<uint64_t, kLevels> occupied_{};  // a bit a slot
  std::array<Slot, kLevels * kSlots> slots_;
  std::vector<Entry> entries_;  // kChunkEntries a chunk
  std::vector<ChunkHeader> chunks_;
  uint32_t free_chunk_ = kNoChunk;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_EVENT_EVENT_QUEUE_H_
