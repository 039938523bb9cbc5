#include "protocols/sip/registrar/reg_event_package.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/body/reg_info.h"
#include "protocols/sip/registrar/address_of_record.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {

RegEventPackage::RegEventPackage(NodeClock& clock, const LocationService& locations,
                                 UserAgent& agent, std::string domain)
    : clock_(clock), locations_(locations), agent_(agent), domain_(std::move(domain)) {}

absl::string_view RegEventPackage::content_type() const { return RegInfo::kMediaType; }

EventPackage::Policy RegEventPackage::PolicyFor(absl::string_view resource, absl::string_view) {
  return resource.empty() ? Policy::kNoResource : Policy::kGranted;
}

std::string RegEventPackage::StateOf(absl::string_view resource, uint32_t version) {
  const std::string uri = absl::StrCat("sip:", resource, "@", domain_);
  RegisteredAddress address;
  address.aor = uri;
  address.id = "a";
  const std::optional<std::string> aor = CanonicalAor(uri);
  const std::vector<Binding>* const bindings = aor.has_value() ? locations_.Find(*aor) : nullptr;
  // RFC 3680 §4.7.1: init without a binding.
  if (bindings != nullptr && !bindings->empty()) {
    address.state = RegisteredAddress::State::kActive;
    for (const Binding& binding : *bindings) {
      RegContact contact;
      contact.id = absl::StrCat("c", address.contacts.size() + 1);
      contact.uri = binding.contact;
      contact.event = binding.is_permanent ? "created" : "registered";
      if (!binding.is_permanent) {
        const Duration left = binding.expires_at - clock_.now();
        contact.expires_seconds = static_cast<uint64_t>(left.nanos() / 1'000'000'000);
        contact.call_id = binding.call_id;
        contact.cseq = binding.cseq;
      }
      address.contacts.push_back(std::move(contact));
    }
  }
  RegInfo document;
  document.version = version;
  document.registrations.push_back(std::move(address));
  return document.ToString();
}

void RegEventPackage::OnBindingsChanged(absl::string_view aor) {
  agent_.OnStateChange(*this, std::string(UserOfAor(aor)));
}

}  // namespace tickwire::sip
