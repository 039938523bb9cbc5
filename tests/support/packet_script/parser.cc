#include <algorithm>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "protocols/tcp/tcp_header.h"
#include "tests/support/packet_script/scanner.h"
#include "tests/support/packet_script/script.h"
#include "tests/support/packet_script/sctp_parser.h"

namespace tickwire::packet_script {
namespace {

using tcp::TcpHeader;

class Parser {
 public:
  Parser(std::string file, absl::string_view text) : scan_(text) { script_.file = std::move(file); }
  std::variant<Script, ScriptError> Run() {
    while (!failed_ && !scan_.AtEnd()) ParseStatement();
    if (failed_) return error_;
    return std::move(script_);
  }

 private:
  // Remembers the first mistake; everything else then ends soon.
  bool Fail(std::string what) {
    if (!failed_) error_ = {scan_.line(), std::move(what)};
    failed_ = true;
    return false;
  }
  bool Want(absl::string_view symbol) {
    return scan_.Take(symbol) || Fail(absl::StrCat("expected \"", symbol, "\""));
  }
  template <class UInt>
  bool WantNumber(absl::string_view of, UInt& value) {
    const std::optional<int64_t> number = scan_.TakeNumber();
    if (!number || *number < 0 ||
        static_cast<uint64_t>(*number) > std::numeric_limits<UInt>::max()) {
      return Fail(absl::StrCat("expected the number of ", of));
    }
    value = static_cast<UInt>(*number);
    return true;
  }

  void ParseStatement();
  bool ParseOption();
  bool ParseTime(TimeSpec& time);
  bool ParsePacket(bool is_inbound, Line& line);
  bool ParsePrefix(PacketLine& packet, std::optional<uint32_t>& quoted);
  bool ParseTcp(TcpSpec& tcp);
  bool ParseTcpOptions(TcpSpec& tcp);
  bool ParseTcpOption(TcpOptionSpec& option);
  bool ParseSackBlocks(TcpOptionSpec& option);
  bool ParseTimestamps(TcpOptionSpec& option);
  bool ParseIcmp(IcmpSpec& icmp);
  bool ParseCall(CallLine& call);
  bool ParseValue(Value& value);
  bool ParseMembers(Value& value);
  void Unsupported(Line line, std::string what) {
    line.what = UnsupportedLine{std::move(what)};
    script_.lines.push_back(std::move(line));
    ++script_.unsupported;
  }

