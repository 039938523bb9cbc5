// Registry: which class stands behind each message of a scenario: roles, impairments, queues.
//
// Keyed by the message's full name, so that shipped messages (roster.proto) and those from outside
// the tree (`custom { [my.pkg.Message] { ... } }`) are found alike:
//
//   Registry registry = Registry::Standard();
//   registry.AddImpairment<my::EveryNth>(
//       [](const my::EveryNth& config) { return std::make_unique<EveryNthLoss>(config.n()); });
#ifndef TICKWIRE_TOPOLOGIES_BUILD_REGISTRY_H_
#define TICKWIRE_TOPOLOGIES_BUILD_REGISTRY_H_

#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "sim_core/net/impairment.h"
#include "sim_core/net/queue_discipline.h"
#include "topologies/build/role.h"

namespace tickwire {

class Registry {
 public:
  using Message = google::protobuf::Message;
  using RoleFactory =
      std::function<absl::StatusOr<std::unique_ptr<Role>>(RoleContext&, const Message&)>;
  using ImpairmentFactory = std::function<std::unique_ptr<Impairment>(const Message&)>;
  using QueueFactory = std::function<std::unique_ptr<QueueDiscipline>(const Message&)>;

  // Everything that this tree ships.
  static Registry Standard();

  template <class M, class Make>
  void AddRole(Make make) {
    roles_[M::descriptor()->full_name()] = [make](RoleContext& context, const Message& message) {
      return absl::StatusOr<std::unique_ptr<Role>>(make(context, static_cast<const M&>(message)));
    };
  }
  template <class M, class Make>
  void AddImpairment(Make make) {
    impairments_[M::descriptor()->full_name()] = [make](const Message& message) {
      return std::unique_ptr<Impairment>(make(static_cast<const M&>(message)));
    };
  }
  template <class M, class Make>
  void AddQueue(Make make) {
    queues_[M::descriptor()->full_name()] = [make](const Message& message) {
      return std::unique_ptr<QueueDiscipline>(make(static_cast<const M&>(message)));
    };
  }

  // Errors name the message for which nothing is registered.
  absl::StatusOr<std::unique_ptr<Role>> MakeRole(RoleContext& context,
                                                 const Message& message) const;
  absl::StatusOr<std::unique_ptr<Impairment>> MakeImpairment(const Message& message) const;
  absl::StatusOr<std::unique_ptr<QueueDiscipline>> MakeQueue(const Message& message) const;

 private:
  std::map<std::string, RoleFactory> roles_;
  std::map<std::string, ImpairmentFactory> impairments_;
  std::map<std::string, QueueFactory> queues_;
};

// The message that is set in the first oneof of `message` (a Role, an Action, ...), out of its Any
// if it is one; null if none is set or an Any's type is not linked into this program.
std::unique_ptr<google::protobuf::Message> ChosenMessage(const google::protobuf::Message& message);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_REGISTRY_H_
