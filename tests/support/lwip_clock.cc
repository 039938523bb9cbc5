// What lwIP asks of its system, in the place of the library's own functions, which know the wall
// clock and threads. Apart from lwip_host.cc, since lwIP's headers declare one of them as C++.
#include "tests/support/lwip_clock.h"

namespace tickwire {

uint32_t& LwipMillis() {
  static uint32_t now = 0;  // lwIP's state is global, too
  return now;
}

}  // namespace tickwire

extern "C" {
uint32_t sys_now(void) { return tickwire::LwipMillis(); }
uint32_t sys_jiffies(void) { return tickwire::LwipMillis(); }
void sys_check_core_locking(void) {}
}
