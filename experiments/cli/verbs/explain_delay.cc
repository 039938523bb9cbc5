#include <algorithm>
#include <optional>
#include <ostream>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "experiments/cli/load.h"
#include "experiments/cli/verbs/verbs.h"
#include "experiments/cli/with_model.h"
#include "experiments/view/call_story.h"
#include "experiments/view/delay_story.h"
#include "experiments/view/message_flow.h"
#include "experiments/view/printable.h"

namespace tickwire::cli {
namespace {

// To microseconds.
std::string TimeText(SimTime time) {
  std::string text = ToSecondsString(time);
  text.resize(text.size() - 3);
  return text;
}

std::string Padded(const std::string& text, size_t width) {
  return text + std::string(width - std::min(width, text.size()), ' ');
}

std::string NodeNameOr(const RunModel& model, std::optional<NodeId> node) {
  return node && *node != NodeId{} ? model.NodeName(*node) : "?";
}

std::string InOneLine(const MessageFlow& flow, size_t index) {
  const SipMessage& message = flow.messages()[index];
  return absl::StrCat("#", message.number, " ", message.summary, ", ",
                      flow.model().NodeName(message.from), " to ",
                      NodeNameOr(flow.model(), message.to));
}

void List(const MessageFlow& flow, Console& console) {
  for (size_t i = 0; i < flow.messages().size(); ++i) {
    const SipMessage& message = flow.messages()[i];
    console.out << Padded(absl::StrCat("#", message.number), 6)
                << Padded(TimeText(message.handed_over), 14)
                << Padded(message.delay() ? ToString(*message.delay()) : "never", 14)
                << Padded(absl::StrCat(flow.model().NodeName(message.from), " to ",
                                       NodeNameOr(flow.model(), message.to)),
                          18)
                << message.summary << "  (" << flow.InShort(i) << ")  " << message.call_id << "\n";
  }
}

void Shares(const DelayStory& story, const std::string& indent, Console& console) {
  for (int i = 0; i < kDelayShares; ++i) {
    const auto share = static_cast<DelayShare>(i);
    if (story.share(share) == Duration()) continue;
    console.out << indent << Padded(NameOf(share), 32) << ToString(story.share(share)) << "\n";
  }
}

void Explain(const MessageFlow& flow, size_t index, Console& console) {
  const DelayStory story = TellDelay(flow, index);
  console.out << InOneLine(flow, index) << ": "
              << (story.total ? absl::StrCat("received after ", ToString(*story.total))
                              : std::string("never received"))
              << "\n\n";
  size_t width = 0;
  for (const DelayLine& line : story.lines) width = std::max(width, line.event.size());
  for (const DelayLine& line : story.lines) {
    console.out << "  " << TimeText(line.time) << "  " << Padded(line.event, width) << "  "
                << Printable(line.text) << "\n";
  }
  if (!story.total) return;
  console.out << "\n";
  Shares(story, "  ", console);
  console.out << "  " << Padded("together", 32) << ToString(*story.total) << "\n";
}

// The message with the greatest delay; one that never arrived counts only if none did.
std::optional<size_t> Slowest(const MessageFlow& flow) {
  std::optional<size_t> slowest;
  for (size_t i = 0; i < flow.messages().size(); ++i) {
    const auto delay = flow.messages()[i].delay();
    if (!delay) continue;
    if (!slowest || *delay > *flow.messages()[*slowest].delay()) slowest = i;
  }
  if (!slowest && !flow.messages().empty()) slowest = 0;
  return slowest;
}

void ExplainChain(const MessageFlow& flow, size_t index, Console& console) {
  const CallStory story = TellCall(flow, index);
  const SipMessage& last = flow.messages()[index];
  console.out << "#" << last.number << " " << last.summary << " reached "
              << NodeNameOr(flow.model(), last.to)
              << (story.total ? absl::StrCat(" ", ToString(*story.total), " after ",
                                             InOneLine(flow, story.steps.front().message))
                              : std::string(" never"))
              << ", " << ToString(story.late) << " late\n";
  for (const CallStep& step : story.steps) {
    const SipMessage& message = flow.messages()[step.message];
    if (step.before > Duration()) {
      console.out << "\n  " << flow.model().NodeName(message.from) << " waits "
                  << ToString(step.before)
                  << (step.why.empty() ? "" : absl::StrCat(": ", Printable(step.why))) << "\n";
    }
    const DelayStory of_message = TellDelay(flow, step.message);
    console.out << "\n  " << TimeText(message.handed_over) << "  " << InOneLine(flow, step.message)
                << ": " << (of_message.total ? ToString(*of_message.total) : "never received")
                << "  (" << flow.InShort(step.message) << ")\n";
    // What went as it should needs no story.
    if (of_message.total && of_message.late() == Duration()) continue;
    for (const DelayLine& line : of_message.lines) {
      console.out << "      " << TimeText(line.time) << "  " << Padded(line.event, 10) << "  "
                  << Printable(line.text) << "\n";
    }
    Shares(of_message, "      ", console);
  }
}

int Run(const Arguments& arguments, Console& console) {
  const int asked = (arguments.Has("--message") ? 1 : 0) + (arguments.Has("--slowest") ? 1 : 0) +
                    (arguments.Has("--call") ? 1 : 0) + (arguments.Has("--list") ? 1 : 0);
  if (asked != 1) {
    console.err << "tickwire explain-delay: give one of --message, --slowest, --call and --list\n";
    return kUsage;
  }
  int number = 0;
  const std::string message = arguments.Value("--message");
  if (!message.empty() && (!absl::SimpleAtoi(message, &number) || number < 1)) {
    console.err << "tickwire explain-delay: --message: " << message
                << " is no number of a message; --list shows them\n";
    return kUsage;
  }
  RunToLookAt run{
      .name = arguments.word(0), .assignments = arguments.Values("--set"), .limits = {}};
  if (const std::string seed = arguments.Value("--seed"); !seed.empty()) {
    run.assignments.push_back(absl::StrCat("seed=", seed));
  }
  int outcome = kGood;
  const auto look = [&](const RunModel& model, const std::string&) {
    const MessageFlow flow(model);
    if (arguments.Has("--list")) return List(flow, console);
    std::optional<size_t> index;
    if (arguments.Has("--slowest")) index = Slowest(flow);
    if (arguments.Has("--call")) index = AnswerOf(flow, arguments.Value("--call"));
    if (number > 0 && static_cast<size_t>(number) <= flow.messages().size()) {
      index = static_cast<size_t>(number) - 1;
    }
    if (!index) {
      console.err << "tickwire explain-delay: there is no such "
                  << (arguments.Has("--call") ? "call, or nobody answered it" : "message")
                  << "; the run has " << flow.messages().size()
                  << " SIP messages, --list shows them\n";
      outcome = kFailed;
      return;
    }
    if (arguments.Has("--call") || arguments.Has("--chain")) {
      ExplainChain(flow, *index, console);
    } else {
      Explain(flow, *index, console);
    }
  };
  const int status = WithModel("explain-delay", run, console, look);
  return status == kGood ? outcome : status;
}

}  // namespace

Command ExplainDelayCommand() {
  return {
      "explain-delay",
      "tell why a SIP message took so long",
      "Tells in order of time what happened to a SIP message between handing over and receipt: the "
      "set-up of its connection, waiting for windows, which packet was lost where, which timer or "
      "acknowledgment noticed it, behind what it waited; then what each took. The numbers of "
      "messages are those of `tickwire ladder`. With --call, or --chain, it follows the causes "
      "back "
      "through all nodes to the request. Takes a run directory, or a scenario, which it runs "
      "first.",
      {{"RUN", "a run directory or a scenario", WordKind::kScenario}},
      {{"--message", "", "N", "the message with this number"},
       {"--slowest", "", "", "the message with the greatest delay"},
       {"--call", "", "CALL-ID", "the answer to this call, with all that led to it"},
       {"--list", "", "", "list all messages with number, time, delay and Call-ID"},
       {"--chain", "", "", "with --message or --slowest: all messages that led to it too"},
       {"--seed", "", "N", "of a scenario: seed of all randomness"},
       SetOption()},
      {{"tickwire explain-delay transport/lost_invite_tcp --message 1",
        "Why the INVITE took 1.02 s: its segment was lost, and the timer of TCP noticed it."},
       {"tickwire explain-delay transport/tcp_head_of_line --slowest --chain",
        "From the lost segment to what it delayed."},
       {"tickwire explain-delay run1 --list", "The messages of a stored run."}},
      {{kFailed, "the run cannot be read, or has no such message or answered call"},
       {kInvalid, "the scenario is wrong"}},
      Run};
}

}  // namespace tickwire::cli
