// Headers that list tokens, one element each: Allow, Supported, Require, Proxy-Require,
// Unsupported; and Priority, a single token.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_TOKEN_HEADERS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_TOKEN_HEADERS_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace tickwire::sip {

struct Allow {  // RFC 3261 §20.5
  static constexpr absl::string_view kName = "Allow";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.5";
  absl::string_view method;
  static std::optional<Allow> Parse(absl::string_view value);
  void AppendTo(std::string& out) const { out.append(method.data(), method.size()); }
  bool operator==(const Allow&) const = default;
};

struct Supported {  // RFC 3261 §20.37
  static constexpr absl::string_view kName = "Supported";
  static constexpr char kCompact = 'k';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.37";
  absl::string_view option_tag;
  static std::optional<Supported> Parse(absl::string_view value);
  void AppendTo(std::string& out) const { out.append(option_tag.data(), option_tag.size()); }
  bool operator==(const Supported&) const = default;
};

struct Require {  // RFC 3261 §20.32
  static constexpr absl::string_view kName = "Require";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.32";
  absl::string_view option_tag;
  static std::optional<Require> Parse(absl::string_view value);
  void AppendTo(std::string& out) const { out.append(option_tag.data(), option_tag.size()); }
  bool operator==(const Require&) const = default;
};

struct ProxyRequire {  // RFC 3261 §20.29
  static constexpr absl::string_view kName = "Proxy-Require";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.29";
  absl::string_view option_tag;
  static std::optional<ProxyRequire> Parse(absl::string_view value);
  void AppendTo(std::string& out) const { out.append(option_tag.data(), option_tag.size()); }
  bool operator==(const ProxyRequire&) const = default;
};

struct Unsupported {  // RFC 3261 §20.40
  static constexpr absl::string_view kName = "Unsupported";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.40";
  absl::string_view option_tag;
  static std::optional<Unsupported> Parse(absl::string_view value);
  void AppendTo(std::string& out) const { out.append(option_tag.data(), option_tag.size()); }
  bool operator==(const Unsupported&) const = default;
};

struct Priority {  // RFC 3261 §20.26
  static constexpr absl::string_view kName = "Priority";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.26";
  absl::string_view token;
  static std::optional<Priority> Parse(absl::string_view value);
  void AppendTo(std::string& out) const { out.append(token.data(), token.size()); }
  bool operator==(const Priority&) const = default;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_TOKEN_HEADERS_H_
