// Turns a link of an effective scenario into what the engine runs.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_LINK_FACTORY_H_
#define TICKWIRE_TOPOLOGIES_BUILD_LINK_FACTORY_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sim_core/net/link.h"
#include "topologies/build/registry.h"
#include "topologies/scenario.pb.h"

namespace tickwire {

enum class LinkDirection { kAToB, kBToA };

struct LinkFactoryOptions {
  const Registry& registry;
  std::string directory;  // for rate traces
  SimTime stop_at;        // a repeating rate trace is unrolled up to here
  // For node names in match expressions: the node's addresses in canonical text.
  std::function<std::vector<std::string>(absl::string_view node)> addresses_of;
};

// `link` has its defaults filled in and has passed the loader's checks; an error names a file that
// cannot be used or a custom message that nobody registered.
absl::StatusOr<LinkConfig> MakeLinkConfig(const scenario::Link& link, LinkDirection direction,
                                          const LinkFactoryOptions& options);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_LINK_FACTORY_H_
