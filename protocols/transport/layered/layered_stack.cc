#include "protocols/transport/layered/layered_stack.h"

#include <utility>

#include "protocols/transport/layered/layered_channel.h"

namespace tickwire {

LayeredStack::~LayeredStack() { DropFlows(); }

void LayeredStack::DropFlows() {
  flows_.clear();
  dead_.clear();
}

absl::StatusOr<std::unique_ptr<Channel>> LayeredStack::Connect(TransportKind kind, Endpoint remote,
                                                               Channel::Listener& listener,
                                                               const ConnectOptions& options) {
  const std::optional<TransportKind> kind_below = KindBelow(kind);
  if (!kind_below) return absl::InvalidArgumentError("this stack does not speak that transport");
  std::unique_ptr<LayeredFlow> flow =
      MakeFlow({kind, LayeredFlow::Role::kClient, ++last_number_, remote, options.peer_name});
  auto below = below_.Connect(*kind_below, remote, flow->listener_below(), options);
  if (!below.ok()) return below.status();
  LayeredFlow& kept = *flow;
  flows_.emplace(kept.number(), std::move(flow));
  kept.Begin(std::move(*below), nullptr);
  std::unique_ptr<LayeredChannel> handle = kept.MakeHandle();
  kept.SetUser(listener);
  return handle;
}

absl::StatusOr<std::unique_ptr<TransportStack::Listening>> LayeredStack::Listen(
    TransportKind kind, Endpoint local, int backlog, AcceptFn on_accept) {
  const std::optional<TransportKind> kind_below = KindBelow(kind);
  if (!kind_below) return absl::InvalidArgumentError("this stack does not speak that transport");
  auto listening = std::make_unique<LayeredListening>(*this, kind, backlog, std::move(on_accept));
  if (const absl::Status opened = listening->Open(below_, *kind_below, local); !opened.ok()) {
    return opened;
  }
  return listening;
}

LayeredFlow& LayeredStack::Take(std::unique_ptr<Channel> below, TransportKind kind,
                                LayeredListening& listening) {
  std::unique_ptr<LayeredFlow> flow =
      MakeFlow({kind, LayeredFlow::Role::kServer, ++last_number_, below->remote(), ""});
  LayeredFlow& kept = *flow;
  flows_.emplace(kept.number(), std::move(flow));
  kept.Begin(std::move(below), &listening);
  return kept;
}

void LayeredStack::NoteRefusal(const TraceLabel& why, const Endpoint& from) {
  if (!entity_) entity_ = clock_.trace().NewEntity(name_);
  if (clock_.trace().is_watched()) clock_.trace().Note(*entity_, why, ToString(from));
}

void LayeredStack::Retire(LayeredFlow& flow) {
  const auto found = flows_.find(flow.number());
  if (found == flows_.end()) return;
  dead_.push_back(std::move(found->second));
  flows_.erase(found);
  if (!bury_.is_queued()) clock_.Schedule(bury_, clock_.now());
}

void LayeredStack::OnBury(Event& event) {
  LayeredStack& stack = static_cast<BuryEvent&>(event).stack;
  std::exchange(stack.dead_, {}).clear();
}

}  // namespace tickwire
