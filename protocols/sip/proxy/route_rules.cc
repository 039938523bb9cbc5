#include "protocols/sip/proxy/route_rules.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "protocols/sip/locate/server_locator.h"

namespace tickwire::sip {
namespace {

// `params` without those of the given names.
std::string WithoutParams(absl::string_view params,
                          std::initializer_list<absl::string_view> names) {
  std::string kept;
  for (const absl::string_view param : absl::StrSplit(params, ';', absl::SkipEmpty())) {
    const absl::string_view name = param.substr(0, param.find('='));
    bool is_dropped = false;
    for (const absl::string_view dropped : names)
      is_dropped |= absl::EqualsIgnoreCase(name, dropped);
    if (!is_dropped) absl::StrAppend(&kept, ";", param);
  }
  return kept;
}

void SetRoutes(SipMessage& request, const std::vector<std::string>& uris) {
  request.Remove<Route>();
  for (const std::string& uri : uris) {
    Route route;
    route.uri = uri;
    if (request.Has<Route>()) {
      request.AddBehind<Route>(route);
    } else {
      request.AddBehind<Via>(route);
    }
  }
}

// Only the URIs matter, so parameters behind the brackets are lost: strict routing alone does this.
std::vector<std::string> RouteUris(const SipMessage& request) {
  std::vector<std::string> uris;
  for (const Route& route : request.GetAll<Route>()) uris.emplace_back(route.uri);
  return uris;
}

bool IsLoose(absl::string_view uri) {
  const std::optional<SipUri> parsed = SipUri::Parse(uri);
  return parsed.has_value() && parsed->is_loose_router();
}

// RFC 5658 §5: of a double Record-Route both are taken off at once, or the request would come here
// again. What stands there twice in the same words is not one, and means a second visit.
void RemoveOwnRoutes(SipMessage& request, const ServerIdentity& me) {
  std::string first;
  for (int i = 0; i < 2; ++i) {
    const std::optional<Route> top = request.Get<Route>();
    const std::optional<SipUri> route = top.has_value() ? top->sip_uri() : std::nullopt;
    if (!route.has_value() || !me.IsMe(*route)) return;
    if (i == 1 && (!route->is_loose_router() || top->uri == absl::string_view(first))) return;
    first = std::string(top->uri);
    request.RemoveFirst<Route>();
  }
}

}  // namespace

void PreprocessRoutes(SipMessage& request, const ServerIdentity& me) {
  const std::string original(request.request_uri());
  std::optional<SipUri> uri = SipUri::Parse(original);
  // A value that we put into Record-Route: ours, with lr and no user.
  if (uri.has_value() && request.Has<Route>() && uri->user.empty() && uri->is_loose_router() &&
      me.IsMe(*uri)) {
    std::vector<std::string> routes = RouteUris(request);
    if (!routes.empty()) {
      request.SetRequestUri(AsRequestUri(routes.back()));
      routes.pop_back();
      SetRoutes(request, routes);
    }
  } else if (uri.has_value()) {
    // §16.4: a maddr that means us, at our port and transport, has done its work.
    const std::optional<absl::string_view> maddr = uri->Param("maddr");
    SipUri there = *uri;
    there.host = maddr.value_or("");
    if (maddr.has_value() && me.IsMe(there)) {
      const std::string params = WithoutParams(uri->params, {"maddr", "transport"});
      uri->params = params;
      uri->port.reset();
      request.SetRequestUri(uri->ToString());
    }
  }
  RemoveOwnRoutes(request, me);
}

std::string AsRequestUri(absl::string_view text) {
  std::optional<SipUri> uri = SipUri::Parse(text);
  if (!uri.has_value()) return std::string(text);
  if (uri->headers.empty() && !uri->Param("method").has_value()) return std::string(text);
  const std::string params = WithoutParams(uri->params, {"method"});
  uri->params = params;
  uri->headers = {};
  return uri->ToString();
}

void ApplyTarget(SipMessage& request, const Target& target) {
  if (request.request_uri() != target.uri) request.SetRequestUri(AsRequestUri(target.uri));
  for (auto uri = target.route.rbegin(); uri != target.route.rend(); ++uri) {
    Route route;
    route.uri = *uri;
    if (request.Has<Route>()) {
      request.Prepend(route);
    } else {
      request.AddBehind<Via>(route);
    }
  }
  const std::optional<Route> top = request.Get<Route>();
  if (!top.has_value() || IsLoose(top->uri)) return;
  std::vector<std::string> routes = RouteUris(request);
  const std::string strict = routes.front();
  routes.erase(routes.begin());
  routes.emplace_back(request.request_uri());
  request.SetRequestUri(AsRequestUri(strict));
  SetRoutes(request, routes);
}

std::string NextHopUri(const SipMessage& request, const Target& target) {
  if (!target.next_hop.empty()) return SecuredAs(target.next_hop, target.uri);
  if (!target.route.empty()) return SecuredAs(target.route.front(), target.uri);
  if (const std::optional<Route> top = request.Get<Route>()) return SecuredAs(top->uri, target.uri);
  return target.uri;
}

}  // namespace tickwire::sip
