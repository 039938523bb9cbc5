// Association::Traced: what the trace was told last, so that it is told changes only. Private to
// the files of Association.
#ifndef TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_TRACED_H_
#define TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_TRACED_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "protocols/sctp/association/association.h"
#include "sim_core/event/node_clock.h"

namespace tickwire::sctp {

struct Association::Traced {
  void Sample(NodeTrace& trace, const TraceEntity& entity, int owner, const TraceLabel& quantity,
              int64_t value) {
    const auto [it, is_new] = samples.try_emplace({owner, quantity.name}, value);
    if (!is_new && it->second == value) return;
    it->second = value;
    trace.Sample(entity, quantity, value);
  }
  void Note(NodeTrace& trace, const TraceEntity& entity, const TraceLabel& what, std::string text) {
    const auto [it, is_new] = notes.try_emplace(what.name, text);
    if (!is_new && it->second == text) return;
    it->second = std::move(text);
    trace.Note(entity, what, it->second);
  }

  // By index of the path, -1: the association; and by name.
  std::map<std::pair<int, std::string>, int64_t> samples;
  std::map<std::string, std::string> notes;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_TRACED_H_
