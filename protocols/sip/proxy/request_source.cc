#include "protocols/sip/proxy/request_source.h"

#include "protocols/sip/locate/server_locator.h"

namespace tickwire::sip {

Hop SourceOf(const SipMessage& request) {
  const std::optional<Via> via = request.Get<Via>();
  if (!via.has_value()) return {};
  const std::optional<IpAddress> address = AddressOfHost(via->received().value_or(via->host));
  return {{address.value_or(IpAddress()), via->rport().value_or(via->port_or_default())},
          TransportOfVia(via->transport).value_or(TransportKind::kUdp)};
}

std::optional<Hop> ResponseHop(const Via& via) {
  const std::optional<TransportKind> by = TransportOfVia(via.transport);
  if (!by.has_value()) return std::nullopt;
  if (const auto maddr = via.maddr()) {
    if (const std::optional<IpAddress> address = AddressOfHost(*maddr)) {
      return Hop{{*address, via.port_or_default()}, *by};
    }
  }
  const std::optional<IpAddress> address = AddressOfHost(via.received().value_or(via.host));
  if (!address.has_value()) return std::nullopt;
  return Hop{{*address, via.rport().value_or(via.port_or_default())}, *by};
}

}  // namespace tickwire::sip
