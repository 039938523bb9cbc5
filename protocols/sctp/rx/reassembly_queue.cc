#include "protocols/sctp/rx/reassembly_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "sim_core/base/check.h"

namespace tickwire::sctp {

ReassemblyQueue::ReassemblyQueue(bool interleaved, uint16_t streams)
    : interleaved_(interleaved), stream_count_(streams) {}

ReassemblyQueue::Stream& ReassemblyQueue::At(StreamId stream) {
  if (next_.empty()) next_.resize(stream_count_);
  return next_[stream.value];
}

int64_t ReassemblyQueue::Unwrap(StreamId stream, uint32_t number) {
  const int64_t next = At(stream).next;
  if (interleaved_) return next + static_cast<int32_t>(number - static_cast<uint32_t>(next));
  return next + static_cast<int16_t>(static_cast<uint16_t>(number) - static_cast<uint16_t>(next));
}

bool ReassemblyQueue::IsNext(const Fragment& fragment) {
  if (!fragment.begin || !fragment.end || !ready_.empty()) return false;
  if (fragment.unordered) return true;
  return Unwrap(fragment.stream, fragment.number) == At(fragment.stream).next;
}

void ReassemblyQueue::Skip(const Fragment& fragment) {
  if (fragment.unordered) return;
  ++At(fragment.stream).next;
  if (!waiting_.empty()) ReleaseWaiting(fragment.stream.value);
}

void ReassemblyQueue::Add(const Fragment& fragment) {
  held_bytes_ += static_cast<int64_t>(fragment.data.size());
  if (fragment.begin && fragment.end) {
    const int64_t number = fragment.unordered ? 0 : Unwrap(fragment.stream, fragment.number);
    return Complete({.stream = fragment.stream,
                     .ppid = fragment.ppid,
                     .unordered = fragment.unordered,
                     .number = fragment.number,
                     .first_tsn = Tsn{static_cast<uint32_t>(fragment.tsn)},
                     .data = {fragment.data.begin(), fragment.data.end()}},
                    number);
  }
  return interleaved_ ? AddInterleaved(fragment) : AddByTsn(fragment);
}

// RFC 9260 section 6.9: the fragments of a message have consecutive TSNs, from B to E.
void ReassemblyQueue::AddByTsn(const Fragment& fragment) {
  const auto [it, inserted] =
      fragments_.emplace(fragment.tsn, Held{.number = fragment.number,
                                            .stream = fragment.stream,
                                            .ppid = fragment.ppid,
                                            .unordered = fragment.unordered,
                                            .begin = fragment.begin,
                                            .end = fragment.end,
                                            .data = {fragment.data.begin(), fragment.data.end()}});
  TW_DCHECK(inserted);
  const auto belongs = [&](const Held& a, const Held& b) {
    return a.stream == b.stream && a.unordered == b.unordered && a.number == b.number;
  };
  auto first = it;
  while (!first->second.begin) {
    if (first == fragments_.begin()) return;
    const auto before = std::prev(first);
    if (before->first != first->first - 1 || before->second.end ||
        !belongs(before->second, first->second)) {
      return;
    }
    first = before;
  }
  auto last = it;
  while (!last->second.end) {
    const auto after = std::next(last);
    if (after == fragments_.end() || after->first != last->first + 1 || after->second.begin ||
        !belongs(after->second, last->second)) {
      return;
    }
    last = after;
  }
  ReceivedMessage message{.stream = first->second.stream,
                          .ppid = first->second.ppid,
                          .unordered = first->second.unordered,
                          .number = first->second.number,
                          .first_tsn = Tsn{static_cast<uint32_t>(first->first)},
                          .data = {}};
  const auto stop = std::next(last);
  for (auto part = first; part != stop; ++part) {
    message.data.insert(message.data.end(), part->second.data.begin(), part->second.data.end());
  }
  fragments_.erase(first, stop);
  const int64_t number = message.unordered ? 0 : Unwrap(message.stream, message.number);
  Complete(std::move(message), number);
}

void ReassemblyQueue::AddInterleaved(const Fragment& fragment) {
  const MessageKey key{.stream = fragment.stream.value,
                       .unordered = fragment.unordered,
                       .number = Unwrap(fragment.stream, fragment.number)};
  Partial& partial = partial_[key];
  if (partial.by_fsn.empty()) partial.first_tsn = partial.last_tsn = fragment.tsn;
  partial.last_tsn = std::max(partial.last_tsn, fragment.tsn);
  const uint32_t fsn = fragment.begin ? 0 : fragment.fsn;
  const auto [it, inserted] =
      partial.by_fsn.emplace(fsn, Held{.number = fragment.number,
                                       .stream = fragment.stream,
                                       .ppid = fragment.ppid,
                                       .unordered = fragment.unordered,
                                       .begin = fragment.begin,
                                       .end = fragment.end,
                                       .data = {fragment.data.begin(), fragment.data.end()}});
  if (!inserted) {  // a peer that numbers wrongly
    held_bytes_ -= static_cast<int64_t>(fragment.data.size());
    return;
  }
  if (fragment.begin) partial.first_tsn = fragment.tsn;
  if (fragment.end) {
    partial.has_end = true;
    partial.last_fsn = fragment.fsn;
  }
  if (!partial.has_end || partial.by_fsn.size() != size_t{partial.last_fsn} + 1 ||
      !partial.by_fsn.begin()->second.begin) {
    return;
  }
  const Held& head = partial.by_fsn.begin()->second;
  ReceivedMessage message{.stream = head.stream,
                          .ppid = head.ppid,
                          .unordered = head.unordered,
                          .number = head.number,
                          .first_tsn = Tsn{static_cast<uint32_t>(partial.first_tsn)},
                          .data = {}};
  for (const auto& [number, part] : partial.by_fsn) {
    message.data.insert(message.data.end(), part.data.begin(), part.data.end());
  }
  partial_.erase(key);
  Complete(std::move(message), key.number);
}

void ReassemblyQueue::Complete(ReceivedMessage message, int64_t number) {
  const uint16_t stream = message.stream.value;
  if (message.unordered) return ready_.push_back(std::move(message));
  if (number > At(StreamId{stream}).next) {
    waiting_.emplace(std::pair(stream, number), std::move(message));
    return;
  }
  if (number == At(StreamId{stream}).next) ++At(StreamId{stream}).next;
  ready_.push_back(std::move(message));
  ReleaseWaiting(stream);
}

void ReassemblyQueue::ReleaseWaiting(uint16_t stream) {
  for (;;) {
    const auto it = waiting_.find({stream, At(StreamId{stream}).next});
    if (it == waiting_.end()) return;
    ++At(StreamId{stream}).next;
    ready_.push_back(std::move(it->second));
    waiting_.erase(it);
  }
}

ReceivedMessage ReassemblyQueue::TakeReady() {
  ReceivedMessage message = ready_.pop_front();
  held_bytes_ -= static_cast<int64_t>(message.data.size());
  return message;
}

void ReassemblyQueue::TakeOver(ReassemblyQueue& former) {
  while (former.has_ready()) {
    ReceivedMessage message = former.TakeReady();
    held_bytes_ += static_cast<int64_t>(message.data.size());
    ready_.push_back(std::move(message));
  }
}

void ReassemblyQueue::ForwardTo(int64_t tsn) {
  while (!fragments_.empty() && fragments_.begin()->first <= tsn) {
    held_bytes_ -= static_cast<int64_t>(fragments_.begin()->second.data.size());
    fragments_.erase(fragments_.begin());
  }
}

void ReassemblyQueue::ForwardStream(StreamId stream, bool unordered, uint32_t number) {
  if (stream.value >= stream_count_) return;
  const int64_t skipped = Unwrap(stream, number);
  if (interleaved_) {
    for (auto it = partial_.lower_bound({stream.value, unordered, INT64_MIN});
         it != partial_.end() && it->first.stream == stream.value &&
         it->first.unordered == unordered && it->first.number <= skipped;) {
      for (const auto& [fsn, part] : it->second.by_fsn) {
        held_bytes_ -= static_cast<int64_t>(part.data.size());
      }
      it = partial_.erase(it);
    }
  }
  if (unordered) return;
  // What was complete and waited up to there is handed over in order.
  while (!waiting_.empty()) {
    const auto it = waiting_.lower_bound({stream.value, INT64_MIN});
    if (it == waiting_.end() || it->first.first != stream.value || it->first.second > skipped) {
      break;
    }
    ready_.push_back(std::move(it->second));
    waiting_.erase(it);
  }
  At(stream).next = std::max(At(stream).next, skipped + 1);
  ReleaseWaiting(stream.value);
}

void ReassemblyQueue::ResetStreams(std::span<const StreamId> streams) {
  if (streams.empty()) {
    for (Stream& stream : next_) stream.next = 0;
  }
  for (const StreamId stream : streams) {
    if (stream.value < stream_count_) At(stream).next = 0;
  }
}

void ReassemblyQueue::ReleaseMemory() {
  if (ready_.empty()) ready_ = {};
}

void ReassemblyQueue::AddStreams(uint16_t count) {
  stream_count_ = static_cast<uint16_t>(stream_count_ + count);
  if (!next_.empty()) next_.resize(stream_count_);
}

}  // namespace tickwire::sctp
