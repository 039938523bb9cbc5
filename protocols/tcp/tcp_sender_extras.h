// What a TcpSender has only if its configuration asks for it. For the sender's own files.
#ifndef TICKWIRE_PROTOCOLS_TCP_TCP_SENDER_EXTRAS_H_
#define TICKWIRE_PROTOCOLS_TCP_TCP_SENDER_EXTRAS_H_

#include <cstdint>
#include <optional>

#include "protocols/tcp/frto.h"
#include "protocols/tcp/pacer.h"
#include "protocols/tcp/tcp_sender.h"
#include "protocols/tcp/undo_detector.h"

namespace tickwire::tcp {

struct TcpSender::Extras {
  std::optional<Frto> frto;
  std::optional<UndoDetector> undo;
  std::optional<Pacer> pacer;
  int64_t undone_until = 0;  // the RTT of data beyond it starts the estimate anew; 0: not wanted
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_TCP_SENDER_EXTRAS_H_
