#include "protocols/sip/profile/product_profile.h"

namespace tickwire::sip {
namespace {

ProductProfile Rfc() {
  ProductProfile profile;
  profile.name = "RFC";
  profile.source = "RFC 3261 table 4, RFC 6026 section 8";
  return profile;
}

// Kamailio, README of its module tm (github.com/kamailio/kamailio, src/modules/tm/README, commit
// 042a677d), and registrar.
// - 3.6 retr_timer1, 3.7 retr_timer2: 500 ms, growing to 4,000 ms and staying there; no exception
// is
//   made for INVITE.
// - 3.1 fr_timer: without a final reply a branch fails after 30 s, not 32.
// - 3.2 fr_inv_timer, 3.9: after a provisional reply 120 s, counted anew with each.
// - The timer process runs 16 times a second, so timers come at multiples of 62.5 ms (named by the
//   issue that this serves).
// - registrar, min_expires: a shorter time is set to the minimum; there is no 423.
ProductProfile Kamailio() {
  ProductProfile profile;
  profile.name = "KAMAILIO";
  profile.source = "Kamailio 5.6: README of tm; registrar, min_expires";
  profile.timers.longest_invite_interval = Duration::Seconds(4);
  profile.timers.final_response = Duration::Seconds(30);
  profile.timers.tick = Duration::Micros(62'500);
  profile.timer_c = Duration::Seconds(120);
  profile.raises_short_expires = true;
  return profile;
}

// SIPp 3.6, its help text (src/sipp.cpp, option max_retrans): an INVITE is repeated 5 times,
// another request 7 times, and the call fails when the next repetition would be due. A 200 without
// ACK is sent ten times, and no BYE follows (observed; named by the issue that this serves).
ProductProfile Sipp() {
  ProductProfile profile;
  profile.name = "SIPP";
  profile.source = "SIPp 3.6: help text of max_retrans; observation";
  profile.timers.most_invite_repeats = 5;
  profile.timers.most_request_repeats = 7;
  profile.most_success_copies = 9;  // ten with the first
  profile.sends_bye_without_ack = false;
  return profile;
}

// Sofia-SIP, reference of nta_tag.h (NTATAG_SIP_T1X64, NTATAG_SIP_T2, NTATAG_TIMER_C): timers as
// the RFC has them, A not capped by T2; timer C 185 s.
ProductProfile Sofia() {
  ProductProfile profile;
  profile.name = "SOFIA";
  profile.source = "Sofia-SIP 1.13: reference of nta_tag.h";
  profile.timer_c = Duration::Seconds(185);
  return profile;
}

}  // namespace

const ProductProfile& ProfileOf(Product product) {
  static const ProductProfile kProfiles[] = {Rfc(), Kamailio(), Sipp(), Sofia()};
  return kProfiles[static_cast<size_t>(product)];
}

}  // namespace tickwire::sip
