// TraceLabel: a name that a trace record carries, with the rule behind it.
//
//   inline constexpr TraceLabel kTimerA{"A", "RFC 3261 17.1.1.2: retransmit INVITE, doubling from
//   T1"};
//
// Labels are static constants: records hold pointers to them. The name is part of the run's digest
// (as a hash of its text, the same in every build); the rule is for people and is not.
#ifndef TICKWIRE_SIM_CORE_TRACE_TRACE_LABEL_H_
#define TICKWIRE_SIM_CORE_TRACE_TRACE_LABEL_H_

#include <cstdint>

namespace tickwire {

struct TraceLabel {
  constexpr TraceLabel(const char* label_name, const char* label_rule = "")
      : name(label_name), rule(label_rule), hash(Hash(label_name)) {}

  const char* name;
  const char* rule;
  uint64_t hash;

 private:
  static constexpr uint64_t Hash(const char* text) {  // FNV-1a, 64 bit
    uint64_t h = 0xcbf29ce484222325u;
    for (; *text != '\0'; ++text) h = (h ^ static_cast<uint8_t>(*text)) * 0x100000001b3u;
    return h;
  }
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_TRACE_TRACE_LABEL_H_
