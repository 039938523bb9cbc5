// DER (ITU-T X.690 §10): the few types that certificates need. Tags of one octet, lengths that fit
// 32 bits.
#ifndef TICKWIRE_PROTOCOLS_TLS_DER_H_
#define TICKWIRE_PROTOCOLS_TLS_DER_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "absl/strings/string_view.h"

namespace tickwire::tls::der {

using Bytes = std::vector<uint8_t>;

inline constexpr uint8_t kBoolean = 0x01;
inline constexpr uint8_t kInteger = 0x02;
inline constexpr uint8_t kBitString = 0x03;
inline constexpr uint8_t kOctetString = 0x04;
inline constexpr uint8_t kObjectIdentifier = 0x06;
inline constexpr uint8_t kUtf8String = 0x0c;
inline constexpr uint8_t kUtcTime = 0x17;
inline constexpr uint8_t kGeneralizedTime = 0x18;
inline constexpr uint8_t kSequence = 0x30;
inline constexpr uint8_t kSet = 0x31;

// --- Writing ---
Bytes Tlv(uint8_t tag, std::span<const uint8_t> content);
Bytes Tlv(uint8_t tag, absl::string_view content);
Bytes Join(std::initializer_list<Bytes> parts);
Bytes Sequence(std::initializer_list<Bytes> parts);
Bytes Integer(uint64_t value);
// Big-endian, not negative.
Bytes Integer(std::span<const uint8_t> magnitude);
Bytes BitString(std::span<const uint8_t> whole_octets);
// The encoded arcs of an object identifier.
Bytes Oid(std::initializer_list<uint8_t> arcs);

// --- Reading ---
struct Element {
  uint8_t tag = 0;
  std::span<const uint8_t> content;
};
// Elements one after the other.
class Reader {
 public:
  explicit Reader(std::span<const uint8_t> bytes) : rest_(bytes) {}
  bool at_end() const { return rest_.empty(); }
  // The tag of the next one; 0 at the end.
  uint8_t PeekTag() const { return rest_.empty() ? 0 : rest_[0]; }
  // Nothing: at the end, cut short, or not in the shortest form (X.690 §10.1).
  std::optional<Element> Next();
  // The next one, if it has this tag.
  std::optional<Element> Next(uint8_t tag);

 private:
  std::span<const uint8_t> rest_;
};

}  // namespace tickwire::tls::der

#endif  // TICKWIRE_PROTOCOLS_TLS_DER_H_
