// Domain names: their text form, and their form in messages (RFC 1035 §2.3, §3.1, §4.1.4).
//
// Text: labels joined by dots, in lower case, without the dot at the end; "" is the root. An octet
// that is not printable ASCII, and a dot or backslash inside a label, is written "\ddd" (RFC 1035
// §5.1), so every name that the wire can carry has one text, and equal names have equal texts.
// MODEL: case is not kept: answers have their owner names in lower case.
#ifndef TICKWIRE_PROTOCOLS_DNS_DNS_NAME_H_
#define TICKWIRE_PROTOCOLS_DNS_DNS_NAME_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace tickwire::dns {

inline constexpr size_t kMaxLabelBytes = 63;  // §2.3.4
inline constexpr size_t kMaxNameBytes = 255;  // on the wire, with lengths and the root

// The canonical text; nothing for an empty or overlong label, or an overlong name.
std::optional<std::string> NormalizeName(absl::string_view text);

// Whether `name` is `ancestor` or lies below it. Both canonical.
bool IsWithin(absl::string_view name, absl::string_view ancestor);
// Without its first label; the root's parent is the root.
absl::string_view ParentOf(absl::string_view name);

// Reads the name at `offset` of `message` and moves `offset` behind it. Pointers may lead backwards
// only (§4.1.4), so there are no loops. Nothing when it is damaged.
std::optional<std::string> ReadName(std::span<const uint8_t> message, size_t& offset);

// Writes names into one message; the ends that were written before become pointers (§4.1.4).
class NameWriter {
 public:
  // `out` is the message from its first octet, and outlives this.
  explicit NameWriter(std::vector<uint8_t>& out) : out_(out) {}
  // REQUIRES: `name` is canonical.
  void Write(absl::string_view name);
  // For SRV and NAPTR, whose names must not be compressed (RFC 2782, RFC 3597 §4).
  void WriteUncompressed(absl::string_view name);
  // Forgets what lies at or behind `size`, where the message was cut off.
  void Truncate(size_t size);

 private:
  std::vector<uint8_t>& out_;
  std::map<std::string, uint16_t, std::less<>> offsets_;  // of ends of names
};

}  // namespace tickwire::dns

#endif  // TICKWIRE_PROTOCOLS_DNS_DNS_NAME_H_
