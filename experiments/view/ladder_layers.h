// The layers of a ladder: SIP messages as arrows from handing over to receipt, the packets beneath
// them, and marks where the connections that carry them open and close.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_LADDER_LAYERS_H_
#define TICKWIRE_EXPERIMENTS_VIEW_LADDER_LAYERS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "experiments/view/display_list.h"
#include "experiments/view/message_flow.h"

namespace tickwire {

enum class Layers : uint8_t {
  kTransport,  // packets alone
  kSip,        // SIP messages and their connections alone
  kBoth,       // SIP messages, beneath them the packets that carried them
};

// Which messages show their packets, where both layers are drawn.
struct Unfold {
  enum class Which : uint8_t { kNone, kTrouble, kAll, kThese };
  Which which = Which::kTrouble;  // those of which a packet was lost or sent again
  std::vector<int> numbers;       // kThese: of messages
};

// What a layered ladder draws of a run. Times, columns and styles are set; places are not.
class LayeredParts {
 public:
  using ColumnOf = std::function<std::optional<int>(NodeId)>;

  // `flow` must outlive this.
  LayeredParts(const MessageFlow& flow, Layers layers, Unfold unfold);

  // How a packet is drawn.
  enum class Part : uint8_t {
    kPlain,   // as in a ladder without layers
    kThin,    // beneath its message
    kFolded,  // only when somebody asks for it
    kHidden,
  };
  Part PartOf(size_t journey) const;
  // Whether a timer of this owner and name is drawn.
  bool ShowsTimer(absl::string_view owner, absl::string_view name, bool has_fired) const;

  // Links a packet's arrow with the messages that it carries.
  void Link(size_t journey, DisplayArrow& arrow) const;
  // Messages handed over within [from, until] whose nodes have columns.
  std::vector<DisplayArrow> Messages(SimTime from, SimTime until, const ColumnOf& column_of) const;
  std::vector<DisplayMark> Marks(SimTime from, SimTime until, const ColumnOf& column_of) const;

 private:
  bool IsUnfolded(size_t message) const;
  std::optional<DisplayArrow> ArrowOf(size_t message, const ColumnOf& column_of) const;
  void EndUnreceived(size_t message, DisplayArrow& arrow) const;
  std::string EventOf(size_t row) const;
  std::string Opening(const SipConnection& connection) const;
  std::string Closing(const SipConnection& connection) const;

  const MessageFlow& flow_;
  const Layers layers_;
  const Unfold unfold_;
};

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_LADDER_LAYERS_H_
