// Publisher: event state that this agent publishes at a compositor (RFC 3903 §4).
//
// Publishes, refreshes before it expires, modifies and removes. Each success brings a new
// entity-tag, which the next request names. Owned by the UserAgent.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_PUBLISHER_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_PUBLISHER_H_

#include <cstdint>
#include <string>

#include "protocols/sip/ua/outgoing_request.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

class UserAgent;

struct PublishOptions {
  std::string target;        // Request-URI and To
  std::string event;         // "presence"
  std::string content_type;  // of the body
  uint32_t expires = 3600;   // seconds
};

class Publisher final : public RequestOwner {
 public:
  Publisher(UserAgent& agent, PublishOptions options);

  // The first, or the next version (§4.2, §4.4). What is published while one is under way waits.
  void Publish(std::string body);
  void Remove();  // §4.5

  const std::string& entity_tag() const { return entity_tag_; }  // empty: nothing is published
  const PublishOptions& options() const { return options_; }
  int last_status() const { return last_status_; }

 private:
  enum class Purpose : uint8_t { kPublish, kRefresh, kRemove };
  void OnResponse(OutgoingRequest& request, const SipMessage& response) override;
  void OnFailure(OutgoingRequest& request, RequestFailure failure) override;
  uint32_t TakeNumber() override { return ++number_; }
  void Send(Purpose purpose);
  void OnTimerRefresh();

  UserAgent& agent_;
  PublishOptions options_;
  std::string body_;
  std::string entity_tag_;
  std::string call_id_;
  std::string local_tag_;
  uint32_t number_ = 0;
  uint64_t request_ = 0;
  bool is_publish_due_ = false;
  bool is_remove_due_ = false;
  int last_status_ = 0;
  TraceEntity entity_;
  Timer<Publisher, &Publisher::OnTimerRefresh> timer_refresh_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_PUBLISHER_H_
