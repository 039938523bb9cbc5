// LocationService: the bindings of addresses-of-record to contacts (RFC 3261 §10.3), until they
// expire.
//
// A plain table on virtual time: the registrar writes, the proxy reads. What has expired is gone at
// its moment (one timer for the earliest), so the table never holds more than what was registered
// and still lives. Bounded by `max_records` addresses and `max_contacts` for each.
#ifndef TICKWIRE_PROTOCOLS_SIP_REGISTRAR_LOCATION_SERVICE_H_
#define TICKWIRE_PROTOCOLS_SIP_REGISTRAR_LOCATION_SERVICE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "protocols/sip/transport/message_transport.h"
#include "sim_core/event/node_clock.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

struct Binding {
  std::string contact;  // URI
  std::string params;   // of the Contact, but for expires, q, and what GRUU adds: ";methods=..."
  SimTime expires_at;
  std::string call_id;   // of the REGISTER that made or refreshed it
  std::string instance;  // +sip.instance without its quotes: "<urn:uuid:...>"; mostly empty
  std::vector<std::string> path;  // RFC 3327: URIs, nearest to us first
  Hop source;                     // where the REGISTER came from
  uint32_t cseq = 0;
  uint32_t reg_id = 0;        // RFC 5626 §4.2; 0: none
  uint32_t updated = 0;       // counts refreshes of the record: greater is later
  uint16_t q = 1000;          // thousandths
  bool is_permanent = false;  // from the configuration: never expires
};

class LocationService {
 public:
  class Observer {
   public:
    virtual ~Observer() = default;
    // A binding of that address was added, changed or removed.
    virtual void OnBindingsChanged(absl::string_view aor) = 0;
    // The last binding of that instance has gone (RFC 5627 §5.3).
    virtual void OnInstanceGone(absl::string_view aor, absl::string_view instance) = 0;
  };
  struct Limits {
    size_t max_records = 1'000'000;
    size_t max_contacts = 32;
  };

  LocationService(NodeClock& clock, const Limits& limits, absl::string_view name);
  void set_observer(Observer* observer) { observer_ = observer; }  // null: none
  const Limits& limits() const { return limits_; }

  // All bindings of the address, in the order in which they were first made; null when there are
  // none. Good until the next change.
  const std::vector<Binding>* Find(absl::string_view aor) const;
  // Whether one more address can be held.
  bool is_full() const { return records_.size() >= limits_.max_records; }
  // Replaces all bindings of the address at once. REQUIRES: within the limits; all expire later
  // than now. Returns the new set (null when it is empty).
  const std::vector<Binding>* Replace(absl::string_view aor, std::vector<Binding> bindings);

  size_t record_count() const { return records_.size(); }
  size_t binding_count() const { return binding_count_; }

 private:
  struct Record {
    std::string aor;
    uint64_t id;
    SimTime next_expiry = SimTime::Infinite();
    std::vector<Binding> bindings;
  };
  using Due = std::pair<SimTime, uint64_t>;

  void OnExpiry();
  void Schedule(Record& record);
  void Unschedule(Record& record);
  void TellOfGoneInstances(const std::string& aor, const std::vector<Binding>& before,
                           const std::vector<Binding>& after);
  void SetTimer();

  NodeClock& clock_;
  const Limits limits_;
  TraceEntity entity_;
  Observer* observer_ = nullptr;
  absl::flat_hash_map<absl::string_view, std::unique_ptr<Record>> records_;  // by Record::aor
  absl::btree_map<Due, Record*> due_;
  uint64_t last_id_ = 0;
  size_t binding_count_ = 0;
  bool is_expiring_ = false;
  Timer<LocationService, &LocationService::OnExpiry> timer_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_REGISTRAR_LOCATION_SERVICE_H_
