// Bodies with several parts (RFC 2046 §5.1, as RFC 3261 §7.4 uses it).
//
// Views into the body that was split. Bounded: at most kMaxBodyParts parts, nested kMaxBodyDepth
// deep.
#ifndef TICKWIRE_PROTOCOLS_SIP_BODY_MULTIPART_H_
#define TICKWIRE_PROTOCOLS_SIP_BODY_MULTIPART_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/sip_message.h"

namespace tickwire::sip {

inline constexpr size_t kMaxBodyParts = 64;
inline constexpr int kMaxBodyDepth = 4;

struct BodyPart {
  absl::string_view content_type;         // text/plain when the part does not say (RFC 2046 §5.1)
  absl::string_view content_disposition;  // empty when absent
  absl::string_view content_id;           // with its angle brackets; empty when absent
  absl::string_view body;
};

// The parts between the delimiter lines, without preamble and epilogue. Nothing when the media type
// has no boundary, no delimiter is found, the closing one is missing, a part has no empty line
// behind its headers, or there are too many.
std::optional<std::vector<BodyPart>> SplitMultipart(absl::string_view content_type,
                                                    absl::string_view body);

// The message body itself, or the first part within it, of that type; nothing when there is none.
std::optional<absl::string_view> FindBody(const SipMessage& message, absl::string_view type,
                                          absl::string_view subtype);

// Puts a multipart body together. The boundary must not occur in the parts (a random token).
class MultipartBuilder {
 public:
  explicit MultipartBuilder(absl::string_view boundary) : boundary_(boundary) {}
  void Add(const BodyPart& part);
  // "multipart/SUBTYPE;boundary=..." for Content-Type.
  std::string ContentTypeText(absl::string_view subtype = "mixed") const;
  std::string Finish() const;

 private:
  std::string boundary_;
  std::string text_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_BODY_MULTIPART_H_
