// The list of headers that this stack understands. Adding one: its trait struct (kName, kCompact,
// kIsList, kSection, Parse, AppendTo), its name in KnownHeaders below, and a test.
//
// A HeaderId is the place in that list. It never leaves the process: traces and files use names.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_HEADER_TABLE_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_HEADER_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/auth_headers.h"
#include "protocols/sip/message/caller_preferences.h"
#include "protocols/sip/message/content_headers.h"
#include "protocols/sip/message/cseq.h"
#include "protocols/sip/message/event_headers.h"
#include "protocols/sip/message/identity_headers.h"
#include "protocols/sip/message/info_headers.h"
#include "protocols/sip/message/info_uri_headers.h"
#include "protocols/sip/message/media_type.h"
#include "protocols/sip/message/name_addr.h"
#include "protocols/sip/message/number_headers.h"
#include "protocols/sip/message/path_headers.h"
#include "protocols/sip/message/publish_headers.h"
#include "protocols/sip/message/refer_headers.h"
#include "protocols/sip/message/reliability_headers.h"
#include "protocols/sip/message/session_timer_headers.h"
#include "protocols/sip/message/text_headers.h"
#include "protocols/sip/message/timing_headers.h"
#include "protocols/sip/message/token_headers.h"
#include "protocols/sip/message/via.h"
#include "protocols/sip/message/warning.h"

namespace tickwire::sip {

template <class... Headers>
struct HeaderList {};

using KnownHeaders = HeaderList<  //
    Via, From, To, CallId, CSeq, MaxForwards, Contact, ContentLength, ContentType, Route,
    RecordRoute, Expires, MinExpires, Allow, Supported, Require, ProxyRequire, Unsupported,
    UserAgentHeader, Server, Subject, Organization, Priority, Accept, RetryAfter, Timestamp, Date,
    Warning, Reason, ReplyTo, WwwAuthenticate, ProxyAuthenticate, Authorization, ProxyAuthorization,
    AuthenticationInfo, ProxyAuthenticationInfo, RSeq, RAck, SessionExpires, MinSe, Event,
    AllowEvents, SubscriptionState, ReferTo, ReferredBy, Replaces, SipEtag, SipIfMatch, Path,
    ServiceRoute, MaxBreadth, InfoPackage, RecvInfo, AlertInfo, CallInfo, ErrorInfo,
    ContentDisposition, ContentEncoding, ContentLanguage, AcceptEncoding, AcceptLanguage,
    MimeVersion, AcceptContact, RejectContact, RequestDisposition, InReplyTo, Privacy,
    PAssertedIdentity, PPreferredIdentity>;

enum class HeaderId : uint8_t { kOther = 0xff };  // other values: index in KnownHeaders

namespace internal {
template <class... Headers>
constexpr size_t CountHeaders(HeaderList<Headers...>) {
  return sizeof...(Headers);
}
template <class Header, class... Headers>
constexpr size_t IndexOfHeader(HeaderList<Headers...>) {
  size_t index = 0;
  const bool found = ((std::is_same_v<Header, Headers> || (++index, false)) || ...);
  return found ? index : sizeof...(Headers);
}
}  // namespace internal

inline constexpr size_t kHeaderCount = internal::CountHeaders(KnownHeaders{});
static_assert(kHeaderCount < 0xff);

template <class Header>
constexpr HeaderId IdOf() {
  constexpr size_t kIndex = internal::IndexOfHeader<Header>(KnownHeaders{});
  static_assert(kIndex < kHeaderCount, "not in KnownHeaders");
  return static_cast<HeaderId>(kIndex);
}

struct HeaderInfo {
  absl::string_view name;                     // canonical spelling
  char compact;                               // one-letter form (RFC 3261 §7.3.3), or NUL
  bool is_list;                               // elements may be joined by commas (§7.3.1)
  bool may_repeat;                            // may have several rows: lists, and challenges
  bool is_address;                            // a NameAddr
  bool can_be_empty;                          // a row without a value is legal
  absl::string_view section;                  // of RFC 3261, or "RFC n section"
  bool (*is_valid)(absl::string_view value);  // one element obeys its grammar
};

// REQUIRES: id != kOther.
const HeaderInfo& InfoOf(HeaderId id);
// By full or compact name in any case; kOther when unknown.
HeaderId FindHeader(absl::string_view name);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_HEADER_TABLE_H_
