// Headers for people to read: Subject, Organization, User-Agent, Server (TEXT-UTF8-TRIM, or product
// and comment, RFC 3261 §25.1). The value is kept as it came, folding included; Unfold() makes one
// line of it.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_TEXT_HEADERS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_TEXT_HEADERS_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace tickwire::sip {

// Each fold (line end and the white space of the next line) as one space (§7.3.1).
std::string Unfold(absl::string_view value);

struct Subject {  // RFC 3261 §20.36
  static constexpr absl::string_view kName = "Subject";
  static constexpr char kCompact = 's';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.36";
  absl::string_view text;
  static std::optional<Subject> Parse(absl::string_view value);
  void AppendTo(std::string& out) const { out.append(text.data(), text.size()); }
  bool operator==(const Subject&) const = default;
};

struct Organization {  // RFC 3261 §20.25
  static constexpr absl::string_view kName = "Organization";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.25";
  absl::string_view text;
  static std::optional<Organization> Parse(absl::string_view value);
  void AppendTo(std::string& out) const { out.append(text.data(), text.size()); }
  bool operator==(const Organization&) const = default;
};

struct UserAgentHeader {  // RFC 3261 §20.41
  static constexpr absl::string_view kName = "User-Agent";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.41";
  absl::string_view text;
  static std::optional<UserAgentHeader> Parse(absl::string_view value);
  void AppendTo(std::string& out) const { out.append(text.data(), text.size()); }
  bool operator==(const UserAgentHeader&) const = default;
};

struct Server {  // RFC 3261 §20.35
  static constexpr absl::string_view kName = "Server";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.35";
  absl::string_view text;
  static std::optional<Server> Parse(absl::string_view value);
  void AppendTo(std::string& out) const { out.append(text.data(), text.size()); }
  bool operator==(const Server&) const = default;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_TEXT_HEADERS_H_
