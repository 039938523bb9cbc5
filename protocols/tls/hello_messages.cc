#include "protocols/tls/hello_messages.h"

#include <algorithm>

#include "protocols/tls/wire.h"

namespace tickwire::tls {
namespace {

// ExtensionType (RFC 8446 §4.2; RFC 8422 §5.1.2; RFC 5077 §3.2).
enum Extension : uint16_t {
  kServerName = 0,
  kSupportedGroups = 10,
  kEcPointFormats = 11,
  kSignatureAlgorithms = 13,
  kSessionTicket = 35,
  kPreSharedKey = 41,
  kSupportedVersions = 43,
  kPskKeyExchangeModes = 45,
  kKeyShare = 51,
};
constexpr uint8_t kPskDheKe = 1;
constexpr uint16_t kLegacyVersion = 0x0303;

// SHA-256 of "HelloRetryRequest" (§4.1.3).
constexpr Random kRetryRandom = {0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C,
                                 0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB,
                                 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C};

std::string ToText(std::span<const uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

template <class F>
void AddExtension(WireWriter& out, Extension type, F fill) {
  out.U16(type);
  out.Vector(2, fill);
}

template <class F>
std::vector<uint8_t> Message(HandshakeType type, F fill) {
  WireWriter out;
  out.U8(static_cast<uint8_t>(type));
  out.Vector(3, [&] { fill(out); });
  return out.Take();
}

void WriteNumbers(WireWriter& out, int octets, const std::vector<uint16_t>& numbers) {
  out.Vector(octets, [&] {
    for (const uint16_t number : numbers) out.U16(number);
  });
}

std::vector<uint16_t> ReadNumbers(WireReader& in, int octets) {
  WireReader list(in.Vector(octets));
  std::vector<uint16_t> numbers;
  while (list.ok() && !list.at_end()) numbers.push_back(list.U16());
  if (!list.ok()) in.Raw(SIZE_MAX);  // an odd length
  return numbers;
}

std::optional<KeyShare> ReadKeyShare(WireReader& in) {
  const uint16_t group = in.U16();
  const std::span<const uint8_t> key = in.Vector(2);
  if (group != kX25519 || key.size() != kKeyShareSize) return std::nullopt;
  KeyShare share;
  std::ranges::copy(key, share.begin());
  return share;
}

void WriteKeyShare(WireWriter& out, const KeyShare& share) {
  out.U16(kX25519);
  out.Vector(2, [&] { out.Raw(share); });
}

void WriteClientExtensions(WireWriter& out, const ClientHello& hello) {
  if (!hello.server_name.empty()) {
    AddExtension(out, kServerName, [&] {
      out.Vector(2, [&] {
        out.U8(0);  // host_name
        out.Vector(2, [&] { out.Raw(absl::string_view(hello.server_name)); });
      });
    });
  }
  AddExtension(out, kEcPointFormats, [&] { out.Vector(1, [&] { out.U8(0); }); });  // uncompressed
  AddExtension(out, kSupportedGroups, [&] { WriteNumbers(out, 2, hello.supported_groups); });
  if (hello.session_ticket) {
    AddExtension(out, kSessionTicket, [&] { out.Raw(absl::string_view(*hello.session_ticket)); });
  }
  AddExtension(out, kSignatureAlgorithms,
               [&] { WriteNumbers(out, 2, hello.signature_algorithms); });
  if (!hello.supported_versions.empty()) {
    AddExtension(out, kSupportedVersions, [&] { WriteNumbers(out, 1, hello.supported_versions); });
  }
  if (hello.psk_dhe_ke) {
    AddExtension(out, kPskKeyExchangeModes, [&] { out.Vector(1, [&] { out.U8(kPskDheKe); }); });
  }
  if (hello.key_share) {
    AddExtension(out, kKeyShare,
                 [&] { out.Vector(2, [&] { WriteKeyShare(out, *hello.key_share); }); });
  }
  if (const auto& psk = hello.pre_shared_key) {  // §4.2.11: the last one
    AddExtension(out, kPreSharedKey, [&] {
      out.Vector(2, [&] {
        out.Vector(2, [&] { out.Raw(absl::string_view(psk->identity)); });
        out.U32(psk->obfuscated_ticket_age);
      });
      out.Vector(2, [&] { out.Vector(1, [&] { out.Raw(psk->binder); }); });
    });
  }
}

// The names of the list; only host_name is known (RFC 6066 §3).
std::string ReadServerName(WireReader& in) {
  WireReader list(in.Vector(2));
  std::string name;
  while (list.ok() && !list.at_end()) {
    const uint8_t type = list.U8();
    const std::span<const uint8_t> value = list.Vector(2);
    if (type == 0 && name.empty()) name = ToText(value);
  }
  if (!list.ok()) in.Raw(SIZE_MAX);
  return name;
}

ClientHello::PreSharedKey ReadPreSharedKey(WireReader& in) {
  ClientHello::PreSharedKey psk;
  WireReader identities(in.Vector(2));
  psk.identity = identities.Text(2);
  psk.obfuscated_ticket_age = identities.U32();
  WireReader binders(in.Vector(2));
  const std::span<const uint8_t> binder = binders.Vector(1);
  psk.binder.assign(binder.begin(), binder.end());
  if (!identities.ok() || !binders.ok()) in.Raw(SIZE_MAX);
  return psk;
}

// One extension of a ClientHello. False: it is malformed.
bool ReadClientExtension(uint16_t type, std::span<const uint8_t> data, ClientHello& hello) {
  WireReader in(data);
  switch (type) {
    case kServerName:
      hello.server_name = ReadServerName(in);
      break;
    case kSupportedGroups:
      hello.supported_groups = ReadNumbers(in, 2);
      break;
    case kSignatureAlgorithms:
      hello.signature_algorithms = ReadNumbers(in, 2);
      break;
    case kSessionTicket:
      hello.session_ticket = ToText(in.Raw(data.size()));
      break;
    case kSupportedVersions:
      hello.supported_versions = ReadNumbers(in, 1);
      if (hello.supported_versions.empty()) return false;
      break;
    case kPskKeyExchangeModes: {
      const std::span<const uint8_t> modes = in.Vector(1);
      hello.psk_dhe_ke = std::ranges::find(modes, kPskDheKe) != modes.end();
      break;
    }
    case kKeyShare: {
      WireReader shares(in.Vector(2));
      while (shares.ok() && !shares.at_end()) {
        const std::optional<KeyShare> share = ReadKeyShare(shares);
        if (share && !hello.key_share) hello.key_share = share;
      }
      if (!shares.ok()) return false;
      break;
    }
    case kPreSharedKey:
      hello.pre_shared_key = ReadPreSharedKey(in);
      break;
    default:
      return true;  // not ours to judge
  }
  return in.is_done();
}

bool ReadServerExtension(uint16_t type, std::span<const uint8_t> data, ServerHello& hello) {
  WireReader in(data);
  switch (type) {
    case kSupportedVersions:
      hello.supported_version = in.U16();
      break;
    case kKeyShare:
      if (hello.is_retry_request) return true;
      hello.key_share = ReadKeyShare(in);
      break;
    case kPreSharedKey:
      if (in.U16() != 0) return false;  // §4.2.11: out of range, where one was offered
      hello.takes_psk = true;
      break;
    case kSessionTicket:
      hello.sends_ticket = true;
      break;
    default:
      return true;
  }
  return in.is_done();
}

// Calls `read` for each extension. False: malformed, or one comes twice (§4.2).
template <class F>
bool ReadExtensions(WireReader& in, F read) {
  WireReader list(in.Vector(2));
  std::vector<uint16_t> seen;
  while (list.ok() && !list.at_end()) {
    const uint16_t type = list.U16();
    const std::span<const uint8_t> data = list.Vector(2);
    if (!list.ok() || seen.size() == 64 || std::ranges::find(seen, type) != seen.end()) {
      return false;
    }
    seen.push_back(type);
    if (!read(type, data, list.at_end())) return false;
  }
  return list.ok();
}

}  // namespace

std::vector<uint8_t> ClientHello::Serialize() const {
  return Message(HandshakeType::kClientHello, [&](WireWriter& out) {
    out.U16(kLegacyVersion);
    out.Raw(random);
    out.Vector(1, [&] { out.Raw(absl::string_view(session_id)); });
    WriteNumbers(out, 2, cipher_suites);
    out.Vector(1, [&] { out.U8(0); });  // no compression
    out.Vector(2, [&] { WriteClientExtensions(out, *this); });
  });
}

std::optional<ClientHello> ClientHello::Parse(std::span<const uint8_t> body) {
  WireReader in(body);
  ClientHello hello;
  const uint16_t legacy_version = in.U16();
  std::ranges::copy(in.Raw(hello.random.size()), hello.random.begin());
  hello.session_id = in.Text(1);
  hello.cipher_suites = ReadNumbers(in, 2);
  const std::span<const uint8_t> compression = in.Vector(1);
  if (!in.ok() || hello.session_id.size() > 32 || hello.cipher_suites.empty() ||
      std::ranges::find(compression, 0) == compression.end()) {
    return std::nullopt;
  }
  if (!in.at_end()) {  // §4.1.2: before 1.3 there may be no extensions at all
    const bool is_good =
        ReadExtensions(in, [&](uint16_t type, std::span<const uint8_t> data, bool is_last) {
          if (type == kPreSharedKey) hello.psk_is_last = is_last;
          return ReadClientExtension(type, data, hello);
        });
    if (!is_good || !in.is_done()) return std::nullopt;
  }
  // What is older than 1.2 is told by a version that nobody here speaks.
  if (hello.supported_versions.empty() && legacy_version < kLegacyVersion) {
    hello.supported_versions = {legacy_version};
  }
  return hello;
}

bool ClientHello::Offers(TlsVersion version) const {
  if (supported_versions.empty()) return version == TlsVersion::k12;
  return std::ranges::find(supported_versions, static_cast<uint16_t>(version)) !=
         supported_versions.end();
}

bool ClientHello::OffersSuite(CipherSuite suite) const {
  return std::ranges::find(cipher_suites, static_cast<uint16_t>(suite)) != cipher_suites.end();
}

std::vector<uint8_t> ServerHello::Serialize() const {
  return Message(HandshakeType::kServerHello, [&](WireWriter& out) {
    out.U16(kLegacyVersion);
    out.Raw(random);
    out.Vector(1, [&] { out.Raw(absl::string_view(session_id)); });
    out.U16(cipher_suite);
    out.U8(0);
    if (!supported_version && !sends_ticket) return;
    out.Vector(2, [&] {
      if (supported_version) {
        AddExtension(out, kSupportedVersions, [&] { out.U16(*supported_version); });
      }
      if (key_share) AddExtension(out, kKeyShare, [&] { WriteKeyShare(out, *key_share); });
      if (takes_psk) AddExtension(out, kPreSharedKey, [&] { out.U16(0); });
      if (sends_ticket) AddExtension(out, kSessionTicket, [] {});
    });
  });
}

std::optional<ServerHello> ServerHello::Parse(std::span<const uint8_t> body) {
  WireReader in(body);
  ServerHello hello;
  const uint16_t legacy_version = in.U16();
  std::ranges::copy(in.Raw(hello.random.size()), hello.random.begin());
  hello.is_retry_request = hello.random == kRetryRandom;
  hello.session_id = in.Text(1);
  hello.cipher_suite = in.U16();
  const uint8_t compression = in.U8();
  if (!in.ok() || hello.session_id.size() > 32 || compression != 0) return std::nullopt;
  if (!in.at_end()) {
    const bool is_good =
        ReadExtensions(in, [&](uint16_t type, std::span<const uint8_t> data, bool) {
          return ReadServerExtension(type, data, hello);
        });
    if (!is_good || !in.is_done()) return std::nullopt;
  }
  // An older server names its version here: none that anybody here speaks.
  if (!hello.supported_version && legacy_version != kLegacyVersion) {
    hello.supported_version = legacy_version;
  }
  return hello;
}

bool SaysDowngrade(const Random& random) {
  // The last octet is 1 for 1.2 and 0 for what is older.
  return std::equal(kDowngradeTo12.begin(), kDowngradeTo12.end() - 1, random.end() - 8) &&
         random.back() <= 1;
}

}  // namespace tickwire::tls
