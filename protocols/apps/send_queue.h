// SendQueue: what an application wants to send and a channel has not taken yet, in order.
#ifndef TICKWIRE_PROTOCOLS_APPS_SEND_QUEUE_H_
#define TICKWIRE_PROTOCOLS_APPS_SEND_QUEUE_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "protocols/transport/channel.h"

namespace tickwire {

class SendQueue {
 public:
  void Push(std::span<const uint8_t> bytes, uint64_t zeros) {
    if (bytes.empty() && zeros == 0) return;
    if (bytes.empty() && !pieces_.empty()) {
      pieces_.back().zeros += zeros;
      return;
    }
    pieces_.push_back({{bytes.begin(), bytes.end()}, zeros});
  }
  // After what is queued: ShutdownSend().
  void Finish() { finish_ = true; }
  bool is_empty() const { return pieces_.empty(); }
  uint64_t size() const {
    uint64_t sum = 0;
    for (const Piece& piece : pieces_) sum += piece.bytes.size() - piece.taken + piece.zeros;
    return sum;
  }

  // Gives the channel as much as it takes; returns how much that was.
  uint64_t Flush(Channel& channel) {
    uint64_t sum = 0;
    while (!pieces_.empty()) {
      Piece& piece = pieces_.front();
      std::span<const uint8_t> rest = std::span(piece.bytes).subspan(piece.taken);
      uint64_t zeros = piece.zeros;
      // A message is taken whole or not at all, so none may be larger than the buffer.
      if (channel.preserves_messages()) {
        rest = rest.first(std::min<uint64_t>(rest.size(), kMostOfMessage));
        zeros = std::min<uint64_t>(zeros, kMostOfMessage - rest.size());
        if (rest.size() + piece.taken < piece.bytes.size()) zeros = 0;
      }
      const uint64_t wanted = rest.size() + zeros;
      const uint64_t taken = channel.Send(rest, zeros);
      sum += taken;
      const bool is_all = wanted == piece.bytes.size() - piece.taken + piece.zeros;
      if (taken < wanted || !is_all) {
        const uint64_t of_bytes = taken < rest.size() ? taken : rest.size();
        piece.taken += of_bytes;
        piece.zeros -= taken - of_bytes;
        if (taken < wanted) return sum;
        continue;
      }
      pieces_.pop_front();
    }
    if (finish_) {
      finish_ = false;
      channel.ShutdownSend();
    }
    return sum;
  }

 private:
  static constexpr uint64_t kMostOfMessage = 16384;
  struct Piece {
    std::vector<uint8_t> bytes;
    uint64_t zeros = 0;
    uint64_t taken = 0;  // of `bytes`
  };
  std::deque<Piece> pieces_;
  bool finish_ = false;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_APPS_SEND_QUEUE_H_
