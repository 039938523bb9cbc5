// Reliable provisional responses (RFC 3262 §7): RSeq and RAck.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_RELIABILITY_HEADERS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_RELIABILITY_HEADERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace tickwire::sip {

struct RSeq {  // RFC 3262 §7.1
  static constexpr absl::string_view kName = "RSeq";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "RFC 3262 7.1";
  uint32_t number = 0;  // 1 to 2^32 - 1; the first of a transaction is below 2^31
  static std::optional<RSeq> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const RSeq&) const = default;
};

struct RAck {  // RFC 3262 §7.2
  static constexpr absl::string_view kName = "RAck";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "RFC 3262 7.2";
  uint32_t rseq = 0;         // RSeq of the response that is acknowledged
  uint32_t cseq = 0;         // its CSeq
  absl::string_view method;  // and the method in it; case-sensitive
  static std::optional<RAck> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const RAck&) const = default;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_RELIABILITY_HEADERS_H_
