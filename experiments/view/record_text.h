// Records of a trace in words.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_RECORD_TEXT_H_
#define TICKWIRE_EXPERIMENTS_VIEW_RECORD_TEXT_H_

#include <cstddef>
#include <string>

#include "experiments/view/run_model.h"

namespace tickwire {

// "alice:19".
std::string EventOf(const RunModel& model, size_t row);
// Of a kTimerFired record: "timer retransmission of tcp .., set to 1 s, fires (RFC 6298 5: ...)".
std::string TimerInWords(const RunModel& model, size_t row);
// Of a kPacketDropped record: "listed loss".
std::string CauseOfDrop(const RunModel& model, size_t row);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_RECORD_TEXT_H_
