// PacketScript: a packet script as it was written: timed lines of packets and socket calls.
//
// The language is that of packetdrill's published description (see README.md for what is taken and
// what is added). The shapes here know no protocol beyond the packets' own specs, of which
// PacketSpec is the list.
#ifndef TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCRIPT_H_
#define TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCRIPT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "protocols/ip/ip_header.h"
#include "sim_core/time/sim_time.h"
#include "tests/support/packet_script/sctp_spec.h"

namespace tickwire::packet_script {

// When a line happens.
struct TimeSpec {
  bool is_relative = false;       // to the line before
  bool is_any = false;            // "*"
  Duration at;                    // from the start, or from the line before
  std::optional<Duration> until;  // "a~b": the packet comes at any time between
  std::optional<Duration> end;    // "a...b": the call returns then
};

// One TCP option, in the order of the wire.
struct TcpOptionSpec {
  enum class Kind { kMss, kNop, kEnd, kWindowScale, kSackPermitted, kSack, kTimestamps, kRaw };
  Kind kind = Kind::kNop;
  uint32_t value = 0;                                 // MSS, shift, TSval
  uint32_t echo = 0;                                  // TSecr
  bool any_value = false, any_echo = false;           // "*"
  std::vector<std::pair<uint32_t, uint32_t>> blocks;  // SACK
  std::vector<uint8_t> raw;                           // kRaw: bytes of any kind
};

struct TcpSpec {
  uint8_t flags = 0;
  uint32_t sequence = 0;  // from the script's initial one
  uint32_t length = 0;
  std::optional<uint32_t> acknowledgment;
  std::optional<uint16_t> window;
  std::optional<uint16_t> urgent;
  std::vector<TcpOptionSpec> options;
  bool any_options = false;  // "<...>"
};

struct IcmpSpec {
  std::string type;  // "unreachable", "time_exceeded", "packet_too_big"
  std::string code;
  std::optional<uint32_t> mtu;
  std::optional<uint32_t> quoted_sequence;
};

using PacketSpec = std::variant<TcpSpec, IcmpSpec, SctpSpec>;

struct PacketLine {
  bool is_inbound = false;       // '<': towards the stack under test
  std::optional<Ecn> ecn;        // not given: Not-ECT going in, any coming out
  bool any_ect = false;          // "ect01"
  std::optional<uint16_t> port;  // of the remote side: which connection
  std::optional<uint8_t> ttl;
  uint8_t path = 0;  // of the remote side: which of its addresses; SCTP
  PacketSpec spec;
};

// An argument of a socket call.
struct NamedValue;
struct Value {
  enum class Kind { kNumber, kName, kText, kEllipsis, kList, kStruct };
  Kind kind = Kind::kEllipsis;
  int64_t number = 0;
  std::vector<std::string> names;  // "O_RDWR|O_NONBLOCK"
  std::string text;
  std::vector<Value> items;         // kList; kStruct without names
  std::vector<NamedValue> members;  // kStruct
};
struct NamedValue {
  std::string name;
  Value value;
};

struct CallLine {
  std::string name;
  std::vector<Value> arguments;
  std::optional<int64_t> result;  // "= ..." : any
  std::string error;              // "EINPROGRESS"
};

// A line in a language that is not ours: Python or shell.
struct UnsupportedLine {
  std::string what;
};

struct Line {
  int number = 0;  // in the file
  TimeSpec time;
  std::variant<PacketLine, CallLine, UnsupportedLine> what;
};

struct Script {
  std::string file;
  std::map<std::string, std::string> options;  // "--name=value" at the top
  std::vector<Line> lines;
  int unsupported = 0;
};

struct ScriptError {
  int line = 0;
  std::string text;
};

// The script, or the first mistake in it.
std::variant<Script, ScriptError> ParseScript(std::string file, const std::string& text);

}  // namespace tickwire::packet_script

#endif  // TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCRIPT_H_
