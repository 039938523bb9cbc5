#include "protocols/sdp/media_plan.h"

namespace tickwire::sdp {

MediaPlan AudioPlan(const IpAddress& address, uint16_t port) {
  StreamPlan audio;
  audio.port = port;
  audio.codecs = {Pcmu(), Pcma(), TelephoneEvent()};
  return {address, {audio}};
}

}  // namespace tickwire::sdp
