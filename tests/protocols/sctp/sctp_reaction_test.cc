// For every state, each kind of chunk with each tag and T bit gets exactly the reaction of RFC 9260
// (and of its extensions, for chunks that were not agreed upon).
//
// The rules are written here a second time, as a function of what the chunk is (Expected()), in
// the words of sections 5, 8.4, 8.5, 8.5.1, 9.2 and 3.2, without looking at the stack.
#include <gtest/gtest.h>

#include "protocols/sctp/packet/cause/invalid_stream_identifier_cause.h"
#include "protocols/sctp/packet/cause/stale_cookie_cause.h"
#include "protocols/sctp/packet/parameter/heartbeat_info_parameter.h"
#include "protocols/sctp/packet/parameter/ssn_tsn_reset_parameter.h"
#include "tests/support/sctp_peer.h"

namespace tickwire::sctp {
namespace {

using P = SctpPeer;

enum class S {
  kClosedPort,
  kListening,
  kCookieWait,
  kCookieEchoed,
  kEstablished,
  kShutdownPending,
  kShutdownSent,
  kShutdownReceived,
  kShutdownAckSent,
};
constexpr const char* kStateNames[] = {"no endpoint",   "listening",         "COOKIE-WAIT",
                                       "COOKIE-ECHOED", "ESTABLISHED",       "SHUTDOWN-PENDING",
                                       "SHUTDOWN-SENT", "SHUTDOWN-RECEIVED", "SHUTDOWN-ACK-SENT"};

enum class K {
  kData,
  kInit,
  kInitAck,
  kSack,
  kHeartbeat,
  kHeartbeatAck,
  kAbort,
  kShutdown,
  kShutdownAck,
  kError,
  kStaleCookie,
  kForgedCookieEcho,
  kCookieAck,
  kShutdownComplete,
  kAuth,
  kIData,
  kAsconfAck,
  kReConfig,
  kPad,
  kForwardTsn,
  kAsconf,
  kIForwardTsn,
  kUnknown00,
  kUnknown01,
  kUnknown10,
  kUnknown11,
};
constexpr K kKinds[] = {K::kData,        K::kInit,
                        K::kInitAck,     K::kSack,
                        K::kHeartbeat,   K::kHeartbeatAck,
                        K::kAbort,       K::kShutdown,
                        K::kShutdownAck, K::kError,
                        K::kStaleCookie, K::kForgedCookieEcho,
                        K::kCookieAck,   K::kShutdownComplete,
                        K::kAuth,        K::kIData,
                        K::kAsconfAck,   K::kReConfig,
                        K::kPad,         K::kForwardTsn,
                        K::kAsconf,      K::kIForwardTsn,
                        K::kUnknown00,   K::kUnknown01,
                        K::kUnknown10,   K::kUnknown11};

enum class Tag { kRight, kWrong, kZero, kPeers };
constexpr Tag kTags[] = {Tag::kRight, Tag::kWrong, Tag::kZero, Tag::kPeers};
constexpr const char* kTagNames[] = {"the right tag", "a wrong tag", "tag 0", "the peer's own tag"};
constexpr uint32_t kWrongTag = 0xdeadbeef;

struct Reaction {
  std::string sent;  // chunk types of the one packet; empty: nothing
  S next{};
  bool gone = false;         // CLOSED
  bool reflected = false;    // T bit, and the tag of the probe
  bool tag_of_init = false;  // the answer carries the probe's initiate tag
};

bool HasTcb(S state) { return state >= S::kCookieWait; }

// --- The RFC ---

// Section 8.4.
Reaction OutOfTheBlue(S state, K kind, Tag tag) {
  const Reaction silence{.sent = "", .next = state};
  if (kind == K::kAbort) return silence;  // rule 2
  if (tag == Tag::kZero) {                // 8.5.1 A
    if (kind != K::kInit) return silence;
    return {.sent = state == S::kListening ? "INIT ACK" : "ABORT",
            .next = state,
            .tag_of_init = true};  // rule 3
  }
  switch (kind) {
    case K::kInit:              // 12.3: an INIT with a tag is silently discarded
    case K::kForgedCookieEcho:  // rule 4, 5.1.5 step 2
      return silence;
    case K::kShutdownAck:  // rule 5
      return {.sent = "SHUTDOWN COMPLETE", .next = state, .reflected = true};
    case K::kShutdownComplete:  // rule 6
    case K::kStaleCookie:       // rule 7
    case K::kCookieAck:
      return silence;
    default:  // rule 8
      return {.sent = "ABORT", .next = state, .reflected = true};
  }
}

// Sections 8.5 and 8.5.1: whether it is looked at.
bool IsAccepted(S state, K kind, Tag tag, bool t_bit) {
  const bool knows_peer = state != S::kCookieWait;
  switch (kind) {
    case K::kInit:
      return tag == Tag::kZero;  // A
    case K::kForgedCookieEcho:
      return true;  // D: section 5
    case K::kAbort:
    case K::kShutdownComplete:  // B, C
      return t_bit ? tag == Tag::kPeers && knows_peer : tag == Tag::kRight;
    case K::kShutdownAck:
      if (state == S::kCookieWait || state == S::kCookieEchoed) return tag != Tag::kZero;  // E
      return tag == Tag::kRight;
    default:
      return tag == Tag::kRight;
  }
}

Reaction Expected(S state, K kind, Tag tag, bool t_bit) {
  if (!HasTcb(state)) return OutOfTheBlue(state, kind, tag);
  const Reaction silence{.sent = "", .next = state};
  if (!IsAccepted(state, kind, tag, t_bit)) return silence;
  const bool opening = state == S::kCookieWait || state == S::kCookieEchoed;
  // Section 3.2, for what is unknown or was not agreed upon: bit 14 (0x40) asks for a report. While
  // COOKIE ECHO is under way nothing else may be sent (section 5.1 C).
  const Reaction report{.sent = opening ? "" : "ERROR", .next = state};
  switch (kind) {
    case K::kData:
      switch (state) {
        case S::kEstablished:
        case S::kShutdownPending:
          return {.sent = "SACK", .next = state};  // section 5.1: the first at once
        case S::kShutdownSent:
          return {.sent = "SHUTDOWN", .next = state};  // section 9.2
        default:
          return silence;
      }
    case K::kInit:
      if (state == S::kShutdownAckSent) return {.sent = "SHUTDOWN ACK", .next = state};  // 9.2
      return {.sent = "INIT ACK", .next = state, .tag_of_init = true};  // 5.2.1, 5.2.2
    case K::kInitAck:
      if (state != S::kCookieWait) return silence;  // 5.2.3
      return {.sent = "COOKIE ECHO", .next = S::kCookieEchoed};
    case K::kHeartbeat:  // section 8.3
      if (state == S::kCookieWait || state == S::kShutdownSent || state == S::kShutdownAckSent) {
        return silence;
      }
      return {.sent = "HEARTBEAT ACK", .next = state};
    case K::kAbort:
      return {.sent = "", .gone = true};
    case K::kShutdown:
      switch (state) {
        case S::kEstablished:  // nothing is outstanding
        case S::kShutdownSent:
        case S::kShutdownAckSent:
          return {.sent = "SHUTDOWN ACK", .next = S::kShutdownAckSent};
        case S::kShutdownPending:  // data is outstanding
        case S::kShutdownReceived:
          return {.sent = "", .next = S::kShutdownReceived};
        default:
          return silence;
      }
    case K::kShutdownAck:
      if (opening) return {.sent = "SHUTDOWN COMPLETE", .next = state, .reflected = true};
      if (state == S::kShutdownSent || state == S::kShutdownAckSent) {
        return {.sent = "SHUTDOWN COMPLETE", .gone = true};
      }
      return silence;
    case K::kStaleCookie:  // 5.2.6
      if (state == S::kCookieEchoed) return {.sent = "INIT", .next = S::kCookieWait};
      return silence;
    case K::kCookieAck:  // 5.2.5
      if (state == S::kCookieEchoed) return {.sent = "", .next = S::kEstablished};
      return silence;
    case K::kShutdownComplete:
      if (state == S::kShutdownAckSent) return {.sent = "", .gone = true};
      return silence;
    case K::kIData:       // 64: 01
    case K::kForwardTsn:  // 192, 193, 194: 11
    case K::kAsconf:
    case K::kIForwardTsn:
    case K::kUnknown01:
    case K::kUnknown11:
      return report;
    case K::kSack:
    case K::kHeartbeatAck:
    case K::kError:
    case K::kForgedCookieEcho:
    case K::kAuth:       // 15: 00
    case K::kAsconfAck:  // 128, 130, 132: 10
    case K::kReConfig:
    case K::kPad:
    case K::kUnknown00:
    case K::kUnknown10:
      return silence;
  }
  return silence;
}

// --- The stack ---

void Bring(P& p, S state) {
  switch (state) {
    case S::kClosedPort:
      break;
    case S::kListening:
      p.Bind(true);
      break;
    case S::kCookieWait:
      p.Bind(false);
      p.Connect();
      break;
    case S::kCookieEchoed:
      p.Bind(false);
      p.Connect();
      p.SendInitAck();
      break;
    case S::kEstablished:
      p.OpenFromStack();
      break;
    case S::kShutdownPending:
      p.OpenFromStack();
      p.SendData(10);
      p.Do([&] { p.user.association->Shutdown(); });
      break;
    case S::kShutdownSent:
      p.OpenFromStack();
      p.Do([&] { p.user.association->Shutdown(); });
      break;
    case S::kShutdownReceived:
      p.OpenFromStack();
      p.SendData(10);
      p.SendChunk(ShutdownChunk{.cumulative_tsn_ack = Tsn{p.stack_tsn.value - 1}});
      break;
    case S::kShutdownAckSent:
      p.OpenFromStack();
      p.SendChunk(ShutdownChunk{.cumulative_tsn_ack = Tsn{p.stack_tsn.value - 1}});
      break;
  }
  p.sent.clear();
}

S StateOf(P& p, S before) {
  if (p.endpoint == nullptr) return S::kClosedPort;
  const Association* association = p.association();
  if (association == nullptr) return before == S::kListening ? S::kListening : S::kClosedPort;
  return static_cast<S>(static_cast<int>(association->state()) + 1);
}
static_assert(static_cast<int>(Association::State::kShutdownAckSent) + 1 ==
              static_cast<int>(S::kShutdownAckSent));

std::vector<uint8_t> MakeChunk(P& p, K kind, bool t_bit) {
  std::vector<uint8_t> out;
  const std::vector<uint8_t> bytes = {'d', 'a', 't', 'a'};
  std::vector<uint8_t> inner;
  switch (kind) {
    case K::kData: {
      DataChunk chunk;
      chunk.begin = chunk.end = true;
      chunk.tsn = Tsn{P::kPeerTsn};
      chunk.data = bytes;
      chunk.SerializeTo(out);
      break;
    }
    case K::kInit:
      P::Init().SerializeTo(out);
      break;
    case K::kInitAck:
      StateCookieParameter{.cookie = bytes}.SerializeTo(inner);
      InitAckChunk{.initiate_tag = VerificationTag{P::kPeerTag},
                   .a_rwnd = 100000,
                   .outbound_streams = 10,
                   .inbound_streams = 10,
                   .initial_tsn = Tsn{P::kPeerTsn},
                   .parameters = inner}
          .SerializeTo(out);
      break;
    case K::kSack:
      SackChunk{.cumulative_tsn_ack = Tsn{p.stack_tsn.value - 1}, .a_rwnd = 100000}.SerializeTo(
          out);
      break;
    case K::kHeartbeat:
      HeartbeatInfoParameter{.info = bytes}.SerializeTo(inner);
      HeartbeatChunk{.parameters = inner}.SerializeTo(out);
      break;
    case K::kHeartbeatAck:
      HeartbeatInfoParameter{.info = bytes}.SerializeTo(inner);
      HeartbeatAckChunk{.parameters = inner}.SerializeTo(out);
      break;
    case K::kAbort: {
      AbortChunk chunk;
      chunk.tag_reflected = t_bit;
      chunk.SerializeTo(out);
      break;
    }
    case K::kShutdown:
      ShutdownChunk{.cumulative_tsn_ack = Tsn{p.stack_tsn.value - 1}}.SerializeTo(out);
      break;
    case K::kShutdownAck:
      ShutdownAckChunk().SerializeTo(out);
      break;
    case K::kError:
      InvalidStreamIdentifierCause{.stream = StreamId{9}}.SerializeTo(inner);
      ErrorChunk{.causes = inner}.SerializeTo(out);
      break;
    case K::kStaleCookie:
      StaleCookieCause{.staleness_us = 1000}.SerializeTo(inner);
      ErrorChunk{.causes = inner}.SerializeTo(out);
      break;
    case K::kForgedCookieEcho:
      CookieEchoChunk{.cookie = bytes}.SerializeTo(out);
      break;
    case K::kCookieAck:
      CookieAckChunk().SerializeTo(out);
      break;
    case K::kShutdownComplete: {
      ShutdownCompleteChunk chunk;
      chunk.tag_reflected = t_bit;
      chunk.SerializeTo(out);
      break;
    }
    case K::kAuth:
      AuthChunk{.shared_key_id = 0, .hmac_id = 1, .hmac = bytes}.SerializeTo(out);
      break;
    case K::kIData: {
      IDataChunk chunk;
      chunk.begin = chunk.end = true;
      chunk.tsn = Tsn{P::kPeerTsn};
      chunk.data = bytes;
      chunk.SerializeTo(out);
      break;
    }
    case K::kAsconfAck:
      AsconfAckChunk{.sequence_number = 1}.SerializeTo(out);
      break;
    case K::kReConfig:
      SsnTsnResetParameter{.request_sequence_number = P::kPeerTsn}.SerializeTo(inner);
      ReConfigChunk{.parameters = inner}.SerializeTo(out);
      break;
    case K::kPad:
      PadChunk{.padding = bytes}.SerializeTo(out);
      break;
    case K::kForwardTsn:
      ForwardTsnChunk{.new_cumulative_tsn = Tsn{P::kPeerTsn}, .skipped = {}}.SerializeTo(out);
      break;
    case K::kAsconf:
      AsconfChunk{.sequence_number = P::kPeerTsn}.SerializeTo(out);
      break;
    case K::kIForwardTsn:
      IForwardTsnChunk{.new_cumulative_tsn = Tsn{P::kPeerTsn}, .skipped = {}}.SerializeTo(out);
      break;
    case K::kUnknown00:
      TlvWriter(out, uint8_t{0x3e}, uint8_t{0}).PutBytes(bytes);
      break;
    case K::kUnknown01:
      TlvWriter(out, uint8_t{0x7e}, uint8_t{0}).PutBytes(bytes);
      break;
    case K::kUnknown10:
      TlvWriter(out, uint8_t{0xbe}, uint8_t{0}).PutBytes(bytes);
      break;
    case K::kUnknown11:
      TlvWriter(out, uint8_t{0xfe}, uint8_t{0}).PutBytes(bytes);
      break;
  }
  return out;
}

class SctpReaction : public testing::TestWithParam<S> {};

TEST_P(SctpReaction, IsThatOfTheRfc) {
  const S state = GetParam();
  int cases = 0;
  for (const K kind : kKinds) {
    for (const Tag tag : kTags) {
      for (const bool t_bit : {false, true}) {
        const bool has_t = kind == K::kAbort || kind == K::kShutdownComplete;
        if (t_bit && !has_t) continue;
        P p;
        Bring(p, state);
        ASSERT_EQ(StateOf(p, state), state) << kStateNames[static_cast<int>(state)];
        const VerificationTag own = HasTcb(state) ? p.stack_tag : VerificationTag{kWrongTag + 1};
        const VerificationTag probe_tag = tag == Tag::kRight   ? own
                                          : tag == Tag::kWrong ? VerificationTag{kWrongTag}
                                          : tag == Tag::kZero  ? VerificationTag{0}
                                                               : VerificationTag{P::kPeerTag};
        const std::vector<uint8_t> chunk = MakeChunk(p, kind, t_bit);
        const std::string name = ChunkTypeName(chunk[0]);
        p.Send(probe_tag, chunk);
        const Reaction expected = Expected(state, kind, tag, t_bit);
        SCOPED_TRACE(std::string(kStateNames[static_cast<int>(state)]) + " gets " + name +
                     " with " + kTagNames[static_cast<int>(tag)] + (t_bit ? ", T=1" : "") +
                     ": it sends \"" + p.SentNames() + "\"");
        EXPECT_EQ(p.SentNames(), expected.sent);
        if (expected.gone) {
          EXPECT_EQ(p.association(), nullptr);
        } else {
          EXPECT_EQ(kStateNames[static_cast<int>(StateOf(p, state))],
                    std::string(kStateNames[static_cast<int>(expected.next)]));
        }
        if (!expected.sent.empty() && p.sent.size() == 1) {
          const VerificationTag answer = p.sent[0].tag;
          if (expected.reflected) {
            EXPECT_EQ(answer, probe_tag);
            EXPECT_EQ(p.sent[0].flags & 1, 1);
          } else if (expected.sent == "INIT") {
            EXPECT_EQ(answer.value, 0u);
          } else {
            EXPECT_EQ(answer.value, P::kPeerTag);
            if (expected.sent == "ABORT" || expected.sent == "SHUTDOWN COMPLETE") {
              EXPECT_EQ(p.sent[0].flags & 1, 0);
            }
          }
        }
        ++cases;
      }
    }
  }
  EXPECT_EQ(cases, 4 * (26 + 2));
}

INSTANTIATE_TEST_SUITE_P(EveryState, SctpReaction,
                         testing::Values(S::kClosedPort, S::kListening, S::kCookieWait,
                                         S::kCookieEchoed, S::kEstablished, S::kShutdownPending,
                                         S::kShutdownSent, S::kShutdownReceived,
                                         S::kShutdownAckSent));

}  // namespace
}  // namespace tickwire::sctp
