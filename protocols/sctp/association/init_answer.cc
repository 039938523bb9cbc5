// Answering an INIT without keeping anything (RFC 9260 sections 3.3.2, 3.3.3, 5.1).
#include <algorithm>
#include <utility>

#include "protocols/sctp/association/association.h"
#include "protocols/sctp/association/rare.h"
#include "protocols/sctp/packet/cause/invalid_mandatory_parameter_cause.h"
#include "protocols/sctp/packet/cause/missing_mandatory_parameter_cause.h"
#include "protocols/sctp/packet/cause/out_of_resource_cause.h"
#include "protocols/sctp/packet/cause/protocol_violation_cause.h"
#include "protocols/sctp/packet/cause/unresolvable_address_cause.h"
#include "protocols/sctp/packet/parameter/host_name_address_parameter.h"
#include "protocols/sctp/packet/parameter/state_cookie_parameter.h"
#include "protocols/sctp/packet/parameter/unrecognized_parameter.h"
#include "sim_core/base/check.h"

namespace tickwire::sctp {

// --- Building INIT ACK ---

std::optional<std::vector<uint8_t>> InitDefects(const InitInfo& info, bool is_ack) {
  constexpr uint32_t kLeastWindow = 1500;  // section 3.3.2
  constexpr size_t kLargestInit = 8192;    // the cookie holds it, and is limited itself
  std::vector<uint8_t> causes;
  if (!is_ack && info.size > kLargestInit) {  // section 3.3.10.4
    OutOfResourceCause().SerializeTo(causes);
    return causes;
  }
  if (info.has_host_name) {  // section 5.1.2 B
    std::vector<uint8_t> parameter;
    HostNameAddressParameter().SerializeTo(parameter);
    UnresolvableAddressCause{.address = parameter}.SerializeTo(causes);
    return causes;
  }
  if (is_ack && info.cookie.empty()) {  // section 3.3.10.2
    MissingMandatoryParameterCause{.types = {StateCookieParameter::kType}}.SerializeTo(causes);
    return causes;
  }
  if (!info.random.empty() && info.random.size() != kTlvHeader + 32) {  // RFC 4895 section 6.1
    static constexpr absl::string_view kText = "Random is not 32 bytes";
    ProtocolViolationCause{
        .information = {reinterpret_cast<const uint8_t*>(kText.data()), kText.size()}}
        .SerializeTo(causes);
    return causes;
  }
  if (info.outbound_streams == 0 || info.inbound_streams == 0 || info.a_rwnd < kLeastWindow ||
      info.initiate_tag.value == 0) {
    InvalidMandatoryParameterCause().SerializeTo(causes);
    return causes;
  }
  return std::nullopt;
}

void PutInitAck(const InitAnswer& answer, const ArrivedPacket& packet, const ChunkView& init,
                const InitInfo& info, const StateCookie::Secret& secret, PacketBuilder& builder) {
  const SctpConfig& config = answer.config;
  StateCookie cookie;
  cookie.created = answer.now;
  cookie.life = config.valid_cookie_life;
  if (info.cookie_life_increment_ms) {  // section 5.2.6
    cookie.life += std::min(Duration::Millis(*info.cookie_life_increment_ms),
                            config.max_cookie_life_increment);
  }
  cookie.local = packet.to;
  cookie.remote = packet.from;
  cookie.local_port = packet.header.destination_port;
  cookie.remote_port = packet.header.source_port;
  cookie.local_tag = answer.own.initiate_tag;
  cookie.local_initial_tsn = answer.own.initial_tsn;
  cookie.outbound_streams = answer.outbound_streams;
  cookie.inbound_streams = config.max_inbound_streams;
  cookie.local_tie_tag = answer.local_tie_tag;
  cookie.peer_tie_tag = answer.peer_tie_tag;
  cookie.random = answer.own.random;
  cookie.peer_init.assign(init.value.begin(), init.value.end());

  std::vector<uint8_t> parameters;
  const std::vector<uint8_t> signed_cookie = cookie.Sign(secret);
  StateCookieParameter{.cookie = signed_cookie}.SerializeTo(parameters);
  WriteInitParameters(config, answer.own, /*is_init=*/false, parameters);
  // Section 3.2.2: each in a parameter of its own, as many as fit the packet.
  constexpr size_t kHeaders = 40 + 20;  // of IPv6, and of the chunk
  const size_t room = std::max(builder.Room(InitAckChunk::kType), kHeaders) - kHeaders;
  std::span<const uint8_t> unrecognized = info.unrecognized;
  while (const std::optional<ParameterView> one = TakeParameter(unrecognized)) {
    // Copied with its padding, as it stood in the INIT.
    std::vector<uint8_t> whole(one->whole.begin(), one->whole.end());
    whole.resize(Padded(whole.size()));
    if (parameters.size() + whole.size() + kTlvHeader > room) break;
    UnrecognizedParameter{.parameter = whole}.SerializeTo(parameters);
  }
  builder.Put(InitAckChunk{.initiate_tag = answer.own.initiate_tag,
                           .a_rwnd = config.receive_buffer,
                           .outbound_streams = answer.outbound_streams,
                           .inbound_streams = config.max_inbound_streams,
                           .initial_tsn = answer.own.initial_tsn,
                           .parameters = parameters});
}

}  // namespace tickwire::sctp
