// WebSocketConnection: one WebSocket on a channel: opening handshake, messages, pings, closing
// handshake (RFC 6455 §4 to §7).
//
// Private to WebSocketStack, which owns it. After both Close frames the server ends the channel
// below and the client waits for it (§7.1.1), no longer than the linger time.
#ifndef TICKWIRE_PROTOCOLS_WEBSOCKET_WEBSOCKET_CONNECTION_H_
#define TICKWIRE_PROTOCOLS_WEBSOCKET_WEBSOCKET_CONNECTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/transport/layered/layered_flow.h"
#include "protocols/websocket/frame.h"
#include "protocols/websocket/opening_handshake.h"
#include "sim_core/event/timer.h"
#include "sim_core/random/rng.h"

namespace tickwire::websocket {

class WebSocketStack;

class WebSocketConnection final : public LayeredFlow {
 public:
  // §4: the states that have names; handshakes by whom they wait for.
  enum class State : uint8_t {
    kConnecting,  // the channel below
    kWaitRequest,
    kWaitResponse,
    kOpen,
    kClosing,  // a Close frame was sent or received
    kClosed,
  };
  // `host`: of a client's request.
  WebSocketConnection(WebSocketStack& stack, Role role, uint64_t number,
                      absl::string_view entity_name, std::string host);

  bool preserves_messages() const override { return true; }

 private:
  // LayeredFlow
  void OnOpenBelow() override;
  void OnBytes(std::span<const uint8_t> bytes) override;
  void OnFlushed() override;
  void OnEndBelow() override;
  CloseReason OnClosedBelow(CloseReason reason) override;
  uint64_t Write(std::span<const uint8_t> bytes, uint64_t zeros) override;
  void WriteEnd() override;
  void OnHandshakeOver(CloseReason reason) override;

  void SetState(State next, const TraceLabel& reason);
  void OnRequest();
  void OnResponse();
  void BecomeOpen();
  void ReadFrames();
  // False: the connection has failed.
  bool OnFrame(Frame& frame);
  bool OnDataFrame(Frame& frame);
  bool OnClose(const Frame& frame);
  void PutFrame(Opcode opcode, bool is_last, std::span<const uint8_t> payload);
  void PutText(absl::string_view text);
  void PutClose(CloseCode code);
  // §7.1.7: a Close frame with the code, and that is the end. Returns false.
  bool Fail(CloseCode code, const TraceLabel& why);
  void FailHandshake(const TraceLabel& why, absl::string_view text);
  void OnPingTimer();
  void SetPingTimer();

  WebSocketStack& stack_;
  const std::string host_;
  Rng rng_;
  State state_ = State::kConnecting;
  HeadReader head_;
  FrameReader frames_;
  std::string key_;
  std::vector<uint8_t> message_;  // the fragments that came of the one under way
  std::optional<Opcode> message_opcode_;
  std::optional<std::vector<uint8_t>> unanswered_ping_;
  bool has_sent_close_ = false;
  bool has_got_close_ = false;
  bool waits_for_pong_ = false;
  CloseReason end_reason_ = CloseReason::kLocal;
  Timer<WebSocketConnection, &WebSocketConnection::OnPingTimer> ping_timer_;
};

}  // namespace tickwire::websocket

#endif  // TICKWIRE_PROTOCOLS_WEBSOCKET_WEBSOCKET_CONNECTION_H_
