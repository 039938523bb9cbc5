// SctpChannel: one association as a Channel. Private to SctpTransport.
#ifndef TICKWIRE_PROTOCOLS_SCTP_SOCKET_SCTP_CHANNEL_H_
#define TICKWIRE_PROTOCOLS_SCTP_SOCKET_SCTP_CHANNEL_H_

#include <cstdint>
#include <memory>

#include "protocols/sctp/sctp_endpoint.h"
#include "protocols/transport/channel.h"

namespace tickwire::sctp {

class SctpChannel final : public Channel, public Association::User {
 public:
  // `listener` null: set when it is accepted, before anything is told.
  SctpChannel(Endpoint local, Endpoint remote, Listener* listener)
      : local_(local), remote_(remote), listener_(listener) {}
  ~SctpChannel() override;

  void set_listener(Listener& listener) { listener_ = &listener; }
  void set_association(Association& association) { association_ = &association; }
  // `gone` is set when this is destroyed. Null: no more.
  void set_watch(bool* gone) { gone_ = gone; }
  // A channel that connected has its endpoint to itself.
  void Own(std::unique_ptr<SctpEndpoint> endpoint) { endpoint_ = std::move(endpoint); }

  uint64_t Send(std::span<const uint8_t> bytes, uint64_t zeros = 0,
                const SendOptions& options = {}) override;
  void ShutdownSend() override;
  void Close() override;
  void Abort() override;
  void PauseReceiving() override;
  void ResumeReceiving() override;
  uint64_t Receive(uint64_t limit) override;
  Endpoint local() const override { return local_; }
  Endpoint remote() const override { return remote_; }
  bool is_reliable() const override { return true; }
  bool preserves_messages() const override { return true; }
  uint64_t max_message() const override;
  uint64_t send_position() const override { return sent_; }
  Association* association() { return association_; }

  // Association::User
  void OnMessage(Association& association, const ReceivedMessage& message,
                 std::span<const uint8_t> data) override;
  void OnNotification(Association& association, const Notification& notification) override;
  void OnWritable(Association& association) override;

 private:
  const Endpoint local_;
  const Endpoint remote_;
  Listener* listener_;
  Association* association_ = nullptr;
  std::unique_ptr<SctpEndpoint> endpoint_;
  bool is_accepted_ = false;  // no OnConnected for it
  bool wants_no_data_ = false;
  bool closed_here_ = false;
  bool* gone_ = nullptr;
  uint64_t sent_ = 0;   // messages
  uint64_t taken_ = 0;  // by the Receive() that runs
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_SOCKET_SCTP_CHANNEL_H_
