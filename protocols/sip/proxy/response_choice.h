// Choosing the best final response among those of several branches (RFC 3261 §16.7 items 6 and 7).
#ifndef TICKWIRE_PROTOCOLS_SIP_PROXY_RESPONSE_CHOICE_H_
#define TICKWIRE_PROTOCOLS_SIP_PROXY_RESPONSE_CHOICE_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "protocols/sip/message/sip_message.h"

namespace tickwire::sip {

// A final response of a branch. Local ones stand for branches that never answered (408) or could
// not be reached (503); they have no message.
struct BranchResult {
  int status = 0;
  std::optional<SipMessage> response;
};

// The index of the best: of class 6 if there is one, else of the lowest class; among 4xx one that
// says how to ask better (401, 407, 415, 420, 484) before others, and a real response before a 408
// of our own; among 5xx others before 503; then the earliest. Nothing when there are none.
std::optional<size_t> ChooseBest(const std::vector<BranchResult>& results);

// Adds to `best`, a 401 or 407, the challenges of all other 401 and 407 responses.
void AggregateChallenges(const std::vector<BranchResult>& results, size_t best_index,
                         SipMessage& best);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_PROXY_RESPONSE_CHOICE_H_
