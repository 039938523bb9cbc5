// From the scenario's words about a SIP user agent to its configuration.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_USER_AGENT_CONFIG_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_USER_AGENT_CONFIG_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "protocols/sip/ua/call_generator.h"
#include "protocols/sip/ua/user_agent.h"
#include "topologies/scenario.pb.h"

namespace tickwire {

// Nothing for "never".
std::optional<Duration> UnlessNever(const std::string& text);
// Whole seconds, rounded up.
uint32_t SecondsOf(const std::string& text);

sip::UserAgentConfig UserAgentConfigOf(const std::string& node, const scenario::SipUserAgent& role);
// An error without registrar and domain.
absl::StatusOr<sip::RegistrationOptions> RegistrationOf(const std::string& node,
                                                        const scenario::SipUserAgent& role);
sip::CallGeneratorConfig GeneratorOf(const scenario::SipGenerator& generator);
// "Name: value" rows. An error names the one that is none.
absl::StatusOr<sip::HeaderRows> HeaderRowsOf(
    const google::protobuf::RepeatedPtrField<std::string>& rows);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_USER_AGENT_CONFIG_H_
