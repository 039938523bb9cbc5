// Pieces that several header codecs share. Each reads a whole value (one element of a list).
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_HEADER_PARTS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_HEADER_PARTS_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/params.h"
#include "protocols/sip/message/scanner.h"

namespace tickwire::sip::internal {

// One token and nothing else.
std::optional<absl::string_view> ParseToken(absl::string_view value);
// token *(SEMI generic-param). False leaves the outputs in any state.
bool ParseTokenAndParams(absl::string_view value, absl::string_view& token, Params& params);
// delta-seconds *(SEMI generic-param); seconds up to kMaxDeltaSeconds.
bool ParseSecondsAndParams(absl::string_view value, uint32_t& seconds, Params& params);
// "<" absoluteURI ">" *(SEMI generic-param); `uri` comes without the brackets.
bool ParseBracketedUri(absl::string_view value, absl::string_view& uri, Params& params);
// The number in parameter `name`; nothing when it is absent or not 1*DIGIT up to `max`.
std::optional<uint64_t> NumberParam(const Params& params, absl::string_view name, uint64_t max);
// Whether parameter `name` is absent, or a number up to `max`.
bool IsNumberParamOrAbsent(const Params& params, absl::string_view name, uint64_t max);

void AppendText(std::string& out, absl::string_view text, const Params& params);

}  // namespace tickwire::sip::internal

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_HEADER_PARTS_H_
