#include "protocols/sip/registrar/registrar.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/registrar/address_of_record.h"
#include "protocols/sip/registrar/qvalue.h"

namespace tickwire::sip {
namespace {

constexpr absl::string_view kKnownOptions[] = {"path", "gruu"};
constexpr uint32_t kHour = 3600;

bool Supports(const SipMessage& request, absl::string_view option) {
  for (const Supported& supported : request.GetAll<Supported>()) {
    if (absl::EqualsIgnoreCase(supported.option_tag, option)) return true;
  }
  return false;
}

// What of a Contact's parameters is kept to be echoed.
std::string KeptParams(const Contact& contact) {
  std::string text;
  for (const Param& param : contact.params) {
    bool is_ours = false;
    for (const char* name : {"expires", "q", "pub-gruu", "temp-gruu"}) {
      is_ours |= absl::EqualsIgnoreCase(param.name, name);
    }
    if (is_ours) continue;
    absl::StrAppend(&text, ";", param.name);
    if (!param.value.empty()) absl::StrAppend(&text, "=", param.value);
  }
  return text;
}

}  // namespace

Registrar::Registrar(NodeClock& clock, LocationService& locations, RegistrarConfig config,
                     const RunSeed& seed, absl::string_view owner)
    : clock_(clock), locations_(locations), config_(std::move(config)), gruus_(seed, owner) {
  locations_.set_observer(this);
}

void Registrar::OnBindingsChanged(absl::string_view aor) {
  if (observer_ != nullptr) observer_->OnBindingsChanged(aor);
}

// RFC 5627 §5.3.
void Registrar::OnInstanceGone(absl::string_view aor, absl::string_view instance) {
  gruus_.Invalidate(aor, instance);
  if (observer_ != nullptr) observer_->OnInstanceGone(aor, instance);
}

bool Registrar::IsOurDomain(absl::string_view host) const {
  return std::any_of(
      config_.domains.begin(), config_.domains.end(),
      [&](const std::string& domain) { return absl::EqualsIgnoreCase(domain, host); });
}

SipMessage Registrar::Reject(const SipMessage& request, int status, absl::string_view to_tag) {
  ++counters_.rejected;
  SipMessage response = StartResponse(request, status, to_tag);
  if (status == 423) response.Add(MinExpires{config_.min_expires});  // §20.23
  response.Add(ContentLength{0});
  return response;
}

SipMessage Registrar::Process(const SipMessage& request, const Hop& source,
                              absl::string_view authenticated, absl::string_view to_tag) {
  // §10.3 step 2, §8.2.2.3.
  std::vector<absl::string_view> unknown;
  for (const Require& require : request.GetAll<Require>()) {
    const bool is_known = std::any_of(std::begin(kKnownOptions), std::end(kKnownOptions),
                                      [&](absl::string_view option) {
                                        return absl::EqualsIgnoreCase(option, require.option_tag);
                                      });
    if (!is_known) unknown.push_back(require.option_tag);
  }
  // RFC 3327 §5.3: somebody on the way added a Path that the client does not know of.
  const bool has_path = request.Has<Path>();
  if (has_path && config_.demands_path_support && !Supports(request, "path")) {
    unknown.push_back("path");
  }
  if (!unknown.empty()) {
    ++counters_.rejected;
    SipMessage response = StartResponse(request, 420, to_tag);
    for (const absl::string_view option : unknown) response.Add(Unsupported{option});
    response.Add(ContentLength{0});
    return response;
  }
  // Step 5.
  const std::optional<To> to = request.Get<To>();
  const std::optional<SipUri> address = to->sip_uri();
  // §10.2: an address-of-record is a SIP or SIPS URI; anything else is a bad request (RFC 4475
  // §3.3.4).
  if (!address.has_value()) return Reject(request, 400, to_tag);
  if (address->user.empty() || !IsOurDomain(address->host)) {
    return Reject(request, 404, to_tag);
  }
  const std::optional<CSeq> cseq = request.Get<CSeq>();
  Update update{.request = request,
                .aor = CanonicalAor(*address),
                .call_id = std::string(request.Get<CallId>()->id),
                .cseq = cseq->number,
                .source = source};
  if (!config_.users.empty() && !config_.users.contains(std::string(UserOfAor(update.aor)))) {
    return Reject(request, 404, to_tag);
  }
  // Step 4.
  if (!authenticated.empty() && !config_.allows_third_party &&
      authenticated != UserOfAor(update.aor)) {
    return Reject(request, 403, to_tag);
  }
  for (const Path& path : request.GetAll<Path>()) update.path.emplace_back(path.uri);

  // Steps 6 and 7: on a copy, so that all contacts count or none.
  std::vector<Binding> before;
  if (const std::vector<Binding>* const there = locations_.Find(update.aor)) before = *there;
  update.bindings = before;
  const std::vector<Contact> contacts = request.GetAll<Contact>();
  if (contacts.empty() && request.Has<Contact>()) return Reject(request, 400, to_tag);
  const bool has_star = std::any_of(contacts.begin(), contacts.end(),
                                    [](const Contact& contact) { return contact.is_star(); });
  int status = 0;
  if (has_star) {
    const std::optional<Expires> expires = request.Get<Expires>();
    const bool is_right = contacts.size() == 1 && expires.has_value() && expires->seconds == 0;
    status = is_right ? RemoveAll(update) : 400;
  } else {
    for (const Contact& contact : contacts) {
      if (status == 0) status = ApplyContact(update, contact);
    }
  }
  if (status == 0 && update.bindings.size() > locations_.limits().max_contacts) status = 503;
  if (status == 0 && before.empty() && !update.bindings.empty() && locations_.is_full()) {
    status = 503;
  }
  if (status != 0) return Reject(request, status, to_tag);
  if (!contacts.empty()) {
    if (config_.offers_gruu) IssueGruus(update, before);
    locations_.Replace(update.aor, update.bindings);
  }

  // Step 8.
  ++counters_.accepted;
  SipMessage response = StartResponse(request, 200, to_tag);
  AppendContacts(update, update.bindings, response);
  for (const std::string& uri : update.path) {  // RFC 3327 §5.3
    response.AddRaw(Path::kName, absl::StrCat("<", uri, ">"));
  }
  for (const std::string& uri : config_.service_route) {  // RFC 3608 §6.1
    response.AddRaw(ServiceRoute::kName, absl::StrCat("<", uri, ">"));
  }
  response.Add(ContentLength{0});
  return response;
}

// Step 6 and 7: another Call-ID, or the same one with a greater CSeq.
bool Registrar::IsNewer(const Update& update, const Binding& binding) const {
  return binding.call_id != update.call_id || update.cseq > binding.cseq;
}

int Registrar::RemoveAll(Update& update) const {
  for (const Binding& binding : update.bindings) {
    if (!binding.is_permanent && !IsNewer(update, binding)) return 500;
  }
  std::erase_if(update.bindings, [](const Binding& binding) { return !binding.is_permanent; });
  return 0;
}

// Step 7: the parameter of the contact, else the header, else our default. Nothing: malformed,
// which counts as 3600 (§20.10 of a client's view: "malformed values SHOULD be treated as 3600").
std::optional<uint32_t> Registrar::SecondsFor(const Update& update, const Contact& contact) const {
  if (const auto text = contact.params.Find("expires")) {
    const std::optional<uint64_t> seconds = ParseDecimal(*text, 0xffffffff);
    return seconds.has_value() ? static_cast<uint32_t>(*seconds) : kHour;
  }
  if (update.request.Has<Expires>()) {
    const std::optional<Expires> expires = update.request.Get<Expires>();
    return expires.has_value() ? expires->seconds : kHour;
  }
  return std::nullopt;
}

int Registrar::ApplyContact(Update& update, const Contact& contact) const {
  uint32_t seconds = SecondsFor(update, contact).value_or(config_.default_expires);
  // Step 7: an interval above zero, below an hour and below our minimum may be refused.
  if (seconds > 0 && seconds < kHour && seconds < config_.min_expires) {
    if (!config_.raises_short_expires) return 423;
    seconds = config_.min_expires;
  }
  seconds = std::min(seconds, config_.max_expires);
  const auto known = std::find_if(
      update.bindings.begin(), update.bindings.end(),
      [&](const Binding& binding) { return AreUrisEquivalent(binding.contact, contact.uri); });
  if (known != update.bindings.end() && known->is_permanent) return 0;
  if (known != update.bindings.end() && !IsNewer(update, *known)) return 500;
  if (seconds == 0) {
    if (known != update.bindings.end()) update.bindings.erase(known);
    return 0;
  }
  Binding fresh;
  if (const auto instance = contact.params.Find("+sip.instance")) {
    fresh.instance = Unquote(*instance);
  }
  if (!fresh.instance.empty() && config_.offers_gruu) {
    // RFC 5627 §5.1: a contact that is the address itself, or a GRUU of it, would be a loop.
    const std::optional<SipUri> uri = contact.sip_uri();
    if (!uri.has_value()) return 403;
    if (!uri->user.empty() && CanonicalAor(*uri) == update.aor) return 403;
    if (uri->Param("gr").has_value() && gruus_.Find(uri->user) != nullptr) return 403;
  }
  fresh.contact = std::string(contact.uri);
  fresh.params = KeptParams(contact);
  fresh.expires_at = clock_.now() + Duration::Seconds(seconds);
  fresh.call_id = update.call_id;
  fresh.cseq = update.cseq;
  fresh.path = update.path;
  fresh.source = update.source;
  if (const auto q = contact.params.Find("q")) fresh.q = ParseQValue(*q).value_or(1000);
  if (const auto reg_id = contact.params.Find("reg-id")) {
    fresh.reg_id = static_cast<uint32_t>(ParseDecimal(*reg_id, 0x7fffffff).value_or(0));
  }
  fresh.updated = updates_ + 1;
  // RFC 5626 §6: a flow of the same instance and reg-id takes the old one's place.
  auto place = known;
  if (place == update.bindings.end() && !fresh.instance.empty() && fresh.reg_id != 0) {
    place = std::find_if(update.bindings.begin(), update.bindings.end(), [&](const Binding& old) {
      return old.instance == fresh.instance && old.reg_id == fresh.reg_id;
    });
  }
  if (!fresh.instance.empty()) update.new_instances.push_back(fresh.instance);
  if (place != update.bindings.end()) {
    *place = std::move(fresh);
  } else {
    update.bindings.push_back(std::move(fresh));
  }
  return 0;
}

// RFC 5627 §5.1: another Call-ID than that of the latest binding of the instance voids its
// temporary GRUUs; each REGISTER makes a new one.
void Registrar::IssueGruus(const Update& update, const std::vector<Binding>& before) {
  const std::string domain = update.aor.substr(update.aor.rfind('@') + 1);
  for (const std::string& instance : update.new_instances) {
    const Binding* latest = nullptr;
    for (const Binding& binding : before) {
      if (binding.instance != instance) continue;
      if (latest == nullptr || binding.updated > latest->updated) latest = &binding;
    }
    if (latest != nullptr && latest->call_id != update.call_id) {
      gruus_.Invalidate(update.aor, instance);
    }
    gruus_.NewTemporary(update.aor, instance, domain);
  }
  ++updates_;
}

// Step 8: all current bindings, with what is left of their time. RFC 5627 §5.2.
void Registrar::AppendContacts(const Update& update, const std::vector<Binding>& bindings,
                               SipMessage& response) const {
  const bool wants_gruu = config_.offers_gruu && Supports(update.request, "gruu");
  for (const Binding& binding : bindings) {
    std::string value = absl::StrCat("<", binding.contact, ">", binding.params);
    if (binding.q != 1000) absl::StrAppend(&value, ";q=", QValueText(binding.q));
    if (wants_gruu && !binding.instance.empty()) {
      absl::StrAppend(&value,
                      ";pub-gruu=", Quote(GruuTable::PublicGruu(update.aor, binding.instance)));
      if (const auto temporary = gruus_.Latest(update.aor, binding.instance)) {
        absl::StrAppend(&value, ";temp-gruu=", Quote(*temporary));
      }
    }
    // A binding that never expires says what a registered one would at most.
    const int64_t left = binding.is_permanent
                             ? config_.max_expires
                             : (binding.expires_at - clock_.now()) / Duration::Seconds(1);
    absl::StrAppend(&value, ";expires=", left);
    response.AddRaw(Contact::kName, value);
  }
}

void Registrar::AddPermanent(absl::string_view aor, absl::string_view contact, uint16_t q) {
  std::vector<Binding> bindings;
  if (const std::vector<Binding>* const there = locations_.Find(aor)) bindings = *there;
  Binding binding;
  binding.contact = std::string(contact);
  binding.q = q;
  binding.is_permanent = true;
  bindings.push_back(std::move(binding));
  locations_.Replace(aor, std::move(bindings));
}

Registrar::Lookup Registrar::Find(const SipUri& uri) const {
  Lookup lookup;
  std::string aor = CanonicalAor(uri);
  std::string instance;
  if (const auto gr = uri.Param("gr")) {  // RFC 5627 §6.1
    lookup.is_gruu = true;
    if (!gr->empty()) {
      instance = GruuTable::InstanceOf(*gr);
    } else if (const GruuTable::Owner* const owner = gruus_.Find(uri.user)) {
      aor = owner->aor;
      instance = owner->instance;
    } else {
      lookup.status = 404;
      return lookup;
    }
  }
  const std::vector<Binding>* const there = locations_.Find(aor);
  if (there != nullptr) {
    for (const Binding& binding : *there) {
      if (!lookup.is_gruu || binding.instance == instance) lookup.bindings.push_back(&binding);
    }
  }
  if (lookup.is_gruu) {
    std::stable_sort(lookup.bindings.begin(), lookup.bindings.end(),
                     [](const Binding* a, const Binding* b) { return a->updated > b->updated; });
  }
  if (!lookup.bindings.empty()) return lookup;
  const bool exists = config_.users.empty() || there != nullptr ||
                      config_.users.contains(std::string(UserOfAor(aor)));
  lookup.status = exists ? 480 : 404;
  return lookup;
}

}  // namespace tickwire::sip