  Scanner scan_;
  Script script_;
  bool failed_ = false;
  ScriptError error_;
};

void Parser::ParseStatement() {
  if (scan_.Peek() == '-' && scan_.Take("--")) {
    ParseOption();
    return;
  }
  Line line;
  line.number = 0;
  const bool has_time = scan_.Peek() == '+' || scan_.Peek() == '*' || scan_.Peek() == '.' ||
                        absl::ascii_isdigit(static_cast<unsigned char>(scan_.Peek()));
  line.number = scan_.line();
  if (has_time) {
    if (!ParseTime(line.time)) return;
  } else {
    line.time.is_relative = true;
  }
  if (scan_.Take("`")) {
    if (!scan_.TakeUntil("`")) {
      Fail("a shell command without its end \"`\"");
      return;
    }
    return Unsupported(std::move(line), "shell command");
  }
  if (scan_.Take("%{")) {
    if (!scan_.TakeUntil("}%")) {
      Fail("a Python block without its end \"}%\"");
      return;
    }
    return Unsupported(std::move(line), "Python block");
  }
  if (!has_time) {
    Fail("expected a time");
    return;
  }
  if (scan_.Take("<")) {
    if (!ParsePacket(true, line)) return;
  } else if (scan_.Take(">")) {
    if (!ParsePacket(false, line)) return;
  } else {
    CallLine call;
    if (!ParseCall(call)) return;
    line.what = std::move(call);
  }
  if (std::holds_alternative<UnsupportedLine>(line.what)) return;  // is in already
  script_.lines.push_back(std::move(line));
}

bool Parser::ParseOption() {
  const std::string name = scan_.TakeName();
  if (name.empty()) return Fail("expected the name of an option");
  std::string value;
  if (scan_.Take("=")) value = std::string(absl::StripAsciiWhitespace(scan_.TakeLine()));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  script_.options[name] = value;
  return true;
}

bool Parser::ParseTime(TimeSpec& time) {
  if (scan_.Take("*")) {
    time.is_any = true;
    time.is_relative = true;
    return true;
  }
  time.is_relative = scan_.Take("+");
  std::optional<Duration> at = scan_.TakeSeconds();
  if (!at) return Fail("expected a time");
  time.at = *at;
  if (scan_.Take("~")) {
    scan_.Take("+");
    at = scan_.TakeSeconds();
    if (!at) return Fail("expected the end of a range of times");
    time.until = *at;
  } else if (scan_.Take("...")) {
    scan_.Take("+");
    at = scan_.TakeSeconds();
    if (!at) return Fail("expected the time at which the call returns");
    time.end = *at;
  }
  return true;
}

bool Parser::ParsePrefix(PacketLine& packet, std::optional<uint32_t>& quoted) {
  while (scan_.Take("[")) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(scan_.Peek()))) {
      TcpSpec range;
      uint32_t end = 0;
      if (!WantNumber("the quoted sequence", range.sequence)) return false;
      if (!Want(":") || !WantNumber("its end", end)) return false;
      if (!Want("(") || !WantNumber("its length", range.length) || !Want(")")) return false;
      quoted = range.sequence;
    } else {
      do {
        const std::string word = scan_.TakeName();
        if (word == "noecn")
          packet.ecn = Ecn::kNotEct;
        else if (word == "ect0")
          packet.ecn = Ecn::kEct0;
        else if (word == "ect1")
          packet.ecn = Ecn::kEct1;
        else if (word == "ect01")
          packet.any_ect = true;
        else if (word == "ce")
          packet.ecn = Ecn::kCe;
        else if (word == "port") {
          uint16_t port = 0;
          if (!WantNumber("port", port)) return false;
          packet.port = port;
        } else if (word == "ttl") {
          uint8_t ttl = 0;
          if (!WantNumber("ttl", ttl)) return false;
          packet.ttl = ttl;
        } else if (word == "path") {
          if (!WantNumber("path", packet.path)) return false;
        } else {
          return Fail(absl::StrCat("unknown packet prefix \"", word, "\""));
        }
      } while (scan_.Take(","));
    }
    if (!Want("]")) return false;
  }
  return true;
}

bool Parser::ParsePacket(bool is_inbound, Line& line) {
  PacketLine packet;
  packet.is_inbound = is_inbound;
  std::optional<uint32_t> quoted;
  if (!ParsePrefix(packet, quoted)) return false;
  for (const char* other : {"udp", "ipv4", "ipv6", "gre", "mpls", "("}) {
    if (!scan_.Take(other)) continue;
    scan_.TakeLine();
    Unsupported(line, absl::StrCat("packet of ", other));
    line.what = UnsupportedLine{};
    return true;
  }
  if (scan_.Take("sctp")) {
    SctpSpec sctp;
    if (std::string wrong = ParseSctp(scan_, sctp); !wrong.empty()) return Fail(std::move(wrong));
    packet.spec = std::move(sctp);
  } else if (scan_.Take("icmp")) {
    IcmpSpec icmp;
    icmp.quoted_sequence = quoted;
    if (!ParseIcmp(icmp)) return false;
    if (!is_inbound) {
      Unsupported(line, "expected ICMP packet");
      line.what = UnsupportedLine{};
      return true;
    }
    packet.spec = std::move(icmp);
  } else {
    TcpSpec tcp;
    if (!ParseTcp(tcp)) return false;
    packet.spec = std::move(tcp);
  }
  line.what = std::move(packet);
  return true;
}

