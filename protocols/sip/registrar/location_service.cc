#include "protocols/sip/registrar/location_service.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace tickwire::sip {
namespace {

constexpr TraceLabel kExpiry{"binding expires", "RFC 3261 10.3"};
constexpr TraceLabel kExpired{"binding expired", "RFC 3261 10.3"};

}  // namespace

LocationService::LocationService(NodeClock& clock, const Limits& limits, absl::string_view name)
    : clock_(clock),
      limits_(limits),
      entity_(clock.trace().NewEntity(absl::StrCat("location service ", name))),
      timer_(clock, *this, kExpiry, entity_) {}

const std::vector<Binding>* LocationService::Find(absl::string_view aor) const {
  const auto found = records_.find(aor);
  return found == records_.end() ? nullptr : &found->second->bindings;
}

void LocationService::Unschedule(Record& record) {
  if (record.next_expiry == SimTime::Infinite()) return;
  due_.erase(Due{record.next_expiry, record.id});
  record.next_expiry = SimTime::Infinite();
}

void LocationService::Schedule(Record& record) {
  for (const Binding& binding : record.bindings) {
    if (!binding.is_permanent) {
      record.next_expiry = std::min(record.next_expiry, binding.expires_at);
    }
  }
  if (record.next_expiry == SimTime::Infinite()) return;
  due_.emplace(Due{record.next_expiry, record.id}, &record);
}

void LocationService::SetTimer() {
  if (is_expiring_) return;  // OnExpiry sets it in the end
  if (due_.empty()) {
    timer_.Cancel();
    return;
  }
  const SimTime earliest = due_.begin()->first.first;
  // A timer that comes too early is set again; only an earlier one must be moved. So a refresh
  // costs no timer.
  if (!timer_.is_set() || earliest < timer_.deadline()) timer_.Set(earliest - clock_.now());
}

const std::vector<Binding>* LocationService::Replace(absl::string_view aor,
                                                     std::vector<Binding> bindings) {
  TW_CHECK(bindings.size() <= limits_.max_contacts);
  const auto found = records_.find(aor);
  std::vector<Binding> before;
  Record* record = nullptr;
  if (found != records_.end()) {
    record = found->second.get();
    Unschedule(*record);
    before = std::move(record->bindings);
    binding_count_ -= before.size();
  } else if (!bindings.empty()) {
    TW_CHECK(!is_full());
    auto made = std::make_unique<Record>(Record{std::string(aor), ++last_id_});
    record = made.get();
    records_.emplace(record->aor, std::move(made));
  } else {
    return nullptr;
  }
  binding_count_ += bindings.size();
  record->bindings = std::move(bindings);
  Schedule(*record);
  const std::vector<Binding>* result = &record->bindings;
  if (observer_ != nullptr) {
    const std::string name = record->aor;
    TellOfGoneInstances(name, before, record->bindings);
    observer_->OnBindingsChanged(name);
  }
  if (record->bindings.empty()) {
    records_.erase(records_.find(record->aor));
    result = nullptr;
  }
  SetTimer();
  return result;
}

void LocationService::TellOfGoneInstances(const std::string& aor,
                                          const std::vector<Binding>& before,
                                          const std::vector<Binding>& after) {
  for (const Binding& old : before) {
    if (old.instance.empty()) continue;
    const bool lives = std::any_of(after.begin(), after.end(), [&](const Binding& binding) {
      return binding.instance == old.instance;
    });
    if (!lives) observer_->OnInstanceGone(aor, old.instance);
  }
}

void LocationService::OnExpiry() {
  is_expiring_ = true;
  while (!due_.empty() && due_.begin()->first.first <= clock_.now()) {
    Record& record = *due_.begin()->second;
    const std::string aor = record.aor;
    std::vector<Binding> kept;
    for (const Binding& binding : record.bindings) {
      if (binding.is_permanent || binding.expires_at > clock_.now()) {
        kept.push_back(binding);
      } else if (clock_.trace().is_watched()) {
        clock_.trace().Note(entity_, kExpired, absl::StrCat(aor, " ", binding.contact));
      }
    }
    Replace(aor, std::move(kept));
  }
  is_expiring_ = false;
  SetTimer();
}

}  // namespace tickwire::sip
