#include "protocols/sip/proxy/own_routes.h"

#include <type_traits>

#include "absl/strings/str_cat.h"
#include "protocols/sip/locate/server_locator.h"
#include "protocols/sip/proxy/request_source.h"

namespace tickwire::sip {
namespace {

// By the Request-URI or the topmost Route.
bool IsSecureRequest(const SipMessage& request) {
  const std::optional<Route> top = request.Get<Route>();
  return IsSipsUri(request.request_uri()) || (top.has_value() && IsSipsUri(top->uri));
}

}  // namespace

// §16.6 item 4: for what can create a dialog (RFC 3261 §12.1, 3515 §2.4.4, 6665 §4.4), and not for
// requests within one, which would gain nothing by it. Whatever the configuration says, where a
// secure request did not come over TLS, or another one did.
bool OwnRoutes::RecordsRoute(const SipMessage& request, const Hop& from) const {
  if (!config_.records_route && IsSecureRequest(request) == IsSecure(from.transport)) return false;
  switch (request.method()) {
    case Method::kInvite:
    case Method::kSubscribe:
    case Method::kRefer:
      return !request.Get<To>()->tag().has_value();
    default:
      return false;
  }
}

std::string OwnRoutes::OwnRouteUri(const Hop& facing, bool is_secure, bool names_udp) {
  Hop towards = facing;
  if (is_secure && !IsSecure(facing.transport)) {
    LocateTarget sips;
    sips.is_secure = true;
    towards.transport = sips.Transport(transport_.transports()).value_or(facing.transport);
  }
  const TransportKind by = towards.transport;
  std::string uri = is_secure ? "sips:" : "sip:";
  if (config_.record_route_host.empty()) {
    absl::StrAppend(&uri, transport_.SentBy(towards));
  } else {
    const uint16_t port = transport_.port(by);
    absl::StrAppend(&uri, config_.record_route_host,
                    port == DefaultPort(by) ? "" : absl::StrCat(":", port));
  }
  const bool is_plain_udp = by == TransportKind::kUdp && !is_secure;
  absl::StrAppend(&uri, ";lr",
                  is_plain_udp && names_udp ? ";transport=udp" : TransportParam(by, is_secure));
  return uri;
}

template <class Header>
void OwnRoutes::PushOwnUris(SipMessage& request, const Hop& from, const Hop& towards) {
  const bool is_secure = IsSecureRequest(request);
  const bool changes = from.transport != towards.transport;
  const bool is_double = changes || from.remote.address.is_v4() != towards.remote.address.is_v4();
  const std::string inner = OwnRouteUri(towards, is_secure, changes);
  const std::string outer = OwnRouteUri(from, is_secure, changes);
  const auto push = [&](absl::string_view uri) {
    Header header;
    header.uri = uri;
    if (request.Has<Header>()) {
      request.Prepend(header);
    } else {
      request.AddBehind<Via>(header);
    }
  };
  // One alone: of a Record-Route what faces the new side (§16.6 item 4), of a Path what faces the
  // phone (RFC 3327 §5.2).
  constexpr bool kIsPath = std::is_same_v<Header, Path>;
  if (is_double || kIsPath) push(outer);
  if (is_double || !kIsPath) push(inner);
}

void OwnRoutes::AddRecordRoute(SipMessage& request, const Hop& towards) {
  const Hop from = SourceOf(request);
  if (RecordsRoute(request, from)) PushOwnUris<RecordRoute>(request, from, towards);
}

void OwnRoutes::AddPath(SipMessage& request, const Hop& towards) {
  if (!config_.adds_path || request.method() != Method::kRegister) return;
  PushOwnUris<Path>(request, SourceOf(request), towards);
}

}  // namespace tickwire::sip
