#include "protocols/websocket/frame.h"

#include <algorithm>

namespace tickwire::websocket {
namespace {

constexpr TraceLabel kReservedBit{"reserved bit", "RFC 6455 5.2: no extension was agreed"};
constexpr TraceLabel kUnknownOpcode{"unknown opcode", "RFC 6455 5.2"};
constexpr TraceLabel kNotMasked{"frame not masked", "RFC 6455 5.1: a client masks all"};
constexpr TraceLabel kMasked{"frame masked", "RFC 6455 5.1: a server masks none"};
constexpr TraceLabel kLongControl{"long control frame", "RFC 6455 5.5: at most 125 octets"};
constexpr TraceLabel kFragmentedControl{"fragmented control frame", "RFC 6455 5.5"};
constexpr TraceLabel kNotShortest{"length not in its shortest form", "RFC 6455 5.2"};
constexpr TraceLabel kTooLong{"message too long", "RFC 6455 10.4: our limit"};

constexpr bool IsKnown(uint8_t opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

}  // namespace

void AppendFrame(Opcode opcode, bool is_last, std::span<const uint8_t> payload,
                 std::optional<uint32_t> mask, std::vector<uint8_t>& out) {
  const uint64_t size = payload.size();
  const uint8_t mask_bit = mask ? 0x80 : 0;
  out.push_back(static_cast<uint8_t>((is_last ? 0x80 : 0) | static_cast<uint8_t>(opcode)));
  int octets = 0;
  if (size <= 125) {
    out.push_back(static_cast<uint8_t>(mask_bit | size));
  } else {
    octets = size <= 0xffff ? 2 : 8;
    out.push_back(static_cast<uint8_t>(mask_bit | (octets == 2 ? 126 : 127)));
  }
  for (int i = octets - 1; i >= 0; --i) out.push_back(static_cast<uint8_t>(size >> (8 * i)));
  if (!mask) {
    out.insert(out.end(), payload.begin(), payload.end());
    return;
  }
  for (int i = 3; i >= 0; --i) out.push_back(static_cast<uint8_t>(*mask >> (8 * i)));
  out.reserve(out.size() + payload.size());
  for (size_t i = 0; i < payload.size(); ++i) {  // §5.3
    out.push_back(payload[i] ^ static_cast<uint8_t>(*mask >> (24 - 8 * (i % 4))));
  }
}

void FrameReader::Append(std::span<const uint8_t> bytes) {
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
  begin_ = 0;
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

FrameReader::Result FrameReader::Next(uint64_t limit, Frame& frame, FrameError& error) {
  const auto refuse = [&](const TraceLabel& why, CloseCode code = CloseCode::kProtocolError) {
    error = {code, &why};
    return Result::kError;
  };
  const std::span<const uint8_t> rest = std::span<const uint8_t>(buffer_).subspan(begin_);
  if (rest.size() < 2) return Result::kNone;
  const bool is_last = (rest[0] & 0x80) != 0;
  const bool is_masked = (rest[1] & 0x80) != 0;
  if ((rest[0] & 0x70) != 0) return refuse(kReservedBit);
  if (!IsKnown(rest[0] & 0x0f)) return refuse(kUnknownOpcode);
  if (is_masked != expects_mask_) return refuse(expects_mask_ ? kNotMasked : kMasked);
  const auto opcode = Opcode{static_cast<uint8_t>(rest[0] & 0x0f)};
  uint64_t size = rest[1] & 0x7f;
  if (IsControl(opcode) && size > kMaxControlPayload) return refuse(kLongControl);
  if (IsControl(opcode) && !is_last) return refuse(kFragmentedControl);
  const size_t length_octets = size == 126 ? 2 : size == 127 ? 8 : 0;
  size_t head = 2 + length_octets;
  if (rest.size() < head) return Result::kNone;
  if (length_octets > 0) {
    size = 0;
    for (size_t i = 0; i < length_octets; ++i) size = size << 8 | rest[2 + i];
    const bool is_shortest = length_octets == 2 ? size > 125 : size > 0xffff;
    // §5.2: the first bit of 64 is zero.
    if (!is_shortest || size >> 63 != 0) return refuse(kNotShortest);
  }
  if (!IsControl(opcode) && size > limit) return refuse(kTooLong, CloseCode::kMessageTooBig);
  const size_t mask_at = head;
  if (is_masked) head += 4;
  if (rest.size() < head || rest.size() - head < size) return Result::kNone;
  const std::span<const uint8_t> payload = rest.subspan(head, size);
  frame.is_last = is_last;
  frame.opcode = opcode;
  frame.payload.assign(payload.begin(), payload.end());
  if (is_masked) {
    for (size_t i = 0; i < size; ++i) frame.payload[i] ^= rest[mask_at + i % 4];
  }
  begin_ += head + size;
  return Result::kFrame;
}

std::vector<uint8_t> MakeCloseBody(CloseCode code) {
  const auto number = static_cast<uint16_t>(code);
  return {static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number)};
}

std::optional<CloseBody> ParseCloseBody(std::span<const uint8_t> body) {
  CloseBody parsed;
  if (body.empty()) return parsed;
  if (body.size() < 2 || !IsUtf8(body.subspan(2))) return std::nullopt;
  const auto code = static_cast<uint16_t>(body[0] << 8 | body[1]);
  // §7.4.1, §7.4.2: 1004 to 1006 and 1015 never are sent; 1016 to 2999 are not defined.
  const bool is_defined = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
                          (code >= 3000 && code <= 4999);
  if (!is_defined) return std::nullopt;
  parsed.code = code;
  parsed.reason.assign(body.begin() + 2, body.end());
  return parsed;
}

bool IsUtf8(std::span<const uint8_t> bytes) {
  for (size_t i = 0; i < bytes.size();) {
    const uint8_t first = bytes[i++];
    if (first < 0x80) continue;
    const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if (first < 0xc2 || first > 0xf4 || bytes.size() - i < static_cast<size_t>(more)) return false;
    // The second octet has the shortest form, no surrogates, nothing above U+10FFFF.
    const uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (bytes[i] < low || bytes[i] > high) return false;
    for (int j = 1; j < more; ++j) {
      if ((bytes[i + static_cast<size_t>(j)] & 0xc0) != 0x80) return false;
    }
    i += static_cast<size_t>(more);
  }
  return true;
}

}  // namespace tickwire::websocket
