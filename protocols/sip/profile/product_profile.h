// ProductProfile: where widely used products do otherwise than the RFCs, as data.
//
// Each value names its source; what is not named here is as the RFC has it. A profile is a model of
// defaults, not of a product: sites configure theirs. Nothing of these products' code is here.
#ifndef TICKWIRE_PROTOCOLS_SIP_PROFILE_PRODUCT_PROFILE_H_
#define TICKWIRE_PROTOCOLS_SIP_PROFILE_PRODUCT_PROFILE_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "protocols/sip/transaction/timers.h"

namespace tickwire::sip {

enum class Product : uint8_t { kRfc, kKamailio, kSipp, kSofia };

struct ProductProfile {
  absl::string_view name;
  absl::string_view source;  // where the values are from

  TransactionTimers timers;
  // Proxies: an INVITE branch with a provisional response and no final one (timer C).
  Duration timer_c = Duration::Seconds(181);
  // Registrars: below the minimum, the minimum is granted and no 423 sent.
  bool raises_short_expires = false;
  // User agents: how often a 2xx is repeated at most (0: for 64*T1), and whether a call whose 2xx
  // was never acknowledged is ended with BYE (RFC 3261 §13.3.1.4).
  int most_success_copies = 0;
  bool sends_bye_without_ack = true;
};

const ProductProfile& ProfileOf(Product product);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_PROFILE_PRODUCT_PROFILE_H_
