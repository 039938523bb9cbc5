#include "protocols/sip/message/via.h"

#include "absl/strings/str_cat.h"
#include "protocols/sip/transport/transport_names.h"

namespace tickwire::sip {
namespace {

bool IsHostText(absl::string_view text) {
  Scanner scanner(text);
  return scanner.Host().has_value() && scanner.at_end();
}

// via-received is an address; IPv6 comes bare by the grammar, in brackets from many.
bool IsReceivedText(absl::string_view text) {
  if (IsHostText(text)) return true;
  for (const char c : text) {
    if (!IsIn(c, kHexChar) && c != ':' && c != '.') return false;
  }
  return text.size() >= 2;
}

bool AreViaParamsValid(const Via& via) {
  for (const Param& param : via.params) {
    if (EqualsIgnoreCase(param.name, "ttl")) {
      if (!ParseDecimal(param.value, 255).has_value()) return false;
    } else if (EqualsIgnoreCase(param.name, "rport")) {
      if (!param.value.empty() && !ParseDecimal(param.value, 65535).has_value()) return false;
    } else if (EqualsIgnoreCase(param.name, "received")) {
      if (!IsReceivedText(param.value)) return false;
    } else if (EqualsIgnoreCase(param.name, "maddr")) {
      if (!IsHostText(param.value)) return false;
    } else if (EqualsIgnoreCase(param.name, "branch")) {
      if (param.value.empty()) return false;
    }
  }
  return true;
}

}  // namespace

namespace {
bool ParseInto(absl::string_view value, Via& via) {
  Scanner scanner(value);
  scanner.SkipLws();
  via.protocol = scanner.Token();
  if (via.protocol.empty() || !scanner.ConsumeSeparator('/')) return false;
  via.version = scanner.Token();
  if (via.version.empty() || !scanner.ConsumeSeparator('/')) return false;
  via.transport = scanner.Token();
  if (via.transport.empty() || !IsIn(scanner.Peek(), kLwsChar)) return false;
  scanner.SkipLws();
  const std::optional<absl::string_view> host = scanner.Host();
  if (!host.has_value()) return false;
  via.host = *host;
  if (scanner.ConsumeSeparator(':')) {
    const std::optional<uint64_t> port = ParseDecimal(scanner.TakeWhile(kDigitChar), 65535);
    if (!port.has_value()) return false;
    via.port = static_cast<uint16_t>(*port);
  }
  if (!via.params.ParseFrom(scanner) || !AreViaParamsValid(via)) return false;
  scanner.SkipLws();
  if (!scanner.at_end()) return false;
  return true;
}

}  // namespace

std::optional<Via> Via::Parse(absl::string_view value) {
  std::optional<Via> via(std::in_place);  // in place: it is large, and parsed often
  if (!ParseInto(value, *via)) via.reset();
  return via;
}

void Via::AppendTo(std::string& out) const {
  absl::StrAppend(&out, protocol, "/", version, "/", transport, " ");
  absl::StrAppend(&out, host);
  if (port.has_value()) absl::StrAppend(&out, ":", *port);
  params.AppendTo(out);
}

std::optional<uint8_t> Via::ttl() const {
  const std::optional<absl::string_view> text = params.Find("ttl");
  if (!text.has_value()) return std::nullopt;
  const std::optional<uint64_t> value = ParseDecimal(*text, 255);
  if (!value.has_value()) return std::nullopt;
  return static_cast<uint8_t>(*value);
}

std::optional<uint16_t> Via::rport() const {
  const std::optional<absl::string_view> text = params.Find("rport");
  if (!text.has_value()) return std::nullopt;
  const std::optional<uint64_t> value = ParseDecimal(*text, 65535);
  if (!value.has_value()) return std::nullopt;
  return static_cast<uint16_t>(*value);
}

uint16_t Via::port_or_default() const {
  if (port.has_value()) return *port;
  return DefaultPort(TransportOfVia(transport).value_or(TransportKind::kUdp));
}

}  // namespace tickwire::sip
