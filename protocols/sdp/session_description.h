// A session description (RFC 8866): every line type, as values that own their texts.
//
// Parse() is strict about grammar and order and reports each breach with the offset; it never
// fails, and what it could read is there. Writing gives the lines in the order of §5, each with CR
// LF; attributes and repeats stay in their order and as they were written.
#ifndef TICKWIRE_PROTOCOLS_SDP_SESSION_DESCRIPTION_H_
#define TICKWIRE_PROTOCOLS_SDP_SESSION_DESCRIPTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/sdp/rules.h"
#include "protocols/transport/ip_address.h"

namespace tickwire::sdp {

struct Origin {  // §5.2
  std::string username = "-";
  uint64_t session_id = 0;
  uint64_t session_version = 0;  // RFC 3264 §5: below 2^62 - 1 at first
  std::string net_type = "IN";
  std::string addr_type = "IP4";
  std::string address;
  bool operator==(const Origin&) const = default;
};

struct Connection {  // §5.7
  std::string net_type = "IN";
  std::string addr_type = "IP4";
  std::string address;  // with the "/ttl" and "/count" of multicast

  static Connection To(const IpAddress& address);
  // The address without ttl and count; nothing for a name.
  std::optional<IpAddress> ip() const;
  bool operator==(const Connection&) const = default;
};

struct Bandwidth {  // §5.8, in the unit of its type (kbit/s for CT and AS)
  std::string type;
  uint64_t value = 0;
  bool operator==(const Bandwidth&) const = default;
};

struct TimeDescription {  // §5.9 to §5.11; seconds since 1900, 0 0: permanent
  uint64_t start = 0;
  uint64_t stop = 0;
  std::vector<std::string> repeats;  // values of r=
  std::string zones;                 // value of z=, or empty
  bool operator==(const TimeDescription&) const = default;
};

struct Attribute {  // §5.13
  std::string name;
  std::string value;
  bool has_value = false;  // "name:" alone is a breach
  bool operator==(const Attribute&) const = default;
};

// One m= line and what belongs to it (§5.14).
struct MediaSection {
  std::string media = "audio";
  uint32_t port = 0;        // 0: rejected or removed (RFC 3264 §6, §8.2)
  uint32_t port_count = 1;  // "/n"
  std::string protocol = "RTP/AVP";
  std::vector<std::string> formats;
  std::string information;
  std::vector<Connection> connections;
  std::vector<Bandwidth> bandwidths;
  std::string key;
  std::vector<Attribute> attributes;

  // Value of the first attribute of that name (case matters); empty text for a flag.
  std::optional<absl::string_view> Find(absl::string_view name) const;
  void AddAttribute(std::string name, std::string value = {});
  bool operator==(const MediaSection&) const = default;
};

struct ParseResult;

struct SessionDescription {
  uint32_t version = 0;
  Origin origin;
  std::string session_name = "-";
  std::string information;
  std::string uri;
  std::vector<std::string> emails;
  std::vector<std::string> phones;
  std::optional<Connection> connection;
  std::vector<Bandwidth> bandwidths;
  std::vector<TimeDescription> times;
  std::string key;
  std::vector<Attribute> attributes;
  std::vector<MediaSection> media;

  static ParseResult Parse(absl::string_view text);
  void AppendTo(std::string& out) const;
  std::string ToString() const;

  std::optional<absl::string_view> Find(absl::string_view name) const;
  // The c= line that counts for a stream: its own first one, else that of the session.
  const Connection* ConnectionOf(const MediaSection& section) const;
  bool operator==(const SessionDescription&) const = default;
};

struct ParseResult {
  SessionDescription description;
  Violations violations;  // by offset
  bool is_usable() const { return !HasFatal(violations); }
};

}  // namespace tickwire::sdp

#endif  // TICKWIRE_PROTOCOLS_SDP_SESSION_DESCRIPTION_H_
