// INFO packages (RFC 6086 §7): Info-Package and Recv-Info.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_INFO_HEADERS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_INFO_HEADERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/params.h"

namespace tickwire::sip {

struct InfoPackage {  // RFC 6086 §7.1
  static constexpr absl::string_view kName = "Info-Package";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "RFC 6086 7.1";
  absl::string_view package;
  Params params;
  static std::optional<InfoPackage> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const InfoPackage&) const = default;
};

struct RecvInfo {  // RFC 6086 §7.2; an empty row: none
  static constexpr absl::string_view kName = "Recv-Info";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "RFC 6086 7.2";
  absl::string_view package;
  Params params;
  static std::optional<RecvInfo> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const RecvInfo&) const = default;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_INFO_HEADERS_H_
