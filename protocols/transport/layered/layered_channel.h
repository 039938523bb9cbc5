// LayeredChannel: the user's handle of a LayeredFlow. Outlives the flow, if the user likes; then
// sends and receives nothing.
#ifndef TICKWIRE_PROTOCOLS_TRANSPORT_LAYERED_LAYERED_CHANNEL_H_
#define TICKWIRE_PROTOCOLS_TRANSPORT_LAYERED_LAYERED_CHANNEL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "protocols/transport/channel.h"

namespace tickwire {

class LayeredFlow;

class LayeredChannel final : public Channel {
 public:
  explicit LayeredChannel(LayeredFlow& flow);
  ~LayeredChannel() override;

  uint64_t Send(std::span<const uint8_t> bytes, uint64_t zeros = 0,
                const SendOptions& options = {}) override;
  void ShutdownSend() override;
  void Close() override;
  void Abort() override;
  void PauseReceiving() override;
  void ResumeReceiving() override;
  uint64_t Receive(uint64_t limit) override;
  Endpoint local() const override;
  Endpoint remote() const override;
  bool is_reliable() const override { return true; }
  bool preserves_messages() const override { return preserves_messages_; }
  uint64_t send_position() const override;
  std::vector<std::string> peer_names() const override;

  // The flow is about to be destroyed.
  void OnFlowGone();

 private:
  LayeredFlow* flow_;
  const bool preserves_messages_;
  Endpoint local_, remote_;  // these once the flow is gone
  uint64_t send_position_ = 0;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_TRANSPORT_LAYERED_LAYERED_CHANNEL_H_
