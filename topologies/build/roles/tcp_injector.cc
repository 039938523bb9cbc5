#include "topologies/build/roles/tcp_injector.h"

#include <algorithm>
#include <utility>

namespace tickwire {
namespace {

constexpr TraceLabel kDue{"inject"};

}  // namespace

TcpInjector::Running::Running(TcpInjector& injector, Volley what)
    : owner(injector),
      volley(std::move(what)),
      due(injector.ip_.node().clock(), *this, kDue, injector.entity_) {}

void TcpInjector::Running::OnDue() {
  do {
    owner.SendOne(volley);
    volley.header.sequence += volley.sequence_step;
    volley.header.source_port =
        static_cast<uint16_t>(volley.header.source_port + volley.source_port_step);
    --volley.copies;
  } while (volley.copies > 0 && volley.every == Duration());
  if (volley.copies > 0) return due.Set(volley.every);
  owner.running_.erase(self);  // destroys this
}

TcpInjector::TcpInjector(IpLayer& ip)
    : ip_(ip), entity_(ip.node().trace().NewEntity("tcp inject")) {}

void TcpInjector::Start(Volley volley) {
  if (volley.copies == 0) return;
  running_.emplace_back(*this, std::move(volley));
  running_.back().self = std::prev(running_.end());
  running_.back().OnDue();
}

void TcpInjector::SendOne(const Volley& volley) {
  Packet packet = ip_.node().NewPacket(volley.payload.size());
  std::copy(volley.payload.begin(), volley.payload.end(), packet.mutable_bytes().begin());
  packet.set_virtual_tail(volley.zeros);
  volley.header.PrependTo(packet, volley.options, volley.source, volley.destination);
  if (volley.bad_checksum) packet.mutable_bytes()[17] ^= 1;
  ++sent_;
  ip_.Send(volley.source, volley.destination, IpProtocol::kTcp, std::move(packet), volley.ip);
}

}  // namespace tickwire
