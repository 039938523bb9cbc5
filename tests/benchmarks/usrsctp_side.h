// What usrsctp (Debian's libusrsctp) needs for a bulk transfer between two of its sockets in one
// process, over AF_CONN: packets go from one to the other through a queue, CRC-32c on.
#ifndef TICKWIRE_TESTS_BENCHMARKS_USRSCTP_SIDE_H_
#define TICKWIRE_TESTS_BENCHMARKS_USRSCTP_SIDE_H_

#include <cstddef>
#include <cstdint>

namespace tickwire {

struct UsrsctpResult {
  double user_seconds = 0;
  uint64_t packets = 0;  // of both sides
};
UsrsctpResult UsrsctpBulk(size_t message, int64_t bytes);

}  // namespace tickwire

#endif  // TICKWIRE_TESTS_BENCHMARKS_USRSCTP_SIDE_H_
