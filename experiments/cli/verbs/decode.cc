#include <cctype>
#include <fstream>
#include <iostream>
#include <iterator>
#include <ostream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "experiments/cli/verbs/verbs.h"
#include "experiments/view/packet_tree.h"
#include "protocols/sdp/session_description.h"
#include "protocols/sip/body/multipart.h"
#include "protocols/sip/message/cseq.h"
#include "protocols/sip/message/describe.h"
#include "protocols/sip/message/name_addr.h"
#include "protocols/sip/message/number_headers.h"
#include "protocols/sip/message/text_headers.h"
#include "protocols/sip/message/validate.h"
#include "protocols/sip/message/via.h"

namespace tickwire::cli {
namespace {

constexpr size_t kMostBytes = 1 << 20;

// Hexadecimal digits with white space between, as people paste them, are taken as such.
std::string FromHexIfHex(const std::string& text) {
  std::string bytes;
  int digits = 0, value = 0;
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c))) continue;
    if (!std::isxdigit(static_cast<unsigned char>(c))) return text;
    const int digit = std::isdigit(static_cast<unsigned char>(c))
                          ? c - '0'
                          : std::tolower(static_cast<unsigned char>(c)) - 'a' + 10;
    value = value * 16 + digit;
    if (++digits % 2 == 0) {
      bytes.push_back(static_cast<char>(value));
      value = 0;
    }
  }
  return digits == 0 || digits % 2 != 0 ? text : bytes;
}

void PrintLine(std::ostream& out, int depth, size_t offset, const std::string& text) {
  out << absl::StrFormat("%5d  %s", offset, std::string(static_cast<size_t>(depth) * 2, ' '))
      << text << "\n";
}

void PrintViolation(std::ostream& out, size_t offset, const std::string& id,
                    const std::string& rule) {
  out << "broken at byte " << offset << ": " << rule << " [" << id << "]\n";
}

// Which of the headers that every message has are not there.
std::string MissingHeaders(const sip::SipMessage& message) {
  std::vector<std::string> missing;
  const auto look = [&](bool is_there, absl::string_view name) {
    if (!is_there) missing.emplace_back(name);
  };
  look(message.Has<sip::Via>(), sip::Via::kName);
  look(message.Has<sip::From>(), sip::From::kName);
  look(message.Has<sip::To>(), sip::To::kName);
  look(message.Has<sip::CallId>(), sip::CallId::kName);
  look(message.Has<sip::CSeq>(), sip::CSeq::kName);
  look(message.is_response() || message.Has<sip::MaxForwards>(), sip::MaxForwards::kName);
  return absl::StrJoin(missing, ", ");
}

// The rules of RFC 8866 that a session description in the body breaks. False when there are any.
bool PrintSessionViolations(const sip::SipMessage& message, std::ostream& out) {
  const std::optional<absl::string_view> body = sip::FindBody(message, "application", "sdp");
  if (!body.has_value()) return true;
  const sdp::ParseResult session = sdp::SessionDescription::Parse(*body);
  const size_t begin = static_cast<size_t>(body->data() - message.text().data());
  for (const sdp::Violation& violation : session.violations) {
    PrintViolation(out, begin + violation.offset, std::string(violation.rule->id),
                   absl::StrCat(violation.rule->section, ": ", violation.rule->text));
  }
  return session.violations.empty();
}

int DecodeSip(const std::string& bytes, Console& console) {
  const sip::ParseResult parsed = sip::SipMessage::Parse(bytes);
  const sip::Violations violations = sip::AllViolations(parsed);
  for (const sip::TreeLine& line : sip::DescribeTree(parsed.message)) {
    PrintLine(console.out, line.depth, line.offset, line.text);
  }
  bool told_of_missing = false;
  for (const sip::Violation& violation : violations) {
    std::string text = absl::StrCat(violation.rule->section, ": ", violation.rule->text);
    if (violation.rule->id == "sip.mandatory_header") {
      if (std::exchange(told_of_missing, true)) continue;  // one for each that is missing
      absl::StrAppend(&text, "; missing: ", MissingHeaders(parsed.message));
    }
    PrintViolation(console.out, violation.offset, std::string(violation.rule->id), text);
  }
  const bool is_session_valid = PrintSessionViolations(parsed.message, console.out);
  return violations.empty() && is_session_valid ? kGood : kFailed;
}

int DecodeIp(const std::string& bytes, Console& console) {
  const PacketTree tree =
      DescribePacket({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  for (const PacketTreeLine& line : tree.lines) {
    PrintLine(console.out, line.depth, line.offset, line.text);
  }
  for (const PacketViolation& violation : tree.violations) {
    PrintViolation(console.out, violation.offset, violation.id, violation.rule);
  }
  if (tree.lines.empty()) {
    console.err
        << "tickwire decode: expected a packet that begins with its IP header, raw or as plain "
           "hexadecimal digits (no offsets, no Ethernet header, no capture file)\n";
  }
  return tree.violations.empty() ? kGood : kFailed;
}

int Run(const Arguments& arguments, Console& console) {
  const std::string kind = arguments.word(0);
  const std::string path = arguments.word(1);
  if (kind != "sip" && kind != "ip") {
    console.err << "tickwire decode: unknown kind \"" << kind << "\"; there are sip and ip\n";
    return kUsage;
  }
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
    if (!file) {
      console.err << "tickwire decode: cannot read " << path << "\n";
      return kUsage;
    }
  }
  std::istream& in = path == "-" ? std::cin : file;
  std::string bytes(kMostBytes + 1, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<size_t>(in.gcount()));
  if (bytes.size() > kMostBytes) {
    console.err << "tickwire decode: " << path << " has more than " << kMostBytes << " bytes\n";
    return kUsage;
  }
  return kind == "sip" ? DecodeSip(bytes, console) : DecodeIp(FromHexIfHex(bytes), console);
}

}  // namespace

Command DecodeCommand() {
  return {
      "decode",
      "take a message or packet apart",
      "Prints what a SIP message or an IP packet says, line by line with the byte where it stands, "
      "and each rule that it breaks, with its section and byte offset.",
      {{"KIND",
        "sip (a message) or ip (a packet: raw, or hexadecimal digits)",
        WordKind::kChoice,
        false,
        false,
        {"sip", "ip"}},
       {"FILE", "a file, or - for standard input", WordKind::kFile}},
      {},
      {{"tickwire decode sip invite.txt", "Is this INVITE valid?"},
       {"echo '45 00 00 1c ...' | tickwire decode ip -", "A packet from a hex dump."}},
      {{kGood, "nothing is wrong with it"}, {kFailed, "it breaks at least one rule"}},
      Run};
}

}  // namespace tickwire::cli
