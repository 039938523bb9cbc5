// Media types: Content-Type (RFC 3261 §20.15) and Accept (§20.1).
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_MEDIA_TYPE_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_MEDIA_TYPE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/params.h"

namespace tickwire::sip {

struct MediaType {
  absl::string_view type;     // "application", or "*" in Accept
  absl::string_view subtype;  // "sdp", or "*"
  Params params;

  static std::optional<MediaType> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  // Case-insensitive (§20.15); parameters do not count.
  bool Is(absl::string_view wanted_type, absl::string_view wanted_subtype) const;
  bool operator==(const MediaType&) const = default;
};

struct ContentType : MediaType {
  static constexpr absl::string_view kName = "Content-Type";
  static constexpr char kCompact = 'c';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.15";
  static std::optional<ContentType> Parse(absl::string_view value);
};

struct Accept : MediaType {
  static constexpr absl::string_view kName = "Accept";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.1";
  static std::optional<Accept> Parse(absl::string_view value);
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_MEDIA_TYPE_H_
