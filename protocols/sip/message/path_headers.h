// Routes that a registration learns: Path (RFC 3327 §4) and Service-Route (RFC 3608 §5). Like
// Route they are name-addr only.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_PATH_HEADERS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_PATH_HEADERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/name_addr.h"

namespace tickwire::sip {

struct Path : NameAddr {  // RFC 3327 §4
  static constexpr absl::string_view kName = "Path";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "RFC 3327 4";
  static std::optional<Path> Parse(absl::string_view value);
};

struct ServiceRoute : NameAddr {  // RFC 3608 §5
  static constexpr absl::string_view kName = "Service-Route";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "RFC 3608 5";
  static std::optional<ServiceRoute> Parse(absl::string_view value);
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_PATH_HEADERS_H_
