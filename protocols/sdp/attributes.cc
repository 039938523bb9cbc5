#include "protocols/sdp/attributes.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "protocols/sdp/grammar.h"

namespace tickwire::sdp {
namespace {

struct StaticType {
  uint8_t payload_type;
  absl::string_view name;
  uint32_t clock_rate;
  uint32_t channels;
};

// RFC 3551 tables 4 and 5.
constexpr StaticType kStaticTypes[] = {
    {0, "PCMU", 8000, 1},   {3, "GSM", 8000, 1},    {4, "G723", 8000, 1},   {5, "DVI4", 8000, 1},
    {6, "DVI4", 16000, 1},  {7, "LPC", 8000, 1},    {8, "PCMA", 8000, 1},   {9, "G722", 8000, 1},
    {10, "L16", 44100, 2},  {11, "L16", 44100, 1},  {12, "QCELP", 8000, 1}, {13, "CN", 8000, 1},
    {14, "MPA", 90000, 1},  {15, "G728", 8000, 1},  {16, "DVI4", 11025, 1}, {17, "DVI4", 22050, 1},
    {18, "G729", 8000, 1},  {25, "CelB", 90000, 1}, {26, "JPEG", 90000, 1}, {28, "nv", 90000, 1},
    {31, "H261", 90000, 1}, {32, "MPV", 90000, 1},  {33, "MP2T", 90000, 1}, {34, "H263", 90000, 1}};

std::optional<Codec> StaticCodec(uint8_t payload_type) {
  for (const StaticType& type : kStaticTypes) {
    if (type.payload_type != payload_type) continue;
    return Codec{payload_type, std::string(type.name), type.clock_rate, type.channels, {}};
  }
  return std::nullopt;
}

struct NumberedValue {
  uint8_t payload_type;
  absl::string_view value;
};

// "97 rest": the payload type in front of rtpmap and fmtp.
std::optional<NumberedValue> SplitPayloadType(absl::string_view text) {
  const size_t space = text.find(' ');
  if (space == absl::string_view::npos) return std::nullopt;
  const std::optional<uint64_t> number = ParseNumber(text.substr(0, space), 127);
  const absl::string_view value = text.substr(space + 1);
  if (!number.has_value() || value.empty()) return std::nullopt;
  return NumberedValue{static_cast<uint8_t>(*number), value};
}

// encoding-name "/" clock-rate [ "/" encoding-params ] (§6.6); the params of audio are channels.
std::optional<Codec> ParseRtpMap(absl::string_view text) {
  const std::optional<NumberedValue> split = SplitPayloadType(text);
  if (!split.has_value()) return std::nullopt;
  Codec codec;
  codec.payload_type = split->payload_type;
  const size_t slash = split->value.find('/');
  if (slash == absl::string_view::npos) return std::nullopt;
  const absl::string_view name = split->value.substr(0, slash);
  const absl::string_view rest = split->value.substr(slash + 1);
  const size_t second = rest.find('/');
  const std::optional<uint64_t> rate = ParseNumber(rest.substr(0, second), 1000000000);
  if (!IsToken(name) || !rate.has_value() || *rate == 0) return std::nullopt;
  codec.name = std::string(name);
  codec.clock_rate = static_cast<uint32_t>(*rate);
  if (second != absl::string_view::npos) {
    const std::optional<uint64_t> channels = ParseNumber(rest.substr(second + 1), 255);
    if (!channels.has_value() || *channels == 0) return std::nullopt;
    codec.channels = static_cast<uint32_t>(*channels);
  }
  return codec;
}

struct RtcpValue {
  uint16_t port;
  std::optional<IpAddress> address;
};

// port [nettype SP addrtype SP address] (RFC 3605 §2.1)
std::optional<RtcpValue> ParseRtcp(absl::string_view text) {
  Words words(text);
  const std::optional<uint64_t> port = ParseNumber(words.Take(), 65535);
  if (!port.has_value()) return std::nullopt;
  RtcpValue value{static_cast<uint16_t>(*port), std::nullopt};
  if (words.is_done()) return value;
  const absl::string_view net_type = words.Take();
  const absl::string_view addr_type = words.Take();
  const absl::string_view address = words.Take();
  if (!words.is_done() || !IsAddress(net_type, addr_type, address)) return std::nullopt;
  value.address = IpAddress::Parse(address);
  return value;
}

}  // namespace

absl::string_view DirectionName(Direction direction) {
  constexpr absl::string_view kNames[] = {"sendrecv", "sendonly", "recvonly", "inactive"};
  return kNames[static_cast<size_t>(direction)];
}

std::optional<Direction> DirectionOfName(absl::string_view name) {
  for (const Direction direction :
       {Direction::kSendRecv, Direction::kSendOnly, Direction::kRecvOnly, Direction::kInactive}) {
    if (name == DirectionName(direction)) return direction;
  }
  return std::nullopt;
}

bool Codec::IsSameEncoding(const Codec& other) const {
  return absl::EqualsIgnoreCase(name, other.name) && clock_rate == other.clock_rate &&
         channels == other.channels;
}

bool Codec::is_auxiliary() const {
  return absl::EqualsIgnoreCase(name, "telephone-event") || absl::EqualsIgnoreCase(name, "CN");
}

Codec Pcmu() { return {0, "PCMU", 8000, 1, {}}; }
Codec Pcma() { return {8, "PCMA", 8000, 1, {}}; }
Codec TelephoneEvent() { return {101, "telephone-event", 8000, 1, "0-15"}; }

std::optional<Codec> CodecOf(const MediaSection& section, absl::string_view format) {
  for (Codec& codec : CodecsOf(section)) {
    if (ParseNumber(format, 127) == codec.payload_type) return std::move(codec);
  }
  return std::nullopt;
}

// One pass over the attributes instead of one for each format.
std::vector<Codec> CodecsOf(const MediaSection& section) {
  struct Known {
    std::optional<Codec> map;
    absl::string_view parameters;
  };
  std::array<int8_t, 128> place;
  place.fill(-1);
  std::vector<Known> known;
  const auto at = [&](uint8_t number) -> Known& {
    if (place[number] < 0) {
      place[number] = static_cast<int8_t>(known.size());
      known.emplace_back();
    }
    return known[static_cast<size_t>(place[number])];
  };
  for (const Attribute& attribute : section.attributes) {
    const bool is_map = attribute.name == "rtpmap";
    if (!is_map && attribute.name != "fmtp") continue;
    const std::optional<NumberedValue> split = SplitPayloadType(attribute.value);
    if (!split.has_value()) continue;
    Known& entry = at(split->payload_type);
    if (is_map) {
      if (!entry.map.has_value()) entry.map = ParseRtpMap(attribute.value);
    } else if (entry.parameters.empty()) {
      entry.parameters = split->value;
    }
  }
  std::vector<Codec> codecs;
  codecs.reserve(section.formats.size());
  for (const std::string& format : section.formats) {
    const std::optional<uint64_t> number = ParseNumber(format, 127);
    if (!number.has_value()) continue;
    const Known* const entry =
        place[*number] < 0 ? nullptr : &known[static_cast<size_t>(place[*number])];
    std::optional<Codec> codec;
    if (entry != nullptr && entry->map.has_value()) {
      codec = entry->map;
    } else {
      codec = StaticCodec(static_cast<uint8_t>(*number));
    }
    if (!codec.has_value()) continue;
    if (entry != nullptr) codec->parameters = std::string(entry->parameters);
    codecs.push_back(std::move(*codec));
  }
  return codecs;
}

void AddCodecs(MediaSection& section, const std::vector<Codec>& codecs) {
  for (const Codec& codec : codecs) section.formats.push_back(absl::StrCat(codec.payload_type));
  for (const Codec& codec : codecs) {
    std::string map = absl::StrCat(codec.payload_type, " ", codec.name, "/", codec.clock_rate);
    if (codec.channels != 1) absl::StrAppend(&map, "/", codec.channels);
    section.AddAttribute("rtpmap", std::move(map));
    if (codec.parameters.empty()) continue;
    section.AddAttribute("fmtp", absl::StrCat(codec.payload_type, " ", codec.parameters));
  }
}

Direction DirectionOf(const SessionDescription& session, const MediaSection& section) {
  std::optional<Direction> direction;
  for (const std::vector<Attribute>* attributes : {&section.attributes, &session.attributes}) {
    for (const Attribute& attribute : *attributes) {
      if (!direction.has_value()) direction = DirectionOfName(attribute.name);
    }
  }
  return direction.value_or(Direction::kSendRecv);
}

bool IsUnspecified(const SessionDescription& session, const MediaSection& section) {
  const Connection* const connection = session.ConnectionOf(section);
  const std::optional<IpAddress> address = connection == nullptr ? std::nullopt : connection->ip();
  return address.has_value() && address->is_unspecified();
}

std::optional<uint32_t> PtimeOf(const MediaSection& section) {
  const std::optional<absl::string_view> text = section.Find("ptime");
  if (!text.has_value()) return std::nullopt;
  const std::optional<uint64_t> number = ParseNumber(*text, 10000);
  if (!number.has_value() || *number == 0) return std::nullopt;
  return static_cast<uint32_t>(*number);
}

std::optional<Endpoint> RtpEndpointOf(const SessionDescription& session,
                                      const MediaSection& section) {
  const Connection* const connection = session.ConnectionOf(section);
  if (connection == nullptr || section.port == 0) return std::nullopt;
  const std::optional<IpAddress> address = connection->ip();
  if (!address.has_value()) return std::nullopt;
  return Endpoint{*address, static_cast<uint16_t>(section.port)};
}

std::optional<Endpoint> RtcpEndpointOf(const SessionDescription& session,
                                       const MediaSection& section) {
  std::optional<Endpoint> endpoint = RtpEndpointOf(session, section);
  if (!endpoint.has_value()) return std::nullopt;
  if (const std::optional<absl::string_view> text = section.Find("rtcp"); text.has_value()) {
    if (const std::optional<RtcpValue> rtcp = ParseRtcp(*text); rtcp.has_value()) {
      return Endpoint{rtcp->address.value_or(endpoint->address), rtcp->port};
    }
  }
  if (endpoint->port == 65535) return std::nullopt;
  ++endpoint->port;
  return endpoint;
}

bool IsKnownAttributeValid(const Attribute& attribute) {
  if (attribute.name == "rtpmap") return ParseRtpMap(attribute.value).has_value();
  if (attribute.name == "fmtp") {
    const size_t space = attribute.value.find(' ');
    return space != std::string::npos && space != 0 && space + 1 < attribute.value.size();
  }
  if (attribute.name == "ptime" || attribute.name == "maxptime") {
    // RFC 8866 §6.4 allows real numbers; RFC 3264 §5.1: greater than zero.
    const size_t dot = attribute.value.find('.');
    const std::optional<uint64_t> whole =
        ParseNumber(absl::string_view(attribute.value).substr(0, dot), 10000);
    return whole.has_value() && (*whole > 0 || dot != std::string::npos);
  }
  if (attribute.name == "rtcp") return ParseRtcp(attribute.value).has_value();
  if (DirectionOfName(attribute.name).has_value()) return !attribute.has_value;
  return true;
}

}  // namespace tickwire::sdp
