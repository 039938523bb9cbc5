// The role sip_ua: a SIP user agent that follows the scenario.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_USER_AGENT_ROLE_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_USER_AGENT_ROLE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "protocols/sip/ua/call_generator.h"
#include "protocols/sip/ua/event_state_compositor.h"
#include "protocols/sip/ua/user_agent.h"
#include "topologies/build/role.h"
#include "topologies/build/roles/sip_call_plan.h"
#include "topologies/build/roles/sip_media.h"
#include "topologies/build/roles/sip_streams.h"
#include "topologies/scenario.pb.h"

namespace tickwire {

class SipUserAgentRole final : public Role,
                               private sip::CallObserver,
                               public sip::CallGenerator::Placer {
 public:
  // Opens its socket and starts what it does by itself.
  static absl::StatusOr<std::unique_ptr<Role>> Make(RoleContext& context,
                                                    const scenario::SipUserAgent& config);
  SipUserAgentRole(RoleContext& context, const scenario::SipUserAgent& config,
                   std::unique_ptr<SipStreams> streams);
  ~SipUserAgentRole() override;

  absl::StatusOr<bool> Perform(const google::protobuf::Message& action) override;
  std::vector<std::pair<std::string, int64_t>> Counters() const override;
  std::vector<std::pair<std::string, int64_t>> Leftovers() const override;

 private:
  // A generator of the scenario with whom it calls.
  struct Generator {
    const scenario::SipGenerator& config;
    std::unique_ptr<sip::CallGenerator> generator;
  };

  absl::Status Start();
  void OnTimerRegister();

  // Actions, one each (sip_user_agent_actions.cc).
  absl::Status Do(const scenario::SipCall& action);
  absl::Status Do(const scenario::SipHangUp& action);
  absl::Status Do(const scenario::SipCancel& action);
  absl::Status Do(const scenario::SipEndEarlyDialog& action);
  absl::Status Do(const scenario::SipRing& action);
  absl::Status Do(const scenario::SipPickUp& action);
  absl::Status Do(const scenario::SipModify& action);
  absl::Status Do(const scenario::SipWithin& action);
  absl::Status Do(const scenario::SipSend& action);
  absl::Status Do(const scenario::SipTransfer& action);
  absl::Status Do(const scenario::SipSubscribe& action);
  absl::Status Do(const scenario::SipUnsubscribe& action);
  absl::Status Do(const scenario::SipPublish& action);
  absl::Status Do(const scenario::SipPermit& action);
  absl::Status Do(const scenario::SipBind& action);
  template <class Action>
  std::optional<absl::Status> TryDo(const google::protobuf::Message& action);

  // The URI of a node's SIP role at its address: "sip:bob@10.0.0.2".
  std::string UriOf(const std::string& node) const;
  sip::CallHandle Place(const sip::CallOptions& options, std::unique_ptr<SipCallPlan> plan);
  absl::StatusOr<sip::CallHandle> FindCall(const std::string& name) const;

  // sip::CallObserver
  void OnCallState(sip::UserAgent& agent, const sip::Call& call) override;
  void OnOffer(sip::UserAgent& agent, const sip::Call& call,
               const sip::Negotiation& offer) override;
  void OnMedia(sip::UserAgent& agent, const sip::Call& call,
               const sip::InviteUsage& usage) override;
  void OnSubscription(sip::UserAgent& agent, const sip::Subscriber& subscriber) override;
  void OnNotification(sip::UserAgent& agent, const sip::Subscriber& subscriber,
                      const sip::SipMessage& notify) override;
  void OnAnswer(sip::UserAgent& agent, const sip::Call* call,
                const sip::SipMessage& response) override;
  void OnRegistration(sip::UserAgent& agent, const sip::Registration& registration) override;
  void OnRequest(sip::UserAgent& agent, const sip::Call* call,
                 const sip::SipMessage& request) override;
  // sip::CallGenerator::Placer
  void OnArrival(sip::CallGenerator& generator, uint64_t number,
                 std::optional<Duration> holding) override;

  RoleContext& context_;
  const scenario::SipUserAgent config_;
  const TraceEntity entity_;
  std::unique_ptr<SipStreams> streams_;
  std::unique_ptr<SipMediaStreams> media_;  // null: signals only
  sip::UserAgent agent_;
  std::unique_ptr<sip::EventStateCompositor> presence_;
  sip::Registration* registration_ = nullptr;
  std::map<std::string, sip::Publisher*> publishers_;  // by target
  std::vector<Generator> generators_;
  std::map<sip::CallHandle, std::unique_ptr<SipCallPlan>> plans_;
  std::map<std::string, sip::CallHandle> named_;  // the latest call of each name
  std::map<std::string, sip::SubscriptionHandle> subscriptions_;
  std::map<sip::SubscriptionHandle, sip::CallHandle> transfers_;
  bool is_placing_ = false;        // a call of ours, whose plan is not there yet
  sip::CallHandle last_incoming_;  // the latest that was named
  uint64_t incoming_ = 0;
  uint64_t requests_answered_ = 0, requests_refused_ = 0, messages_received_ = 0;
  uint64_t notifications_ = 0, transfers_done_ = 0, transfers_failed_ = 0;
  uint64_t registrations_failed_ = 0;
  Timer<SipUserAgentRole, &SipUserAgentRole::OnTimerRegister> timer_register_;
};

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_USER_AGENT_ROLE_H_
