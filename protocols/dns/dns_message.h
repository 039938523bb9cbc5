// DNS messages (RFC 1035 §4): a header, questions, and three sections of records.
//
// Parse reads what a datagram holds and is strict: counts must fit, names must not loop, data must
// have the length that its record says. Only class IN is known: records of another one are left
// out, and a question of another one is none.
// MODEL: no EDNS (RFC 6891): 512 octets are the most that a UDP response has (§4.2.1); what does
// not fit is left out and the TC bit set. There is no TCP to ask again over.
#ifndef TICKWIRE_PROTOCOLS_DNS_DNS_MESSAGE_H_
#define TICKWIRE_PROTOCOLS_DNS_DNS_MESSAGE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/dns/dns_record.h"

namespace tickwire::dns {

inline constexpr uint16_t kPort = 53;
inline constexpr size_t kMaxUdpBytes = 512;  // §2.3.4
// Records of one message that Parse takes.
inline constexpr size_t kMaxRecords = 512;

enum class Rcode : uint8_t {  // §4.1.1; other values are possible
  kNoError = 0,
  kFormatError = 1,
  kServerFailure = 2,
  kNameError = 3,  // NXDOMAIN
  kNotImplemented = 4,
  kRefused = 5,
};
std::string RcodeName(Rcode rcode);

struct Question {
  std::string name;
  RecordType type = RecordType::kA;
  bool operator==(const Question&) const = default;
};

struct Message {
  uint16_t id = 0;
  bool is_response = false;
  uint8_t opcode = 0;             // 0: a standard query
  bool is_authoritative = false;  // AA
  bool is_truncated = false;      // TC
  bool recursion_desired = false;
  bool recursion_available = false;
  Rcode rcode = Rcode::kNoError;
  std::vector<Question> questions;
  std::vector<Record> answers;
  std::vector<Record> authorities;
  std::vector<Record> additionals;

  static std::optional<Message> Parse(std::span<const uint8_t> octets);
  // Records that do not fit into `max_bytes` are left out: additional ones silently, others with
  // the TC bit (RFC 2181 §9).
  std::vector<uint8_t> Serialize(size_t max_bytes = kMaxUdpBytes) const;
  // "SRV? _sip._udp.example.com", "SRV _sip._udp.example.com: 2 answers", "A x.example: NXDOMAIN".
  std::string Summary() const;
  bool operator==(const Message&) const = default;
};

}  // namespace tickwire::dns

#endif  // TICKWIRE_PROTOCOLS_DNS_DNS_MESSAGE_H_
