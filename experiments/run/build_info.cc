#include "experiments/run/build_info.h"

namespace tickwire {

const BuildInfo& GetBuildInfo() {
  static constexpr BuildInfo kInfo{TICKWIRE_VERSION, TICKWIRE_COMMIT, TICKWIRE_COMPILER,
                                   TICKWIRE_BUILD_TYPE};
  return kInfo;
}

}  // namespace tickwire
