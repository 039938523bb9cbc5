// MessageReader: how an application reads an association: at once, one message in a while, or not
// until it is told. A slow reader's window closes.
#ifndef TICKWIRE_PROTOCOLS_SCTP_APPS_MESSAGE_READER_H_
#define TICKWIRE_PROTOCOLS_SCTP_APPS_MESSAGE_READER_H_

#include "protocols/sctp/socket/sctp_socket.h"
#include "sim_core/event/timer.h"

namespace tickwire::sctp {

class MessageReader {
 public:
  struct Config {
    bool is_paused = false;  // from the beginning
    Duration interval;       // between two messages; 0: all at once
  };
  // All outlive this, the association but for its end.
  MessageReader(NodeClock& clock, SctpSocket& socket, SctpSocket::AssocId association,
                const Config& config, const TraceEntity& entity);

  void Pause();
  void Resume();
  // One message; false if none waits.
  bool ReadOne();

 private:
  void OnDue();

  SctpSocket& socket_;
  const SctpSocket::AssocId association_;
  const Config config_;
  Timer<MessageReader, &MessageReader::OnDue> due_;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_APPS_MESSAGE_READER_H_
