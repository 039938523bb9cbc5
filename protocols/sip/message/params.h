// The ";name=value" parameters of a header value (generic-param, RFC 3261 §7.3.1, §25.1).
//
// Names and values are views into the text they were parsed from (or given with); values keep the
// quotes of a quoted-string. Order is kept; names compare case-insensitively. A parameter without
// "=" has an empty value.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_PARAMS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_PARAMS_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/scanner.h"
#include "protocols/sip/message/small_list.h"

namespace tickwire::sip {

struct Param {
  absl::string_view name;
  absl::string_view value;  // empty: a flag such as "lr"
  bool operator==(const Param&) const = default;
};

class Params {
 public:
  // Reads *(SEMI generic-param) and stops before anything else. False when a parameter is malformed
  // or there are more than kMaxParams.
  bool ParseFrom(Scanner& scanner);

  // The value of the first parameter of that name; nothing when absent, empty for a flag.
  std::optional<absl::string_view> Find(absl::string_view name) const;
  bool Has(absl::string_view name) const { return Find(name).has_value(); }
  // Replaces the value in place, or appends the parameter. The views must outlive this object.
  void Set(absl::string_view name, absl::string_view value);

  bool empty() const { return list_.empty(); }
  size_t size() const { return list_.size(); }
  auto begin() const { return list_.begin(); }
  auto end() const { return list_.end(); }
  void AppendTo(std::string& out) const;  // ";name=value;flag"
  bool operator==(const Params&) const = default;

 private:
  SmallList<Param, 4> list_;
};

// The text of a quoted-string: quotes and escapes removed, folding as one space. Text without
// quotes comes back as it is.
std::string Unquote(absl::string_view text);
// A quoted-string of `text`, with what must be escaped escaped (§25.1).
std::string Quote(absl::string_view text);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_PARAMS_H_
