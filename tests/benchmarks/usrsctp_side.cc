#include "tests/benchmarks/usrsctp_side.h"

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <usrsctp.h>

#include <deque>
#include <vector>

#include "sim_core/base/check.h"

namespace tickwire {
namespace {

struct Wire {
  std::deque<std::pair<void*, std::vector<uint8_t>>> packets;  // to which address
  std::vector<std::vector<uint8_t>> spare;
  uint64_t count = 0;
};
Wire& TheWire() {
  static Wire wire;
  return wire;
}
void* Address(uintptr_t end) { return reinterpret_cast<void*>(end); }

int Output(void* from, void* packet, size_t size, uint8_t, uint8_t) {
  Wire& wire = TheWire();
  std::vector<uint8_t> copy;
  if (!wire.spare.empty()) {
    copy = std::move(wire.spare.back());
    wire.spare.pop_back();
  }
  const auto* const bytes = static_cast<const uint8_t*>(packet);
  copy.assign(bytes, bytes + size);
  // A packet has one AF_CONN address, of both ends: who sends names its own, who gets it likewise.
  wire.packets.emplace_back(Address(reinterpret_cast<uintptr_t>(from) == 1 ? 2 : 1),
                            std::move(copy));
  ++wire.count;
  return 0;
}

struct socket* NewSocket(uintptr_t end, uint16_t port) {
  struct socket* const socket =
      usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, nullptr, nullptr, 0, nullptr);
  TW_CHECK(socket != nullptr && usrsctp_set_non_blocking(socket, 1) == 0);
  const int buffer = 4 << 20;
  const int on = 1;
  TW_CHECK(usrsctp_setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer) == 0);
  TW_CHECK(usrsctp_setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer) == 0);
  TW_CHECK(usrsctp_setsockopt(socket, IPPROTO_SCTP, SCTP_NODELAY, &on, sizeof on) == 0);
  sctp_paddrparams path{};
  path.spp_address.ss_family = AF_CONN;
  path.spp_pathmtu = 1480;
  path.spp_flags = SPP_PMTUD_DISABLE;
  TW_CHECK(usrsctp_setsockopt(socket, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &path, sizeof path) ==
           0);
  sockaddr_conn local{};
  local.sconn_family = AF_CONN;
  local.sconn_port = htons(port);
  local.sconn_addr = Address(end);
  TW_CHECK(usrsctp_bind(socket, reinterpret_cast<sockaddr*>(&local), sizeof local) == 0);
  return socket;
}

double UserSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec) / 1e6;
}

void Exchange() {
  Wire& wire = TheWire();
  while (!wire.packets.empty()) {
    auto [to, packet] = std::move(wire.packets.front());
    wire.packets.pop_front();
    usrsctp_conninput(to, packet.data(), packet.size(), 0);
    wire.spare.push_back(std::move(packet));
  }
}

}  // namespace

UsrsctpResult UsrsctpBulk(size_t message, int64_t bytes) {
  usrsctp_init_nothreads(0, &Output, nullptr);
  usrsctp_disable_crc32c_offload();
  for (const uintptr_t end : {1, 2}) usrsctp_register_address(Address(end));
  struct socket* const listener = NewSocket(2, 80);
  TW_CHECK(usrsctp_listen(listener, 1) == 0);
  struct socket* const from = NewSocket(1, 5000);
  sockaddr_conn to{};
  to.sconn_family = AF_CONN;
  to.sconn_port = htons(80);
  to.sconn_addr = Address(1);
  usrsctp_connect(from, reinterpret_cast<sockaddr*>(&to), sizeof to);
  Exchange();
  struct socket* const drain = usrsctp_accept(listener, nullptr, nullptr);
  TW_CHECK(drain != nullptr && usrsctp_set_non_blocking(drain, 1) == 0);

  const std::vector<uint8_t> data(message);
  std::vector<uint8_t> buffer(1 << 17);
  int64_t left = bytes;
  int64_t received = 0;
  TheWire().count = 0;
  const double begin = UserSeconds();
  for (int idle = 0; received < bytes;) {
    const int64_t before = received + left;
    while (left > 0) {
      sctp_sndinfo info{};
      if (usrsctp_sendv(from, data.data(), data.size(), nullptr, 0, &info, sizeof info,
                        SCTP_SENDV_SNDINFO, 0) < 0) {
        break;
      }
      left -= static_cast<int64_t>(message);
    }
    Exchange();
    for (;;) {
      socklen_t from_size = 0, info_size = 0;
      unsigned int type = 0;
      int flags = 0;
      const ssize_t size = usrsctp_recvv(drain, buffer.data(), buffer.size(), nullptr, &from_size,
                                         nullptr, &info_size, &type, &flags);
      if (size <= 0) break;
      received += size;
    }
    // Time passes only when nothing else can happen: the delayed SACK.
    if (received + left == before) {
      usrsctp_handle_timers(10);
      TW_CHECK(++idle < 1'000'000);
    }
  }
  UsrsctpResult result;
  result.user_seconds = UserSeconds() - begin;
  result.packets = TheWire().count;
  usrsctp_close(from);
  usrsctp_close(drain);
  usrsctp_close(listener);
  Exchange();
  for (int i = 0; i < 10'000 && usrsctp_finish() != 0; ++i) usrsctp_handle_timers(100);
  return result;
}

}  // namespace tickwire
