#include "protocols/tcp/loss_recovery.h"

#include "protocols/tcp/new_reno_recovery.h"
#include "protocols/tcp/rack_recovery.h"
#include "protocols/tcp/reno_recovery.h"
#include "protocols/tcp/sack_recovery.h"
#include "protocols/tcp/timeout_recovery.h"

namespace tickwire::tcp {

std::unique_ptr<LossRecovery> MakeLossRecovery(SenderCore& core, CongestionControl& congestion,
                                               LossRecovery::Actions& actions) {
  switch (core.config.loss_recovery) {
    case LossRecoveryKind::kNone:
      return std::make_unique<TimeoutRecovery>(core, congestion);
    case LossRecoveryKind::kReno:
      return std::make_unique<RenoRecovery>(core, congestion);
    case LossRecoveryKind::kNewReno:
      break;
    case LossRecoveryKind::kSack:
      if (core.sack) return std::make_unique<SackRecovery>(core, congestion);
      break;
    case LossRecoveryKind::kRack:
      if (core.sack) return std::make_unique<RackRecovery>(core, congestion, actions);
      break;
  }
  return std::make_unique<NewRenoRecovery>(core, congestion);
}

}  // namespace tickwire::tcp
