// Network: a scenario come to life: a Simulator with nodes, links, addresses, routes, roles and the
// timeline of actions, ready to run.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_NETWORK_H_
#define TICKWIRE_TOPOLOGIES_BUILD_NETWORK_H_

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "protocols/sip/locate/static_locator.h"
#include "sim_core/run/simulator.h"
#include "topologies/build/registry.h"
#include "topologies/build/role.h"
#include "topologies/scenario.pb.h"

namespace tickwire {

class Network {
 public:
  struct Options {
    const Registry* registry = nullptr;  // null: Registry::Standard()
    std::string directory;               // of the scenario file, for files that it names
    uint32_t replication = 0;
    TraceSink* sink = nullptr;  // outlives the network
    // For the proof that they do not matter; see Simulator::Options.
    std::vector<std::vector<std::string>> partitions;
    uint64_t window_order_seed = 0;
  };
  // `effective` comes from the loader (LoadResult::effective) and must outlive the network.
  static absl::StatusOr<std::unique_ptr<Network>> Build(const scenario::Scenario& effective,
                                                        const Options& options);
  ~Network();

  Simulator& simulator() { return *simulator_; }
  SimTime stop_at() const { return stop_at_; }
  // Runs to stop_at or until nothing is left to happen.
  StopReason Run() { return simulator_->RunUntil(stop_at_); }

  // Actions that could not be done, in order of time: "at 5 s, alice: no such call". By node.
  const std::vector<std::string>& action_errors() const { return action_errors_; }
  // Sums over all nodes, by name.
  std::map<std::string, int64_t> Counters() const;
  std::map<std::string, int64_t> Leftovers() const;
  NodeHost& host(absl::string_view node);

  // The names of the nodes of a scenario, in byte order: TraceWriter wants them before there is a
  // network.
  static std::vector<std::string> NodeNames(const scenario::Scenario& effective);

 private:
  explicit Network(const scenario::Scenario& effective) : scenario_(effective) {}
  absl::Status AddNodes(const Options& options);
  absl::Status AddLinks(const Options& options);
  absl::Status AddRoles(const Options& options);
  absl::Status AddActions();
  absl::Status StartRoles(NodeHost& host);
  void Crash(NodeHost& host);
  void Restart(NodeHost& host);
  void Perform(NodeHost& host, const google::protobuf::Message& action);
  const scenario::Node* FindNode(absl::string_view name) const;
  IpAddress AddressOf(absl::string_view name) const;
  std::vector<std::string> AddressesOf(absl::string_view name) const;

  const scenario::Scenario& scenario_;
  Registry registry_;
  SimTime stop_at_;
  std::map<std::string, const scenario::Node*, std::less<>> by_name_;
  std::map<std::string, std::pair<Interface*, Interface*>, std::less<>> link_ends_;
  std::unique_ptr<Simulator> simulator_;
  sip::NameTable sip_names_;
  std::deque<NodeHost> hosts_;  // by node id
  std::deque<RoleContext> contexts_;
  std::deque<std::unique_ptr<google::protobuf::Message>> action_messages_;
  std::vector<std::string> action_errors_;
};

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_NETWORK_H_
