#include "experiments/view/layered_ladder.h"

namespace tickwire {

DisplayList LayOutLayeredLadder(const RunModel& model, std::optional<Layers> layers,
                                LadderOptions options) {
  options.flow = nullptr;
  options.layers = layers.value_or(Layers::kBoth);
  const bool is_layered = layers ? *layers != Layers::kTransport : SipConnections::HasAny(model);
  if (!is_layered) return LayOutLadder(model, options);
  if (options.from == SimTime()) {
    const MessageFlow flow(model);
    options.flow = &flow;
    return LayOutLadder(model, options);
  }
  const RunModel from_start(model.trace(), model.scenario(),
                            {.until = options.until, .most_journeys = 1'000'000});
  const MessageFlow flow(from_start);
  options.flow = &flow;
  return LayOutLadder(from_start, options);
}

}  // namespace tickwire
