#include "protocols/tcp/stream_buffer.h"

#include <algorithm>
#include <cstring>

#include "sim_core/base/check.h"

namespace tickwire::tcp {
namespace {

// A chunk of stored bytes grows to this: large enough to be few, small enough to be given back.
constexpr size_t kChunkBytes = 16 * 1024;

}  // namespace

void StreamBuffer::Append(std::span<const uint8_t> bytes, uint64_t zeros) {
  if (!bytes.empty()) {
    Chunk* last = chunks_.empty() ? nullptr : &chunks_[chunks_.size() - 1];
    const bool fits = last != nullptr && last->stored_end() == last->end &&
                      last->bytes.size() + bytes.size() <= kChunkBytes;
    if (!fits) {
      chunks_.push_back({.begin = end_, .end = end_, .bytes = {}});
      last = &chunks_[chunks_.size() - 1];
    }
    last->bytes.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    end_ += static_cast<int64_t>(bytes.size());
    last->end = end_;
  }
  if (zeros > 0) {
    if (chunks_.empty()) chunks_.push_back({.begin = end_, .end = end_, .bytes = {}});
    end_ += static_cast<int64_t>(zeros);
    chunks_[chunks_.size() - 1].end = end_;
  }
}

void StreamBuffer::Release(int64_t position) {
  TW_DCHECK(begin_ <= position && position <= end_);
  begin_ = position;
  while (!chunks_.empty() && chunks_.front().end <= position) chunks_.pop_front();
}

size_t StreamBuffer::Find(int64_t position) const {
  size_t low = 0;
  size_t high = chunks_.size() - 1;
  while (low < high) {
    const size_t middle = (low + high + 1) / 2;
    if (at(middle).begin <= position) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

int64_t StreamBuffer::StoredPart(SeqRange range) const {
  if (range.is_empty()) return 0;
  TW_DCHECK(begin_ <= range.begin && range.end <= end_);
  for (size_t i = Find(range.end - 1);; --i) {
    const int64_t stored_end = std::min(at(i).stored_end(), range.end);
    if (stored_end > std::max(at(i).begin, range.begin)) return stored_end - range.begin;
    if (at(i).begin <= range.begin) return 0;
  }
}

void StreamBuffer::Copy(int64_t position, std::span<uint8_t> out) const {
  if (out.empty()) return;
  for (size_t i = Find(position); !out.empty(); ++i) {
    const Chunk& chunk = at(i);
    if (position < chunk.stored_end()) {
      const size_t n = std::min(out.size(), static_cast<size_t>(chunk.stored_end() - position));
      std::memcpy(out.data(), chunk.bytes.data() + (position - chunk.begin), n);
      out = out.subspan(n);
      position += static_cast<int64_t>(n);
    }
    const size_t zeros = std::min(out.size(), static_cast<size_t>(chunk.end - position));
    std::fill_n(out.begin(), zeros, uint8_t{0});
    out = out.subspan(zeros);
    position += static_cast<int64_t>(zeros);
  }
}

StreamBuffer::Piece StreamBuffer::Front(int64_t limit) const {
  if (limit <= 0 || chunks_.empty()) return {};
  const Chunk& chunk = at(0);
  const int64_t stop = std::min(chunk.end, begin_ + limit);
  Piece piece;
  int64_t zeros_from = begin_;
  if (begin_ < chunk.stored_end()) {
    const int64_t stored = std::min(stop, chunk.stored_end()) - begin_;
    piece.bytes = {reinterpret_cast<const uint8_t*>(chunk.bytes.data()) + (begin_ - chunk.begin),
                   static_cast<size_t>(stored)};
    zeros_from += stored;
  }
  piece.zeros = static_cast<uint64_t>(stop - zeros_from);
  return piece;
}

}  // namespace tickwire::tcp
