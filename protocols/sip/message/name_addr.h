// name-addr and addr-spec (RFC 3261 §20.10, §25.1), and the headers that are one of them with
// parameters: From, To, Contact, Route, Record-Route, Reply-To.
//
// All views point into the text that was parsed, or that the caller keeps alive. The URI is kept as
// text; SipUri::Parse takes it apart when somebody needs it.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_NAME_ADDR_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_NAME_ADDR_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/params.h"
#include "protocols/sip/message/sip_uri.h"

namespace tickwire::sip {

struct NameAddr {
  absl::string_view display_name;  // with its quotes, if it has any; see Unquote
  absl::string_view uri;           // without the angle brackets; "*" in Contact
  Params params;

  // Nothing for an unterminated quote or bracket, a display name that is neither tokens nor quoted,
  // or an addr-spec with "?", "," or ";" of its own outside brackets (§20).
  static std::optional<NameAddr> Parse(absl::string_view value);
  // The same into this, which must be fresh; false leaves it in any state.
  bool ParseFrom(absl::string_view value);
  // Always in the bracketed form, so that URI parameters stay the URI's.
  void AppendTo(std::string& out) const;

  std::optional<absl::string_view> tag() const { return params.Find("tag"); }
  std::optional<SipUri> sip_uri() const { return SipUri::Parse(uri); }
  bool operator==(const NameAddr&) const = default;
};

namespace internal {
// A NameAddr with the type of its header. Built in place: these are large, and parsed often.
template <class Header>
std::optional<Header> ParseAs(absl::string_view value) {
  std::optional<Header> parsed(std::in_place);
  if (!parsed->ParseFrom(value)) parsed.reset();
  return parsed;
}
}  // namespace internal

struct From : NameAddr {  // §20.20
  static constexpr absl::string_view kName = "From";
  static constexpr char kCompact = 'f';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.20";
  static std::optional<From> Parse(absl::string_view value) {
    return internal::ParseAs<From>(value);
  }
};

struct To : NameAddr {  // §20.39
  static constexpr absl::string_view kName = "To";
  static constexpr char kCompact = 't';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.39";
  static std::optional<To> Parse(absl::string_view value) { return internal::ParseAs<To>(value); }
};

struct Contact : NameAddr {  // §20.10
  static constexpr absl::string_view kName = "Contact";
  static constexpr char kCompact = 'm';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.10";
  static std::optional<Contact> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool is_star() const { return uri == "*"; }
};

struct Route : NameAddr {  // §20.34
  static constexpr absl::string_view kName = "Route";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.34";
  static std::optional<Route> Parse(absl::string_view value);
};

struct RecordRoute : NameAddr {  // §20.30
  static constexpr absl::string_view kName = "Record-Route";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.30";
  static std::optional<RecordRoute> Parse(absl::string_view value);
};

struct ReplyTo : NameAddr {  // §20.31
  static constexpr absl::string_view kName = "Reply-To";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.31";
  static std::optional<ReplyTo> Parse(absl::string_view value) {
    return internal::ParseAs<ReplyTo>(value);
  }
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_NAME_ADDR_H_
