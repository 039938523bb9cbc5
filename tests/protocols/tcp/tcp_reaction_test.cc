// For every state, each kind of segment at each place with each acknowledgment gets exactly the
// reaction of RFC 9293 section 3.10.7, RFC 5961 and nothing else.
//
// The table of the RFC is written here a second time, as a function of what the segment is
// (Expected()), without looking at the stack; 12 states by 8 kinds by 7 places by 5 ACK numbers.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/tcp_peer.h"

namespace tickwire::tcp {
namespace {

using W = TcpWorld;

enum class S {
  kListen,
  kSynSent,
  kSynReceivedPassive,
  kSynReceivedActive,
  kEstablished,
  kFinWait1,
  kFinWait2,
  kCloseWait,
  kClosing,
  kLastAck,
  kTimeWait,
  kClosed,
};
constexpr const char* kStateNames[] = {
    "LISTEN",      "SYN-SENT",   "SYN-RECEIVED", "SYN-RECEIVED (active)",
    "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2",   "CLOSE-WAIT",
    "CLOSING",     "LAST-ACK",   "TIME-WAIT",    "CLOSED"};

enum class Kind { kSyn, kSynAck, kRst, kRstAck, kFinAck, kDataAck, kAck, kData };
constexpr Kind kKinds[] = {Kind::kSyn,    Kind::kSynAck,  Kind::kRst, Kind::kRstAck,
                           Kind::kFinAck, Kind::kDataAck, Kind::kAck, Kind::kData};
constexpr const char* kKindNames[] = {"SYN",     "SYN,ACK",  "RST", "RST,ACK",
                                      "FIN,ACK", "data,ACK", "ACK", "data without ACK"};
constexpr int64_t kSize = 100;  // of data

// Where the segment begins, relative to RCV.NXT and the window's right edge.
enum class Place { kOld, kJustBefore, kLeftEdge, kInside, kLastInside, kRightEdge, kBeyond };
constexpr Place kPlaces[] = {Place::kOld,    Place::kJustBefore, Place::kLeftEdge,
                             Place::kInside, Place::kLastInside, Place::kRightEdge,
                             Place::kBeyond};
constexpr const char* kPlaceNames[] = {"old",         "just before", "left edge", "inside",
                                       "last inside", "right edge",  "beyond"};

enum class AckOf { kAncient, kOld, kUna, kAll, kFuture };
constexpr AckOf kAcks[] = {AckOf::kAncient, AckOf::kOld, AckOf::kUna, AckOf::kAll, AckOf::kFuture};
constexpr const char* kAckNames[] = {"ancient", "old", "SND.UNA", "all sent", "not yet sent"};

// What the stack does.
struct Reaction {
  enum Answer {
    kNothing,
    kPlainAck,      // <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>
    kResetFromAck,  // <SEQ=SEG.ACK><CTL=RST>
    kResetOfAll,    // <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>
    kSynAckAnswer,  // <SEQ=ISS><ACK=SEG.SEQ+1><CTL=SYN,ACK>
  } answer = kNothing;
  S next{};
};

struct Situation {
  S state{};
  int64_t una = 0, nxt = 0;         // the stack's
  int64_t rcv_nxt = 0, window = 0;  // the stack's view of the peer's space
  int64_t max_window = 65535;
};

struct Probe {
  Kind kind{};
  uint8_t flags = 0;
  int64_t seq = 0, ack = 0, size = 0;
  bool syn() const { return (flags & W::kSyn) != 0; }
  bool fin() const { return (flags & W::kFin) != 0; }
  bool rst() const { return (flags & W::kRst) != 0; }
  bool has_ack() const { return (flags & W::kAck) != 0; }
  int64_t length() const { return size + (syn() ? 1 : 0) + (fin() ? 1 : 0); }
};

// --- The RFC ---

Reaction ExpectedClosed(const Probe& p) {  // section 3.10.7.1
  if (p.rst()) return {Reaction::kNothing, S::kClosed};
  return {p.has_ack() ? Reaction::kResetFromAck : Reaction::kResetOfAll, S::kClosed};
}

Reaction ExpectedListen(const Probe& p) {  // section 3.10.7.2
  if (p.rst()) return {Reaction::kNothing, S::kListen};
  if (p.has_ack()) return {Reaction::kResetFromAck, S::kListen};
  if (p.syn()) return {Reaction::kSynAckAnswer, S::kSynReceivedPassive};
  return {Reaction::kNothing, S::kListen};
}

Reaction ExpectedSynSent(const Probe& p) {  // section 3.10.7.3; ISS = 0, SND.NXT = 1
  if (p.has_ack() && (p.ack <= 0 || p.ack > 1)) {
    return {p.rst() ? Reaction::kNothing : Reaction::kResetFromAck, S::kSynSent};
  }
  if (p.rst()) return {Reaction::kNothing, p.has_ack() ? S::kClosed : S::kSynSent};
  if (!p.syn()) return {Reaction::kNothing, S::kSynSent};
  if (p.has_ack()) return {Reaction::kPlainAck, S::kEstablished};
  return {Reaction::kSynAckAnswer, S::kSynReceivedActive};
}

// Table 6 of section 3.10.7.4.
bool IsAcceptable(const Situation& at, const Probe& p) {
  const auto in_window = [&](int64_t seq) {
    return seq >= at.rcv_nxt && seq < at.rcv_nxt + at.window;
  };
  if (p.length() == 0) {
    // Appendix A.2 leaves room for more than the table, and so do we: a pure ACK of a peer that
    // has filled our window.
    const bool at_right_edge = p.seq == at.rcv_nxt + at.window && !p.rst();
    return in_window(p.seq) || at_right_edge;
  }
  return in_window(p.seq) || in_window(p.seq + p.length() - 1);
}

bool TakesText(S state) {
  return state == S::kEstablished || state == S::kFinWait1 || state == S::kFinWait2;
}

Reaction ExpectedOther(const Situation& at, const Probe& p) {  // section 3.10.7.4
  const S same = at.state;
  const bool passive = at.state == S::kSynReceivedPassive;
  // Section 3.6.1, MAY-2: TIME-WAIT gives way to a SYN beyond all that was received.
  if (same == S::kTimeWait && p.kind == Kind::kSyn && p.seq >= at.rcv_nxt) {
    return {Reaction::kSynAckAnswer, S::kSynReceivedPassive};
  }
  const bool receiving = passive || at.state == S::kSynReceivedActive;
  // The idealised segment of "first" begins at RCV.NXT: from the SYN, ACK that crosses ours in a
  // simultaneous open (figure 7) the SYN is trimmed, and its ACK counts.
  const bool crossing =
      at.state == S::kSynReceivedActive && p.kind == Kind::kSynAck && p.seq == at.rcv_nxt - 1;
  if (!crossing) {
    // First.
    if (!IsAcceptable(at, p)) return {p.rst() ? Reaction::kNothing : Reaction::kPlainAck, same};
    // Second, with RFC 5961 section 3.2.
    if (p.rst()) {
      if (p.seq != at.rcv_nxt) return {Reaction::kPlainAck, same};
      return {Reaction::kNothing, passive ? S::kListen : S::kClosed};
    }
    // Fourth, with RFC 5961 section 4.2.
    if (p.syn()) {
      if (passive) return {Reaction::kNothing, S::kListen};
      return {Reaction::kPlainAck, same};
    }
  }
  // Fifth.
  if (!p.has_ack()) return {Reaction::kNothing, same};
  S next = same;
  bool fin_acked = false;
  if (receiving) {
    if (p.ack <= at.una || p.ack > at.nxt) {
      // RFC 5961 section 5.2 is said of the synchronised states' data: here the RST of RFC 9293.
      return {Reaction::kResetFromAck, same};
    }
    next = S::kEstablished;
  } else {
    if (p.ack > at.nxt || p.ack < at.una - at.max_window) return {Reaction::kPlainAck, same};
    fin_acked =
        p.ack == at.nxt && at.nxt > at.una;  // in these states what is unacknowledged is FIN
    if (same == S::kFinWait1 && fin_acked) next = S::kFinWait2;
    if (same == S::kClosing && fin_acked) next = S::kTimeWait;
    if (same == S::kLastAck && fin_acked) return {Reaction::kNothing, S::kClosed};
  }
  // Seventh and eighth. Only text and FIN that begin within the window and at once in turn move
  // RCV.NXT; all that takes sequence space is acknowledged.
  if (p.size == 0 && !p.fin()) return {Reaction::kNothing, next};
  if (!TakesText(next)) return {Reaction::kPlainAck, next};
  const int64_t end = p.seq + p.size;
  const bool in_turn = p.seq <= at.rcv_nxt && end >= at.rcv_nxt;
  const bool fin_counts = p.fin() && in_turn && end < at.rcv_nxt + at.window;
  if (fin_counts) {
    if (next == S::kEstablished) next = S::kCloseWait;
    if (next == S::kFinWait1) next = S::kClosing;
    if (next == S::kFinWait2) next = S::kTimeWait;
  }
  return {Reaction::kPlainAck, next};
}

Reaction Expected(const Situation& at, const Probe& p) {
  switch (at.state) {
    case S::kClosed:
      return ExpectedClosed(p);
    case S::kListen:
      return ExpectedListen(p);
    case S::kSynSent:
      return ExpectedSynSent(p);
    default:
      return ExpectedOther(at, p);
  }
}

// --- The stack ---

constexpr int64_t kWindow = 10000;  // what TcpWorld's stack receives at most

// Brings a stack into a state; says where it stands then.
Situation Bring(W& w, S state) {
  Situation at{.state = state, .una = 1, .nxt = 1, .rcv_nxt = 1, .window = kWindow};
  const auto open = [&] {
    w.Listen();
    w.OpenFromPeer();
  };
  switch (state) {
    case S::kClosed:
      at.una = at.nxt = 0;
      break;
    case S::kListen:
      w.Listen();
      at.una = at.nxt = 0;
      break;
    case S::kSynSent:
      w.Connect();
      at.una = 0;
      break;
    case S::kSynReceivedPassive:
      w.Listen();
      w.Send(W::kSyn, 0, 0);
      at.una = 0;
      break;
    case S::kSynReceivedActive:
      w.Connect();
      w.Send(W::kSyn, 0, 0);
      at.una = 0;
      break;
    case S::kEstablished:
      open();
      break;
    case S::kFinWait1:
      open();
      w.Do([&] { w.channel().ShutdownSend(); });
      at.nxt = 2;
      break;
    case S::kFinWait2:
      open();
      w.Do([&] { w.channel().ShutdownSend(); });
      w.Send(W::kAck, 1, 2);
      at.una = at.nxt = 2;
      break;
    case S::kCloseWait:
      open();
      w.Send(W::kFin | W::kAck, 1, 1);
      at.rcv_nxt = 2;
      break;
    case S::kClosing:
      open();
      w.Do([&] { w.channel().ShutdownSend(); });
      w.Send(W::kFin | W::kAck, 1, 1);
      at.nxt = 2;
      at.rcv_nxt = 2;
      break;
    case S::kLastAck:
      open();
      w.Send(W::kFin | W::kAck, 1, 1);
      w.Do([&] { w.channel().ShutdownSend(); });
      at.nxt = 2;
      at.rcv_nxt = 2;
      break;
    case S::kTimeWait:
      open();
      w.Do([&] { w.channel().ShutdownSend(); });
      w.Send(W::kFin | W::kAck, 1, 2);
      at.una = at.nxt = 2;
      at.rcv_nxt = 2;
      break;
  }
  w.Take();
  if (const TcpConnection* connection = w.connection()) at.window = connection->receive_window();
  return at;
}

S StateOf(const W& w, bool listens) {
  const TcpConnection* connection = w.connection();
  if (connection == nullptr) return listens ? S::kListen : S::kClosed;
  using C = TcpConnection::State;
  switch (connection->state()) {
    case C::kClosed:
      return S::kClosed;
    case C::kSynSent:
      return S::kSynSent;
    case C::kSynReceived:
      return listens ? S::kSynReceivedPassive : S::kSynReceivedActive;
    case C::kEstablished:
      return S::kEstablished;
    case C::kFinWait1:
      return S::kFinWait1;
    case C::kFinWait2:
      return S::kFinWait2;
    case C::kCloseWait:
      return S::kCloseWait;
    case C::kClosing:
      return S::kClosing;
    case C::kLastAck:
      return S::kLastAck;
    case C::kTimeWait:
      return S::kTimeWait;
  }
  return S::kClosed;
}

int64_t SeqOf(Place place, const Situation& at) {
  switch (place) {
    case Place::kOld:
      return at.rcv_nxt - 5000;
    case Place::kJustBefore:
      return at.rcv_nxt - 1;
    case Place::kLeftEdge:
      return at.rcv_nxt;
    case Place::kInside:
      return at.rcv_nxt + 500;
    case Place::kLastInside:
      return at.rcv_nxt + at.window - 1;
    case Place::kRightEdge:
      return at.rcv_nxt + at.window;
    case Place::kBeyond:
      return at.rcv_nxt + at.window + 5000;
  }
  return 0;
}

int64_t AckNumber(AckOf ack, const Situation& at) {
  switch (ack) {
    case AckOf::kAncient:
      return at.una - 70000;  // older than the largest window that was ever offered
    case AckOf::kOld:
      return at.una - 1;
    case AckOf::kUna:
      return at.una;
    case AckOf::kAll:
      return at.nxt;
    case AckOf::kFuture:
      return at.nxt + 1000;
  }
  return 0;
}

Probe MakeProbe(Kind kind, Place place, AckOf ack, const Situation& at) {
  Probe probe{.kind = kind, .seq = SeqOf(place, at), .ack = AckNumber(ack, at)};
  switch (kind) {
    case Kind::kSyn:
      probe.flags = W::kSyn;
      break;
    case Kind::kSynAck:
      probe.flags = W::kSyn | W::kAck;
      break;
    case Kind::kRst:
      probe.flags = W::kRst;
      break;
    case Kind::kRstAck:
      probe.flags = W::kRst | W::kAck;
      break;
    case Kind::kFinAck:
      probe.flags = W::kFin | W::kAck;
      break;
    case Kind::kDataAck:
      probe.flags = W::kAck;
      probe.size = kSize;
      break;
    case Kind::kAck:
      probe.flags = W::kAck;
      break;
    case Kind::kData:
      probe.size = kSize;
      break;
  }
  return probe;
}

// Whether what was sent is the answer, and no more.
testing::AssertionResult IsAnswer(const std::vector<Seg>& sent, Reaction::Answer answer,
                                  const Situation& at, const Probe& probe, int64_t rcv_nxt) {
  if (answer == Reaction::kNothing) {
    if (sent.empty()) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "nothing should be sent";
  }
  if (sent.size() != 1) return testing::AssertionFailure() << "one segment should be sent";
  const Seg& seg = sent[0];
  switch (answer) {
    case Reaction::kNothing:
      break;
    case Reaction::kPlainAck:
      if (seg.is(W::kAck) && seg.seq == at.nxt && seg.ack == rcv_nxt && seg.size == 0) {
        return testing::AssertionSuccess();
      }
      return testing::AssertionFailure() << "should be <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>";
    case Reaction::kResetFromAck:
      if (seg.is(W::kRst) && seg.seq == probe.ack) return testing::AssertionSuccess();
      return testing::AssertionFailure() << "should be <SEQ=SEG.ACK><CTL=RST>";
    case Reaction::kResetOfAll:
      if (seg.is(W::kRst | W::kAck) && seg.ack == probe.seq + probe.length()) {
        return testing::AssertionSuccess();
      }
      return testing::AssertionFailure() << "should be <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>";
    case Reaction::kSynAckAnswer:
      if (seg.is(W::kSyn | W::kAck) && seg.seq == 0 && seg.ack == probe.seq + 1) {
        return testing::AssertionSuccess();
      }
      return testing::AssertionFailure() << "should be <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>";
  }
  return testing::AssertionFailure();
}

class TcpReaction : public testing::TestWithParam<S> {};

TEST_P(TcpReaction, IsThatOfTheRfc) {
  int cases = 0;
  for (const Kind kind : kKinds) {
    for (const Place place : kPlaces) {
      for (const AckOf ack : kAcks) {
        const bool has_ack = kind != Kind::kSyn && kind != Kind::kRst && kind != Kind::kData;
        if (!has_ack && ack != AckOf::kUna) continue;
        W w;
        const Situation at = Bring(w, GetParam());
        ASSERT_EQ(StateOf(w, w.listener != nullptr), GetParam());
        const Probe probe = MakeProbe(kind, place, ack, at);
        const Reaction expected = Expected(at, probe);
        w.Send(probe.flags, probe.seq, probe.ack, probe.size);
        SCOPED_TRACE(std::string(kStateNames[static_cast<int>(GetParam())]) + " gets " +
                     kKindNames[static_cast<int>(kind)] + " " +
                     kPlaceNames[static_cast<int>(place)] + ", ACK " +
                     kAckNames[static_cast<int>(ack)] + ": it sends " + ToText(w.sent));
        const S next = StateOf(w, w.listener != nullptr);
        // Where no connection is, there may be a listener or none: the state is what the peer sees.
        const auto name = [](S state) {
          return state == S::kListen || state == S::kClosed
                     ? std::string("no connection")
                     : std::string(kStateNames[static_cast<int>(state)]);
        };
        EXPECT_EQ(name(next), name(expected.next));
        // What RCV.NXT is after it: text in turn, and its FIN.
        int64_t rcv_nxt = at.rcv_nxt;
        if (GetParam() == S::kSynSent) rcv_nxt = probe.seq + 1;
        if (w.connection() != nullptr && GetParam() != S::kSynSent) {
          const int64_t end = probe.seq + probe.size;
          const bool taken = TakesText(GetParam()) || GetParam() == S::kSynReceivedPassive ||
                             GetParam() == S::kSynReceivedActive;
          const bool accepted = probe.has_ack() && !probe.rst() && !probe.syn() &&
                                IsAcceptable(at, probe) && probe.ack >= at.una - at.max_window &&
                                probe.ack <= at.nxt &&
                                (next != S::kSynReceivedPassive && next != S::kSynReceivedActive);
          if (taken && accepted && probe.seq <= at.rcv_nxt && end >= at.rcv_nxt) {
            rcv_nxt = std::max(rcv_nxt, end) + (probe.fin() ? 1 : 0);
          }
        }
        EXPECT_TRUE(IsAnswer(w.Take(), expected.answer, at, probe, rcv_nxt));
        ++cases;
      }
    }
  }
  EXPECT_EQ(cases, 7 * (5 * 5 + 3));
}

INSTANTIATE_TEST_SUITE_P(EveryState, TcpReaction,
                         testing::Values(S::kListen, S::kSynSent, S::kSynReceivedPassive,
                                         S::kSynReceivedActive, S::kEstablished, S::kFinWait1,
                                         S::kFinWait2, S::kCloseWait, S::kClosing, S::kLastAck,
                                         S::kTimeWait, S::kClosed));

}  // namespace
}  // namespace tickwire::tcp
