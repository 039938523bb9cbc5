#include "topologies/build/registry.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.h>

#include "absl/strings/str_cat.h"
#include "topologies/build/roles/dns_server_role.h"
#include "topologies/build/roles/sctp_roles.h"
#include "topologies/build/roles/sctp_user_role.h"
#include "topologies/build/roles/sip_scripted_role.h"
#include "topologies/build/roles/sip_server_role.h"
#include "topologies/build/roles/sip_user_agent_role.h"
#include "topologies/build/roles/tcp_roles.h"
#include "topologies/build/roles/tcp_user_role.h"
#include "topologies/build/roles/udp_roles.h"

namespace tickwire {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;

absl::Status NotRegistered(absl::string_view what, const Message& message) {
  return absl::NotFoundError(absl::StrCat("no ", what, " is registered for ",
                                          message.GetDescriptor()->full_name(),
                                          ": add it to the Registry of this program"));
}

std::unique_ptr<Message> Unpack(const google::protobuf::Any& any) {
  std::string type;
  if (!google::protobuf::Any::ParseAnyTypeUrl(any.type_url(), &type)) return nullptr;
  const auto* descriptor = DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  if (descriptor == nullptr) return nullptr;
  std::unique_ptr<Message> message(
      MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
  if (!any.UnpackTo(message.get())) return nullptr;
  return message;
}

}  // namespace

Registry Registry::Standard() {
  Registry registry;
  registry.AddRole<scenario::UdpSource>(MakeUdpSourceRole);
  registry.AddRole<scenario::UdpSink>(MakeUdpSinkRole);
  registry.AddRole<scenario::UdpEcho>(MakeUdpEchoRole);
  registry.AddRole<scenario::SipUserAgent>(SipUserAgentRole::Make);
  registry.AddRole<scenario::SipScripted>(MakeSipScriptedRole);
  registry.AddRole<scenario::SipServer>(MakeSipServerRole);
  registry.AddRole<scenario::DnsServer>(MakeDnsServerRole);
  registry.AddRole<scenario::TcpBulkSender>(MakeTcpBulkSenderRole);
  registry.AddRole<scenario::TcpRequestClient>(MakeTcpRequestClientRole);
  registry.AddRole<scenario::TcpRequestServer>(MakeTcpRequestServerRole);
  registry.AddRole<scenario::TcpOnOff>(MakeTcpOnOffRole);
  registry.AddRole<scenario::TcpConstantRate>(MakeTcpConstantRateRole);
  registry.AddRole<scenario::TcpKeystrokes>(MakeTcpKeystrokesRole);
  registry.AddRole<scenario::TcpSink>(MakeTcpSinkRole);
  registry.AddRole<scenario::TcpEcho>(MakeTcpEchoRole);
  registry.AddRole<scenario::TcpUser>(TcpUserRole::Make);
  registry.AddRole<scenario::SctpSender>(MakeSctpSenderRole);
  registry.AddRole<scenario::SctpSink>(MakeSctpSinkRole);
  registry.AddRole<scenario::SctpEcho>(MakeSctpEchoRole);
  registry.AddRole<scenario::SctpUser>(SctpUserRole::Make);

  return registry;
}

absl::StatusOr<std::unique_ptr<Role>> Registry::MakeRole(RoleContext& context,
                                                         const Message& message) const {
  const auto it = roles_.find(message.GetDescriptor()->full_name());
  if (it == roles_.end()) return NotRegistered("role", message);
  return it->second(context, message);
}

absl::StatusOr<std::unique_ptr<Impairment>> Registry::MakeImpairment(const Message& message) const {
  const auto it = impairments_.find(message.GetDescriptor()->full_name());
  if (it == impairments_.end()) return NotRegistered("impairment", message);
  return it->second(message);
}

absl::StatusOr<std::unique_ptr<QueueDiscipline>> Registry::MakeQueue(const Message& message) const {
  const auto it = queues_.find(message.GetDescriptor()->full_name());
  if (it == queues_.end()) return NotRegistered("queue", message);
  return it->second(message);
}

std::unique_ptr<Message> ChosenMessage(const Message& message) {
  const auto* reflection = message.GetReflection();
  const FieldDescriptor* field =
      reflection->GetOneofFieldDescriptor(message, message.GetDescriptor()->oneof_decl(0));
  if (field == nullptr || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return nullptr;
  const Message& chosen = reflection->GetMessage(message, field);
  if (chosen.GetDescriptor() == google::protobuf::Any::descriptor()) {
    return Unpack(static_cast<const google::protobuf::Any&>(chosen));
  }
  std::unique_ptr<Message> copy(chosen.New());
  copy->CopyFrom(chosen);
  return copy;
}

}  // namespace tickwire
