// MessageServer: takes associations and messages; sends them back, if it echoes.
#ifndef TICKWIRE_PROTOCOLS_SCTP_APPS_MESSAGE_SERVER_H_
#define TICKWIRE_PROTOCOLS_SCTP_APPS_MESSAGE_SERVER_H_

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "protocols/sctp/apps/message_reader.h"
#include "protocols/sctp/apps/message_totals.h"
#include "protocols/sctp/socket/sctp_socket.h"

namespace tickwire::sctp {

class MessageServer : private SctpSocket::Listener {
 public:
  struct Config {
    uint16_t port = 0;
    bool echoes = false;  // each message: same stream, order and payload protocol identifier
    MessageReader::Config reader;
    SctpConfig sctp;
  };
  // The layer outlives this.
  MessageServer(SctpLayer& layer, const Config& config);

  // Fails if the port is taken. Once.
  absl::Status Listen();
  const MessageTotals& totals() const { return totals_; }
  size_t association_count() const { return sessions_.size(); }

 private:
  struct Message {
    SctpSocket::SndInfo info;
    std::vector<uint8_t> data;
  };
  struct Session {
    Session(NodeClock& clock, SctpSocket& socket, SctpSocket::AssocId id,
            const MessageReader::Config& config, const TraceEntity& entity)
        : reader(clock, socket, id, config, entity) {}
    MessageReader reader;
    std::deque<Message> waiting;  // to be sent back
    bool is_held_up = false;      // nothing is read meanwhile
  };
  void OnMessage(SctpSocket& socket, const SctpSocket::RcvInfo& info,
                 std::span<const uint8_t> data) override;
  void OnNotification(SctpSocket& socket, SctpSocket::AssocId association,
                      const Notification& notification) override;
  void OnWritable(SctpSocket& socket, SctpSocket::AssocId association) override;
  void Flush(SctpSocket::AssocId association, Session& session);

  SctpLayer& layer_;
  const Config config_;
  const TraceEntity entity_;
  MessageTotals totals_;
  std::map<SctpSocket::AssocId, Session> sessions_;
  SctpSocket socket_;  // destroyed first
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_APPS_MESSAGE_SERVER_H_
