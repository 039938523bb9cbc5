// The lexical pieces of RFC 8866 §9. Views only; nothing owns.
#ifndef TICKWIRE_PROTOCOLS_SDP_GRAMMAR_H_
#define TICKWIRE_PROTOCOLS_SDP_GRAMMAR_H_

#include <cstdint>
#include <limits>
#include <optional>

#include "absl/strings/string_view.h"

namespace tickwire::sdp {

inline constexpr uint64_t kAnyNumber = std::numeric_limits<uint64_t>::max();

// 1*DIGIT up to `max`.
std::optional<uint64_t> ParseNumber(absl::string_view text, uint64_t max);
bool IsToken(absl::string_view text);
bool IsNonWhite(absl::string_view text);  // non-ws-string
bool IsProtocol(absl::string_view text);  // token *("/" token)
// The address of o= and that of c=, which may be multicast with ttl and count.
bool IsAddress(absl::string_view net_type, absl::string_view addr_type, absl::string_view address);
bool IsConnectionAddress(absl::string_view net_type, absl::string_view addr_type,
                         absl::string_view address);
bool IsKey(absl::string_view text);     // value of k=
bool IsRepeat(absl::string_view text);  // value of r=
bool IsZones(absl::string_view text);   // value of z=

// Splits a value at single spaces. An empty word is a breach that the caller's own check finds.
class Words {
 public:
  explicit Words(absl::string_view text) : rest_(text) {}
  // The next word; empty at the end.
  absl::string_view Take();
  bool is_done() const { return is_done_; }

 private:
  absl::string_view rest_;
  bool is_done_ = false;
};

}  // namespace tickwire::sdp

#endif  // TICKWIRE_PROTOCOLS_SDP_GRAMMAR_H_
