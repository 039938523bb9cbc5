#include "topologies/build/roles/sip_user_agent_config.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "protocols/sip/profile/product_profile.h"
#include "topologies/build/literal_values.h"
#include "topologies/build/roles/sip_streams.h"

namespace tickwire {
namespace {

// "rate" of the schema in millionths, as ParseDecimal has it.
int64_t MillionthsOf(const std::string& text) {
  const auto value = ParseDecimal(text);
  TW_CHECK(value.ok());
  return *value;
}

sip::Behaviour BehaviourOf(const scenario::SipUserAgent& role) {
  sip::Behaviour behaviour;
  behaviour.answer_after = Duration::Seconds(1);
  switch (role.on_invite_case()) {
    case scenario::SipUserAgent::kAnswer: {
      const scenario::SipAnswer& answer = role.answer();
      behaviour.ring_after = UnlessNever(answer.ring_after());
      behaviour.ring_status = static_cast<int>(answer.ring_status());
      behaviour.early_media = answer.early_media();
      behaviour.answer_after = UnlessNever(answer.answer_after());
      behaviour.hang_up_after = UnlessNever(answer.hang_up_after());
      break;
    }
    case scenario::SipUserAgent::kReject:
      behaviour.ring_after = std::nullopt;
      behaviour.answer_after = DurationOf(role.reject().after());
      behaviour.answer_status = static_cast<int>(role.reject().status());
      break;
    case scenario::SipUserAgent::kRedirect: {
      behaviour.ring_after = std::nullopt;
      behaviour.answer_after = DurationOf(role.redirect().after());
      behaviour.answer_status = static_cast<int>(role.redirect().status());
      for (const std::string& uri : role.redirect().to()) {
        behaviour.redirect_to.push_back(absl::StrCat("<", uri, ">"));
      }
      break;
    }
    case scenario::SipUserAgent::kIgnore:
      behaviour.ignores_requests = role.ignore();
      break;
    case scenario::SipUserAgent::ON_INVITE_NOT_SET:
      break;
  }
  return behaviour;
}

sip::SessionTimerConfig SessionTimerOf(const scenario::SipSessionTimer& timer) {
  sip::SessionTimerConfig config;
  config.is_supported = true;
  if (UnlessNever(timer.interval()).has_value()) config.interval = SecondsOf(timer.interval());
  config.least = SecondsOf(timer.least());
  if (timer.refresher() == scenario::REFRESHER_UAC) config.refresher = sip::Refresher::kUac;
  if (timer.refresher() == scenario::REFRESHER_UAS) config.refresher = sip::Refresher::kUas;
  return config;
}

}  // namespace

std::optional<Duration> UnlessNever(const std::string& text) {
  const Duration duration = DurationOf(text);
  if (duration == Duration::Infinite()) return std::nullopt;
  return duration;
}

uint32_t SecondsOf(const std::string& text) {
  const int64_t nanos = DurationOf(text).nanos();
  const int64_t seconds = nanos / 1'000'000'000 + (nanos % 1'000'000'000 != 0 ? 1 : 0);
  return static_cast<uint32_t>(std::min<int64_t>(seconds, UINT32_MAX));
}

sip::UserAgentConfig UserAgentConfigOf(const std::string& node,
                                       const scenario::SipUserAgent& role) {
  sip::UserAgentConfig config;
  config.user = role.user().empty() ? node : role.user();
  config.domain = role.domain();
  config.has_transaction_layer = role.transaction_layer() != scenario::SipUserAgent::NONE;
  if (!role.media().advertise().empty()) {
    config.media_address = IpAddress::Parse(role.media().advertise());
  }
  config.display_name = role.display_name();
  const sip::ProductProfile& profile = ProfileOf(static_cast<sip::Product>(role.profile()));
  config.timers = profile.timers;
  config.most_success_copies = profile.most_success_copies;
  config.sends_bye_without_ack = profile.sends_bye_without_ack;
  config.timers.t1 = DurationOf(role.t1());
  config.timers.t2 = DurationOf(role.t2());
  config.timers.t4 = DurationOf(role.t4());
  config.timers.d = DurationOf(role.timer_d());
  config.behaviour = BehaviourOf(role);
  config.refuses_other_users = role.refuses_other_users();
  for (uint32_t i = 1; i <= role.identities().count(); ++i) {
    config.identities.push_back(absl::StrCat(role.identities().prefix(), i));
  }
  config.routes.assign(role.route().begin(), role.route().end());
  for (const scenario::SipSecret& password : role.password()) {
    config.digest.passwords.push_back(
        {password.realm(), password.username().empty() ? config.user : password.username(),
         password.password()});
  }
  if (role.reliability() == scenario::RELIABILITY_SUPPORTED) {
    config.reliability = sip::Reliability::kSupported;
  } else if (role.reliability() == scenario::RELIABILITY_REQUIRED) {
    config.reliability = sip::Reliability::kRequired;
  }
  if (role.has_session_timer()) config.session_timer = SessionTimerOf(role.session_timer());
  config.info_packages.assign(role.info_package().begin(), role.info_package().end());
  config.follows_redirections = role.follows_redirections();
  config.ends_surplus_dialogs = role.surplus_dialogs() == scenario::SURPLUS_END;
  config.waits_for_ack = !role.hangs_up_without_ack();
  config.accepts_refer = !role.refuses_refer();
  config.transport = SipTransportConfigOf(role.transport());
  return config;
}

