// 128-bit integers, for products of 64-bit ones. An extension of every compiler that we build with.
#ifndef TICKWIRE_SIM_CORE_BASE_INT128_H_
#define TICKWIRE_SIM_CORE_BASE_INT128_H_

namespace tickwire {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_BASE_INT128_H_