bool Parser::ParseTcp(TcpSpec& tcp) {
  const std::string flags = scan_.TakeWord(".-");
  if (flags.empty()) return Fail("expected the flags of a segment");
  for (const char flag : flags) {
    static constexpr absl::string_view kLetters = "FSRP.UEW";
    const size_t bit = kLetters.find(flag);
    if (bit == absl::string_view::npos) {
      if (flag == '-' && flags.size() == 1) break;
      return Fail(absl::StrCat("unknown flag \"", std::string(1, flag), "\""));
    }
    tcp.flags |= static_cast<uint8_t>(1 << bit);
  }
  uint32_t end = 0;
  if (!WantNumber("the sequence", tcp.sequence) || !Want(":") || !WantNumber("its end", end)) {
    return false;
  }
  if (!Want("(") || !WantNumber("the length", tcp.length) || !Want(")")) return false;
  if (end != tcp.sequence + tcp.length) {
    return Fail(absl::StrCat("the sequence ends at ", tcp.sequence + tcp.length, ", not ", end));
  }
  while (true) {
    uint16_t small = 0;
    uint32_t large = 0;
    if (scan_.Take("ack ")) {
      if (!WantNumber("ack", large)) return false;
      tcp.acknowledgment = large;
    } else if (scan_.Take("win ")) {
      if (!WantNumber("win", small)) return false;
      tcp.window = small;
    } else if (scan_.Take("urg ")) {
      if (!WantNumber("urg", small)) return false;
      tcp.urgent = small;
    } else {
      break;
    }
  }
  if (((tcp.flags & TcpHeader::kAck) != 0) != tcp.acknowledgment.has_value()) {
    return Fail("\"ack\" and the flag \".\" go together");
  }
  return ParseTcpOptions(tcp);
}

bool Parser::ParseTcpOptions(TcpSpec& tcp) {
  if (scan_.Peek() != '<' || !scan_.Take("<")) return true;
  if (scan_.Take("...")) {
    tcp.any_options = true;
    return Want(">");
  }
  if (scan_.Take(">")) return true;
  do {
    if (!ParseTcpOption(tcp.options.emplace_back())) return false;
  } while (scan_.Take(","));
  return Want(">");
}

bool Parser::ParseTcpOption(TcpOptionSpec& option) {
  using Kind = TcpOptionSpec::Kind;
  const std::string name = scan_.TakeName();
  if (name == "nop") {
    option.kind = Kind::kNop;
  } else if (name == "eol") {
    option.kind = Kind::kEnd;
  } else if (name == "mss") {
    option.kind = Kind::kMss;
    uint16_t mss = 0;
    if (!WantNumber("mss", mss)) return false;
    option.value = mss;
  } else if (name == "wscale") {
    option.kind = Kind::kWindowScale;
    uint8_t shift = 0;
    if (!WantNumber("wscale", shift)) return false;
    option.value = shift;
  } else if (name == "sackOK") {
    option.kind = Kind::kSackPermitted;
  } else if (name == "sack") {
    return ParseSackBlocks(option);
  } else if (name == "TS") {
    return ParseTimestamps(option);
  } else if (name == "raw") {
    option.kind = Kind::kRaw;
    while (absl::ascii_isxdigit(static_cast<unsigned char>(scan_.Peek()))) {
      const std::string hex = scan_.TakeName();
      uint32_t byte = 0;
      if (hex.size() != 2 || !absl::SimpleHexAtoi(hex, &byte)) {
        return Fail("raw bytes have two hexadecimal digits each");
      }
      option.raw.push_back(static_cast<uint8_t>(byte));
    }
  } else {
    return Fail(absl::StrCat("unknown TCP option \"", name, "\""));
  }
  return true;
}

bool Parser::ParseSackBlocks(TcpOptionSpec& option) {
  option.kind = TcpOptionSpec::Kind::kSack;
  while (absl::ascii_isdigit(static_cast<unsigned char>(scan_.Peek()))) {
    auto& [left, right] = option.blocks.emplace_back();
    if (!WantNumber("the left edge", left) || !Want(":") || !WantNumber("the right edge", right)) {
      return false;
    }
  }
  return option.blocks.empty() ? Fail("expected SACK blocks") : true;
}

