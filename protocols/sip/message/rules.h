// The rules of RFC 3261 (and a few others) that parser and validator can find broken.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_RULES_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_RULES_H_

#include "protocols/sip/message/violation.h"

namespace tickwire::sip::rules {

// Found while the lines are read.
inline constexpr Rule kTooLarge = {"sip.too_large", "the message exceeds kMaxMessageBytes", "limit",
                                   513};
inline constexpr Rule kTooManyRows = {"sip.too_many_rows", "more header rows than kMaxHeaderRows",
                                      "limit", 513};
inline constexpr Rule kNoStartLine = {"sip.no_start_line", "there is no start line", "RFC 3261 7",
                                      400};
inline constexpr Rule kRequestLine = {
    "sip.request_line", "a request line is method, URI and version, one space between each",
    "RFC 3261 7.1", 400};
inline constexpr Rule kStatusLine = {
    "sip.status_line",
    "a status line is version, three digits and a reason, one space between each", "RFC 3261 7.2",
    400};
inline constexpr Rule kStatusRange = {"sip.status_range", "status codes run from 100 to 699",
                                      "RFC 3261 7.2", 400};
inline constexpr Rule kLineEnd = {"sip.line_end", "each line ends with CR and LF", "RFC 3261 7",
                                  400};
inline constexpr Rule kHeaderRow = {
    "sip.header_row", "a header row is a token, a colon and the value", "RFC 3261 7.3.1", 400};
inline constexpr Rule kNoBlankLine = {"sip.no_blank_line", "an empty line ends the headers",
                                      "RFC 3261 7", 400};
inline constexpr Rule kBodyTooShort = {
    "sip.body_too_short", "the body is shorter than Content-Length says", "RFC 3261 18.3", 400};
inline constexpr Rule kContentLength = {
    "sip.content_length", "Content-Length is a decimal number of octets", "RFC 3261 20.14", 400};

// Found by looking at the values.
inline constexpr Rule kVersion = {"sip.version", "the version is SIP/2.0", "RFC 3261 7.1", 505};
inline constexpr Rule kMethodToken = {"sip.method", "the method is a token", "RFC 3261 25.1", 400};
inline constexpr Rule kRequestUri = {
    "sip.request_uri", "the Request-URI is a URI without white space or angle brackets",
    "RFC 3261 7.1", 400};
inline constexpr Rule kRequestUriHeaders = {
    "sip.request_uri_headers", "a Request-URI has no header part", "RFC 3261 19.1.1", 400};
inline constexpr Rule kMandatoryHeader = {
    "sip.mandatory_header",
    "Via, From, To, Call-ID and CSeq are in each message (Max-Forwards too in a request)",
    "RFC 3261 8.1.1", 400};
inline constexpr Rule kMandatoryContact = {"sip.mandatory_contact",
                                           "a request that can create a dialog has one Contact",
                                           "RFC 3261 8.1.1.8", 400};
inline constexpr Rule kHeaderValue = {"sip.header_value", "the value obeys its grammar",
                                      "RFC 3261 25.1", 400};
inline constexpr Rule kSingleHeader = {
    "sip.single_header", "this header is in a message at most once", "RFC 3261 7.3.1", 400};
inline constexpr Rule kHeaderUri = {"sip.header_uri", "the URI obeys its grammar", "RFC 3261 25.1",
                                    400};
inline constexpr Rule kCSeqMethod = {"sip.cseq_method", "the method of CSeq is that of the request",
                                     "RFC 3261 8.1.1.5", 400};
inline constexpr Rule kFromTag = {"sip.from_tag", "From has a tag", "RFC 3261 8.1.1.3", 400};
inline constexpr Rule kBranch = {
    "sip.branch", "the top Via has a branch, and more in it than z9hG4bK", "RFC 3261 8.1.1.7", 400};
inline constexpr Rule kStarContact = {"sip.star_contact",
                                      "Contact * stands alone, in REGISTER, with Expires 0",
                                      "RFC 3261 10.2.2", 400};
inline constexpr Rule kContentType = {"sip.content_type", "a body needs a Content-Type",
                                      "RFC 3261 20.15", 400};

}  // namespace tickwire::sip::rules

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_RULES_H_
