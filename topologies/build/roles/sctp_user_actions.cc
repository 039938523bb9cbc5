#include <optional>

#include "absl/strings/str_cat.h"
#include "topologies/build/literal_values.h"
#include "topologies/build/roles/sctp_chunk_maker.h"
#include "topologies/build/roles/sctp_named_association.h"
#include "topologies/build/roles/sctp_settings.h"
#include "topologies/build/roles/sctp_user_role.h"

namespace tickwire {
namespace {

using google::protobuf::Message;
using sctp::Association;
using sctp::SctpSocket;

template <class Action>
const Action* As(const Message& action) {
  return action.GetDescriptor() == Action::descriptor() ? static_cast<const Action*>(&action)
                                                        : nullptr;
}

}  // namespace

absl::Status SctpUserRole::Send(const scenario::SctpSend& action) {
  const auto named = Find(action.association());
  if (!named.ok()) return named.status();
  Named::Waiting message;
  message.data.assign(action.text().begin(), action.text().end());
  if (!action.size().empty()) message.data.resize(static_cast<size_t>(SizeOf(action.size())));
  message.info.unordered = action.unordered();
  message.info.sack_immediately = action.immediate();
  message.info.ppid = action.ppid();
  message.info.pr = ReliabilityOf(action.reliability());
  if (!action.to_address().empty()) message.info.to = *IpAddress::Parse(action.to_address());
  for (uint32_t i = 0; i < action.count(); ++i) {
    if (action.stream_size() > 0) {
      message.info.sid =
          static_cast<uint16_t>(action.stream(static_cast<int>(i) % action.stream_size()));
    }
    (*named)->Send(message);
  }
  return absl::OkStatus();
}

absl::Status SctpUserRole::SetPrimary(const scenario::SctpSetPrimary& action) {
  const auto named = Find(action.association());
  if (!named.ok()) return named.status();
  SctpSocket& socket = (*named)->socket();
  if (action.has_address()) {
    return socket.SetPrimary((*named)->id(), *IpAddress::Parse(action.address()));
  }
  return socket.SetPeerPrimary((*named)->id(), *IpAddress::Parse(action.own_address()));
}

absl::Status SctpUserRole::ResetStreams(const scenario::SctpResetStreams& action) {
  const auto named = Find(action.association());
  if (!named.ok()) return named.status();
  SctpSocket& socket = (*named)->socket();
  if (action.which() == scenario::SctpResetStreams::ASSOCIATION) {
    return socket.ResetAssoc((*named)->id());
  }
  std::vector<uint16_t> streams;
  for (const uint32_t stream : action.stream()) streams.push_back(static_cast<uint16_t>(stream));
  return socket.ResetStreams((*named)->id(), action.which() == scenario::SctpResetStreams::OUTGOING,
                             std::move(streams));
}

absl::Status SctpUserRole::Heartbeat(const scenario::SctpHeartbeat& action) {
  const auto named = Find(action.association());
  if (!named.ok()) return named.status();
  SctpSocket::PaddrParams parameters{.address = action.address().empty()
                                                    ? (*named)->association()->primary().address()
                                                    : *IpAddress::Parse(action.address()),
                                     .hb_interval = Duration()};
  if (action.has_enabled()) {
    parameters.hb_enabled = action.enabled();
  } else {
    parameters.hb_demand = true;
  }
  return (*named)->socket().SetPaddrParams((*named)->id(), parameters);
}

absl::Status SctpUserRole::Inject(const scenario::SctpInject& action) {
  SctpInjector::Volley volley;
  volley.destination = action.to_address().empty() ? context_.address_of(action.to())
                                                   : *IpAddress::Parse(action.to_address());
  if (!action.from_address().empty()) {
    const std::optional<IpAddress> source = IpAddress::Parse(action.from_address());
    if (!source) return absl::InvalidArgumentError("from_address is not an address");
    volley.source = *source;
  } else {
    volley.source = action.from().empty() ? context_.host.ip.SourceFor(volley.destination)
                                          : context_.address_of(action.from());
  }
  volley.header.source_port = static_cast<uint16_t>(action.source_port());
  volley.header.destination_port = static_cast<uint16_t>(action.port());
  volley.header.tag.value = action.tag_value();
  TsnBase base;
  if (!action.association().empty()) {
    const auto named = Find(action.association());
    if (!named.ok()) return named.status();
    const Association& association = *(*named)->association();
    if (action.source_port() == 0) volley.header.source_port = association.local_port();
    volley.header.destination_port = association.remote_port();
    base = {association.local_initial_tsn().value, association.peer_initial_tsn().value};
    if (action.tag() == scenario::SctpInject::PEERS) volley.header.tag = association.peer_tag();
    if (action.tag() == scenario::SctpInject::OWN) volley.header.tag = association.local_tag();
  } else if (action.tag() != scenario::SctpInject::LITERAL) {
    return absl::InvalidArgumentError("a tag of an association needs `association`");
  }
  auto chunks = MakeChunks(action.chunk(), base);
  if (!chunks.ok()) return chunks.status();
  volley.chunks = std::move(*chunks);
  volley.ip.ttl = static_cast<uint8_t>(action.ttl());
  volley.bad_checksum = action.bad_checksum();
  volley.copies = action.copies();
  volley.every = DurationOf(action.every());
  volley.tag_step = action.tag_step();
  volley.source_port_step = static_cast<uint16_t>(action.source_port_step());
  injector_.Start(std::move(volley));
  return absl::OkStatus();
}

absl::StatusOr<bool> SctpUserRole::PerformSimple(const Message& action) {
  absl::Status done = absl::OkStatus();
  // Does `what` to the association that the action names; `what` says how that went.
  const auto with = [&](const auto* named_by, auto what) {
    const auto named = Find(named_by->association());
    done = named.ok() ? what(**named) : named.status();
  };
  const auto ok = [](auto what) {
    return [what](Named& named) {
      what(named);
      return absl::OkStatus();
    };
  };
  const auto agreed = [](bool is) {
    return is ? absl::OkStatus()
              : absl::FailedPreconditionError("dynamic addresses were not agreed (RFC 5061)");
  };
  if (const auto* shutdown = As<scenario::SctpShutdown>(action)) {
    with(shutdown, ok([](Named& n) { n.Shutdown(); }));
  } else if (const auto* abort = As<scenario::SctpAbort>(action)) {
    with(abort, [&](Named& n) { return n.socket().Abort(n.id(), abort->reason()); });
  } else if (const auto* pause = As<scenario::SctpPause>(action)) {
    with(pause, ok([](Named& n) { n.reader().Pause(); }));
  } else if (const auto* resume = As<scenario::SctpResume>(action)) {
    with(resume, ok([](Named& n) { n.reader().Resume(); }));
  } else if (const auto* read = As<scenario::SctpRead>(action)) {
    with(read, [](Named& n) {
      return n.reader().ReadOne() ? absl::OkStatus() : absl::NotFoundError("no message waits");
    });
  } else if (const auto* add = As<scenario::SctpAddStreams>(action)) {
    with(add, [&](Named& n) {
      return n.socket().AddStreams(n.id(), static_cast<uint16_t>(add->outgoing()),
                                   static_cast<uint16_t>(add->incoming()));
    });
  } else if (const auto* value = As<scenario::SctpSetStreamValue>(action)) {
    with(value, [&](Named& n) {
      return n.socket().SetStreamValue(n.id(), static_cast<uint16_t>(value->stream()),
                                       static_cast<uint16_t>(value->value()));
    });
  } else if (const auto* address = As<scenario::SctpAddAddress>(action)) {
    with(address, [&](Named& n) {
      return agreed(n.association()->AddAddress(*IpAddress::Parse(address->address())));
    });
  } else if (const auto* removed = As<scenario::SctpDeleteAddress>(action)) {
    with(removed, [&](Named& n) {
      return agreed(n.association()->DeleteAddress(*IpAddress::Parse(removed->address())));
    });
  } else {
    return false;
  }
  if (!done.ok()) return done;
  return true;
}

absl::StatusOr<bool> SctpUserRole::Perform(const Message& action) {
  absl::Status done = absl::OkStatus();
  if (const auto* connect = As<scenario::SctpConnect>(action)) {
    done = Connect(*connect);
  } else if (const auto* listen = As<scenario::SctpListen>(action)) {
    done = Listen(*listen);
  } else if (const auto* send = As<scenario::SctpSend>(action)) {
    done = Send(*send);
  } else if (const auto* primary = As<scenario::SctpSetPrimary>(action)) {
    done = SetPrimary(*primary);
  } else if (const auto* reset = As<scenario::SctpResetStreams>(action)) {
    done = ResetStreams(*reset);
  } else if (const auto* heartbeat = As<scenario::SctpHeartbeat>(action)) {
    done = Heartbeat(*heartbeat);
  } else if (const auto* crash = As<scenario::SctpCrash>(action)) {
    done = Crash(*crash);
  } else if (const auto* inject = As<scenario::SctpInject>(action)) {
    done = Inject(*inject);
  } else {
    return PerformSimple(action);
  }
  if (!done.ok()) return done;
  return true;
}

}  // namespace tickwire
