#include "protocols/dns/dns_server.h"

#include <utility>

namespace tickwire::dns {
namespace {

constexpr TraceLabel kAnswered{"answers", "RFC 1034 4.3.2"};
constexpr TraceLabel kDropped{"query dropped", "RFC 1035 4.1"};
constexpr size_t kIdBytes = 2;

}  // namespace

DnsServer::DnsServer(NodeClock& clock, ZoneStore zones, absl::string_view name)
    : clock_(clock), zones_(std::move(zones)), entity_(clock.trace().NewEntity(name)) {}

absl::Status DnsServer::Open(DatagramStack& stack, const Endpoint& local) {
  TW_CHECK(socket_ == nullptr);
  absl::StatusOr<std::unique_ptr<DatagramSocket>> socket = stack.Bind(local, *this);
  if (!socket.ok()) return socket.status();
  socket_ = *std::move(socket);
  return absl::OkStatus();
}

void DnsServer::OnReceive(DatagramSocket&, Endpoint from, Endpoint,
                          std::span<const uint8_t> payload, uint32_t) {
  const std::optional<Message> query = Message::Parse(payload);
  Message response;
  response.is_response = true;
  if (!query.has_value()) {
    // RFC 1035 §4.1.1: what cannot be understood is told so, if it can be told to whom.
    if (payload.size() < 3 || (payload[kIdBytes] & 0x80) != 0) {
      Drop("no query");
      return;
    }
    response.id = static_cast<uint16_t>(payload[0] << 8 | payload[1]);
    response.rcode = Rcode::kFormatError;
  } else if (query->is_response) {
    Drop("a response");
    return;
  } else if (query->opcode != 0) {
    response.id = query->id;
    response.opcode = query->opcode;
    response.rcode = Rcode::kNotImplemented;
  } else if (query->questions.size() != 1) {
    response.id = query->id;
    response.rcode = Rcode::kFormatError;
  } else {
    ++counters_.queries;
    response = zones_.Answer(*query);
    if (always_.has_value()) {
      response.answers.clear();
      response.authorities.clear();
      response.additionals.clear();
      response.is_authoritative = false;
      response.rcode = *always_;
    }
  }
  if (response.rcode == Rcode::kNameError) ++counters_.name_errors;
  if (clock_.trace().is_watched()) {
    clock_.trace().Note(entity_, kAnswered, response.Summary());
  }
  const std::vector<uint8_t> octets = response.Serialize();
  socket_->SendTo(from, octets);
}

void DnsServer::Drop(absl::string_view why) {
  ++counters_.dropped;
  clock_.trace().Note(entity_, kDropped, why);
}

}  // namespace tickwire::dns
