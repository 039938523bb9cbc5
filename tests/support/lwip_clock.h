// The time that lwIP sees, in ms. It never goes back, not even from one run to the next.
#ifndef TICKWIRE_TESTS_SUPPORT_LWIP_CLOCK_H_
#define TICKWIRE_TESTS_SUPPORT_LWIP_CLOCK_H_

#include <cstdint>

namespace tickwire {

uint32_t& LwipMillis();

}  // namespace tickwire

#endif  // TICKWIRE_TESTS_SUPPORT_LWIP_CLOCK_H_
