#include "protocols/sip/message/validate.h"

#include <algorithm>
#include <array>

#include "protocols/sip/message/limits.h"
#include "protocols/sip/message/rules.h"

namespace tickwire::sip {
namespace {

class Validator {
 public:
  explicit Validator(const SipMessage& message) : message_(message) {}

  Violations Run() {
    if (message_.text().empty() || message_.start_line().empty()) return {};
    CheckStartLine();
    for (size_t i = 0; i < message_.row_count(); ++i) CheckRow(message_.row(i));
    CheckMandatory();
    CheckCSeq();
    CheckFromTag();
    CheckBranch();
    CheckContacts();
    CheckBody();
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Violation& a, const Violation& b) { return a.offset < b.offset; });
    return std::move(found_);
  }

 private:
  void Report(const Rule& rule, uint32_t offset) {
    if (found_.size() < kMaxViolations) found_.push_back({&rule, offset});
  }
  uint32_t OffsetOf(absl::string_view view) const {
    return static_cast<uint32_t>(view.data() - message_.text().data());
  }
  uint32_t EndOfRows() const {
    if (message_.row_count() == 0) return OffsetOf(message_.start_line());
    const SipMessage::Row last = message_.row(message_.row_count() - 1);
    return last.value_offset + static_cast<uint32_t>(last.value.size());
  }
  // Offset of the first row's value; of the end of the headers when there is none.
  template <class Header>
  uint32_t Where() const {
    const std::optional<absl::string_view> raw = message_.GetRaw<Header>();
    return raw.has_value() ? OffsetOf(*raw) : EndOfRows();
  }

  void CheckStartLine() {
    if (!message_.version().empty() && !EqualsIgnoreCase(message_.version(), "SIP/2.0")) {
      Report(rules::kVersion, OffsetOf(message_.version()));
    }
    if (!message_.is_request()) return;
    Scanner method(message_.method_name());
    method.Token();
    if (message_.method_name().empty() || !method.at_end()) {
      Report(rules::kMethodToken, OffsetOf(message_.start_line()));
    }
    const absl::string_view uri = message_.request_uri();
    if (uri.empty()) return;  // a broken start line, reported by the parser
    if (!IsUri(uri)) {
      Report(rules::kRequestUri, OffsetOf(uri));
    } else if (const auto sip = SipUri::Parse(uri); sip.has_value() && !sip->headers.empty()) {
      Report(rules::kRequestUriHeaders, OffsetOf(sip->headers));
    }
  }

  void CheckRow(const SipMessage::Row& row) {
    if (row.id == HeaderId::kOther) return;
    const HeaderInfo& info = InfoOf(row.id);
    uint16_t& count = counts_[static_cast<size_t>(row.id)];
    ++count;
    if (!info.may_repeat && count > 1) {
      Report(rules::kSingleHeader, row.offset);
      return;
    }
    if (!info.is_list) {
      CheckValue(row.id, row.value, row.value_offset);
      return;
    }
    if (row.value.empty() && info.can_be_empty) return;
    absl::string_view rest = row.value;
    do {
      const absl::string_view element = TakeListElement(rest, rest);
      CheckValue(row.id, element, element.empty() ? row.value_offset : OffsetOf(element));
    } while (!rest.empty() && found_.size() < kMaxViolations);
    if (!row.value.empty() && row.value.back() == ',') {  // nothing behind the last comma
      Report(rules::kHeaderValue, row.value_offset + static_cast<uint32_t>(row.value.size()) - 1);
    }
  }

  void CheckValue(HeaderId id, absl::string_view value, uint32_t offset) {
    // The parser has reported this one already: the body hangs on it.
    if (id == IdOf<ContentLength>()) return;
    if (!InfoOf(id).is_valid(value)) {
      Report(rules::kHeaderValue, offset);
      return;
    }
    if (!InfoOf(id).is_address) return;
    const std::optional<Contact> address = Contact::Parse(value);
    if (address.has_value() && !address->is_star() && !IsUri(address->uri)) {
      Report(rules::kHeaderUri, OffsetOf(address->uri));
    }
  }
  template <class Header>
  void RequireHeader() {
    if (!message_.Has<Header>()) Report(rules::kMandatoryHeader, EndOfRows());
  }
  void CheckMandatory() {
    RequireHeader<Via>();
    RequireHeader<From>();
    RequireHeader<To>();
    RequireHeader<CallId>();
    RequireHeader<CSeq>();
    if (message_.is_request()) RequireHeader<MaxForwards>();
  }

  void CheckCSeq() {
    const std::optional<CSeq> cseq = message_.Get<CSeq>();
    if (!cseq.has_value() || !message_.is_request()) return;
    if (cseq->method != message_.method_name()) Report(rules::kCSeqMethod, OffsetOf(cseq->method));
  }

  void CheckFromTag() {
    const std::optional<From> from = message_.Get<From>();
    if (from.has_value() && !from->tag().has_value()) Report(rules::kFromTag, Where<From>());
  }

  void CheckBranch() {
    const std::optional<Via> via = message_.Get<Via>();
    if (!via.has_value()) return;
    // A branch without the cookie is that of an older element, which is allowed (§8.1.1.7); the
    // cookie alone identifies nothing.
    const absl::string_view branch = via->branch().value_or(absl::string_view());
    if (branch.empty() || EqualsIgnoreCase(branch, kMagicCookie)) {
      Report(rules::kBranch, Where<Via>());
    }
  }

  void CheckContacts() {
    const std::vector<Contact> contacts = message_.GetAll<Contact>();
    const bool has_star = std::any_of(contacts.begin(), contacts.end(),
                                      [](const Contact& contact) { return contact.is_star(); });
    if (has_star) {
      const std::optional<Expires> expires = message_.Get<Expires>();
      const bool unregisters = message_.method() == Method::kRegister && contacts.size() == 1 &&
                               expires.has_value() && expires->seconds == 0;
      if (!unregisters) Report(rules::kStarContact, Where<Contact>());
    }
    const bool needs_one = message_.method() == Method::kInvite ||
                           message_.method() == Method::kSubscribe ||
                           message_.method() == Method::kRefer;
    if (needs_one && message_.Has<Contact>() ? contacts.size() > 1 : needs_one) {
      Report(rules::kMandatoryContact, Where<Contact>());
    }
  }

  void CheckBody() {
    if (!message_.body().empty() && !message_.Has<ContentType>()) {
      Report(rules::kContentType, OffsetOf(message_.body()));
    }
  }

  const SipMessage& message_;
  Violations found_;
  std::array<uint16_t, kHeaderCount> counts_{};
};

}  // namespace

Violations Validate(const SipMessage& message) { return Validator(message).Run(); }

Violations AllViolations(const ParseResult& parsed) {
  Violations all = parsed.violations;
  const Violations more = Validate(parsed.message);
  all.insert(all.end(), more.begin(), more.end());
  std::stable_sort(all.begin(), all.end(),
                   [](const Violation& a, const Violation& b) { return a.offset < b.offset; });
  if (all.size() > kMaxViolations) all.resize(kMaxViolations);
  return all;
}

}  // namespace tickwire::sip
