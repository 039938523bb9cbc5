// application/reginfo+xml: which contacts an address-of-record has (RFC 3680 §5), as documents and
// as the table that a subscriber builds of them (§5.2).
#ifndef TICKWIRE_PROTOCOLS_SIP_BODY_REG_INFO_H_
#define TICKWIRE_PROTOCOLS_SIP_BODY_REG_INFO_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace tickwire::sip {

struct RegContact {
  std::string id;  // unique in its registration
  std::string uri;
  std::string display_name;
  bool is_active = true;  // else terminated
  // registered, created, refreshed, shortened, expired, deactivated, probation, unregistered or
  // rejected
  std::string event = "registered";
  std::optional<uint64_t> expires_seconds;      // mandatory with shortened
  std::optional<uint64_t> retry_after_seconds;  // mandatory with probation
  std::optional<uint64_t> duration_registered_seconds;
  std::string q;
  std::string call_id;
  std::optional<uint64_t> cseq;
  bool operator==(const RegContact&) const = default;
};

struct RegisteredAddress {
  enum class State : uint8_t { kInit, kActive, kTerminated };
  std::string aor;
  std::string id;  // unique in the document
  State state = State::kInit;
  std::vector<RegContact> contacts;
  bool operator==(const RegisteredAddress&) const = default;
};

struct RegInfo {
  static constexpr absl::string_view kMediaType = "application/reginfo+xml";

  uint64_t version = 0;  // grows by one with each document of a subscription
  bool is_full = true;   // else partial
  std::vector<RegisteredAddress> registrations;

  // Nothing unless it is a <reginfo> that obeys the schema of §5.4 (other namespaces are passed
  // over).
  static std::optional<RegInfo> Parse(absl::string_view text);
  std::string ToString() const;
  bool operator==(const RegInfo&) const = default;
};

// What a subscriber knows: documents are applied in the order of their arrival (§5.2).
class RegInfoTable {
 public:
  enum class Outcome : uint8_t {
    kApplied,
    kAppliedAfterGap,  // a document is missing: ask for full state by a refresh
    kDiscarded,        // older than what is known
  };
  Outcome Apply(const RegInfo& document);
  const std::vector<RegisteredAddress>& registrations() const { return registrations_; }

 private:
  std::optional<uint64_t> version_;
  std::vector<RegisteredAddress> registrations_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_BODY_REG_INFO_H_
