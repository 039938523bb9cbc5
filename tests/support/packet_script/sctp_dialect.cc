#include "tests/support/packet_script/sctp_dialect.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim_core/packet/crc32c.h"
#include "tests/support/packet_script/ip_bytes.h"
#include "tests/support/packet_script/sctp_compare.h"
#include "tests/support/packet_script/sctp_wire.h"

namespace tickwire::packet_script {
namespace {

using FieldKind = SctpFieldShape::Kind;

bool HasFlagT(const SctpItem& chunk) {
  const SctpValue* const flags = chunk.Find("flgs");
  return flags != nullptr && flags->text == "T";
}

std::vector<uint8_t> BytesOfValue(const SctpItem& item) {
  std::vector<uint8_t> bytes;
  if (const SctpValue* const value = item.Find("val")) {
    for (const SctpValue& one : value->list) bytes.push_back(static_cast<uint8_t>(one.number));
  }
  return bytes;
}

void SetValue(SctpItem& item, const std::vector<uint8_t>& bytes) {
  std::erase_if(item.fields, [](const SctpField& field) {
    return field.name == "val" || field.name == "len" || field.name == "cookie";
  });
  SctpField& field = item.fields.emplace_back();
  field.name = "val";
  field.value.kind = SctpValue::Kind::kList;
  for (const uint8_t byte : bytes) {
    SctpValue& one = field.value.list.emplace_back();
    one.kind = SctpValue::Kind::kNumber;
    one.number = byte;
  }
}

bool IsAny(const SctpItem& item, absl::string_view field) {
  const SctpValue* const value = item.Find(field);
  return value != nullptr && value->kind == SctpValue::Kind::kAny;
}

void PutCrc(std::vector<uint8_t>& packet) {
  const uint32_t crc = Crc32c().Add(packet).Finish();
  // As appendix A of RFC 9260 has it: the low byte first.
  for (size_t i = 0; i < 4; ++i) packet[8 + i] = static_cast<uint8_t>(crc >> (8 * i));
}

}  // namespace

SctpDialect::Conversation& SctpDialect::ConversationOf(uint16_t port) {
  const auto [it, is_new] = conversations_.try_emplace(port);
  if (is_new) it->second.local_port = local_.port;
  return it->second;
}

IpAddress SctpDialect::RemoteAddress(uint8_t path) const {
  std::vector<uint8_t> bytes(remote_.bytes().begin(), remote_.bytes().end());
  bytes.back() = static_cast<uint8_t>(bytes.back() + path);
  return IpAddress::FromBytes(bytes);
}

std::variant<std::vector<uint8_t>, std::string> SctpDialect::Build(const PacketLine& line,
                                                                   uint16_t port) {
  const SctpSpec& spec = std::get<SctpSpec>(line.spec);
  Conversation& conversation = ConversationOf(port);
  const NumberMap numbers = [&](FieldKind kind, uint32_t value) {
    return kind == FieldKind::kPeerTsn ? value + conversation.tsn_offset : value;
  };
  uint32_t tag = conversation.tag;
  std::vector<uint8_t> packet(12);
  for (SctpItem chunk : spec.chunks) {
    if (chunk.name == "INIT" || chunk.name == "INIT_ACK") {
      conversation.remote_tag = static_cast<uint32_t>(chunk.Number("tag").value_or(0));
    }
    if (chunk.name == "INIT") tag = 0;
    // A reflected tag is that of the packets that the stack sends (section 8.5.1).
    if (HasFlagT(chunk)) tag = conversation.remote_tag;
    // "...": what the stack gave.
    if (chunk.name == "COOKIE_ECHO" && (IsAny(chunk, "val") || chunk.Number("cookie"))) {
      const size_t which = static_cast<size_t>(
          chunk.Number("cookie").value_or(static_cast<int64_t>(conversation.cookies.size())));
      if (which == 0 || which > conversation.cookies.size()) return "the stack gave no such cookie";
      SetValue(chunk, conversation.cookies[which - 1]);
    }
    if (chunk.name == "HEARTBEAT_ACK") {
      for (SctpItem& inner : chunk.items) {
        if (IsAny(inner, "val")) SetValue(inner, conversation.heartbeat);
      }
    }
    if (std::string wrong = Encode(SctpLevel::kChunk, chunk, numbers, packet); !wrong.empty()) {
      return wrong;
    }
  }
  if (spec.tag) {
    const auto known = conversation.tags.find(*spec.tag);
    tag = known == conversation.tags.end() ? *spec.tag : known->second;
  }
  conversation.last_tag = tag;
  const uint32_t words[] = {uint32_t{port} << 16 | conversation.local_port, tag, 0};
  for (size_t i = 0; i < 12; ++i) {
    packet[i] = static_cast<uint8_t>(words[i / 4] >> (8 * (3 - i % 4)));
  }
  PutCrc(packet);
  if (spec.bad_crc) packet[8] ^= 1;
  BufferPool pool;
  Packet whole = Packet::Allocate(pool, Packet::kHeadroom, packet.size());
  std::copy(packet.begin(), packet.end(), whole.mutable_bytes().begin());
  PrependIp(whole, RemoteAddress(line.path), local_.address, IpProtocol::kSctp,
            line.ecn.value_or(Ecn::kNotEct), line.ttl.value_or(255));
  return BytesOf(whole);
}

std::vector<SctpItem> SctpDialect::Decode(std::span<const uint8_t> chunks, const SctpSpec* spec,
                                          Conversation& conversation) {
  const auto as_it_is = [](FieldKind, uint32_t value) { return value; };
  const auto raw = packet_script::Decode(SctpLevel::kChunk, chunks, as_it_is);
  for (size_t i = 0; i < raw.size(); ++i) {
    if (raw[i].name == "INIT" || raw[i].name == "INIT_ACK") {
      const SctpItem* const written =
          spec != nullptr && i < spec->chunks.size() ? &spec->chunks[i] : nullptr;
      // Not written: they count from 1.
      const auto tsn =
          static_cast<uint32_t>(written == nullptr ? 1 : written->Number("tsn").value_or(1));
      conversation.tsn_offset = static_cast<uint32_t>(raw[i].Number("tsn").value_or(0)) - tsn;
      conversation.tag = static_cast<uint32_t>(raw[i].Number("tag").value_or(0));
      if (written != nullptr && written->Number("tag")) {
        conversation.tags[static_cast<uint32_t>(*written->Number("tag"))] = conversation.tag;
      }
      for (const SctpItem& parameter : raw[i].items) {
        if (parameter.name == "STATE_COOKIE") {
          conversation.cookies.push_back(BytesOfValue(parameter));
        }
      }
    }
    if (raw[i].name == "HEARTBEAT" && !raw[i].items.empty()) {
      conversation.heartbeat = BytesOfValue(raw[i].items[0]);
    }
  }
  return packet_script::Decode(SctpLevel::kChunk, chunks, [&](FieldKind kind, uint32_t value) {
    if (kind == FieldKind::kOwnTsn) return value - conversation.tsn_offset;
    if (kind == FieldKind::kTag) {
      for (const auto& [script, wire] : conversation.tags) {
        if (wire == value) return script;
      }
    }
    return value;
  });
}

std::string SctpDialect::Compare(const PacketLine& expected, const match::PacketSource& packet,
                                 uint16_t port) {
  const SctpSpec& spec = std::get<SctpSpec>(expected.spec);
  Conversation& conversation = ConversationOf(port);
  if (!packet.sctp()) return "not an SCTP packet";
  const sctp::CommonHeader& header = *packet.sctp();
  if (header.destination_port != port) return "a packet of another association";
  const std::vector<SctpItem> chunks = Decode(packet.payload(), &spec, conversation);
  if (std::string wrong = Differ(spec.chunks, false, chunks); !wrong.empty()) return wrong;
  if (chunks[0].name == "INIT") conversation.local_port = header.source_port;
  // Sections 8.5 and 8.5.1: the peer's tag, 0 with INIT, the reflected one with the T bit.
  uint32_t tag = conversation.remote_tag;
  if (chunks[0].name == "INIT") tag = 0;
  if (HasFlagT(chunks[0])) tag = conversation.last_tag;
  if (spec.tag) {
    const auto known = conversation.tags.find(*spec.tag);
    tag = known == conversation.tags.end() ? *spec.tag : known->second;
  }
  if (header.tag.value != tag) {
    return absl::StrFormat("verification tag: expected %d, actual %d", tag, header.tag.value);
  }
  const IpAddress towards = RemoteAddress(expected.path);
  if (packet.ip().destination != towards) {
    return absl::StrCat("address: expected ", towards.ToString(), ", actual ",
                        packet.ip().destination.ToString());
  }
  return "";
}

std::string SctpDialect::Describe(const match::PacketSource& packet, uint16_t port) {
  if (!packet.sctp()) return "not an SCTP packet";
  Conversation copy = ConversationOf(port);
  std::string text = absl::StrCat("sctp(tag=", packet.sctp()->tag.value, ") to ",
                                  packet.ip().destination.ToString(), ": ");
  bool is_first = true;
  for (const SctpItem& chunk : Decode(packet.payload(), nullptr, copy)) {
    absl::StrAppend(&text, is_first ? "" : "; ", ToString(chunk));
    is_first = false;
  }
  return text;
}

}  // namespace tickwire::packet_script
