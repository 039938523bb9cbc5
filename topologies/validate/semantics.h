// What a scenario must mean beyond its single fields: ends of links, addresses, moments,
// expectations.
#ifndef TICKWIRE_TOPOLOGIES_VALIDATE_SEMANTICS_H_
#define TICKWIRE_TOPOLOGIES_VALIDATE_SEMANTICS_H_

#include "topologies/diagnostic.h"
#include "topologies/expand/expander.h"
#include "topologies/text/location_tree.h"
#include "topologies/validate/network_index.h"

namespace tickwire {

// `root` is the place of the written scenario; things made by the expansion are reported at the
// shorthand that made them.
void CheckSemantics(const scenario::Scenario& written, const Expansion& expansion,
                    const NetworkIndex& network, const text::Where& root, DiagnosticSink& sink);

// The newest `format` that this build reads.
inline constexpr uint32_t kNewestFormat = 1;

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_VALIDATE_SEMANTICS_H_
