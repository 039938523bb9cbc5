// Numbers of TLS that stand on the wire (RFC 8446 appendix B; RFC 5246 appendix A for 1.2), and
// their names.
#ifndef TICKWIRE_PROTOCOLS_TLS_TLS_TYPES_H_
#define TICKWIRE_PROTOCOLS_TLS_TLS_TYPES_H_

#include <cstddef>
#include <cstdint>

#include "protocols/tls/tls_version.h"
#include "protocols/transport/channel.h"
#include "sim_core/trace/trace_label.h"

namespace tickwire::tls {

enum class ContentType : uint8_t {
  kChangeCipherSpec = 20,
  kAlert = 21,
  kHandshake = 22,
  kApplicationData = 23,
};

enum class HandshakeType : uint8_t {
  kClientHello = 1,
  kServerHello = 2,
  kNewSessionTicket = 4,
  kEncryptedExtensions = 8,
  kCertificate = 11,
  kServerKeyExchange = 12,
  kCertificateRequest = 13,
  kServerHelloDone = 14,
  kCertificateVerify = 15,
  kClientKeyExchange = 16,
  kFinished = 20,
};

enum class Alert : uint8_t {
  kCloseNotify = 0,
  kUnexpectedMessage = 10,
  kBadRecordMac = 20,
  kRecordOverflow = 22,
  kHandshakeFailure = 40,
  kBadCertificate = 42,
  kCertificateExpired = 45,
  kCertificateUnknown = 46,
  kIllegalParameter = 47,
  kUnknownCa = 48,
  kDecodeError = 50,
  kDecryptError = 51,
  kProtocolVersion = 70,
  kInternalError = 80,
  kUserCanceled = 90,
  kMissingExtension = 109,
  kCertificateRequired = 116,
};
inline constexpr uint8_t kAlertWarning = 1;
inline constexpr uint8_t kAlertFatal = 2;

// "unknown_ca", with the rule behind it; "alert" for numbers that are not above.
const TraceLabel& AlertLabel(Alert alert);
// What the user is told when this ends a connection.
CloseReason CloseReasonOf(Alert alert);

enum class CipherSuite : uint16_t {
  kAes128GcmSha256 = 0x1301,            // 1.3 (RFC 8446 §B.4)
  kEcdheEcdsaAes128GcmSha256 = 0xc02b,  // 1.2 (RFC 5289 §3.2)
};
inline constexpr uint16_t kX25519 = 29;                    // NamedGroup
inline constexpr uint16_t kEcdsaSecp256r1Sha256 = 0x0403;  // SignatureScheme

inline constexpr size_t kKeyShareSize = 32;       // x25519 (RFC 7748 §5)
inline constexpr size_t kMaxPlaintext = 1 << 14;  // of a record (§5.1)

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_TLS_TYPES_H_
