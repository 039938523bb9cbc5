// EventPackage: what a notifier can say about one kind of state (RFC 6665 §5): presence, reg, ...
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_EVENT_PACKAGE_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_EVENT_PACKAGE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace tickwire::sip {

class ServerTransaction;

class EventPackage {
 public:
  virtual ~EventPackage() = default;

  virtual absl::string_view name() const = 0;          // in Event
  virtual absl::string_view content_type() const = 0;  // of the bodies of NOTIFY
  // Seconds: what a SUBSCRIBE without Expires gets, the most that is granted, and what is refused
  // with 423 below (§4.2.1.1: only under an hour).
  virtual uint32_t default_expires() const { return 3600; }
  virtual uint32_t greatest_expires() const { return 3600; }
  virtual uint32_t least_expires() const { return 0; }

  enum class Policy : uint8_t { kGranted, kPending, kForbidden, kNoResource };
  // Whether `watcher` (the URI of From) may see `resource` (the user part of the Request-URI).
  virtual Policy PolicyFor(absl::string_view resource, absl::string_view watcher) = 0;
  // A PUBLISH for this package and resource (RFC 3903). False: it takes none.
  virtual bool OnPublish(ServerTransaction& transaction, absl::string_view resource) {
    static_cast<void>(transaction), static_cast<void>(resource);
    return false;
  }
  // The full state of a resource. `version` counts the notifications of one subscription from 0.
  virtual std::string StateOf(absl::string_view resource, uint32_t version) = 0;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_EVENT_PACKAGE_H_
