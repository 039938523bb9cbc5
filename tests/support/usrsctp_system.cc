#include "tests/support/usrsctp_system.h"

#include <sys/time.h>

namespace tickwire {

UsrsctpSystem& TheUsrsctpSystem() {
  static UsrsctpSystem system;
  return system;
}

}  // namespace tickwire

// The linker puts these where the library, and nobody else in the program, calls the originals:
// --wrap acts on undefined references, and only usrsctp's objects have any.
extern "C" {
int __wrap_gettimeofday(timeval* now, void*) {  // NOLINT: the name is the linker's
  const int64_t us = tickwire::TheUsrsctpSystem().now_us;
  now->tv_sec = static_cast<time_t>(us / 1'000'000);
  now->tv_usec = static_cast<suseconds_t>(us % 1'000'000);
  return 0;
}
int __wrap_read_random(void* out, int size) {  // NOLINT: the name is the linker's
  auto* bytes = static_cast<uint8_t*>(out);
  for (int i = 0; i < size; ++i) {
    bytes[i] = static_cast<uint8_t>(tickwire::TheUsrsctpSystem().rng.Below(256));
  }
  return size;
}
}
