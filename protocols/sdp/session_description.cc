#include "protocols/sdp/session_description.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tickwire::sdp {
namespace {

std::optional<absl::string_view> FindIn(const std::vector<Attribute>& attributes,
                                        absl::string_view name) {
  const auto found =
      std::find_if(attributes.begin(), attributes.end(),
                   [&](const Attribute& attribute) { return attribute.name == name; });
  if (found == attributes.end()) return std::nullopt;
  return absl::string_view(found->value);
}

void AppendLine(std::string& out, char type, absl::string_view value) {
  out.push_back(type);
  absl::StrAppend(&out, "=", value, "\r\n");
}

void AppendLineIfAny(std::string& out, char type, absl::string_view value) {
  if (!value.empty()) AppendLine(out, type, value);
}

void AppendConnection(std::string& out, const Connection& connection) {
  absl::StrAppend(&out, "c=", connection.net_type, " ", connection.addr_type, " ",
                  connection.address, "\r\n");
}

void AppendBandwidths(std::string& out, const std::vector<Bandwidth>& bandwidths) {
  for (const Bandwidth& bandwidth : bandwidths) {
    absl::StrAppend(&out, "b=", bandwidth.type, ":", bandwidth.value, "\r\n");
  }
}

void AppendAttributes(std::string& out, const std::vector<Attribute>& attributes) {
  for (const Attribute& attribute : attributes) {
    absl::StrAppend(&out, "a=", attribute.name, attribute.has_value ? ":" : "", attribute.value,
                    "\r\n");
  }
}

void AppendTime(std::string& out, const TimeDescription& time) {
  absl::StrAppend(&out, "t=", time.start, " ", time.stop, "\r\n");
  for (const std::string& repeat : time.repeats) AppendLine(out, 'r', repeat);
  AppendLineIfAny(out, 'z', time.zones);
}

void AppendMedia(std::string& out, const MediaSection& section) {
  absl::StrAppend(&out, "m=", section.media, " ", section.port);
  if (section.port_count != 1) absl::StrAppend(&out, "/", section.port_count);
  absl::StrAppend(&out, " ", section.protocol);
  for (const std::string& format : section.formats) absl::StrAppend(&out, " ", format);
  out.append("\r\n");
  AppendLineIfAny(out, 'i', section.information);
  for (const Connection& connection : section.connections) AppendConnection(out, connection);
  AppendBandwidths(out, section.bandwidths);
  AppendLineIfAny(out, 'k', section.key);
  AppendAttributes(out, section.attributes);
}

}  // namespace

Connection Connection::To(const IpAddress& address) {
  return {"IN", address.is_v4() ? "IP4" : "IP6", address.ToString()};
}

std::optional<IpAddress> Connection::ip() const {
  const absl::string_view text = address;
  return IpAddress::Parse(text.substr(0, text.find('/')));
}

std::optional<absl::string_view> MediaSection::Find(absl::string_view name) const {
  return FindIn(attributes, name);
}

void MediaSection::AddAttribute(std::string name, std::string value) {
  const bool has_value = !value.empty();
  attributes.push_back({std::move(name), std::move(value), has_value});
}

std::optional<absl::string_view> SessionDescription::Find(absl::string_view name) const {
  return FindIn(attributes, name);
}

const Connection* SessionDescription::ConnectionOf(const MediaSection& section) const {
  if (!section.connections.empty()) return &section.connections.front();
  return connection.has_value() ? &*connection : nullptr;
}

void SessionDescription::AppendTo(std::string& out) const {
  absl::StrAppend(&out, "v=", version, "\r\no=", origin.username, " ", origin.session_id, " ",
                  origin.session_version, " ", origin.net_type, " ", origin.addr_type, " ");
  absl::StrAppend(&out, origin.address, "\r\ns=", session_name, "\r\n");
  AppendLineIfAny(out, 'i', information);
  AppendLineIfAny(out, 'u', uri);
  for (const std::string& email : emails) AppendLine(out, 'e', email);
  for (const std::string& phone : phones) AppendLine(out, 'p', phone);
  if (connection.has_value()) AppendConnection(out, *connection);
  AppendBandwidths(out, bandwidths);
  for (const TimeDescription& time : times) AppendTime(out, time);
  AppendLineIfAny(out, 'k', key);
  AppendAttributes(out, attributes);
  for (const MediaSection& section : media) AppendMedia(out, section);
}

std::string SessionDescription::ToString() const {
  std::string out;
  AppendTo(out);
  return out;
}

}  // namespace tickwire::sdp