bool Parser::ParseTimestamps(TcpOptionSpec& option) {
  option.kind = TcpOptionSpec::Kind::kTimestamps;
  if (!Want("val")) return false;
  option.any_value = scan_.Take("*");
  if (!option.any_value && !WantNumber("val", option.value)) return false;
  if (!Want("ecr")) return false;
  option.any_echo = scan_.Take("*");
  return option.any_echo || WantNumber("ecr", option.echo);
}

bool Parser::ParseIcmp(IcmpSpec& icmp) {
  icmp.type = scan_.TakeName();
  static constexpr absl::string_view kTypes[] = {"unreachable", "time_exceeded", "packet_too_big"};
  if (std::find(std::begin(kTypes), std::end(kTypes), icmp.type) == std::end(kTypes)) {
    return Fail(absl::StrCat("unknown ICMP type \"", icmp.type, "\""));
  }
  // What follows on this line and is a word is the code.
  if (absl::ascii_isalpha(static_cast<unsigned char>(scan_.Peek())) && !scan_.Take("mtu")) {
    icmp.code = scan_.TakeName();
    if (!scan_.Take("mtu")) return true;
  } else if (icmp.type != "packet_too_big") {
    return true;
  }
  uint32_t mtu = 0;
  if (!WantNumber("mtu", mtu)) return false;
  icmp.mtu = mtu;
  return true;
}

bool Parser::ParseCall(CallLine& call) {
  call.name = scan_.TakeName();
  if (call.name.empty()) return Fail("expected a packet or a socket call");
  if (!Want("(")) return false;
  if (!scan_.Take(")")) {
    do {
      if (!ParseValue(call.arguments.emplace_back())) return false;
    } while (scan_.Take(","));
    if (!Want(")")) return false;
  }
  if (!Want("=")) return false;
  if (!scan_.Take("...")) {
    call.result = scan_.TakeNumber();
    if (!call.result) return Fail("expected the result of the call");
  }
  if (scan_.Peek() == 'E') call.error = scan_.TakeName();
  if (scan_.Peek() == '(' && scan_.Take("(")) {  // strerror, for people
    if (!scan_.TakeUntil(")")) return Fail("expected \")\"");
  }
  return true;
}

bool Parser::ParseMembers(Value& value) {
  if (scan_.Take("}")) return true;
  do {
    // "name=value", or a value alone.
    if (absl::ascii_isalpha(static_cast<unsigned char>(scan_.Peek()))) {
      Value member;
      const std::string name = scan_.TakeName();
      if (!scan_.Take("=")) {
        member.kind = Value::Kind::kName;
        member.names = {name};
        value.items.push_back(std::move(member));
        continue;
      }
      if (!ParseValue(member)) return false;
      value.members.push_back({name, std::move(member)});
    } else if (!ParseValue(value.items.emplace_back())) {
      return false;
    }
  } while (scan_.Take(","));
  return Want("}");
}

bool Parser::ParseValue(Value& value) {
  if (scan_.Take("...")) {
    value.kind = Value::Kind::kEllipsis;
    return true;
  }
  if (scan_.Take("\"")) {
    value.kind = Value::Kind::kText;
    const std::optional<std::string> text = scan_.TakeQuoted();
    if (!text) return Fail("a text without its end");
    value.text = *text;
    return true;
  }
  if (scan_.Take("[")) {
    value.kind = Value::Kind::kList;
    if (scan_.Take("]")) return true;
    do {
      if (!ParseValue(value.items.emplace_back())) return false;
    } while (scan_.Take(","));
    return Want("]");
  }
  if (scan_.Take("{")) {
    value.kind = Value::Kind::kStruct;
    return ParseMembers(value);
  }
  if (const std::optional<int64_t> number = scan_.TakeNumber()) {
    value.kind = Value::Kind::kNumber;
    value.number = *number;
    return true;
  }
  value.kind = Value::Kind::kName;
  do {
    value.names.push_back(scan_.TakeName());
    if (value.names.back().empty()) return Fail("expected a value");
  } while (scan_.Take("|"));
  return true;
}

}  // namespace

std::variant<Script, ScriptError> ParseScript(std::string file, const std::string& text) {
  return Parser(std::move(file), text).Run();
}

}  // namespace tickwire::packet_script
