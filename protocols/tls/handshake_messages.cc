#include "protocols/tls/handshake_messages.h"

#include <algorithm>

#include "protocols/tls/wire.h"

namespace tickwire::tls {
namespace {

constexpr uint16_t kSignatureAlgorithms = 13;  // extension
constexpr uint16_t kServerName = 0;
constexpr uint8_t kEcdsaSign = 64;  // ClientCertificateType
constexpr uint8_t kNamedCurve = 3;  // ECCurveType

std::vector<uint8_t> Copy(std::span<const uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

template <class F>
std::vector<uint8_t> Message(HandshakeType type, F fill) {
  WireWriter out;
  out.U8(static_cast<uint8_t>(type));
  out.Vector(3, [&] { fill(out); });
  return out.Take();
}

// Extensions that say nothing to us. False: malformed.
bool SkipExtensions(WireReader& in) {
  WireReader list(in.Vector(2));
  while (list.ok() && !list.at_end()) {
    list.U16();
    list.Vector(2);
  }
  return list.ok();
}

std::optional<KeyShare> ToShare(std::span<const uint8_t> bytes) {
  if (bytes.size() != kKeyShareSize) return std::nullopt;
  KeyShare share;
  std::ranges::copy(bytes, share.begin());
  return share;
}

}  // namespace

std::vector<uint8_t> WriteMessage(HandshakeType type, std::span<const uint8_t> body) {
  return Message(type, [&](WireWriter& out) { out.Raw(body); });
}

std::vector<uint8_t> WriteCertificates(TlsVersion version, const DerCertificates& certificates) {
  return Message(HandshakeType::kCertificate, [&](WireWriter& out) {
    if (version == TlsVersion::k13) out.U8(0);  // no context
    out.Vector(3, [&] {
      for (const std::vector<uint8_t>& certificate : certificates) {
        out.Vector(3, [&] { out.Raw(certificate); });
        if (version == TlsVersion::k13) out.U16(0);  // no extensions
      }
    });
  });
}

std::optional<DerCertificates> ParseCertificates(TlsVersion version,
                                                 std::span<const uint8_t> body) {
  WireReader in(body);
  if (version == TlsVersion::k13) in.Vector(1);
  WireReader list(in.Vector(3));
  DerCertificates certificates;
  while (list.ok() && !list.at_end()) {
    certificates.push_back(Copy(list.Vector(3)));
    if (version == TlsVersion::k13 && !SkipExtensions(list)) return std::nullopt;
  }
  if (!list.ok() || !in.is_done()) return std::nullopt;
  return certificates;
}

std::vector<uint8_t> WriteCertificateRequest(TlsVersion version) {
  return Message(HandshakeType::kCertificateRequest, [&](WireWriter& out) {
    const auto schemes = [&] { out.Vector(2, [&] { out.U16(kEcdsaSecp256r1Sha256); }); };
    if (version == TlsVersion::k13) {
      out.U8(0);  // no context
      out.Vector(2, [&] {
        out.U16(kSignatureAlgorithms);
        out.Vector(2, schemes);
      });
    } else {
      out.Vector(1, [&] { out.U8(kEcdsaSign); });
      schemes();
      out.U16(0);  // any issuer
    }
  });
}

bool ParseCertificateRequest(TlsVersion version, std::span<const uint8_t> body) {
  WireReader in(body);
  if (version == TlsVersion::k13) {
    in.Vector(1);
    if (!SkipExtensions(in)) return false;
  } else {
    in.Vector(1);
    in.Vector(2);
    in.Vector(2);
  }
  return in.is_done();
}

std::vector<uint8_t> WriteCertificateVerify(std::span<const uint8_t> signature) {
  return Message(HandshakeType::kCertificateVerify, [&](WireWriter& out) {
    out.U16(kEcdsaSecp256r1Sha256);
    out.Vector(2, [&] { out.Raw(signature); });
  });
}

std::optional<std::vector<uint8_t>> ParseCertificateVerify(std::span<const uint8_t> body) {
  WireReader in(body);
  const uint16_t scheme = in.U16();
  const std::span<const uint8_t> signature = in.Vector(2);
  if (!in.is_done() || scheme != kEcdsaSecp256r1Sha256) return std::nullopt;
  return Copy(signature);
}

std::vector<uint8_t> WriteEncryptedExtensions(bool has_server_name) {
  return Message(HandshakeType::kEncryptedExtensions, [&](WireWriter& out) {
    out.Vector(2, [&] {
      if (!has_server_name) return;
      out.U16(kServerName);
      out.U16(0);
    });
  });
}

bool ParseEncryptedExtensions(std::span<const uint8_t> body) {
  WireReader in(body);
  return SkipExtensions(in) && in.is_done();
}

std::vector<uint8_t> WriteServerKeyExchange(const ServerKeyExchange& exchange) {
  return Message(HandshakeType::kServerKeyExchange, [&](WireWriter& out) {
    out.U8(kNamedCurve);
    out.U16(kX25519);
    out.Vector(1, [&] { out.Raw(exchange.share); });
    out.U16(kEcdsaSecp256r1Sha256);
    out.Vector(2, [&] { out.Raw(exchange.signature); });
  });
}

std::optional<ServerKeyExchange> ParseServerKeyExchange(std::span<const uint8_t> body) {
  WireReader in(body);
  const uint8_t type = in.U8();
  const uint16_t group = in.U16();
  const std::optional<KeyShare> share = ToShare(in.Vector(1));
  const uint16_t scheme = in.U16();
  const std::span<const uint8_t> signature = in.Vector(2);
  if (!in.is_done() || type != kNamedCurve || group != kX25519 || !share ||
      scheme != kEcdsaSecp256r1Sha256) {
    return std::nullopt;
  }
  return ServerKeyExchange{*share, Copy(signature)};
}

std::vector<uint8_t> WriteClientKeyExchange(const KeyShare& share) {
  return Message(HandshakeType::kClientKeyExchange,
                 [&](WireWriter& out) { out.Vector(1, [&] { out.Raw(share); }); });
}

std::optional<KeyShare> ParseClientKeyExchange(std::span<const uint8_t> body) {
  WireReader in(body);
  const std::optional<KeyShare> share = ToShare(in.Vector(1));
  if (!in.is_done()) return std::nullopt;
  return share;
}

std::vector<uint8_t> WriteNewSessionTicket(TlsVersion version, const NewSessionTicket& ticket) {
  return Message(HandshakeType::kNewSessionTicket, [&](WireWriter& out) {
    out.U32(ticket.lifetime_seconds);
    if (version == TlsVersion::k13) {
      out.U32(ticket.age_add);
      out.Vector(1, [&] { out.Raw(absl::string_view(ticket.nonce)); });
    }
    out.Vector(2, [&] { out.Raw(absl::string_view(ticket.ticket)); });
    if (version == TlsVersion::k13) out.U16(0);  // no early data, so no extensions
  });
}

std::optional<NewSessionTicket> ParseNewSessionTicket(TlsVersion version,
                                                      std::span<const uint8_t> body) {
  WireReader in(body);
  NewSessionTicket ticket;
  ticket.lifetime_seconds = in.U32();
  if (version == TlsVersion::k13) {
    ticket.age_add = in.U32();
    ticket.nonce = in.Text(1);
  }
  ticket.ticket = in.Text(2);
  if (version == TlsVersion::k13 && !SkipExtensions(in)) return std::nullopt;
  if (!in.is_done()) return std::nullopt;
  return ticket;
}

void HandshakeReader::Append(std::span<const uint8_t> fragment) {
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
  begin_ = 0;
  buffer_.insert(buffer_.end(), fragment.begin(), fragment.end());
}

std::optional<HandshakeReader::Message> HandshakeReader::Next() {
  const std::span<const uint8_t> rest = std::span<const uint8_t>(buffer_).subspan(begin_);
  if (rest.size() < 4) return std::nullopt;
  const size_t size = 4 + (static_cast<size_t>(rest[1]) << 16 | static_cast<size_t>(rest[2]) << 8 |
                           static_cast<size_t>(rest[3]));
  if (rest.size() < size) return std::nullopt;
  begin_ += size;
  return Message{HandshakeType{rest[0]}, rest.first(size)};
}

bool HandshakeReader::is_too_long() const {
  const std::span<const uint8_t> rest = std::span<const uint8_t>(buffer_).subspan(begin_);
  if (rest.size() < 4) return false;
  return (static_cast<size_t>(rest[1]) << 16 | static_cast<size_t>(rest[2]) << 8 | rest[3]) >
         kMaxMessage;
}

}  // namespace tickwire::tls
