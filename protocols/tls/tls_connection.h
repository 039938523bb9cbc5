// TlsConnection: one TLS connection on a channel: records, handshake, alerts and closing (RFC 8446
// §5, §6).
//
// Private to TlsStack, which owns it. Sends nothing of the user's before the handshake is complete.
#ifndef TICKWIRE_PROTOCOLS_TLS_TLS_CONNECTION_H_
#define TICKWIRE_PROTOCOLS_TLS_TLS_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/tls/handshake.h"
#include "protocols/tls/record_layer.h"
#include "protocols/transport/layered/layered_flow.h"
#include "sim_core/event/timer.h"

namespace tickwire::tls {

class TlsStack;

class TlsConnection final : public LayeredFlow, private Handshake::Host {
 public:
  // What a client looks for; empty in a server.
  struct Peer {
    std::string name;
    std::string session_key;
  };
  TlsConnection(TlsStack& stack, Role role, uint64_t number, absl::string_view entity_name,
                Peer peer);
  ~TlsConnection() override;

  bool preserves_messages() const override { return false; }
  std::vector<std::string> peer_names() const override { return result_.peer_names; }

 private:
  // LayeredFlow
  void OnOpenBelow() override;
  void OnBytes(std::span<const uint8_t> bytes) override;
  void OnEndBelow() override;
  CloseReason OnClosedBelow(CloseReason reason) override;
  uint64_t Write(std::span<const uint8_t> bytes, uint64_t zeros) override;
  void WriteEnd() override;
  void OnHandshakeOver(CloseReason reason) override;

  // Handshake::Host
  void SendMessage(std::span<const uint8_t> message) override;
  void SendChangeCipherSpec() override;
  void SetWriteKey(TlsVersion version, const Secret& key) override;
  void SetReadKey(TlsVersion version, const Secret& key) override;
  void Work(Duration time) override;
  void OnHandshakeDone(const HandshakeResult& result) override;
  void TraceHandshake(const TraceLabel& state, const TraceLabel& reason) override;
  void Note(const TraceLabel& what, absl::string_view text) override;
  SimTime now() const override;

  void ReadRecords();
  std::optional<Alert> OnRecord(RecordReader::Record& record);
  std::optional<Alert> OnHandshakeBytes(std::span<const uint8_t> fragment);
  std::optional<Alert> OnLateMessage(const HandshakeReader::Message& message);
  std::optional<Alert> OnChangeCipherSpec(std::span<const uint8_t> content);
  std::optional<Alert> OnAlert(std::span<const uint8_t> content);
  void OnCloseNotify();
  std::optional<Alert> StoreTicket13(const HandshakeReader::Message& message);
  void PutRecord(ContentType type, std::span<const uint8_t> content);
  void PutAlert(uint8_t level, Alert alert);
  // Sends the alert, and that is the end.
  void Fail(Alert alert);
  void OnWorkDone();
  bool is_done() const { return result_is_final_; }

  TlsStack& stack_;
  const Peer peer_;
  RecordWriter writer_;
  RecordReader reader_;
  HandshakeReader messages_;
  std::unique_ptr<Handshake> handshake_;  // while it goes on
  HandshakeResult result_;
  bool result_is_final_ = false;  // the handshake is complete
  bool is_working_ = false;
  bool keys_changed_within_ = false;  // a handshake record
  bool has_sent_close_notify_ = false;
  bool has_got_close_notify_ = false;
  Timer<TlsConnection, &TlsConnection::OnWorkDone> work_timer_;
};

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_TLS_CONNECTION_H_
