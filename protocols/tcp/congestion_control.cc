#include "protocols/tcp/congestion_control.h"

#include "protocols/tcp/bbr_congestion.h"
#include "protocols/tcp/cubic_congestion.h"
#include "protocols/tcp/fixed_window.h"
#include "protocols/tcp/reno_congestion.h"

namespace tickwire::tcp {

std::unique_ptr<CongestionControl> MakeCongestionControl(SenderCore& core) {
  switch (core.config.congestion_control) {
    case CongestionControlKind::kReno:
      return std::make_unique<RenoCongestion>(core);
    case CongestionControlKind::kCubic:
      return std::make_unique<CubicCongestion>(core);
    case CongestionControlKind::kBbr:
      return std::make_unique<BbrCongestion>(core);
    case CongestionControlKind::kFixedWindow:
      return std::make_unique<FixedWindow>(core);
  }
  return std::make_unique<RenoCongestion>(core);
}

}  // namespace tickwire::tcp
