#include "experiments/view/call_story.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "experiments/view/record_text.h"

namespace tickwire {
namespace {

constexpr int kMostCauses = 1000;  // causes lie in the past, but a damaged trace may say otherwise

// The message that `node` received with this packet, nearest in kind to `next`.
std::optional<size_t> ReceivedWith(const MessageFlow& flow, size_t record, const SipMessage& next) {
  const FileRecord& arrival = flow.model().trace()[record];
  std::optional<size_t> best;
  int best_rank = 0;
  for (size_t i = 0; i < flow.messages().size(); ++i) {
    const SipMessage& message = flow.messages()[i];
    if (message.received != arrival.time() || message.to != NodeId{arrival.node}) continue;
    if (&message == &next) continue;
    const int rank =
        1 + (message.call_id == next.call_id ? 2 : 0) + (message.cseq == next.cseq ? 1 : 0);
    if (rank <= best_rank) continue;
    best = i;
    best_rank = rank;
  }
  return best;
}

// What made its sender hand a message over, and why it took its time.
struct Origin {
  std::optional<size_t> message;
  std::string why;
};

Origin OriginOf(const MessageFlow& flow, const SipMessage& message) {
  const RunModel& model = flow.model();
  const TraceReader& trace = model.trace();
  Origin origin;
  auto cause = model.CauseRecord(message.sent_row);
  for (int i = 0; i < kMostCauses && cause; ++i) {
    const FileRecord& record = trace[*cause];
    if (record.kind == TraceKind::kPacketDelivered) {
      if (NodeId{record.node} == message.from) {
        origin.message = ReceivedWith(flow, *cause, message);
        if (origin.message) return origin;
      }
      // An answer of DNS, a segment of a set-up: what its sender had received, or what asked for
      // it.
      const auto journey = model.JourneyOf(*cause);
      if (!journey) return origin;
      const Journey& came = model.journeys()[*journey];
      if (NodeId{record.node} == message.from && origin.why.empty()) {
        origin.why = absl::StrCat("until it receives ", came.summary);
      }
      cause = model.CauseRecord(came.record);
    } else if (record.kind == TraceKind::kTimerFired) {
      if (NodeId{record.node} == message.from && origin.why.empty()) {
        origin.why = TimerInWords(model, *cause);
      }
      const auto set = trace.Find(record.packet());
      if (!set) return origin;
      cause = model.CauseRecord(*set);
    } else {
      return origin;
    }
  }
  return origin;
}

bool Answers(const SipMessage& response, const SipMessage& request) {
  return !response.is_request && request.is_request && request.call_id == response.call_id &&
         request.cseq == response.cseq && response.to == request.from;
}

}  // namespace

CallStory TellCall(const MessageFlow& flow, size_t message) {
  CallStory story;
  const SipMessage& asked = flow.messages()[message];
  std::vector<bool> seen(flow.messages().size());
  std::optional<size_t> current = message;
  while (current && !seen[*current]) {
    seen[*current] = true;
    const SipMessage& now = flow.messages()[*current];
    CallStep step{.message = *current, .before = {}, .why = ""};
    Origin origin;
    if (!Answers(asked, now)) origin = OriginOf(flow, now);
    if (origin.message && flow.messages()[*origin.message].received) {
      step.before = now.handed_over - *flow.messages()[*origin.message].received;
      if (step.before > Duration()) step.why = origin.why;
    }
    story.steps.push_back(std::move(step));
    current = origin.message;
  }
  std::reverse(story.steps.begin(), story.steps.end());
  if (asked.received) {
    story.total = *asked.received - flow.messages()[story.steps.front().message].handed_over;
  }
  for (const CallStep& step : story.steps)
    story.late = story.late + TellDelay(flow, step.message).late();
  return story;
}

std::optional<size_t> AnswerOf(const MessageFlow& flow, const std::string& call_id) {
  const SipMessage* invite = nullptr;
  std::optional<size_t> answer;
  for (size_t i = 0; i < flow.messages().size(); ++i) {
    const SipMessage& message = flow.messages()[i];
    if (message.call_id != call_id || !absl::EndsWith(message.cseq, " INVITE")) continue;
    if (message.is_request && invite == nullptr) invite = &message;
    if (invite == nullptr || message.is_request || message.status < 200) continue;
    if (message.to != invite->from || !message.received) continue;
    if (message.status < 300) return i;
    if (!answer) answer = i;
  }
  return answer;
}

}  // namespace tickwire
