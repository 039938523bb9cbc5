// Plan: the messages that go one way between our SCTP and another stack, and what of them arrived.
#ifndef TICKWIRE_TESTS_INTEROP_MESSAGE_PLAN_H_
#define TICKWIRE_TESTS_INTEROP_MESSAGE_PLAN_H_

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "protocols/sctp/tx/send_queue.h"
#include "sim_core/random/rng.h"

namespace tickwire::sctp {

inline constexpr uint16_t kStreams = 10;
inline constexpr size_t kLongest = 100'000;

// Messages are windows into this.
inline const std::vector<uint8_t>& Pattern() {
  static const std::vector<uint8_t> pattern = [] {
    std::vector<uint8_t> bytes(4 * kLongest);
    Rng rng = Rng::ForStream({}, "usrsctp", "pattern");
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(rng.Below(256));
    return bytes;
  }();
  return pattern;
}

struct Planned {
  uint16_t stream = 0;
  bool unordered = false;
  Reliability reliability;  // RFC 3758
  bool may_be_lost() const { return reliability.policy != Reliability::Policy::kReliable; }
  std::span<const uint8_t> data;
};

// What goes one way. A message's index travels as its payload protocol identifier.
class Plan {
 public:
  Plan() = default;
  // `lossy`: a third of the messages may be given up by who sends them.
  Plan(Rng& rng, uint64_t bytes, bool lossy) {
    for (uint64_t total = 0; total < bytes;) {
      const uint64_t kind = rng.Below(20);
      size_t size = kind < 4    ? 1 + rng.Below(10)
                    : kind < 14 ? 1 + rng.Below(2000)
                    : kind < 19 ? 1 + rng.Below(20'000)
                                : 1 + rng.Below(kLongest);
      if (messages_.empty()) size = 1;
      if (messages_.size() == 1) size = kLongest;
      messages_.push_back(
          {.stream = static_cast<uint16_t>(rng.Below(kStreams)),
           .unordered = rng.Below(4) == 0,
           .data = std::span(Pattern()).subspan(rng.Below(Pattern().size() - size), size)});
      if (messages_.size() != 2) total += size;
      if (lossy && rng.Below(3) == 0) {
        Reliability& reliability = messages_.back().reliability;
        const bool timed = rng.Below(2) == 0;
        reliability.policy =
            timed ? Reliability::Policy::kTimed : Reliability::Policy::kRetransmissions;
        reliability.lifetime = Duration::Millis(1 + static_cast<int64_t>(rng.Below(500)));
        reliability.retransmissions = static_cast<uint32_t>(rng.Below(3));
      } else {
        ++missing_;
      }
    }
    seen_.resize(messages_.size());
  }
  const Planned* Next() const { return next_ < messages_.size() ? &messages_[next_] : nullptr; }
  uint32_t next_index() const { return static_cast<uint32_t>(next_); }
  void Advance() { ++next_; }
  bool is_sent() const { return next_ == messages_.size(); }
  // All that may not be lost.
  bool is_received() const { return missing_ == 0; }
  size_t received() const { return received_; }
  size_t size() const { return messages_.size(); }
  // What is wrong with a message that arrived; empty: nothing. `in_order`: ordered ones have to be.
  std::string OnReceived(uint32_t index, uint16_t stream, bool unordered,
                         std::span<const uint8_t> data, bool in_order = true) {
    if (index >= messages_.size() || index >= next_) return "a message that nobody sent";
    const Planned& sent = messages_[index];
    if (seen_[index]) return absl::StrCat("message ", index, " twice");
    seen_[index] = true;
    ++received_;
    if (!sent.may_be_lost()) --missing_;
    if (sent.stream != stream) return absl::StrCat("message ", index, " in another stream");
    if (sent.unordered != unordered) return absl::StrCat("message ", index, ": order flag");
    if (sent.data.size() != data.size()) {
      return absl::StrCat("message ", index, ": ", data.size(), " of ", sent.data.size(), " bytes");
    }
    if (std::memcmp(sent.data.data(), data.data(), data.size()) != 0) {
      return absl::StrCat("a wrong byte in message ", index);
    }
    if (unordered || !in_order) return "";
    for (size_t i = ordered_from_[stream]; i < index; ++i) {
      if (messages_[i].stream == stream && !messages_[i].unordered && !seen_[i] &&
          !messages_[i].may_be_lost()) {
        return absl::StrCat("message ", index, " before ", i, " of its stream");
      }
    }
    if (index < ordered_from_[stream]) return absl::StrCat("message ", index, " after a later one");
    ordered_from_[stream] = index;
    return "";
  }
  // One byte of message `index` is not what the receiver gets.
  void Spoil(size_t index) {
    spoilt_.assign(messages_[index].data.begin(), messages_[index].data.end());
    spoilt_[spoilt_.size() / 2] ^= 1;
    messages_[index].data = spoilt_;
  }

 private:
  std::vector<Planned> messages_;
  std::vector<bool> seen_;
  std::vector<uint8_t> spoilt_;
  size_t next_ = 0;
  size_t received_ = 0;
  size_t missing_ = 0;  // of those that may not be lost
  size_t ordered_from_[kStreams] = {};
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_TESTS_INTEROP_MESSAGE_PLAN_H_
