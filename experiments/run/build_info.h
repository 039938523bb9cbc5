// What this program was built from and by.
#ifndef TICKWIRE_EXPERIMENTS_RUN_BUILD_INFO_H_
#define TICKWIRE_EXPERIMENTS_RUN_BUILD_INFO_H_

namespace tickwire {

struct BuildInfo {
  const char* version;   // "0.1.0"
  const char* commit;    // abbreviated, "-dirty" with changes; "unknown" outside a checkout
  const char* compiler;  // "GNU 12.2.0"
  const char* build_type;
};

const BuildInfo& GetBuildInfo();

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_RUN_BUILD_INFO_H_
