// Fuzz entry for session descriptions: the parser, and an offer/answer exchange that is fed the
// input as an offer, as an answer, and as a new offer of an agreed session.
//
// Demands no crash, places inside the text, that what is usable survives writing and reading, and
// that our own answers and offers are always usable.
#include <cstddef>
#include <cstdint>
#include <string>

#include "protocols/sdp/offer_answer.h"
#include "sim_core/base/check.h"

namespace tickwire::sdp {
namespace {

OfferAnswer Agent() { return OfferAnswer(AudioPlan(IpAddress::V4(0x0a000001), 4000), 1, 1); }

void CheckOwn(const std::string& text) {
  const ParseResult parsed = SessionDescription::Parse(text);
  TW_CHECK(parsed.is_usable());
  TW_CHECK(parsed.description.ToString() == text);
}

// Everything that may follow an accepted exchange.
void CheckAgreed(OfferAnswer agent, const std::string& input) {
  (void)agent.Media();
  (void)agent.is_held_by_peer();
  const OfferAnswer before = agent;
  agent.Hold();
  CheckOwn(agent.MakeOffer());
  (void)agent.OnAnswer(input);
  (void)agent.Media();
  agent.Rollback();
  agent.Resume();
  if (agent.OnOffer(input).ok()) CheckOwn(agent.MakeAnswer());
  (void)agent.Media();
  agent.Reinstate(before);
  (void)agent.Media();
  CheckOwn(agent.MakeOffer());
}

}  // namespace
}  // namespace tickwire::sdp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tickwire::sdp;  // NOLINT: an entry point, not a library
  const std::string input(reinterpret_cast<const char*>(data), size);
  const ParseResult parsed = SessionDescription::Parse(input);
  for (const Violation& violation : parsed.violations) TW_CHECK(violation.offset <= input.size());
  if (parsed.is_usable()) {
    const ParseResult again = SessionDescription::Parse(parsed.description.ToString());
    TW_CHECK(again.is_usable());
    TW_CHECK(again.description == parsed.description);
  }
  OfferAnswer answerer = Agent();
  if (answerer.OnOffer(input).ok()) {
    CheckOwn(answerer.MakeAnswer());
    CheckAgreed(answerer, input);
  }
  OfferAnswer offerer = Agent();
  CheckOwn(offerer.MakeOffer());
  if (offerer.OnAnswer(input).ok()) CheckAgreed(offerer, input);
  return 0;
}
