// What usrsctp is given for the system's clock and random numbers (linked in their place with
// --wrap, see tests/interop/CMakeLists.txt).
#ifndef TICKWIRE_TESTS_SUPPORT_USRSCTP_SYSTEM_H_
#define TICKWIRE_TESTS_SUPPORT_USRSCTP_SYSTEM_H_

#include <cstdint>

#include "sim_core/random/rng.h"

namespace tickwire {

// usrsctp's state is global; so is this.
struct UsrsctpSystem {
  int64_t now_us = 0;
  Rng rng = Rng::ForStream({}, "usrsctp", "system");
};
UsrsctpSystem& TheUsrsctpSystem();

}  // namespace tickwire

#endif  // TICKWIRE_TESTS_SUPPORT_USRSCTP_SYSTEM_H_
