// Registration: the bindings of one address of record, kept alive at its registrar (RFC 3261 §10.2;
// RFC 3327, 3608, 5626 §4.1 for the instance, 5627 for GRUUs).
//
// Registers, refreshes before the binding expires, raises Expires after 423, retries after a
// failure, unregisters, asks for the list. All its requests have one Call-ID and rising numbers
// (§10.2). Owned by the UserAgent.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_REGISTRATION_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_REGISTRATION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "protocols/sip/ua/outgoing_request.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

class UserAgent;

struct RegistrationOptions {
  std::string registrar;          // Request-URI: "sip:biloxi.example.com"
  std::string address_of_record;  // To and From: "sip:bob@biloxi.example.com"
  std::string user;               // of the Contact
  uint32_t expires = 3600;        // seconds
  std::string q;                  // of the Contact: "0.7"; empty: none
  std::string instance;           // "<urn:uuid:...>"; empty: none, and no GRUU (RFC 5627 §3.1)
  uint32_t reg_id = 0;            // 0: none
  std::vector<std::string> more_contacts;  // values of further Contact rows
  bool refreshes = true;
  Duration retry_after =
      Duration::Seconds(30);  // after a failure, unless the answer says otherwise
};

class Registration final : public RequestOwner {
 public:
  enum class State : uint8_t { kUnregistered, kRegistering, kRegistered, kUnregistering, kFailed };

  Registration(UserAgent& agent, RegistrationOptions options);

  // Adds or refreshes the bindings (§10.2.1, §10.2.4).
  void Register();
  // Removes ours (§10.2.2), or with `all` everybody's, by "*".
  void Unregister(bool all = false);
  // Asks for the bindings that are there (§10.2.3).
  void Query();

  State state() const { return state_; }
  const RegistrationOptions& options() const { return options_; }
  int last_status() const { return last_status_; }  // 0: nothing answered yet
  // Contact values of the last 200.
  const std::vector<std::string>& bindings() const { return bindings_; }
  // RFC 3608; URIs.
  const std::vector<std::string>& service_route() const { return service_route_; }
  const std::string& public_gruu() const { return public_gruu_; }  // RFC 5627; empty: none
  const std::string& temporary_gruu() const { return temporary_gruu_; }

 private:
  enum class Purpose : uint8_t { kRegister, kUnregister, kUnregisterAll, kQuery };

  void OnResponse(OutgoingRequest& request, const SipMessage& response) override;
  void OnFailure(OutgoingRequest& request, RequestFailure failure) override;
  uint32_t TakeNumber() override { return ++number_; }

  void Send(Purpose purpose);
  std::string OwnContactUri(const Destination& destination) const;
  std::string ContactValue(const Destination& destination, bool with_expires) const;
  void OnSuccess(Purpose purpose, const SipMessage& response);
  void Fail(Purpose purpose, const TraceLabel& reason, Duration retry_after);
  void SendWaiting();
  void SetState(State next, const TraceLabel& reason);
  void OnTimerRefresh();

  UserAgent& agent_;
  RegistrationOptions options_;
  State state_ = State::kUnregistered;
  std::string call_id_;
  std::string local_tag_;
  uint32_t number_ = 0;
  uint64_t request_ = 0;  // under way
  std::vector<Purpose> waiting_;
  int last_status_ = 0;
  std::string contact_uri_;
  std::vector<std::string> bindings_;
  std::vector<std::string> service_route_;
  std::string public_gruu_;
  std::string temporary_gruu_;
  TraceEntity entity_;
  Timer<Registration, &Registration::OnTimerRefresh> timer_refresh_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_REGISTRATION_H_
