// What a body is, and which ones are welcome: Content-Disposition (RFC 3261 §20.11),
// Content-Encoding (§20.12), Content-Language (§20.13), Accept-Encoding (§20.2), Accept-Language
// (§20.3), MIME-Version (§20.24).
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_CONTENT_HEADERS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_CONTENT_HEADERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/params.h"

namespace tickwire::sip {

struct ContentDisposition {  // §20.11
  static constexpr absl::string_view kName = "Content-Disposition";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.11";
  absl::string_view type;  // "session", "render", "icon", "alert", "early-session", ...
  Params params;           // "handling"
  // §20.11: without handling=optional the receiver must understand the body.
  bool is_handling_optional() const;
  static std::optional<ContentDisposition> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const ContentDisposition&) const = default;
};

struct ContentEncoding {  // §20.12
  static constexpr absl::string_view kName = "Content-Encoding";
  static constexpr char kCompact = 'e';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.12";
  absl::string_view coding;  // "gzip"
  static std::optional<ContentEncoding> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const ContentEncoding&) const = default;
};

struct ContentLanguage {  // §20.13
  static constexpr absl::string_view kName = "Content-Language";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.13";
  absl::string_view tag;  // "fr"
  static std::optional<ContentLanguage> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const ContentLanguage&) const = default;
};

struct AcceptEncoding {  // §20.2
  static constexpr absl::string_view kName = "Accept-Encoding";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.2";
  absl::string_view coding;  // "gzip", "identity" or "*"
  Params params;             // "q"
  static std::optional<AcceptEncoding> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const AcceptEncoding&) const = default;
};

struct AcceptLanguage {  // §20.3
  static constexpr absl::string_view kName = "Accept-Language";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.3";
  absl::string_view range;  // "da", "en-gb" or "*"
  Params params;            // "q"
  static std::optional<AcceptLanguage> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const AcceptLanguage&) const = default;
};

struct MimeVersion {  // §20.24
  static constexpr absl::string_view kName = "MIME-Version";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.24";
  uint16_t major = 1;
  uint16_t minor = 0;
  static std::optional<MimeVersion> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const MimeVersion&) const = default;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_CONTENT_HEADERS_H_
