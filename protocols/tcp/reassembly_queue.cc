#include "protocols/tcp/reassembly_queue.h"

#include <algorithm>

namespace tickwire::tcp {
namespace {

// The part of "bytes, then zeros" that begins `skip` later and is `size` long.
StreamBuffer::Piece Part(std::span<const uint8_t> bytes, int64_t skip, int64_t size) {
  StreamBuffer::Piece part;
  const int64_t stored = static_cast<int64_t>(bytes.size());
  if (skip < stored) {
    part.bytes = bytes.subspan(static_cast<size_t>(skip),
                               static_cast<size_t>(std::min(size, stored - skip)));
  }
  part.zeros = static_cast<uint64_t>(size) - part.bytes.size();
  return part;
}

}  // namespace

void ReassemblyQueue::Insert(int64_t begin, std::span<const uint8_t> bytes, uint64_t zeros) {
  const int64_t first = begin;
  const int64_t end = begin + static_cast<int64_t>(bytes.size() + zeros);
  auto it = pieces_.upper_bound(begin);
  if (it != pieces_.begin()) begin = std::max(begin, std::prev(it)->second.end);
  while (begin < end) {
    const int64_t stop = it == pieces_.end() ? end : std::min(end, it->first);
    if (stop > begin) {
      const StreamBuffer::Piece part = Part(bytes, begin - first, stop - begin);
      InsertGap(begin, part.bytes, part.zeros);
    }
    if (stop == end) return;
    it = pieces_.upper_bound(stop);  // insertion invalidates
    begin = std::max(stop, std::prev(it)->second.end);
  }
}

void ReassemblyQueue::InsertGap(int64_t begin, std::span<const uint8_t> bytes, uint64_t zeros) {
  const int64_t end = begin + static_cast<int64_t>(bytes.size() + zeros);
  auto next = pieces_.lower_bound(begin);
  if (bytes.empty()) {  // zeros join their neighbours
    const bool next_joins =
        next != pieces_.end() && next->first == end && next->second.bytes.empty();
    if (next != pieces_.begin()) {
      const auto before = std::prev(next);
      if (before->second.end == begin) {
        before->second.end = next_joins ? next->second.end : end;
        if (next_joins) pieces_.erase(next);
        return;
      }
    }
    if (next_joins) {
      Piece joined{.end = next->second.end, .bytes = {}};
      pieces_.erase(next);
      pieces_.emplace(begin, std::move(joined));
      return;
    }
  }
  pieces_.emplace_hint(
      next, begin,
      Piece{.end = end,
            .bytes = std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())});
}

void ReassemblyQueue::MoveTo(StreamBuffer& buffer) {
  while (!pieces_.empty() && pieces_.begin()->first <= buffer.end()) {
    const auto it = pieces_.begin();
    if (it->second.end > buffer.end()) {
      const std::string& stored = it->second.bytes;
      const StreamBuffer::Piece part =
          Part({reinterpret_cast<const uint8_t*>(stored.data()), stored.size()},
               buffer.end() - it->first, it->second.end - buffer.end());
      buffer.Append(part.bytes, part.zeros);
    }
    pieces_.erase(it);
  }
}

}  // namespace tickwire::tcp
