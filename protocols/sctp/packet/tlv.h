// What chunks, parameters and error causes have in common: a type, a length, a value, padding to a
// multiple of four (RFC 9260 sections 3.2, 3.2.1, 3.3.10).
//
// Views point into the packet and live as long as it.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_TLV_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_TLV_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tickwire::sctp {

inline constexpr size_t kTlvHeader = 4;
constexpr size_t Padded(size_t size) { return (size + 3) & ~size_t{3}; }

struct ChunkView {
  uint8_t type = 0;
  uint8_t flags = 0;
  std::span<const uint8_t> value;  // without header and padding
  std::span<const uint8_t> whole;  // with the header, without padding
};

// A parameter or an error cause; `type` is the cause code there.
struct ParameterView {
  uint16_t type = 0;
  std::span<const uint8_t> value;
  std::span<const uint8_t> whole;
};

// Takes one off the front of `rest`, padding included. None if what is there is no whole one; then
// `rest` stays as it is. Missing padding after the last is accepted.
std::optional<ChunkView> TakeChunk(std::span<const uint8_t>& rest);
std::optional<ParameterView> TakeParameter(std::span<const uint8_t>& rest);

// Whether `bytes` are parameters, one after the other, and nothing else.
bool AreParameters(std::span<const uint8_t> bytes);
// The first of `type`, if any.
std::optional<ParameterView> FindParameter(std::span<const uint8_t> bytes, uint16_t type);

// Writes a header whose length is filled in by Close, with padding.
class TlvWriter {
 public:
  // A chunk.
  TlvWriter(std::vector<uint8_t>& out, uint8_t type, uint8_t flags);
  // A parameter or an error cause.
  TlvWriter(std::vector<uint8_t>& out, uint16_t type);
  // Closes: fills the length in and pads.
  ~TlvWriter();
  TlvWriter(const TlvWriter&) = delete;
  TlvWriter& operator=(const TlvWriter&) = delete;

  TlvWriter& Put8(uint8_t value);
  TlvWriter& Put16(uint16_t value);
  TlvWriter& Put32(uint32_t value);
  TlvWriter& PutBytes(std::span<const uint8_t> bytes);
  // Parameters or causes, the last of this chunk: its padding is the chunk's, and does not count in
  // the chunk's length (RFC 9260 section 3.2).
  TlvWriter& PutTlvs(std::span<const uint8_t> tlvs);

 private:
  std::vector<uint8_t>& out_;
  const size_t begin_;
};

// Reads a value from its front; once too short, it stays failed and gives zeros.
class ValueReader {
 public:
  explicit ValueReader(std::span<const uint8_t> bytes) : rest_(bytes) {}
  uint8_t Take8() { return static_cast<uint8_t>(Take(1)); }
  uint16_t Take16() { return static_cast<uint16_t>(Take(2)); }
  uint32_t Take32() { return static_cast<uint32_t>(Take(4)); }
  std::span<const uint8_t> TakeRest();
  bool ok() const { return ok_; }
  // Nothing is left and nothing was missing.
  bool done() const { return ok_ && rest_.empty(); }
  size_t left() const { return rest_.size(); }

 private:
  uint64_t Take(size_t bytes);
  std::span<const uint8_t> rest_;
  bool ok_ = true;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_TLV_H_
