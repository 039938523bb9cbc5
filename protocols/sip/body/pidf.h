// application/pidf+xml: the presence of somebody (RFC 3863 §4; used by RFC 3856 and PUBLISH).
#ifndef TICKWIRE_PROTOCOLS_SIP_BODY_PIDF_H_
#define TICKWIRE_PROTOCOLS_SIP_BODY_PIDF_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace tickwire::sip {

struct PidfTuple {
  std::string id;               // unique in the document
  std::optional<bool> is_open;  // <basic>; nothing when the status has another element only
  std::string contact;          // URI; empty when absent
  std::string priority;         // of the contact, "0" to "1" with three decimals; may be empty
  std::string note;             // the first one
  std::string timestamp;        // as written (RFC 3339)
  bool operator==(const PidfTuple&) const = default;
};

struct Pidf {
  static constexpr absl::string_view kMediaType = "application/pidf+xml";

  std::string entity;  // "pres:somebody@example.com"
  std::vector<PidfTuple> tuples;
  std::string note;

  // Nothing unless it is a <presence> with an entity and each tuple has a unique id and a status.
  // Elements of other namespaces are passed over (§4.2.3).
  static std::optional<Pidf> Parse(absl::string_view text);
  std::string ToString() const;

  // Whether any tuple is open.
  bool is_open() const;
  bool operator==(const Pidf&) const = default;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_BODY_PIDF_H_
