// SessionTimer: the agreed life of a session and who prolongs it (RFC 4028).
//
// One for each INVITE session. Knows the interval, the least interval and the refresher; tells its
// owner when to refresh (§7.2: at half the interval) and when the other side failed to (§10).
// Intervals are whole seconds, as on the wire.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_SESSION_TIMER_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_SESSION_TIMER_H_

#include <cstdint>
#include <optional>

#include "protocols/sip/message/sip_message.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

enum class Refresher : uint8_t { kAny, kUac, kUas };

struct SessionTimerConfig {
  uint32_t interval = 0;  // seconds, asked for by the caller; 0: none asked for
  uint32_t least = 90;    // seconds; what the called side refuses with 422 below (§9)
  Refresher refresher = Refresher::kAny;  // whom the caller names, and the called side prefers
  bool is_supported = false;              // "timer" is in Supported
};

class SessionTimer {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void OnRefreshDue() = 0;
    virtual void OnSessionExpired() = 0;  // §10: time for a BYE
  };

  // All must outlive this.
  SessionTimer(NodeClock& clock, const TraceEntity& entity, Owner& owner,
               const SessionTimerConfig& config);

  ~SessionTimer() { Stop(); }

  // Session-Expires and Min-SE of an initial INVITE, before there is a dialog (§7.1). `least`: the
  // greatest Min-SE of a 422 to it so far, or 0.
  static void AddInitial(const SessionTimerConfig& config, uint32_t least, SipMessage& invite);
  // Session-Expires and Min-SE of a request that refreshes (§7.1, §7.4). Nothing when no timer is
  // wanted nor running.
  void AddTo(SipMessage& request) const;
  // A 422 to such a request: true if it makes sense to ask again (§7.3).
  bool OnTooSmall(const SipMessage& response);
  // The 2xx to such a request came (§7.2).
  void OnSuccess(const SipMessage& request, const SipMessage& response);

  // Server: the least interval if the request asks for too little (422, §9); nothing if it is fine.
  std::optional<uint32_t> Refuses(const SipMessage& request);
  // Server: adds Session-Expires and Require to the 2xx that is about to be sent, and starts (§9).
  void Accept(const SipMessage& request, SipMessage& response);

  void Stop();
  bool is_running() const { return interval_ != 0; }
  bool is_refresher() const { return is_refresher_; }
  uint32_t interval() const { return interval_; }

 private:
  void Start(uint32_t interval, bool is_refresher);
  void OnTimerRefresh() { owner_.OnRefreshDue(); }
  void OnTimerExpiry() { owner_.OnSessionExpired(); }

  Owner& owner_;
  SessionTimerConfig config_;
  uint32_t interval_ = 0;  // agreed; 0: no timer
  uint32_t least_ = 0;     // the greatest Min-SE heard; 0: none
  bool is_refresher_ = false;
  Timer<SessionTimer, &SessionTimer::OnTimerRefresh> timer_refresh_;
  Timer<SessionTimer, &SessionTimer::OnTimerExpiry> timer_expiry_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_SESSION_TIMER_H_
