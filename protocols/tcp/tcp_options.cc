#include "protocols/tcp/tcp_options.h"

#include "sim_core/base/check.h"

namespace tickwire::tcp {
namespace {

// IANA "TCP Option Kind Numbers".
enum Kind : uint8_t {
  kEnd = 0,
  kNop = 1,
  kMss = 2,
  kWindowScale = 3,
  kSackPermitted = 4,
  kSack = 5,
  kTimestamps = 8,
};

constexpr size_t kMssSize = 4, kWindowScaleSize = 3, kSackPermittedSize = 2, kTimestampsSize = 10;
constexpr size_t kSackBlockSize = 8;

constexpr TraceLabel kNoLength{"tcp_option_truncated",
                               "RFC 9293 3.2: an option of more than one byte has a length"};
constexpr TraceLabel kShortLength{"tcp_option_length_below_2",
                                  "RFC 9293 3.2: the length counts kind and length"};
constexpr TraceLabel kBeyond{"tcp_option_beyond_header",
                             "RFC 9293 3.2: options end with the header"};
constexpr TraceLabel kBadMss{"bad_mss_option", "RFC 9293 3.2: length of MSS is 4"};
constexpr TraceLabel kBadWindowScale{"bad_window_scale_option",
                                     "RFC 7323 2.2: length of window scale is 3"};
constexpr TraceLabel kBadSackPermitted{"bad_sack_permitted_option",
                                       "RFC 2018 2: length of SACK-permitted is 2"};
constexpr TraceLabel kBadSack{"bad_sack_option",
                              "RFC 2018 3: length of SACK is 2 and 8 for each of 1 to 4 blocks"};
constexpr TraceLabel kBadTimestamps{"bad_timestamps_option",
                                    "RFC 7323 3.2: length of timestamps is 10"};

uint32_t Load32(std::span<const uint8_t> bytes) {
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3];
}

// Reads one option into `options`. `body`: after kind and length. Returns what is wrong with it.
const TraceLabel* ReadOption(uint8_t kind, std::span<const uint8_t> body, TcpOptions& options) {
  switch (kind) {
    case kMss:
      if (body.size() + 2 != kMssSize) return &kBadMss;
      options.mss = static_cast<uint16_t>(body[0] << 8 | body[1]);
      return nullptr;
    case kWindowScale:
      if (body.size() + 2 != kWindowScaleSize) return &kBadWindowScale;
      options.window_scale = body[0];
      return nullptr;
    case kSackPermitted:
      if (body.size() + 2 != kSackPermittedSize) return &kBadSackPermitted;
      options.sack_permitted = true;
      return nullptr;
    case kSack: {
      const size_t count = body.size() / kSackBlockSize;
      if (body.size() % kSackBlockSize != 0 || count == 0 || count > options.sack.size()) {
        return &kBadSack;
      }
      for (size_t i = 0; i < count; ++i) {
        const auto block = body.subspan(i * kSackBlockSize, kSackBlockSize);
        options.sack[i] = {Load32(block), Load32(block.subspan(4))};
      }
      options.sack_count = static_cast<uint8_t>(count);
      return nullptr;
    }
    case kTimestamps:
      if (body.size() + 2 != kTimestampsSize) return &kBadTimestamps;
      options.timestamps = {Load32(body), Load32(body.subspan(4))};
      return nullptr;
    default:
      if (options.unknown_count < UINT8_MAX) ++options.unknown_count;
      return nullptr;
  }
}

class Writer {
 public:
  explicit Writer(std::span<uint8_t> out) : out_(out) {}

