#include "protocols/sip/body/pidf.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/body/xml.h"

namespace tickwire::sip {
namespace {

constexpr absl::string_view kNamespace = "urn:ietf:params:xml:ns:pidf";

std::string TextOf(const XmlElement* element) {
  return element == nullptr ? std::string() : std::string(TrimXml(element->text));
}

// §4.1.5: a decimal number from 0 to 1 with at most three decimals; anything else does not count.
bool IsPriority(absl::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return false;
  if (text.size() == 1) return true;
  if (text[1] != '.') return false;
  return std::all_of(text.begin() + 2, text.end(),
                     [&](char c) { return c >= '0' && c <= (text[0] == '1' ? '0' : '9'); });
}

std::optional<PidfTuple> ReadTuple(const XmlElement& element) {
  PidfTuple tuple;
  const std::optional<absl::string_view> id = element.Attribute("id");
  const XmlElement* const status = element.Child("status");
  if (!id.has_value() || id->empty() || status == nullptr || status->children.empty()) {
    return std::nullopt;
  }
  tuple.id = std::string(*id);
  if (const XmlElement* const basic = status->Child("basic")) {
    const std::string text = TextOf(basic);
    if (text != "open" && text != "closed") return std::nullopt;
    tuple.is_open = text == "open";
  }
  if (const XmlElement* const contact = element.Child("contact")) {
    tuple.contact = TextOf(contact);
    const absl::string_view priority = contact->Attribute("priority").value_or("");
    if (IsPriority(priority)) tuple.priority = std::string(priority);
  }
  tuple.note = TextOf(element.Child("note"));
  tuple.timestamp = TextOf(element.Child("timestamp"));
  return tuple;
}

void AppendTuple(std::string& out, const PidfTuple& tuple) {
  absl::StrAppend(&out, "  <tuple id=\"", EscapeXml(tuple.id), "\">\r\n    <status>");
  if (tuple.is_open.has_value()) {
    absl::StrAppend(&out, "<basic>", *tuple.is_open ? "open" : "closed", "</basic>");
  }
  out.append("</status>\r\n");
  if (!tuple.contact.empty()) {
    out.append("    <contact");
    if (!tuple.priority.empty()) absl::StrAppend(&out, " priority=\"", tuple.priority, "\"");
    absl::StrAppend(&out, ">", EscapeXml(tuple.contact), "</contact>\r\n");
  }
  if (!tuple.note.empty())
    absl::StrAppend(&out, "    <note>", EscapeXml(tuple.note), "</note>\r\n");
  if (!tuple.timestamp.empty()) {
    absl::StrAppend(&out, "    <timestamp>", EscapeXml(tuple.timestamp), "</timestamp>\r\n");
  }
  out.append("  </tuple>\r\n");
}

}  // namespace

std::optional<Pidf> Pidf::Parse(absl::string_view text) {
  const std::optional<XmlElement> root = ParseXml(text);
  if (!root.has_value() || root->name != "presence" || root->space != kNamespace) {
    return std::nullopt;
  }
  const std::optional<absl::string_view> entity = root->Attribute("entity");
  if (!entity.has_value() || entity->empty()) return std::nullopt;
  Pidf pidf;
  pidf.entity = std::string(*entity);
  for (const XmlElement& child : root->children) {
    if (child.space != kNamespace) continue;
    if (child.name == "note" && pidf.note.empty()) pidf.note = TextOf(&child);
    if (child.name != "tuple") continue;
    std::optional<PidfTuple> tuple = ReadTuple(child);
    if (!tuple.has_value()) return std::nullopt;
    const bool is_taken =
        std::any_of(pidf.tuples.begin(), pidf.tuples.end(),
                    [&](const PidfTuple& other) { return other.id == tuple->id; });
    if (is_taken) return std::nullopt;
    pidf.tuples.push_back(std::move(*tuple));
  }
  return pidf;
}

std::string Pidf::ToString() const {
  std::string out = absl::StrCat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<presence xmlns=\"",
                                 kNamespace, "\" entity=\"", EscapeXml(entity), "\">\r\n");
  for (const PidfTuple& tuple : tuples) AppendTuple(out, tuple);
  if (!note.empty()) absl::StrAppend(&out, "  <note>", EscapeXml(note), "</note>\r\n");
  out.append("</presence>\r\n");
  return out;
}

bool Pidf::is_open() const {
  return std::any_of(tuples.begin(), tuples.end(),
                     [](const PidfTuple& tuple) { return tuple.is_open.value_or(false); });
}

}  // namespace tickwire::sip
