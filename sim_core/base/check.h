// TW_CHECK and TW_DCHECK: assertions about our own code.
//
// TW_CHECK(condition) is always on and cheap by intent; it prints the condition with its place and
// aborts. TW_DCHECK(condition) exists in debug and sanitizer builds only (TICKWIRE_DCHECKS); its
// condition is still compiled elsewhere, never run. Neither is for bytes from the wire or for
// scenario files: those are never trusted and never fatal.
#ifndef TICKWIRE_SIM_CORE_BASE_CHECK_H_
#define TICKWIRE_SIM_CORE_BASE_CHECK_H_

namespace tickwire::internal {
// Prints "file:line: CHECK failed: condition" to stderr and aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition);
}  // namespace tickwire::internal

#define TW_CHECK(condition)                                                \
  (__builtin_expect(!(condition), 0)                                       \
       ? ::tickwire::internal::CheckFailed(__FILE__, __LINE__, #condition) \
       : (void)0)

#ifdef TICKWIRE_DCHECKS
#define TW_DCHECK(condition) TW_CHECK(condition)
#else
#define TW_DCHECK(condition)        \
  do {                              \
    if (false) TW_CHECK(condition); \
  } while (false)
#endif

#endif  // TICKWIRE_SIM_CORE_BASE_CHECK_H_
