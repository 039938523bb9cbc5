#include "protocols/sip/body/reg_info.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/body/xml.h"
#include "protocols/sip/message/scanner.h"

namespace tickwire::sip {
namespace {

constexpr absl::string_view kNamespace = "urn:ietf:params:xml:ns:reginfo";
constexpr absl::string_view kStates[] = {"init", "active", "terminated"};
constexpr absl::string_view kEvents[] = {"registered", "created",      "refreshed",
                                         "shortened",  "expired",      "deactivated",
                                         "probation",  "unregistered", "rejected"};

// False when the attribute is there but no number.
bool ReadNumber(const XmlElement& element, absl::string_view name, std::optional<uint64_t>& out) {
  const std::optional<absl::string_view> text = element.Attribute(name);
  if (!text.has_value()) return true;
  out = ParseDecimal(*text, std::numeric_limits<uint64_t>::max());
  return out.has_value();
}

std::string AttributeOf(const XmlElement& element, absl::string_view name) {
  return std::string(element.Attribute(name).value_or(""));
}

std::optional<RegContact> ReadContact(const XmlElement& element) {
  RegContact contact;
  contact.id = AttributeOf(element, "id");
  contact.event = AttributeOf(element, "event");
  const std::string state = AttributeOf(element, "state");
  contact.is_active = state == "active";
  const XmlElement* const uri = element.Child("uri");
  const bool is_known =
      std::find(std::begin(kEvents), std::end(kEvents), contact.event) != std::end(kEvents);
  if (contact.id.empty() || !is_known || (!contact.is_active && state != "terminated") ||
      uri == nullptr) {
    return std::nullopt;
  }
  contact.uri = std::string(TrimXml(uri->text));
  if (const XmlElement* const name = element.Child("display-name")) {
    contact.display_name = std::string(TrimXml(name->text));
  }
  contact.q = AttributeOf(element, "q");
  contact.call_id = AttributeOf(element, "callid");
  if (!ReadNumber(element, "expires", contact.expires_seconds) ||
      !ReadNumber(element, "retry-after", contact.retry_after_seconds) ||
      !ReadNumber(element, "duration-registered", contact.duration_registered_seconds) ||
      !ReadNumber(element, "cseq", contact.cseq)) {
    return std::nullopt;
  }
  // §5.1
  if (contact.event == "shortened" && !contact.expires_seconds.has_value()) return std::nullopt;
  if (contact.event == "probation" && !contact.retry_after_seconds.has_value()) return std::nullopt;
  return contact;
}

std::optional<RegisteredAddress> ReadRegistration(const XmlElement& element) {
  RegisteredAddress registration;
  registration.aor = AttributeOf(element, "aor");
  registration.id = AttributeOf(element, "id");
  const auto* const state =
      std::find(std::begin(kStates), std::end(kStates), AttributeOf(element, "state"));
  if (registration.aor.empty() || registration.id.empty() || state == std::end(kStates)) {
    return std::nullopt;
  }
  registration.state = static_cast<RegisteredAddress::State>(state - std::begin(kStates));
  for (const XmlElement& child : element.children) {
    if (child.space != kNamespace || child.name != "contact") continue;
    std::optional<RegContact> contact = ReadContact(child);
    if (!contact.has_value()) return std::nullopt;
    registration.contacts.push_back(std::move(*contact));
  }
  return registration;
}

void AppendText(std::string& out, absl::string_view name, absl::string_view value) {
  if (!value.empty()) absl::StrAppend(&out, " ", name, "=\"", EscapeXml(value), "\"");
}
void AppendNumber(std::string& out, absl::string_view name, std::optional<uint64_t> value) {
  if (value.has_value()) absl::StrAppend(&out, " ", name, "=\"", *value, "\"");
}

void AppendContact(std::string& out, const RegContact& contact) {
  absl::StrAppend(&out, "    <contact id=\"", EscapeXml(contact.id), "\" state=\"",
                  contact.is_active ? "active" : "terminated", "\" event=\"", contact.event, "\"");
  AppendNumber(out, "duration-registered", contact.duration_registered_seconds);
  AppendNumber(out, "expires", contact.expires_seconds);
  AppendNumber(out, "retry-after", contact.retry_after_seconds);
  AppendText(out, "q", contact.q);
  AppendText(out, "callid", contact.call_id);
  AppendNumber(out, "cseq", contact.cseq);
  absl::StrAppend(&out, ">\r\n      <uri>", EscapeXml(contact.uri), "</uri>\r\n");
  if (!contact.display_name.empty()) {
    absl::StrAppend(&out, "      <display-name>", EscapeXml(contact.display_name),
                    "</display-name>\r\n");
  }
  out.append("    </contact>\r\n");
}

template <class Item>
Item* FindById(std::vector<Item>& items, const std::string& id) {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const Item& item) { return item.id == id; });
  return found == items.end() ? nullptr : &*found;
}

}  // namespace

