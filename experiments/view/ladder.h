// Lays out a run as a ladder diagram: a pure function from the run to a DisplayList.
//
// Columns are the nodes that packets come from or go to, in the order in which packets pass them;
// routers that only forward have none. Rows go by (virtual time, event), never by time alone.
// With a MessageFlow, SIP messages over connections have arrows of their own (Layers).
#ifndef TICKWIRE_EXPERIMENTS_VIEW_LADDER_H_
#define TICKWIRE_EXPERIMENTS_VIEW_LADDER_H_

#include <functional>
#include <string>
#include <vector>

#include "experiments/view/display_list.h"
#include "experiments/view/ladder_layers.h"
#include "experiments/view/message_flow.h"
#include "experiments/view/run_model.h"

namespace tickwire {

struct LadderOptions {
  std::vector<std::string> columns;  // nodes from left to right; empty: as said above
  SimTime from;                      // packets sent and timers set in [from, until]
  SimTime until = SimTime::Infinite();
  bool with_timers = true;
  // Leaves out packets for which it says no. May be null.
  std::function<bool(const Journey&)> wants;
  size_t most_arrows = 2000;  // what comes later is left out, and said
  // Whose messages and connections are drawn; null: packets alone. Of the same model.
  const MessageFlow* flow = nullptr;
  Layers layers = Layers::kBoth;  // if there is a flow
  Unfold unfold;
  std::string footer;  // e.g. the command that draws this again
};

DisplayList LayOutLadder(const RunModel& model, const LadderOptions& options);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_LADDER_H_