absl::StatusOr<sip::RegistrationOptions> RegistrationOf(const std::string& node,
                                                        const scenario::SipUserAgent& role) {
  const scenario::SipRegister& from = role.register_();
  if (role.domain().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("role sip_ua of \"", node, "\" registers and so needs a `domain`"));
  }
  sip::RegistrationOptions options;
  options.user = role.user().empty() ? node : role.user();
  options.registrar =
      from.registrar().empty() ? absl::StrCat("sip:", role.domain()) : from.registrar();
  options.address_of_record = absl::StrCat("sip:", options.user, "@", role.domain());
  options.expires = SecondsOf(from.expires());
  options.q = from.q();
  options.instance = from.instance().empty() ? "" : absl::StrCat("<", from.instance(), ">");
  options.reg_id = from.reg_id();
  options.more_contacts.assign(from.contact().begin(), from.contact().end());
  options.refreshes = !from.no_refresh();
  options.retry_after = DurationOf(from.retry_after());
  return options;
}

sip::CallGeneratorConfig GeneratorOf(const scenario::SipGenerator& generator) {
  sip::CallGeneratorConfig config;
  switch (generator.pattern_case()) {
    case scenario::SipGenerator::kPoisson:
      config.arrivals = sip::PoissonArrivals{MillionthsOf(generator.poisson())};
      break;
    case scenario::SipGenerator::kBurst:
      config.arrivals =
          sip::BurstArrivals{generator.burst().calls(), DurationOf(generator.burst().every())};
      break;
    case scenario::SipGenerator::kRamp:
      config.arrivals = sip::RampArrivals{MillionthsOf(generator.ramp().from()),
                                          MillionthsOf(generator.ramp().to()),
                                          DurationOf(generator.ramp().over())};
      break;
    case scenario::SipGenerator::kConstant:
    case scenario::SipGenerator::PATTERN_NOT_SET:
      config.arrivals = sip::ConstantArrivals{MillionthsOf(generator.constant())};
      break;
  }
  const scenario::SipDuration& duration = generator.duration();
  switch (duration.kind_case()) {
    case scenario::SipDuration::kConstant:
      config.holding = sip::ConstantHolding{DurationOf(duration.constant())};
      break;
    case scenario::SipDuration::kExponential:
      config.holding = sip::ExponentialHolding{DurationOf(duration.exponential())};
      break;
    case scenario::SipDuration::kUniform:
      config.holding = sip::UniformHolding{DurationOf(duration.uniform().min()),
                                           DurationOf(duration.uniform().max())};
      break;
    case scenario::SipDuration::kLognormal:
      config.holding = sip::LognormalHolding{DurationOf(duration.lognormal().median()),
                                             ThousandthsOf(duration.lognormal().sigma())};
      break;
    case scenario::SipDuration::KIND_NOT_SET:
      break;
  }
  config.start = DurationOf(generator.start());
  config.stop = UnlessNever(generator.stop());
  config.most_calls = generator.calls();
  return config;
}

absl::StatusOr<sip::HeaderRows> HeaderRowsOf(
    const google::protobuf::RepeatedPtrField<std::string>& rows) {
  sip::HeaderRows parsed;
  for (const std::string& row : rows) {
    const size_t colon = row.find(':');
    if (colon == std::string::npos || colon == 0 ||
        row.find_first_of("\r\n") != std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", row, "\" is no header row: \"Name: value\" is expected"));
    }
    parsed.emplace_back(std::string(absl::StripAsciiWhitespace(row.substr(0, colon))),
                        std::string(absl::StripAsciiWhitespace(row.substr(colon + 1))));
  }
  return parsed;
}

}  // namespace tickwire
