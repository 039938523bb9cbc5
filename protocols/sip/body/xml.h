// A small strict reader and the escaping for a writer of XML documents, for the bodies of events
// (RFC 3863, RFC 3680).
//
// Reads well-formed documents in UTF-8 with namespaces, character references and the five
// predefined entities. Refused: document type declarations (nothing here needs them, and they are
// how small documents grow large), processing instructions but the XML declaration, more than
// kMaxXmlElements elements or kMaxXmlDepth levels. Linear in the text.
#ifndef TICKWIRE_PROTOCOLS_SIP_BODY_XML_H_
#define TICKWIRE_PROTOCOLS_SIP_BODY_XML_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace tickwire::sip {

inline constexpr size_t kMaxXmlElements = 10000;
inline constexpr int kMaxXmlDepth = 32;
inline constexpr size_t kMaxXmlAttributes = 64;  // of one element
inline constexpr size_t kMaxXmlSpaces = 64;      // namespace declarations in scope

struct XmlAttribute {
  std::string name;  // as written, with its prefix
  std::string value;
  bool operator==(const XmlAttribute&) const = default;
};

struct XmlElement {
  std::string space;  // namespace URI; empty when there is none
  std::string name;   // without prefix
  std::vector<XmlAttribute> attributes;
  std::string text;  // all text directly within, references resolved
  std::vector<XmlElement> children;

  std::optional<absl::string_view> Attribute(absl::string_view name) const;
  // The first child of that name in this element's own namespace.
  const XmlElement* Child(absl::string_view name) const;
  bool operator==(const XmlElement&) const = default;
};

// The root element; nothing when the document is not well-formed or beyond a limit.
std::optional<XmlElement> ParseXml(absl::string_view text);

// Text with what must be escaped escaped, for content and for attributes in double quotes.
std::string EscapeXml(absl::string_view text);

// Without the white space at both ends.
absl::string_view TrimXml(absl::string_view text);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_BODY_XML_H_
