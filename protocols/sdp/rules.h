// The rules of RFC 8866 (session descriptions) and RFC 3264 (offer and answer) that a peer can
// break, and how a breach is reported.
#ifndef TICKWIRE_PROTOCOLS_SDP_RULES_H_
#define TICKWIRE_PROTOCOLS_SDP_RULES_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace tickwire::sdp {

// What a breach does to the description that has it.
enum class Severity : uint8_t {
  kTolerated,  // noted; the description is used
  kFatal,      // the description must not be used
};

// A static constant; its id is stable and may be shown, stored and searched for.
struct Rule {
  absl::string_view id;
  absl::string_view text;     // the rule, in our words
  absl::string_view section;  // "RFC 8866 5.1"
  Severity severity;
};

struct Violation {
  const Rule* rule = nullptr;
  uint32_t offset = 0;  // octets from the start of the description; 0 when it is about the whole
};

using Violations = std::vector<Violation>;

inline bool HasFatal(const Violations& violations) {
  for (const Violation& violation : violations) {
    if (violation.rule->severity == Severity::kFatal) return true;
  }
  return false;
}

namespace rules {

using enum Severity;

// Found while the lines are read.
inline constexpr Rule kTooLarge = {"sdp.too_large", "the description exceeds a limit of limits.h",
                                   "limit", kFatal};
inline constexpr Rule kLine = {"sdp.line", "a line is one letter, an equals sign and the value",
                               "RFC 8866 5", kFatal};
inline constexpr Rule kLineEnd = {"sdp.line_end", "each line ends with CR and LF", "RFC 8866 5",
                                  kTolerated};
inline constexpr Rule kUnknownType = {
    "sdp.unknown_type", "a description with an unknown type letter is ignored as a whole",
    "RFC 8866 5", kFatal};
inline constexpr Rule kOrder = {"sdp.order", "the lines stand in the order of the grammar",
                                "RFC 8866 5", kFatal};
inline constexpr Rule kOnce = {"sdp.once", "this line is in its part at most once", "RFC 8866 9",
                               kFatal};
inline constexpr Rule kMandatory = {"sdp.mandatory", "v, o, s and t are in each description",
                                    "RFC 8866 5", kFatal};
inline constexpr Rule kVersion = {"sdp.version", "the version is 0", "RFC 8866 5.1", kFatal};
inline constexpr Rule kOrigin = {
    "sdp.origin", "o= has user name, session id, version, network type, address type and address",
    "RFC 8866 5.2", kFatal};
inline constexpr Rule kSessionName = {"sdp.session_name", "s= is not empty", "RFC 8866 5.3",
                                      kTolerated};
inline constexpr Rule kConnection = {
    "sdp.connection", "c= has network type, address type and address", "RFC 8866 5.7", kFatal};
inline constexpr Rule kMissingConnection = {
    "sdp.missing_connection", "each media description has a c= line of its own or of the session",
    "RFC 8866 5.7", kFatal};
inline constexpr Rule kBandwidth = {"sdp.bandwidth", "b= is a type, a colon and a number",
                                    "RFC 8866 5.8", kFatal};
inline constexpr Rule kTime = {"sdp.time", "t= has two numbers: 0, or seconds of ten digits",
                               "RFC 8866 5.9", kFatal};
inline constexpr Rule kRepeat = {"sdp.repeat", "r= and z= hold numbers with an optional unit",
                                 "RFC 8866 5.10", kFatal};
inline constexpr Rule kText = {"sdp.text", "the value obeys its grammar", "RFC 8866 9", kFatal};
inline constexpr Rule kMedia = {"sdp.media", "m= has media, port, protocol and formats",
                                "RFC 8866 5.14", kFatal};
inline constexpr Rule kAttributeName = {"sdp.attribute_name", "the name of an attribute is a token",
                                        "RFC 8866 5.13", kFatal};
inline constexpr Rule kAttributeValue = {
    "sdp.attribute_value", "the value of a known attribute obeys its grammar; it is ignored if not",
    "RFC 8866 6", kTolerated};
inline constexpr Rule kDirections = {"sdp.directions",
                                     "at most one of sendrecv, sendonly, recvonly and inactive",
                                     "RFC 8866 6.7", kTolerated};

// Found by comparing offers and answers.
inline constexpr Rule kOriginChanged = {
    "sdp.origin_changed", "o= of one agent keeps all but its version", "RFC 3264 8", kTolerated};
inline constexpr Rule kVersionStep = {
    "sdp.version_step",
    "the version of o= grows by one with a change, and stays the same without one", "RFC 3264 8",
    kTolerated};
inline constexpr Rule kFewerMedia = {"sdp.fewer_media",
                                     "an offer has a media line for each one there was before",
                                     "RFC 3264 8", kFatal};
inline constexpr Rule kAnswerCount = {
    "sdp.answer_count", "an answer has as many media lines as the offer", "RFC 3264 6", kFatal};
inline constexpr Rule kAnswerMedia = {
    "sdp.answer_media", "the i-th stream of an answer has the media type of the i-th offered",
    "RFC 3264 6", kFatal};
inline constexpr Rule kAnswerZeroPort = {
    "sdp.answer_zero_port", "a stream offered with port zero is answered with port zero",
    "RFC 3264 8.2", kFatal};
inline constexpr Rule kAnswerFormats = {"sdp.answer_formats",
                                        "an accepted stream has at least one format of the offer",
                                        "RFC 3264 6.1", kFatal};
inline constexpr Rule kAnswerDirection = {
    "sdp.answer_direction",
    "sendonly is answered recvonly or inactive, recvonly sendonly or inactive, inactive inactive",
    "RFC 3264 6.1", kFatal};
inline constexpr Rule kPayloadRemapped = {
    "sdp.payload_remapped", "a dynamic payload type keeps its codec for the whole session",
    "RFC 3264 8.3.2", kFatal};
inline constexpr Rule kNothingInCommon = {"sdp.nothing_in_common",
                                          "no offered stream has a format that this agent supports",
                                          "RFC 3264 6", kFatal};

}  // namespace rules
}  // namespace tickwire::sdp

#endif  // TICKWIRE_PROTOCOLS_SDP_RULES_H_
