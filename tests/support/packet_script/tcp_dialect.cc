#include "tests/support/packet_script/tcp_dialect.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "protocols/ip/icmp.h"
#include "protocols/tcp/tcp_header.h"
#include "protocols/tcp/tcp_options.h"
#include "sim_core/base/check.h"
#include "tests/support/packet_script/ip_bytes.h"

namespace tickwire::packet_script {
namespace {

using tcp::TcpHeader;
using Kind = TcpOptionSpec::Kind;

void Put16(std::vector<uint8_t>& out, uint32_t value) {
  out.push_back(static_cast<uint8_t>(value >> 8));
  out.push_back(static_cast<uint8_t>(value));
}
void Put32(std::vector<uint8_t>& out, uint32_t value) {
  Put16(out, value >> 16);
  Put16(out, value & 0xffff);
}

std::vector<uint8_t> OptionBytes(const TcpSpec& tcp, const Conversation& conversation) {
  const uint32_t offset = conversation.local_offset.value_or(0);
  std::vector<uint8_t> out;
  for (const TcpOptionSpec& option : tcp.options) {
    switch (option.kind) {
      case Kind::kNop:
        out.push_back(1);
        break;
      case Kind::kEnd:
        out.push_back(0);
        break;
      case Kind::kMss:
        out.insert(out.end(), {2, 4});
        Put16(out, option.value);
        break;
      case Kind::kWindowScale:
        out.insert(out.end(), {3, 3, static_cast<uint8_t>(option.value)});
        break;
      case Kind::kSackPermitted:
        out.insert(out.end(), {4, 2});
        break;
      case Kind::kSack:
        out.push_back(5);
        out.push_back(static_cast<uint8_t>(2 + 8 * option.blocks.size()));
        for (const auto& [left, right] : option.blocks) {
          Put32(out, left + offset);
          Put32(out, right + offset);
        }
        break;
      case Kind::kTimestamps: {
        out.insert(out.end(), {8, 10});
        Put32(out, option.value);
        // What the script saw of the stack's clock goes back as it was on the wire.
        const auto seen = conversation.timestamps.find(option.echo);
        Put32(out, seen != conversation.timestamps.end() ? seen->second
                   : option.echo == 0                    ? 0
                                      : option.echo + conversation.timestamp_offset.value_or(0));
        break;
      }
      case Kind::kRaw:
        out.insert(out.end(), option.raw.begin(), option.raw.end());
        break;
    }
  }
  while (out.size() % 4 != 0) out.push_back(0);
  return out;
}

std::string FlagLetters(uint8_t flags) {
  std::string letters;
  for (int bit = 0; bit < 8; ++bit) {
    if ((flags >> bit & 1) != 0 && bit != 4) letters += "FSRP.UEW"[bit];
  }
  if ((flags & TcpHeader::kAck) != 0) letters += '.';
  return letters.empty() ? "-" : letters;
}

// Options as a script writes them, one by one.
std::vector<std::string> OptionWords(std::span<const uint8_t> bytes, uint32_t timestamp_offset) {
  std::vector<std::string> words;
  const auto load32 = [&](size_t at) {
    return uint32_t{bytes[at]} << 24 | uint32_t{bytes[at + 1]} << 16 |
           uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
  };
  while (!bytes.empty()) {
    const size_t size = bytes[0] <= 1 ? 1 : bytes.size() < 2 ? 0 : bytes[1];
    if (size == 0 || size > bytes.size()) {
      words.push_back("malformed");
      break;
    }
    switch (bytes[0]) {
      case 0:
        words.push_back("eol");
        break;
      case 1:
        words.push_back("nop");
        break;
      case 2:
        words.push_back(absl::StrCat("mss ", bytes[2] << 8 | bytes[3]));
        break;
      case 3:
        words.push_back(absl::StrCat("wscale ", int{bytes[2]}));
        break;
      case 4:
        words.push_back("sackOK");
        break;
      case 5: {
        std::string text = "sack";
        for (size_t at = 2; at + 8 <= size; at += 8) {
          absl::StrAppend(&text, " ", load32(at), ":", load32(at + 4));
        }
        words.push_back(text);
        break;
      }
      case 8:
        words.push_back(absl::StrCat("TS val ", load32(2) - timestamp_offset, " ecr ", load32(6)));
        break;
      default:
        words.push_back(absl::StrCat("kind ", int{bytes[0]}));
    }
    bytes = bytes.subspan(size);
  }
  return words;
}

std::string OptionWord(const TcpOptionSpec& option) {
  switch (option.kind) {
    case Kind::kNop:
      return "nop";
    case Kind::kEnd:
      return "eol";
    case Kind::kMss:
      return absl::StrCat("mss ", option.value);
    case Kind::kWindowScale:
      return absl::StrCat("wscale ", option.value);
    case Kind::kSackPermitted:
      return "sackOK";
    case Kind::kSack: {
      std::string text = "sack";
      for (const auto& [left, right] : option.blocks) absl::StrAppend(&text, " ", left, ":", right);
      return text;
    }
    case Kind::kTimestamps:
      return absl::StrCat("TS val ", option.any_value ? "*" : absl::StrCat(option.value), " ecr ",
                          option.any_echo ? "*" : absl::StrCat(option.echo));
    case Kind::kRaw:
      return "raw";
  }
  return "?";
}

}  // namespace

std::vector<uint8_t> TcpDialect::Build(const PacketLine& line, const Conversation& conversation) {
  if (const auto* tcp = std::get_if<TcpSpec>(&line.spec)) return BuildTcp(line, *tcp, conversation);
  return BuildIcmp(std::get<IcmpSpec>(line.spec), conversation);
}

std::vector<uint8_t> TcpDialect::BuildTcp(const PacketLine& line, const TcpSpec& tcp,
                                          const Conversation& conversation) {
  Packet packet = Packet::Allocate(pool_, Packet::kHeadroom, tcp.length);
  std::fill(packet.mutable_bytes().begin(), packet.mutable_bytes().end(), uint8_t{0});
  TcpHeader header;
  header.source_port = conversation.remote.port;
  header.destination_port = conversation.local.port;
  header.sequence = tcp.sequence;
  if (tcp.acknowledgment) {
    header.acknowledgment = *tcp.acknowledgment + conversation.local_offset.value_or(0);
  }
  header.flags = tcp.flags;
  header.window = tcp.window.value_or(65535);
  header.urgent_pointer = tcp.urgent.value_or(0);
  const std::vector<uint8_t> options = OptionBytes(tcp, conversation);
  TW_CHECK(options.size() <= 40);
  header.PrependTo(packet, options, conversation.remote.address, conversation.local.address);
  PrependIp(packet, conversation.remote.address, conversation.local.address, IpProtocol::kTcp,
            line.ecn.value_or(Ecn::kNotEct), line.ttl.value_or(255));
  return BytesOf(packet);
}

std::vector<uint8_t> TcpDialect::BuildIcmp(const IcmpSpec& icmp, const Conversation& conversation) {
  const IpAddress& local = conversation.local.address;
  const IpAddress& remote = conversation.remote.address;
  IcmpErrorKind kind = IcmpErrorKind::kHostUnreachable;
  if (icmp.type == "time_exceeded") {
    kind =
        icmp.code == "reassembly" ? IcmpErrorKind::kReassemblyTimeout : IcmpErrorKind::kTtlExceeded;
  } else if (icmp.type == "packet_too_big" || icmp.code == "frag_needed") {
    kind = IcmpErrorKind::kPacketTooBig;
  } else if (icmp.code == "net_unreachable") {
    kind = IcmpErrorKind::kNetworkUnreachable;
  } else if (icmp.code == "protocol_unreachable") {
    kind = IcmpErrorKind::kProtocolUnreachable;
  } else if (icmp.code == "port_unreachable") {
    kind = IcmpErrorKind::kPortUnreachable;
  }
  // The packet in error: the stack's header and eight bytes of its segment (RFC 792).
  Packet packet = Packet::Allocate(pool_, Packet::kHeadroom, 0);
  TcpHeader quoted;
  quoted.source_port = conversation.local.port;
  quoted.destination_port = conversation.remote.port;
  quoted.sequence = icmp.quoted_sequence
                        ? *icmp.quoted_sequence + conversation.local_offset.value_or(0)
                        : conversation.last_sequence;
  quoted.PrependTo(packet, {}, local, remote);
  packet.Truncate(8);
  PrependIp(packet, local, remote, IpProtocol::kTcp, Ecn::kNotEct, 64);
  packet.Prepend(IcmpMessage::kHeaderSize);
  IcmpMessage{
      .kind = IcmpMessage::Kind::kError, .error = kind, .rest = icmp.mtu.value_or(0), .payload = {}}
      .WriteHeader(packet.mutable_bytes(), packet.virtual_tail(), remote, local);
  PrependIp(packet, remote, local, remote.is_v4() ? IpProtocol::kIcmp : IpProtocol::kIcmpv6,
            Ecn::kNotEct, 255);
  return BytesOf(packet);
}

std::string TcpDialect::CompareOptions(const TcpSpec& expected, std::span<const uint8_t> options,
                                       Conversation& conversation) {
  if (expected.any_options) return "";
  const std::vector<std::string> actual =
      OptionWords(options, conversation.timestamp_offset.value_or(0));
  std::string all = "<";
  for (const std::string& word : actual) absl::StrAppend(&all, all.size() > 1 ? "," : "", word);
  all += ">";
  const auto wrong = [&] {
    std::string wanted = "<";
    for (const TcpOptionSpec& option : expected.options) {
      absl::StrAppend(&wanted, wanted.size() > 1 ? "," : "", OptionWord(option));
    }
    return absl::StrCat("options: expected ", wanted, ">, actual ", all);
  };
  if (actual.size() != expected.options.size()) return wrong();
  const tcp::TcpOptions read = tcp::TcpOptions::Parse(options);
  for (size_t i = 0; i < actual.size(); ++i) {
    const TcpOptionSpec& option = expected.options[i];
    if (option.kind != Kind::kTimestamps) {
      if (actual[i] != OptionWord(option)) return wrong();
      continue;
    }
    if (!read.timestamps) return wrong();
    const uint32_t value = read.timestamps->value;
    if (!option.any_value) {
      // The first one shows where the stack's clock stands.
      if (!conversation.timestamp_offset) conversation.timestamp_offset = value - option.value;
      const int32_t off =
          static_cast<int32_t>(value - *conversation.timestamp_offset - option.value);
      if (static_cast<uint32_t>(off < 0 ? -off : off) > timestamp_tolerance_) return wrong();
      conversation.timestamps[option.value] = value;
    }
    if (!option.any_echo && read.timestamps->echo_reply != option.echo) return wrong();
  }
  return "";
}

std::string TcpDialect::Compare(const PacketLine& expected, const match::PacketSource& packet,
                                Conversation& conversation) {
  const TcpSpec& spec = std::get<TcpSpec>(expected.spec);
  if (!packet.tcp()) return "not a TCP segment";
  const TcpHeader& header = *packet.tcp();
  conversation.last_sequence = header.sequence;
  if (header.has(TcpHeader::kSyn) || !conversation.local_offset) {
    conversation.local_offset = header.sequence - spec.sequence;
  }
  const uint32_t sequence = header.sequence - *conversation.local_offset;
  const auto differ = [](absl::string_view what, auto wanted, auto actual) {
    return absl::StrCat(what, ": expected ", wanted, ", actual ", actual);
  };
  if (header.flags != spec.flags) {
    return differ("flags", FlagLetters(spec.flags), FlagLetters(header.flags));
  }
  if (sequence != spec.sequence) return differ("seq", spec.sequence, sequence);
  if (packet.payload_size() != spec.length) {
    return differ("length", spec.length, packet.payload_size());
  }
  if (spec.acknowledgment && header.acknowledgment != *spec.acknowledgment) {
    return differ("ack", *spec.acknowledgment, header.acknowledgment);
  }
  if (spec.window && header.window != *spec.window) {
    return differ("win", *spec.window, header.window);
  }
  if (spec.urgent && header.urgent_pointer != *spec.urgent) {
    return differ("urg", *spec.urgent, header.urgent_pointer);
  }
  const Ecn ecn = packet.ip().ecn;
  if (expected.ecn && ecn != *expected.ecn) {
    return differ("ECN field", static_cast<int>(*expected.ecn), static_cast<int>(ecn));
  }
  if (expected.any_ect && ecn != Ecn::kEct0 && ecn != Ecn::kEct1) {
    return differ("ECN field", "ECT", static_cast<int>(ecn));
  }
  return CompareOptions(spec, packet.tcp_option_bytes(), conversation);
}

std::string TcpDialect::Describe(const match::PacketSource& packet,
                                 const Conversation& conversation) {
  if (!packet.tcp()) return "not a TCP segment";
  const TcpHeader& header = *packet.tcp();
  const uint32_t sequence = header.sequence - conversation.local_offset.value_or(header.sequence);
  std::string text =
      absl::StrCat(FlagLetters(header.flags), " ", sequence, ":", sequence + packet.payload_size(),
                   "(", packet.payload_size(), ")");
  if (header.has(TcpHeader::kAck)) absl::StrAppend(&text, " ack ", header.acknowledgment);
  absl::StrAppend(&text, " win ", header.window);
  const auto words =
      OptionWords(packet.tcp_option_bytes(), conversation.timestamp_offset.value_or(0));
  if (!words.empty()) {
    std::string all;
    for (const std::string& word : words) absl::StrAppend(&all, all.empty() ? "" : ",", word);
    absl::StrAppend(&text, " <", all, ">");
  }
  return text;
}

}  // namespace tickwire::packet_script
