#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "protocols/sctp/association/association.h"
#include "protocols/sctp/association/traced.h"

namespace tickwire::sctp {
namespace {

// Of a path.
constexpr TraceLabel kCwnd{"cwnd"}, kSsthresh{"ssthresh"}, kFlight{"flight"}, kRto{"rto"},
    kErrors{"error count"};
// Of the association.
constexpr TraceLabel kAssociationErrors{"association error count"};
constexpr TraceLabel kAcknowledged{"cumulative TSN acknowledged"};
constexpr TraceLabel kCumulative{"cumulative TSN received"}, kGaps{"gap blocks"};
constexpr TraceLabel kQueued{"queued bytes"}, kQueuedMessages{"queued messages"};
constexpr TraceLabel kPeerRwnd{"peer rwnd"}, kUnread{"unread bytes"};
// As text.
constexpr TraceLabel kTags{"verification tags", "RFC 9260 5.1"};
constexpr TraceLabel kTsnMap{"TSN map", "RFC 9260 6.2"};
constexpr TraceLabel kQueues{"stream queues", "RFC 8260 3"};

constexpr int kMostShown = 16;  // blocks, or streams

}  // namespace

void Association::TraceWhatChanged() {
  NodeTrace& trace = env_.clock().trace();
  if (traced_ == nullptr) traced_ = std::make_unique<Traced>();
  for (const std::unique_ptr<Path>& path : paths_) {
    const auto sample = [&](const TraceLabel& quantity, int64_t value) {
      traced_->Sample(trace, path->entity(), path->index(), quantity, value);
    };
    sample(kCwnd, path->window.cwnd());
    if (path->window.ssthresh() < int64_t{1} << 40) sample(kSsthresh, path->window.ssthresh());
    if (outstanding_ != nullptr) sample(kFlight, outstanding_->flight(path->index()));
    sample(kRto, path->rto.value().nanos());
    sample(kErrors, path->error_count);
  }
  const auto sample = [&](const TraceLabel& quantity, int64_t value) {
    traced_->Sample(trace, entity_, -1, quantity, value);
  };
  traced_->Note(trace, entity_, kTags,
                absl::StrFormat("own %08x, peer %08x", local_tag_.value, peer_tag_.value));
  sample(kAssociationErrors, association_errors_);
  if (send_queue_ != nullptr) {
    sample(kQueued, send_queue_->queued_bytes());
    sample(kQueuedMessages, static_cast<int64_t>(send_queue_->queued_messages()));
    std::string queues;
    int shown = 0;
    send_queue_->ForEachQueued([&](StreamId stream, size_t messages) {
      if (++shown > kMostShown) return;
      absl::StrAppend(&queues, queues.empty() ? "" : ", ", "stream ", stream.value, ": ", messages);
    });
    if (shown > kMostShown) absl::StrAppend(&queues, ", ... (", shown, " streams)");
    traced_->Note(trace, entity_, kQueues, queues.empty() ? "empty" : queues);
  }
  if (tracker_ == nullptr) return;
  sample(kAcknowledged, outstanding_->cumulative_ack());
  sample(kCumulative, tracker_->cumulative());
  sample(kGaps, static_cast<int64_t>(tracker_->gap_count()));
  sample(kPeerRwnd, peer_rwnd_);
  sample(kUnread, reassembly_->held_bytes());
  // TSNs as on the wire; the first of the peer is peer_initial_tsn().
  const auto wire = [](int64_t tsn) { return static_cast<uint32_t>(tsn); };
  std::string map = absl::StrCat("up to ", wire(tracker_->cumulative()));
  int shown = 0;
  for (const auto& [first, last] : tracker_->ranges()) {
    if (++shown > kMostShown) break;
    absl::StrAppend(&map, shown == 1 ? ", gap blocks " : " ", wire(first));
    if (last != first) absl::StrAppend(&map, "-", wire(last));
  }
  if (shown > kMostShown) absl::StrAppend(&map, " ... (", tracker_->gap_count(), " blocks)");
  traced_->Note(trace, entity_, kTsnMap, std::move(map));
}

}  // namespace tickwire::sctp
