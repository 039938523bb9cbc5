#include "experiments/view/stream_frames.h"

namespace tickwire {
namespace {

constexpr int64_t kMostPlaintext = 16384;  // RFC 8446 section 5.1
// Head, explicit nonce and tag of TLS 1.2 (RFC 5288 section 3); 1.3 takes less.
constexpr int64_t kMostOfRecord = 29;
constexpr int64_t kMostOfFrame = 14;  // RFC 6455 section 5.2: a long length and a masking key

std::optional<int64_t> RecordSize(std::span<const uint8_t> head) {
  constexpr uint8_t kApplicationData = 23;
  if (head.size() < 5 || head[0] != kApplicationData) return std::nullopt;
  return 5 + (int64_t{head[3]} << 8 | head[4]);
}

std::optional<int64_t> FrameSize(std::span<const uint8_t> head) {
  if (head.size() < 2) return std::nullopt;
  const int64_t key = (head[1] & 0x80) != 0 ? 4 : 0;
  const int length = head[1] & 0x7f;
  if (length < 126) return 2 + key + length;
  const size_t more = length == 126 ? 2 : 8;
  if (head.size() < 2 + more) return std::nullopt;
  int64_t size = 0;
  for (size_t i = 0; i < more; ++i) size = size << 8 | head[2 + i];
  if (size < 0 || size > int64_t{1} << 40) return std::nullopt;
  return 2 + static_cast<int64_t>(more) + key + size;
}

}  // namespace

int64_t RecordsOf(absl::string_view transport, int64_t size) {
  if (transport != "TLS-SCTP") return 1;
  return (size + kMostPlaintext - 1) / kMostPlaintext;
}

int64_t MostFramedSize(absl::string_view transport, int64_t size) {
  if (transport == "WS" || transport == "WSS") size += kMostOfFrame;
  if (transport == "TLS" || transport == "WSS") {
    size += (size + kMostPlaintext - 1) / kMostPlaintext * kMostOfRecord;
  }
  return size;
}

std::optional<int64_t> FramedSize(absl::string_view transport, std::span<const uint8_t> head,
                                  int64_t size) {
  if (transport == "TCP") return size;
  if (transport == "WS") return FrameSize(head);
  if (size + kMostOfFrame > kMostPlaintext) return std::nullopt;
  return RecordSize(head);
}

}  // namespace tickwire
