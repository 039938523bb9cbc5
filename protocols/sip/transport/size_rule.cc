#include "protocols/sip/transport/size_rule.h"

#include <optional>

namespace tickwire::sip {

void RewriteTopVia(SipMessage& request, TransportKind by, absl::string_view sent_by) {
  std::optional<Via> via = request.Get<Via>();
  TW_CHECK(via.has_value());
  const size_t colon = sent_by.rfind(':');
  const std::optional<uint64_t> port = ParseDecimal(sent_by.substr(colon + 1), 65535);
  via->transport = ViaName(by);
  via->host = sent_by.substr(0, colon);
  via->port = static_cast<uint16_t>(port.value_or(DefaultPort(by)));
  request.ReplaceFirst(*via);
}

Hop FitRequest(SipTransport& transport, SipMessage& request, const Hop& hop) {
  const Hop fit = transport.ForSize(hop, request.Wire().size());
  if (fit.transport != hop.transport) {
    RewriteTopVia(request, fit.transport, transport.SentBy(fit));
  }
  return fit;
}

}  // namespace tickwire::sip
