// Expectations: the statements of a scenario about its trace, judged after the run.
//
// topologies/scenario.proto (Expect) says what each means.
#ifndef TICKWIRE_EXPERIMENTS_RUN_EXPECTATIONS_H_
#define TICKWIRE_EXPERIMENTS_RUN_EXPECTATIONS_H_

#include <string>
#include <vector>

#include "sim_core/trace/trace_reader.h"
#include "topologies/scenario.pb.h"

namespace tickwire {

struct ExpectationOutcome {
  bool held = false;
  std::string statement;  // "bob sends sip.status==200: exactly 11"
  std::string rule;       // as the scenario names it
  std::string found;      // for people: what the trace has, with times
};

// In the order of the scenario, which is effective (LoadResult::effective).
std::vector<ExpectationOutcome> JudgeExpectations(const scenario::Scenario& effective,
                                                  const TraceReader& trace);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_RUN_EXPECTATIONS_H_
