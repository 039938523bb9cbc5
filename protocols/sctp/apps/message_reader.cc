#include "protocols/sctp/apps/message_reader.h"

namespace tickwire::sctp {
namespace {

constexpr TraceLabel kRead{"read"};

}  // namespace

MessageReader::MessageReader(NodeClock& clock, SctpSocket& socket, SctpSocket::AssocId association,
                             const Config& config, const TraceEntity& entity)
    : socket_(socket),
      association_(association),
      config_(config),
      due_(clock, *this, kRead, entity) {
  if (config_.is_paused) {
    Pause();
  } else if (config_.interval > Duration()) {
    Resume();
  }
}

void MessageReader::Pause() {
  due_.Cancel();
  socket_.Pause(association_, true).IgnoreError();  // it may be over
}

void MessageReader::Resume() {
  if (config_.interval == Duration()) {
    socket_.Pause(association_, false).IgnoreError();
    return;
  }
  socket_.Pause(association_, true).IgnoreError();
  if (!due_.is_set()) due_.Set(config_.interval);
}

bool MessageReader::ReadOne() {
  const auto read = socket_.ReceiveOne(association_);
  return read.ok() && *read;
}

void MessageReader::OnDue() {
  due_.Set(config_.interval);
  ReadOne();  // may end all this
}

}  // namespace tickwire::sctp
