// EventStateCompositor: takes PUBLISH and shows the result to subscribers (RFC 3903 §6), for one
// event package such as presence (RFC 3856).
//
// Holds the publications of each resource until they expire. The composed state of presence has the
// tuples of all publications that are alive, that of other packages is the latest; without any, the
// neutral state of the package.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_EVENT_STATE_COMPOSITOR_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_EVENT_STATE_COMPOSITOR_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "protocols/sip/transaction/transaction.h"
#include "protocols/sip/ua/event_package.h"
#include "sim_core/event/timer.h"
#include "sim_core/random/rng.h"

namespace tickwire::sip {

class UserAgent;

struct CompositorConfig {
  std::string package = "presence";
  std::string content_type = "application/pidf+xml";
  uint32_t default_expires = 3600;     // seconds, of publications and subscriptions
  uint32_t least_expires = 60;         // shorter ones get 423
  size_t most_publications = 100'000;  // of all resources; beyond that 503
  // User parts of resources; empty: everybody is served.
  std::vector<std::string> resources;
  // Watchers (user parts) who are refused, and who wait for permission.
  std::vector<std::string> forbidden;
  std::vector<std::string> pending;
  // The state of a resource that nobody publishes.
  std::function<std::string(absl::string_view resource)> neutral_state;
};

class EventStateCompositor final : public EventPackage {
 public:
  // The agent must outlive this, and be told of it by AddPackage.
  EventStateCompositor(UserAgent& agent, CompositorConfig config, const Rng& entity_tags);
  ~EventStateCompositor() override;

  // Who waited for permission gets it.
  void Grant(absl::string_view watcher);
  size_t publication_count() const { return count_; }

  absl::string_view name() const override { return config_.package; }
  absl::string_view content_type() const override { return config_.content_type; }
  uint32_t default_expires() const override { return config_.default_expires; }
  uint32_t greatest_expires() const override { return config_.default_expires; }
  uint32_t least_expires() const override { return config_.least_expires; }
  Policy PolicyFor(absl::string_view resource, absl::string_view watcher) override;
  bool OnPublish(ServerTransaction& transaction, absl::string_view resource) override;  // §6
  std::string StateOf(absl::string_view resource, uint32_t version) override;

 private:
  class Publication;
  bool Serves(absl::string_view resource) const;
  std::string Compose(const std::vector<std::unique_ptr<Publication>>& list) const;
  void Respond(ServerTransaction& transaction, uint32_t expires, absl::string_view tag);
  void Remove(const std::string& resource, const Publication& publication);
  std::string NewEntityTag();

  UserAgent& agent_;
  CompositorConfig config_;
  Rng entity_tags_;
  size_t count_ = 0;
  // By user part; the latest publication last.
  std::map<std::string, std::vector<std::unique_ptr<Publication>>, std::less<>> publications_;
  TraceEntity entity_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_EVENT_STATE_COMPOSITOR_H_