std::optional<RegInfo> RegInfo::Parse(absl::string_view text) {
  const std::optional<XmlElement> root = ParseXml(text);
  if (!root.has_value() || root->name != "reginfo" || root->space != kNamespace) {
    return std::nullopt;
  }
  RegInfo info;
  std::optional<uint64_t> version;
  if (!ReadNumber(*root, "version", version) || !version.has_value()) return std::nullopt;
  info.version = *version;
  const std::string state = AttributeOf(*root, "state");
  if (state != "full" && state != "partial") return std::nullopt;
  info.is_full = state == "full";
  for (const XmlElement& child : root->children) {
    if (child.space != kNamespace || child.name != "registration") continue;
    std::optional<RegisteredAddress> registration = ReadRegistration(child);
    if (!registration.has_value()) return std::nullopt;
    info.registrations.push_back(std::move(*registration));
  }
  return info;
}

std::string RegInfo::ToString() const {
  std::string out =
      absl::StrCat("<?xml version=\"1.0\"?>\r\n<reginfo xmlns=\"", kNamespace, "\" version=\"",
                   version, "\" state=\"", is_full ? "full" : "partial", "\">\r\n");
  for (const RegisteredAddress& registration : registrations) {
    absl::StrAppend(&out, "  <registration aor=\"", EscapeXml(registration.aor), "\" id=\"",
                    EscapeXml(registration.id), "\" state=\"",
                    kStates[static_cast<size_t>(registration.state)], "\">\r\n");
    for (const RegContact& contact : registration.contacts) AppendContact(out, contact);
    out.append("  </registration>\r\n");
  }
  out.append("</reginfo>\r\n");
  return out;
}

RegInfoTable::Outcome RegInfoTable::Apply(const RegInfo& document) {
  // §5.2: a document with the version that is known brings nothing new.
  if (version_.has_value() && document.version <= *version_) return Outcome::kDiscarded;
  const bool has_gap = version_.has_value() && document.version > *version_ + 1;
  version_ = document.version;
  if (document.is_full) registrations_.clear();
  for (const RegisteredAddress& changed : document.registrations) {
    RegisteredAddress* registration = FindById(registrations_, changed.id);
    if (registration == nullptr) {
      registrations_.push_back({changed.aor, changed.id, changed.state, {}});
      registration = &registrations_.back();
    }
    registration->aor = changed.aor;
    registration->state = changed.state;
    for (const RegContact& contact : changed.contacts) {
      if (RegContact* const known = FindById(registration->contacts, contact.id)) {
        *known = contact;
      } else {
        registration->contacts.push_back(contact);
      }
    }
    // A terminated row may go at any time.
    std::erase_if(registration->contacts, [](const RegContact& c) { return !c.is_active; });
  }
  return has_gap ? Outcome::kAppliedAfterGap : Outcome::kApplied;
}

}  // namespace tickwire::sip
