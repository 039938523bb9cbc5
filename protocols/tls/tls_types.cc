#include "protocols/tls/tls_types.h"

namespace tickwire::tls {
namespace {

constexpr TraceLabel kCloseNotify{"close_notify", "RFC 8446 6.1"};
constexpr TraceLabel kUnexpectedMessage{"unexpected_message",
                                        "RFC 8446 6.2: not what may come in this state"};
constexpr TraceLabel kBadRecordMac{"bad_record_mac", "RFC 8446 5.2: the record was changed"};
constexpr TraceLabel kRecordOverflow{"record_overflow", "RFC 8446 5.1, 5.2: longer than allowed"};
constexpr TraceLabel kHandshakeFailure{"handshake_failure",
                                       "RFC 8446 6.2: no acceptable set of parameters"};
constexpr TraceLabel kBadCertificate{"bad_certificate",
                                     "RFC 8446 6.2: corrupt, or not for this name (RFC 5922 7.3)"};
constexpr TraceLabel kCertificateExpired{"certificate_expired",
                                         "RFC 8446 6.2: expired, or not valid yet"};
constexpr TraceLabel kCertificateUnknown{"certificate_unknown", "RFC 8446 6.2"};
constexpr TraceLabel kIllegalParameter{"illegal_parameter",
                                       "RFC 8446 6.2: a field is incorrect or contradicts another"};
constexpr TraceLabel kUnknownCa{"unknown_ca", "RFC 8446 6.2: no way to an issuer that is trusted"};
constexpr TraceLabel kDecodeError{"decode_error", "RFC 8446 6.2: a message cannot be decoded"};
constexpr TraceLabel kDecryptError{"decrypt_error",
                                   "RFC 8446 6.2: a signature, binder or Finished does not fit"};
constexpr TraceLabel kProtocolVersion{"protocol_version",
                                      "RFC 8446 6.2: the peer's versions are not supported"};
constexpr TraceLabel kInternalError{"internal_error", "RFC 8446 6.2"};
constexpr TraceLabel kUserCanceled{"user_canceled", "RFC 8446 6.1: not wanted any more"};
constexpr TraceLabel kMissingExtension{"missing_extension", "RFC 8446 9.2"};
constexpr TraceLabel kCertificateRequired{"certificate_required",
                                          "RFC 8446 6.2: the client has shown none"};
constexpr TraceLabel kOther{"alert", "RFC 8446 6"};

}  // namespace

const TraceLabel& AlertLabel(Alert alert) {
  switch (alert) {
    case Alert::kCloseNotify:
      return kCloseNotify;
    case Alert::kUnexpectedMessage:
      return kUnexpectedMessage;
    case Alert::kBadRecordMac:
      return kBadRecordMac;
    case Alert::kRecordOverflow:
      return kRecordOverflow;
    case Alert::kHandshakeFailure:
      return kHandshakeFailure;
    case Alert::kBadCertificate:
      return kBadCertificate;
    case Alert::kCertificateExpired:
      return kCertificateExpired;
    case Alert::kCertificateUnknown:
      return kCertificateUnknown;
    case Alert::kIllegalParameter:
      return kIllegalParameter;
    case Alert::kUnknownCa:
      return kUnknownCa;
    case Alert::kDecodeError:
      return kDecodeError;
    case Alert::kDecryptError:
      return kDecryptError;
    case Alert::kProtocolVersion:
      return kProtocolVersion;
    case Alert::kInternalError:
      return kInternalError;
    case Alert::kUserCanceled:
      return kUserCanceled;
    case Alert::kMissingExtension:
      return kMissingExtension;
    case Alert::kCertificateRequired:
      return kCertificateRequired;
  }
  return kOther;
}

CloseReason CloseReasonOf(Alert alert) {
  switch (alert) {
    case Alert::kUnexpectedMessage:
    case Alert::kBadRecordMac:
    case Alert::kRecordOverflow:
    case Alert::kIllegalParameter:
    case Alert::kDecodeError:
    case Alert::kInternalError:
    case Alert::kMissingExtension:
      return CloseReason::kProtocol;
    default:
      return CloseReason::kSecurity;
  }
}

}  // namespace tickwire::tls
