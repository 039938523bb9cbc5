// What both roles trace.
#ifndef TICKWIRE_PROTOCOLS_TLS_TLS_LABELS_H_
#define TICKWIRE_PROTOCOLS_TLS_TLS_LABELS_H_

#include "sim_core/trace/trace_label.h"

namespace tickwire::tls::labels {

// --- Reasons of state changes ---
inline constexpr TraceLabel kClientHelloReceived{"ClientHello received", "RFC 8446 4.1.2"};
inline constexpr TraceLabel kServerHelloReceived{"ServerHello received", "RFC 8446 4.1.3"};
inline constexpr TraceLabel kSessionTaken{"session resumed",
                                          "RFC 8446 2.2, RFC 5246 7.3: an abbreviated handshake"};
inline constexpr TraceLabel kExtensionsReceived{"EncryptedExtensions received", "RFC 8446 4.3.1"};
inline constexpr TraceLabel kCertificateAccepted{"certificate accepted",
                                                 "RFC 5280 6, RFC 5922 7.3"};
inline constexpr TraceLabel kNoCertificate{"no certificate shown", "RFC 8446 4.4.2.4"};
inline constexpr TraceLabel kSignatureVerified{"CertificateVerify received", "RFC 8446 4.4.3"};
inline constexpr TraceLabel kKeysReceived{"keys received", "RFC 5246 7.4.3, 7.4.7"};
inline constexpr TraceLabel kFlightSent{"flight sent", "RFC 8446 2, RFC 5246 7.3"};
inline constexpr TraceLabel kFinishedSent{"Finished sent", "RFC 8446 4.4.4"};
inline constexpr TraceLabel kFinishedReceived{"Finished received", "RFC 8446 4.4.4"};
inline constexpr TraceLabel kChangeCipherSpecReceived{"change_cipher_spec received",
                                                      "RFC 5246 7.1"};

// --- Why a handshake fails ---
inline constexpr TraceLabel kCertificateRefused{"certificate refused", "RFC 5280 6, RFC 5922 7.3"};
inline constexpr TraceLabel kBadSignature{"wrong signature", "RFC 8446 4.4.3"};
inline constexpr TraceLabel kBadFinished{"wrong Finished",
                                         "RFC 8446 4.4.4: both sides have not heard the same"};
inline constexpr TraceLabel kUnexpectedChangeCipherSpec{"unexpected change_cipher_spec",
                                                        "RFC 5246 7.1, RFC 8446 5"};

}  // namespace tickwire::tls::labels

#endif  // TICKWIRE_PROTOCOLS_TLS_TLS_LABELS_H_
