// StreamFramer: SIP messages out of a byte stream, whichever way it was cut (RFC 3261 §7.5, §18.3).
//
// The end of a message is where its Content-Length says. CRLFs before a start-line are ignored; two
// of them alone are a ping (RFC 5626 §3.5.1). Holds at most one message and what follows it in the
// last piece.
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSPORT_STREAM_FRAMER_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSPORT_STREAM_FRAMER_H_

#include <cstddef>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "sim_core/trace/trace_label.h"

namespace tickwire::sip {

class StreamFramer {
 public:
  struct Limits {
    size_t head = size_t{64} << 10;  // start-line and headers, octets
    size_t body = size_t{1} << 20;
  };
  class Sink {
   public:
    // A whole message; the text is valid as long as the framer and the call. False: no more is
    // wanted, and the framer may have been destroyed.
    virtual bool OnMessage(absl::string_view wire) = 0;
    virtual void OnPing() = 0;

   protected:
    ~Sink() = default;
  };

  StreamFramer() = default;
  explicit StreamFramer(const Limits& limits) : limits_(limits) {}

  // Takes the next piece of the stream. Not null: the stream is broken, for this reason, and
  // nothing more can be told from it; the framer takes nothing more.
  const TraceLabel* Feed(absl::string_view bytes, Sink& sink);

  // Of a reason from Feed: the message is longer than we take.
  static bool IsTooLong(const TraceLabel& why);
  // The head of the message at which the stream broke, when it is all there; else empty. Good until
  // this is destroyed.
  absl::string_view broken_head() const {
    return broken_ != nullptr ? absl::string_view(buffer_) : absl::string_view();
  }
  // Octets that wait for the rest of their message.
  size_t held() const { return broken_ == nullptr ? buffer_.size() - begin_ : 0; }

 private:
  absl::string_view Rest() const { return absl::string_view(buffer_).substr(begin_); }
  // The message that begins at begin_: its size, 0 if it is not all there, or what is wrong.
  size_t NextSize(const TraceLabel** why);
  bool SkipLineEnds(Sink& sink);

  Limits limits_;
  std::string buffer_;
  size_t begin_ = 0;    // of the message under way, within buffer_
  size_t scanned_ = 0;  // of it, for the end of its head
  size_t size_ = 0;     // of it, once its head is there
  const TraceLabel* broken_ = nullptr;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSPORT_STREAM_FRAMER_H_
