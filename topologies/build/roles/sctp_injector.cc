#include "topologies/build/roles/sctp_injector.h"

#include <algorithm>
#include <utility>

namespace tickwire {
namespace {

constexpr TraceLabel kDue{"inject"};
constexpr size_t kChecksumAt = 8;  // RFC 9260 section 3.1

}  // namespace

SctpInjector::Running::Running(SctpInjector& injector, Volley what)
    : owner(injector),
      volley(std::move(what)),
      due(injector.ip_.node().clock(), *this, kDue, injector.entity_) {}

void SctpInjector::Running::OnDue() {
  do {
    owner.SendOne(volley);
    volley.header.tag.value += volley.tag_step;
    volley.header.source_port =
        static_cast<uint16_t>(volley.header.source_port + volley.source_port_step);
    --volley.copies;
  } while (volley.copies > 0 && volley.every == Duration());
  if (volley.copies > 0) return due.Set(volley.every);
  owner.running_.erase(self);  // destroys this
}

SctpInjector::SctpInjector(IpLayer& ip)
    : ip_(ip), entity_(ip.node().trace().NewEntity("sctp inject")) {}

void SctpInjector::Start(Volley volley) {
  if (volley.copies == 0) return;
  running_.emplace_back(*this, std::move(volley));
  running_.back().self = std::prev(running_.end());
  running_.back().OnDue();
}

void SctpInjector::SendOne(const Volley& volley) {
  volley.header.Begin(bytes_);
  bytes_.insert(bytes_.end(), volley.chunks.begin(), volley.chunks.end());
  sctp::CommonHeader::Seal(bytes_);
  if (volley.bad_checksum) bytes_[kChecksumAt] ^= 1;
  Packet packet = ip_.node().NewPacket(bytes_.size());
  std::copy(bytes_.begin(), bytes_.end(), packet.mutable_bytes().begin());
  ++sent_;
  ip_.Send(volley.source, volley.destination, IpProtocol::kSctp, std::move(packet), volley.ip);
}

}  // namespace tickwire
