// The parts of messages that are the user agent's own, and the responses that need no call.
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {
namespace {

// 60 random bits as 12 letters and digits (§19.3 asks for 32 at least).
std::string Token(Rng& rng) {
  constexpr char kAlphabet[] = "0123456789abcdefghijklmnopqrstuv";
  uint64_t bits = rng.Next64();
  std::string token(12, '\0');
  for (char& c : token) {
    c = kAlphabet[bits & 31];
    bits >>= 5;
  }
  return token;
}

}  // namespace

// While a destination is being asked for, our own address stands for it: it leads to ours; and the
// transport is what the URI says by itself.
Hop UserAgent::FirstHop(const Destination& destination) const {
  if (!destination.hops.empty()) return destination.hops.front();
  const Transports& transports = transport_.transports();
  const std::optional<LocateTarget> target = LocateTarget::Of(destination.uri);
  const TransportKind by = target.has_value()
                               ? target->Transport(transports).value_or(transports.preferred())
                               : transports.preferred();
  return Hop{Endpoint{config_.address, DefaultPort(by)}, by};
}

Destination UserAgent::DestinationOf(absl::string_view uri, const Hop* fallback) {
  Destination destination{std::string(uri), {}};
  if (const std::optional<LocateTarget> target = LocateTarget::Of(uri)) {
    if (AddressOfHost(target->host).has_value()) {
      const std::optional<Hop> hop = target->Numeric(transport_.transports());
      if (hop.has_value()) destination.hops.push_back(*hop);
      return destination;
    }
  }
  if (locator_ == nullptr) {
    if (fallback != nullptr && !(*fallback == Hop{})) {
      destination.hops.push_back(*fallback);
      destination.hops.back().connection = 0;  // that of a response, which may be gone
    }
    return destination;
  }
  locator_->LocateNow(uri, transport_.transports(), destination.hops);
  return destination;
}

Destination UserAgent::DestinationWithin(const Dialog& dialog, const Hop* fallback) {
  return DestinationOf(SecuredAs(dialog.next_hop_uri(), dialog.remote_target()), fallback);
}

const std::vector<std::string>& UserAgent::PreloadedRoutes() const {
  for (const std::unique_ptr<Registration>& registration : registrations_) {
    if (!registration->service_route().empty()) return registration->service_route();
  }
  return config_.routes;
}

Destination UserAgent::DestinationFor(absl::string_view target) {
  const std::vector<std::string>& routes = PreloadedRoutes();
  return routes.empty() ? DestinationOf(target) : DestinationOf(SecuredAs(routes.front(), target));
}

// RFC 3608 §6.1: the service route is for requests other than REGISTER.
Destination UserAgent::DestinationForRegister(absl::string_view registrar) {
  if (config_.routes.empty()) return DestinationOf(registrar);
  return DestinationOf(SecuredAs(config_.routes.front(), registrar));
}

std::string UserAgent::NewTag() { return Token(tags_); }

std::string UserAgent::NewCallId(const Destination& destination) {
  const absl::string_view sent_by = transport_.SentBy(FirstHop(destination));
  return absl::StrCat(Token(call_ids_), "@", sent_by.substr(0, sent_by.rfind(':')));
}

std::string UserAgent::NewVia(const Hop& hop) {
  return absl::StrCat("SIP/2.0/", ViaName(hop.transport), " ", transport_.SentBy(hop),
                      ";branch=", kMagicCookie, Token(branches_), ";rport");
}

std::string UserAgent::NewVia(const Destination& destination) {
  return destination.hops.empty() ? std::string() : NewVia(destination.hops.front());
}

void UserAgent::AddRoutes(SipMessage& message) { AddRoutes(message, PreloadedRoutes()); }

// §12.2.1.1: a strict router in front becomes the Request-URI, and the target ends the list.
void UserAgent::AddRoutes(SipMessage& message, const std::vector<std::string>& routes) {
  if (routes.empty()) return;
  const std::optional<SipUri> first = SipUri::Parse(routes.front());
  const bool is_strict = first.has_value() && !first->is_loose_router();
  const std::string target(message.request_uri());
  for (size_t i = is_strict ? 1 : 0; i < routes.size(); ++i) {
    message.AddRaw(Route::kName, absl::StrCat("<", routes[i], ">"));
  }
  if (!is_strict) return;
  message.AddRaw(Route::kName, absl::StrCat("<", target, ">"));
  message.SetRequestUri(routes.front());
}

SipMessage UserAgent::StartOutside(absl::string_view method, absl::string_view target,
                                   const Destination& destination, absl::string_view call_id,
                                   absl::string_view tag, uint32_t number, absl::string_view user) {
  SipMessage request = SipMessage::Request(method, target);
  const std::string via = NewVia(destination);
  if (!via.empty()) request.AddRaw(Via::kName, via);
  AddRoutes(request);
  request.Add(MaxForwards{});
  request.AddRaw(From::kName, absl::StrCat(LocalAddress(destination, user), ";tag=", tag));
  request.AddRaw(To::kName, absl::StrCat("<", target, ">"));
  request.Add(CallId{call_id});
  request.Add(CSeq{number, method});
  return request;
}

// §10.2: To and From are the address of record, and the Request-URI has no user part.
SipMessage UserAgent::StartRegister(absl::string_view registrar,
                                    absl::string_view address_of_record,
                                    const Destination& destination, absl::string_view call_id,
                                    absl::string_view tag, uint32_t number) {
  SipMessage request = SipMessage::Request("REGISTER", registrar);
  const std::string via = NewVia(destination);
  if (!via.empty()) request.AddRaw(Via::kName, via);
  AddRoutes(request, config_.routes);
  request.Add(MaxForwards{});
  request.AddRaw(From::kName, absl::StrCat("<", address_of_record, ">;tag=", tag));
  request.AddRaw(To::kName, absl::StrCat("<", address_of_record, ">"));
  request.Add(CallId{call_id});
  request.Add(CSeq{number, "REGISTER"});
  return request;
}

// A secure one where there is no secure transport names the port that there is: nobody will get
// there, and nobody is to.
std::string UserAgent::OwnUri(const Hop& hop, absl::string_view user, bool is_secure) {
  Hop towards = hop;
  if (is_secure && !IsSecure(hop.transport)) {
    LocateTarget sips;
    sips.is_secure = true;
    towards.transport = sips.Transport(transport_.transports()).value_or(hop.transport);
  }
  return absl::StrCat(is_secure ? "sips:" : "sip:", user, user.empty() ? "" : "@",
                      transport_.SentBy(towards), TransportParam(towards.transport, is_secure));
}

std::string UserAgent::ContactUri(const Destination& destination, absl::string_view user,
                                  bool is_secure) {
  return OwnUri(FirstHop(destination), user, is_secure);
}

// RFC 5627 §4.4: the public GRUU, once the registrar has given one, is how others reach this very
// instance.
absl::string_view UserAgent::PublicGruu(absl::string_view user) const {
  for (const std::unique_ptr<Registration>& registration : registrations_) {
    if (registration->state() == Registration::State::kRegistered &&
        user == absl::string_view(registration->options().user)) {
      return registration->public_gruu();
    }
  }
  return {};
}

void UserAgent::AddContactUri(SipMessage& message, const Hop& hop, absl::string_view user,
                              bool is_secure) {
  const absl::string_view gruu = PublicGruu(user);
  const std::string uri =
      gruu.empty() ? OwnUri(hop, user, is_secure) : SecuredAs(gruu, is_secure ? "sips:" : "sip:");
  message.AddRaw(Contact::kName, absl::StrCat("<", uri, ">"));
}

// §8.1.1.8: a SIPS URI when the Request-URI or the topmost Route is one.
void UserAgent::AddContact(SipMessage& request, const Destination& destination,
                           absl::string_view user) {
  const std::optional<Route> top = request.Get<Route>();
  const bool is_secure = IsSipsUri(request.request_uri()) || (top && IsSipsUri(top->uri));
  AddContactUri(request, FirstHop(destination),
                user.empty() ? absl::string_view(config_.user) : user, is_secure);
}

// §12.1.1: by the Request-URI, and by the topmost Record-Route, or the Contact if there is none.
void UserAgent::AddContact(SipMessage& response, const SipMessage& request, const Hop& hop,
                           absl::string_view user) {
  bool is_secure = IsSipsUri(request.request_uri());
  if (const std::optional<RecordRoute> top = request.Get<RecordRoute>()) {
    is_secure |= IsSipsUri(top->uri);
  } else if (const std::optional<Contact> contact = request.Get<Contact>()) {
    is_secure |= IsSipsUri(contact->uri);
  }
  AddContactUri(response, hop, user, is_secure);
}

void UserAgent::AddCapabilities(SipMessage& message) {
  message.AddRaw(Allow::kName, allow_);
  if (!supported_.empty()) message.AddRaw(Supported::kName, supported_);
}

void UserAgent::AddProduct(SipMessage& message) {
  if (config_.product.empty()) return;
  message.AddRaw(message.is_request() ? UserAgentHeader::kName : Server::kName, config_.product);
}

void UserAgent::AddRecvInfo(SipMessage& message) {
  if (config_.info_packages.empty()) message.AddRaw(RecvInfo::kName, "");
  for (const std::string& package : config_.info_packages) {
    message.AddRaw(RecvInfo::kName, package);
  }
}

bool UserAgent::ReceivesInfo(absl::string_view package) const {
  for (const std::string& known : config_.info_packages) {
    if (package == absl::string_view(known)) return true;
  }
  return false;
}

std::string UserAgent::LocalAddress(const Destination& destination, absl::string_view user) {
  std::string domain = config_.domain;
  if (domain.empty()) {
    const absl::string_view sent_by = transport_.SentBy(FirstHop(destination));
    domain = std::string(sent_by.substr(0, sent_by.rfind(':')));
  }
  const std::string uri = absl::StrCat("<sip:", user, user.empty() ? "" : "@", domain, ">");
  if (config_.display_name.empty()) return uri;
  return absl::StrCat(Quote(config_.display_name), " ", uri);
}

IpAddress UserAgent::MediaAddress(const Destination& destination) {
  return MediaAddress(FirstHop(destination).remote);
}

IpAddress UserAgent::MediaAddress(const Endpoint& remote) {
  return config_.media_address.value_or(transport_.SourceFor(remote));
}

// Even ports from 16384 on: RTP; the odd one above each is RTCP (RFC 3550 §11).
Negotiation UserAgent::NewNegotiation() {
  const uint64_t session = ++last_session_;
  return Negotiation(session, static_cast<uint16_t>(16384 + 2 * ((session - 1) % 16000)));
}

std::string UserAgent::UserOf(absl::string_view request_uri) const {
  const std::optional<SipUri> uri = SipUri::Parse(request_uri);
  return uri.has_value() && !uri->user.empty() ? std::string(uri->user) : config_.user;
}

// --- Responses. ---

void UserAgent::Respond(ServerTransaction& transaction, int status) {
  const SipMessage& request = transaction.request();
  SipMessage response = StartResponse(request, status, NewTag());
  if (status == 405 || status == 501) response.AddRaw(Allow::kName, allow_);
  response.Add(ContentLength{0});
  transaction.Respond(std::move(response));
}

void UserAgent::RespondTooSmall(ServerTransaction& transaction, uint32_t least,
                                absl::string_view tag) {
  SipMessage response = StartResponse(transaction.request(), 422, tag);
  response.Add(MinSe{least, {}});
  response.Add(ContentLength{0});
  transaction.Respond(std::move(response));
}

void UserAgent::RespondTooBrief(ServerTransaction& transaction, uint32_t least) {
  SipMessage response = StartResponse(transaction.request(), 423, NewTag());
  response.Add(MinExpires{least});
  response.Add(ContentLength{0});
  transaction.Respond(std::move(response));
}

// §8.2.3.
void UserAgent::RespondUnsupportedMedia(ServerTransaction& transaction, absl::string_view tag) {
  SipMessage response = StartResponse(transaction.request(), 415, tag);
  response.AddRaw(Accept::kName, Negotiation::kContentType);
  response.Add(ContentLength{0});
  transaction.Respond(std::move(response));
}

void UserAgent::RespondOutsideSession(ServerTransaction& transaction) {
  const SipMessage& request = transaction.request();
  int status = 405;
  switch (request.method()) {
    case Method::kOptions:  // §11.2
      status = 200;
      break;
    case Method::kMessage:  // RFC 3428 §7
      status = 200;
      if (observer_ != nullptr) observer_->OnRequest(*this, nullptr, request);
      break;
    case Method::kBye:  // §15.1.2
    case Method::kPrack:
    case Method::kUpdate:
    case Method::kInfo:
    case Method::kNotify:
      status = 481;
      break;
    case Method::kOther:  // §21.5.2: not even recognised
      status = 501;
      break;
    default:
      break;
  }
  SipMessage response = StartResponse(request, status, NewTag());
  if (request.method() == Method::kOptions) {
    AddCapabilities(response);
    response.AddRaw(Accept::kName, Negotiation::kContentType);
  } else if (status == 405 || status == 501) {
    response.AddRaw(Allow::kName, allow_);
  }
  AddProduct(response);
  response.Add(ContentLength{0});
  transaction.Respond(std::move(response));
}

}  // namespace tickwire::sip
