// The parameters of Via that carry overload control (RFC 7339 §4; rate: RFC 7415 §3.2).
#ifndef TICKWIRE_PROTOCOLS_SIP_OVERLOAD_OVERLOAD_PARAMS_H_
#define TICKWIRE_PROTOCOLS_SIP_OVERLOAD_OVERLOAD_PARAMS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/via.h"
#include "sim_core/time/sim_time.h"

namespace tickwire::sip {

enum class OverloadAlgorithm : uint8_t { kLoss, kRate };
absl::string_view OverloadAlgorithmName(OverloadAlgorithm algorithm);

// What a client adds to its Via (§4.1, §4.2).
inline constexpr absl::string_view kOverloadAlgorithms = "\"loss,rate\"";
inline constexpr absl::string_view kOverloadOffer = ";oc;oc-algo=\"loss,rate\"";

// What a server says in a response.
struct OverloadFeedback {
  uint32_t value = 0;  // percent to be left out, or requests a second
  OverloadAlgorithm algorithm = OverloadAlgorithm::kLoss;
  Duration validity = Duration::Millis(500);  // zero: no control (§4.3)
  uint64_t sequence = 0;                      // milliseconds, as "seconds.milliseconds" (§4.4)

  // Nothing when the Via has no oc value, or a damaged one.
  static std::optional<OverloadFeedback> Of(const Via& via);
  // The values, as texts for Params::Set.
  std::string SequenceText() const;
};

// Whether the client that made this Via takes part (§4.1), and which algorithms it knows.
bool OffersOverloadControl(const Via& via, OverloadAlgorithm algorithm);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_OVERLOAD_OVERLOAD_PARAMS_H_