  void Put(uint8_t byte) { out_[size_++] = byte; }
  void Put32(uint32_t word) {
    for (int shift = 24; shift >= 0; shift -= 8) Put(static_cast<uint8_t>(word >> shift));
  }
  // NOPs until the size is `remainder` modulo `modulus`, so that what follows ends aligned.
  void Align(size_t modulus, size_t remainder) {
    while (size_ % modulus != remainder) Put(kNop);
  }
  void Mss(uint16_t mss) {
    Put(kMss);
    Put(kMssSize);
    Put(static_cast<uint8_t>(mss >> 8));
    Put(static_cast<uint8_t>(mss));
  }
  void WindowScale(uint8_t shift) {
    Put(kWindowScale);
    Put(kWindowScaleSize);
    Put(shift);
  }
  void SackPermitted() {
    Put(kSackPermitted);
    Put(kSackPermittedSize);
  }
  void Timestamps(const TcpOptions::Timestamps& timestamps) {
    Put(kTimestamps);
    Put(kTimestampsSize);
    Put32(timestamps.value);
    Put32(timestamps.echo_reply);
  }
  // As many of the blocks as fit: four, or three behind timestamps. One fits behind all others.
  void Sack(std::span<const TcpOptions::SackBlock> blocks) {
    Align(4, 2);
    const size_t room = (TcpOptions::kMaxSize - size_ - 2) / kSackBlockSize;
    if (blocks.size() > room) blocks = blocks.first(room);
    Put(kSack);
    Put(static_cast<uint8_t>(2 + kSackBlockSize * blocks.size()));
    for (const TcpOptions::SackBlock& block : blocks) {
      Put32(block.left);
      Put32(block.right);
    }
  }
  size_t FinishWith(uint8_t padding) {
    while (size_ % 4 != 0) Put(padding);
    return size_;
  }

 private:
  std::span<uint8_t> out_;
  size_t size_ = 0;
};

}  // namespace

TcpOptions TcpOptions::Parse(std::span<const uint8_t> bytes) {
  TcpOptions options;
  while (!bytes.empty() && bytes[0] != kEnd) {
    if (bytes[0] == kNop) {
      bytes = bytes.subspan(1);
      continue;
    }
    const size_t length = bytes.size() < 2 ? 0 : bytes[1];
    options.malformed = bytes.size() < 2        ? &kNoLength
                        : length < 2            ? &kShortLength
                        : length > bytes.size() ? &kBeyond
                                                : nullptr;
    if (options.malformed == nullptr) {
      options.malformed = ReadOption(bytes[0], bytes.subspan(2, length - 2), options);
    }
    if (options.malformed != nullptr) break;
    bytes = bytes.subspan(length);
  }
  return options;
}

size_t TcpOptions::Write(std::span<uint8_t> out, Profile profile) const {
  TW_CHECK(out.size() >= kMaxSize);
  Writer writer(out);
  const std::span<const SackBlock> blocks = std::span(sack).first(sack_count);
  if (mss) writer.Mss(*mss);
  switch (profile) {
    case Profile::kRfc:
      // Each option ends at a multiple of four, as RFC 7323 appendix A lays out timestamps.
      if (window_scale) {
        writer.Align(4, 1);
        writer.WindowScale(*window_scale);
      }
      if (sack_permitted) {
        writer.Align(4, 2);
        writer.SackPermitted();
      }
      if (timestamps) {
        writer.Align(4, 2);
        writer.Timestamps(*timestamps);
      }
      break;
    case Profile::kLinux:
      // SACK-permitted takes the place of the two NOPs before the timestamps.
      if (sack_permitted) {
        if (!timestamps) writer.Align(4, 2);
        writer.SackPermitted();
      }
      if (timestamps) {
        writer.Align(4, 2);
        writer.Timestamps(*timestamps);
      }
      if (window_scale) {
        writer.Align(4, 1);
        writer.WindowScale(*window_scale);
      }
      break;
    case Profile::kFreeBsd:
      if (window_scale) {
        writer.Align(2, 1);
        writer.WindowScale(*window_scale);
      }
      if (sack_permitted) {
        writer.Align(2, 0);
        writer.SackPermitted();
      }
      if (timestamps) {
        writer.Align(4, 2);
        writer.Timestamps(*timestamps);
      }
      break;
  }
  if (!blocks.empty()) writer.Sack(blocks);
  return writer.FinishWith(profile == Profile::kFreeBsd ? kEnd : kNop);
}

}  // namespace tickwire::tcp
