// WebSocket frames (RFC 6455 §5.2): writing one, and reading them out of a stream, whichever way it
// was cut.
#ifndef TICKWIRE_PROTOCOLS_WEBSOCKET_FRAME_H_
#define TICKWIRE_PROTOCOLS_WEBSOCKET_FRAME_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim_core/trace/trace_label.h"

namespace tickwire::websocket {

enum class Opcode : uint8_t {
  kContinuation = 0x0,
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xa,
};
constexpr bool IsControl(Opcode opcode) { return (static_cast<uint8_t>(opcode) & 0x8) != 0; }
inline constexpr size_t kMaxControlPayload = 125;  // §5.5

// §7.4.1.
enum class CloseCode : uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kProtocolError = 1002,
  kUnsupportedData = 1003,
  kInvalidPayload = 1007,
  kPolicyViolation = 1008,
  kMessageTooBig = 1009,
};

struct Frame {
  bool is_last = true;  // FIN
  Opcode opcode = Opcode::kText;
  std::vector<uint8_t> payload;
  bool operator==(const Frame&) const = default;
};

// Appends it, masked if there is a mask: every frame of a client is, none of a server (§5.1).
void AppendFrame(Opcode opcode, bool is_last, std::span<const uint8_t> payload,
                 std::optional<uint32_t> mask, std::vector<uint8_t>& out);

// A frame that breaks the rules: what to close with, and why.
struct FrameError {
  CloseCode code;
  const TraceLabel* why;
};

// Holds at most one frame and what follows it in the last piece.
class FrameReader {
 public:
  enum class Result { kNone, kFrame, kError };

  // A server expects masks, a client none.
  explicit FrameReader(bool expects_mask) : expects_mask_(expects_mask) {}
  void Append(std::span<const uint8_t> bytes);
  // kFrame: the next one is in `frame`, unmasked. kError: nothing more can be told from the stream.
  // Data frames longer than `limit` are an error.
  Result Next(uint64_t limit, Frame& frame, FrameError& error);
  size_t held() const { return buffer_.size() - begin_; }

 private:
  const bool expects_mask_;
  std::vector<uint8_t> buffer_;
  size_t begin_ = 0;
};

// The body of a Close frame (§5.5.1): nothing, or a code and a reason in UTF-8.
struct CloseBody {
  std::optional<uint16_t> code;
  std::string reason;
};
std::vector<uint8_t> MakeCloseBody(CloseCode code);
// Nothing: malformed, or a code that may not be sent (§7.4).
std::optional<CloseBody> ParseCloseBody(std::span<const uint8_t> body);

// Whether it is well-formed UTF-8 (RFC 3629 §4).
bool IsUtf8(std::span<const uint8_t> bytes);

}  // namespace tickwire::websocket

#endif  // TICKWIRE_PROTOCOLS_WEBSOCKET_FRAME_H_
