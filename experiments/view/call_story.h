// CallStory: the chain of messages that led to one message, through all the nodes between: which
// request, forwarded where, answered when, and what passed between receipt and handing over.
//
// Follows the causes that the records of the trace name, from a message back through what its
// sender had received, or the timer that it had set then. Ends at the request that a response
// answers, or at the scenario's action.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_CALL_STORY_H_
#define TICKWIRE_EXPERIMENTS_VIEW_CALL_STORY_H_

#include <optional>
#include <string>
#include <vector>

#include "experiments/view/delay_story.h"
#include "experiments/view/message_flow.h"

namespace tickwire {

struct CallStep {
  size_t message;
  Duration before;  // from receipt of the message before at this node to handing over of this one
  std::string why;  // what `before` was for: "timer answer of ..."; empty if it is 0
};

struct CallStory {
  std::vector<CallStep> steps;    // in order of time; the last is the message asked for
  std::optional<Duration> total;  // from the first's handing over to the last's receipt
  Duration late;                  // what the messages took beyond transmission and propagation
};

// REQUIRES: message < flow.messages().size().
CallStory TellCall(const MessageFlow& flow, size_t message);

// The answer to a call: the first 2xx, else the first final response to the INVITE of this Call-ID
// that its caller received.
std::optional<size_t> AnswerOf(const MessageFlow& flow, const std::string& call_id);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_CALL_STORY_H_
