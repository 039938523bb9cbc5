#include "protocols/tls/certificate.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "protocols/tls/certificate_time.h"
#include "protocols/tls/der.h"
#include "protocols/tls/filler.h"
#include "sim_core/trace/digest.h"

namespace tickwire::tls {
namespace {

using der::Bytes;

constexpr int64_t kSecond = 1'000'000'000;
constexpr uint8_t kContext0 = 0xa0;  // explicit version
constexpr uint8_t kContext3 = 0xa3;  // explicit extensions
constexpr uint8_t kDnsName = 0x82;   // GeneralName [2] (RFC 5280 §4.2.1.6)
constexpr uint8_t kUriName = 0x86;   // GeneralName [6]

Bytes EcdsaWithSha256() {  // 1.2.840.10045.4.3.2 (RFC 5758 §3.2)
  return der::Sequence({der::Oid({0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02})});
}
Bytes CommonNameOid() { return der::Oid({0x55, 0x04, 0x03}); }
Bytes SubjectAltNameOid() { return der::Oid({0x55, 0x1d, 0x11}); }

Bytes P256Algorithm() {  // id-ecPublicKey with prime256v1 (RFC 5480 §2.1.1)
  return der::Sequence({der::Oid({0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01}),
                        der::Oid({0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07})});
}

bool IsSipUri(absl::string_view name) { return absl::StartsWithIgnoreCase(name, "sip:"); }
bool IsUri(absl::string_view name) { return absl::StrContains(name, ":"); }

std::string SubjectOf(const Certificate& certificate) {
  if (!certificate.subject.empty() || certificate.subject_alternative_names.empty()) {
    return certificate.subject;
  }
  const absl::string_view first = certificate.subject_alternative_names.front();
  return std::string(IsUri(first) ? first.substr(first.find(':') + 1) : first);
}

// One relative distinguished name: CN.
Bytes Name(absl::string_view common_name) {
  return der::Sequence({der::Tlv(
      der::kSet, der::Sequence({CommonNameOid(), der::Tlv(der::kUtf8String, common_name)}))});
}

int64_t FloorSeconds(SimTime time) {
  const int64_t n = time.nanos();
  return n / kSecond - (n % kSecond < 0 ? 1 : 0);
}

Bytes Extension(Bytes oid, const Bytes& value) {
  return der::Sequence({std::move(oid), der::Tlv(der::kOctetString, value)});
}
Bytes CriticalExtension(Bytes oid, const Bytes& value) {
  const uint8_t yes[] = {0xff};
  return der::Sequence(
      {std::move(oid), der::Tlv(der::kBoolean, yes), der::Tlv(der::kOctetString, value)});
}

// A SHA-1 hash where a real issuer computes one (RFC 5280 §4.2.1.2).
std::array<uint8_t, 20> KeyIdentifier(absl::string_view whose) {
  std::array<uint8_t, 20> id;
  FillBytes(StableHash64(whose), id);
  return id;
}

Bytes Extensions(const Certificate& certificate, absl::string_view subject) {
  const uint8_t digital_signature[] = {7, 0x80};  // 7 unused bits
  Bytes names;
  for (const std::string& name : certificate.subject_alternative_names) {
    const Bytes encoded = der::Tlv(IsUri(name) ? kUriName : kDnsName, name);
    names.insert(names.end(), encoded.begin(), encoded.end());
  }
  const Bytes own_key = der::Tlv(der::kOctetString, KeyIdentifier(subject));
  const Bytes issuer_key = der::Tlv(0x80, KeyIdentifier(certificate.issuer));
  const auto purpose = [](uint8_t last) {  // id-kp
    return der::Oid({0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, last});
  };
  Bytes list = der::Join({CriticalExtension(der::Oid({0x55, 0x1d, 0x0f}),
                                            der::Tlv(der::kBitString, digital_signature)),
                          // serverAuth, clientAuth, sipDomain (RFC 5924 §4).
                          Extension(der::Oid({0x55, 0x1d, 0x25}),
                                    der::Sequence({purpose(1), purpose(2), purpose(20)})),
                          CriticalExtension(der::Oid({0x55, 0x1d, 0x13}), der::Sequence({})),
                          Extension(der::Oid({0x55, 0x1d, 0x0e}), own_key),
                          Extension(der::Oid({0x55, 0x1d, 0x23}), der::Sequence({issuer_key}))});
  if (!certificate.subject_alternative_names.empty()) {
    const Bytes last = Extension(SubjectAltNameOid(), der::Tlv(der::kSequence, names));
    list.insert(list.end(), last.begin(), last.end());
  }
  return der::Tlv(kContext3, der::Tlv(der::kSequence, list));
}

Bytes ToBeSigned(const Certificate& certificate) {
  const std::string subject = SubjectOf(certificate);
  const Bytes version = der::Tlv(kContext0, der::Integer(2));  // v3
  Bytes point = {4};
  const PublicKey key = PublicKeyOf(certificate);
  point.insert(point.end(), key.begin(), key.end());
  return der::Sequence({version, der::Integer(certificate.serial), EcdsaWithSha256(),
                        Name(certificate.issuer),
                        der::Sequence({EncodeTime(FloorSeconds(certificate.not_before)),
                                       EncodeTime(FloorSeconds(certificate.not_after))}),
                        Name(subject), der::Sequence({P256Algorithm(), der::BitString(point)}),
                        Extensions(certificate, subject)});
}

std::string ToText(std::span<const uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

// The last common name of a distinguished name; empty if there is none.
std::optional<std::string> ParseName(der::Reader& reader) {
  const auto name = reader.Next(der::kSequence);
  if (!name) return std::nullopt;
  std::string found;
  der::Reader relative_names(name->content);
  while (!relative_names.at_end()) {
    const auto set = relative_names.Next(der::kSet);
    if (!set) return std::nullopt;
    der::Reader attributes(set->content);
    while (!attributes.at_end()) {
      const auto attribute = attributes.Next(der::kSequence);
      if (!attribute) return std::nullopt;
      der::Reader parts(attribute->content);
      const auto type = parts.Next(der::kObjectIdentifier);
      const auto value = parts.Next();
      if (!type || !value) return std::nullopt;
      const uint8_t common_name[] = {0x55, 0x04, 0x03};
      if (std::ranges::equal(type->content, common_name)) found = ToText(value->content);
    }
  }
  return found;
}

bool ParseAlternativeNames(std::span<const uint8_t> value, std::vector<std::string>& names) {
  der::Reader outer(value);
  const auto list = outer.Next(der::kSequence);
  if (!list) return false;
  der::Reader reader(list->content);
  while (!reader.at_end()) {
    const auto name = reader.Next();
    if (!name) return false;
    if (name->tag == kDnsName || name->tag == kUriName) names.push_back(ToText(name->content));
  }
  return true;
}

bool ParseExtensions(der::Reader& fields, std::vector<std::string>& names) {
  // Unique identifiers [1] and [2] may stand before the extensions [3].
  while (!fields.at_end() && fields.PeekTag() != kContext3) {
    if (!fields.Next()) return false;
  }
  if (fields.at_end()) return true;
  const auto explicit_tag = fields.Next();
  if (!explicit_tag) return false;
  der::Reader outer(explicit_tag->content);
  const auto list = outer.Next(der::kSequence);
  if (!list) return false;
  der::Reader reader(list->content);
  while (!reader.at_end()) {
    const auto extension = reader.Next(der::kSequence);
    if (!extension) return false;
    der::Reader parts(extension->content);
    const auto oid = parts.Next(der::kObjectIdentifier);
    if (!oid) return false;
    if (parts.PeekTag() == der::kBoolean && !parts.Next()) return false;
    const auto value = parts.Next(der::kOctetString);
    if (!value) return false;
    const uint8_t alternative_name[] = {0x55, 0x1d, 0x11};
    if (std::ranges::equal(oid->content, alternative_name) &&
        !ParseAlternativeNames(value->content, names)) {
      return false;
    }
  }
  return true;
}

bool ParseKey(der::Reader& fields, PublicKey& key) {
  const auto info = fields.Next(der::kSequence);
  if (!info) return false;
  der::Reader parts(info->content);
  const auto algorithm = parts.Next(der::kSequence);
  const auto bits = parts.Next(der::kBitString);
  if (!algorithm || !bits) return false;
  const Bytes expected = P256Algorithm();
  const std::span<const uint8_t> expected_content = std::span<const uint8_t>(expected).subspan(2);
  if (!std::ranges::equal(algorithm->content, expected_content)) return false;
  if (bits->content.size() != 2 + key.size() || bits->content[0] != 0 || bits->content[1] != 4) {
    return false;
  }
  std::ranges::copy(bits->content.subspan(2), key.begin());
  return true;
}

bool ParseValidity(der::Reader& fields, Certificate& certificate) {
  const auto validity = fields.Next(der::kSequence);
  if (!validity) return false;
  der::Reader parts(validity->content);
  for (SimTime* const time : {&certificate.not_before, &certificate.not_after}) {
    const auto element = parts.Next();
    if (!element) return false;
    const std::optional<int64_t> seconds = ParseTime(*element);
    if (!seconds) return false;
    // Virtual time ends after 292 years; RFC 5280 §4.1.2.5: 9999 stands for no end.
    constexpr int64_t kMost = INT64_MAX / kSecond;
    *time = SimTime::FromNanos(std::clamp(*seconds, -kMost, kMost) * kSecond);
  }
  return true;
}

}  // namespace

PublicKey PublicKeyOf(const Certificate& certificate) {
  PublicKey key;
  FillBytes(StableHash64(absl::StrCat("key of ", SubjectOf(certificate), "\n", certificate.issuer,
                                      "\n", certificate.serial)),
            key);
  return key;
}

std::vector<uint8_t> EncodeCertificate(const Certificate& certificate) {
  const Bytes signed_part = ToBeSigned(certificate);
  const Bytes signature = FillerSignature(StableHash64(signed_part));
  return der::Sequence({signed_part, EcdsaWithSha256(), der::BitString(signature)});
}

std::optional<ParsedCertificate> ParseCertificate(std::span<const uint8_t> der) {
  der::Reader outer(der);
  const auto whole = outer.Next(der::kSequence);
  if (!whole || !outer.at_end()) return std::nullopt;
  der::Reader parts(whole->content);
  const auto signed_part = parts.Next(der::kSequence);
  if (!signed_part || !parts.Next(der::kSequence) || !parts.Next(der::kBitString) ||
      !parts.at_end()) {
    return std::nullopt;
  }
  ParsedCertificate parsed;
  Certificate& certificate = parsed.certificate;
  der::Reader fields(signed_part->content);
  if (!fields.Next(kContext0)) return std::nullopt;  // v1 has no names that count
  const auto serial = fields.Next(der::kInteger);
  if (!serial || serial->content.empty() || !fields.Next(der::kSequence)) return std::nullopt;
  certificate.serial = 0;
  for (const uint8_t octet : serial->content) {
    certificate.serial = certificate.serial << 8 | octet;  // the last 64 bits of it
  }
  const std::optional<std::string> issuer = ParseName(fields);
  if (!issuer || !ParseValidity(fields, certificate)) return std::nullopt;
  const std::optional<std::string> subject = ParseName(fields);
  if (!subject || !ParseKey(fields, parsed.key)) return std::nullopt;
  if (!ParseExtensions(fields, certificate.subject_alternative_names)) return std::nullopt;
  certificate.issuer = *issuer;
  certificate.subject = *subject;
  return parsed;
}

std::vector<std::string> SipIdentities(const Certificate& certificate) {
  std::vector<std::string> uris, names;
  for (const std::string& name : certificate.subject_alternative_names) {
    if (!IsUri(name)) {
      names.push_back(absl::AsciiStrToLower(name));
    } else if (IsSipUri(name) && !absl::StrContains(name, "@")) {
      const absl::string_view rest = absl::string_view(name).substr(4);
      uris.push_back(absl::AsciiStrToLower(rest.substr(0, rest.find_first_of(":;?"))));
    }
  }
  if (!uris.empty()) return uris;
  if (certificate.subject_alternative_names.empty() && !certificate.subject.empty()) {
    return {absl::AsciiStrToLower(certificate.subject)};
  }
  return names;
}

bool IsFor(const Certificate& certificate, absl::string_view domain) {
  return std::ranges::any_of(SipIdentities(certificate), [&](const std::string& identity) {
    return absl::EqualsIgnoreCase(identity, domain);
  });
}

}  // namespace tickwire::tls
