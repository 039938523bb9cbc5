#include "protocols/sip/proxy/response_choice.h"

#include <tuple>

namespace tickwire::sip {
namespace {

// Smaller is better.
std::tuple<int, int> RankOf(const BranchResult& result) {
  const int status_class = result.status / 100;
  const int class_rank = status_class == 6 ? 0 : status_class;
  int rank = 1;
  switch (result.status) {
    case 401:
    case 407:
    case 415:
    case 420:
    case 484:
      rank = 0;
      break;
    case 408:
    case 503:
      rank = result.response.has_value() ? 2 : 3;
      break;
    default:
      break;
  }
  return {class_rank, rank};
}

}  // namespace

std::optional<size_t> ChooseBest(const std::vector<BranchResult>& results) {
  std::optional<size_t> best;
  for (size_t i = 0; i < results.size(); ++i) {
    if (!best.has_value() || RankOf(results[i]) < RankOf(results[*best])) best = i;
  }
  return best;
}

void AggregateChallenges(const std::vector<BranchResult>& results, size_t best_index,
                         SipMessage& best) {
  for (size_t i = 0; i < results.size(); ++i) {
    const bool is_challenge = results[i].status == 401 || results[i].status == 407;
    if (i == best_index || !is_challenge || !results[i].response.has_value()) continue;
    const SipMessage& other = *results[i].response;
    for (size_t row = 0; row < other.row_count(); ++row) {
      const SipMessage::Row header = other.row(row);
      if (header.id == IdOf<WwwAuthenticate>() || header.id == IdOf<ProxyAuthenticate>()) {
        best.AddRaw(header.name, header.value);
      }
    }
  }
}

}  // namespace tickwire::sip
