// GruuTable: temporary GRUUs and whom they stand for (RFC 5627 §3.1.2, §5).
//
// A temporary GRUU is a random user part; the table knows its address-of-record and instance until
// it is invalidated. Public GRUUs need no table: they hold all they say ("gr" with the instance).
// Texts come from the stream "OWNER", "sip.gruu".
// MODEL: at most kMaxPerInstance temporary GRUUs of one instance stay valid, the newest ones; the
// RFC lets them gather for as long as the registration lives.
#ifndef TICKWIRE_PROTOCOLS_SIP_REGISTRAR_GRUU_TABLE_H_
#define TICKWIRE_PROTOCOLS_SIP_REGISTRAR_GRUU_TABLE_H_

#include <deque>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "sim_core/random/rng.h"

namespace tickwire::sip {

class GruuTable {
 public:
  static constexpr size_t kMaxPerInstance = 16;

  GruuTable(const RunSeed& seed, absl::string_view owner);

  // "sip:alice@example.com;gr=urn:uuid:...": §3.1.1, appendix A.1.
  static std::string PublicGruu(absl::string_view aor, absl::string_view instance);
  // The instance that the value of a "gr" parameter of a public GRUU names: with angle brackets.
  static std::string InstanceOf(absl::string_view gr);

  // A new one, most recent from now on (§5.1). `domain` is the host of its URI.
  std::string NewTemporary(absl::string_view aor, absl::string_view instance,
                           absl::string_view domain);
  // The most recent one; nothing when there is none.
  std::optional<std::string> Latest(absl::string_view aor, absl::string_view instance) const;
  // §5.1 (another Call-ID), §5.3 (no binding left): all of that instance are void.
  void Invalidate(absl::string_view aor, absl::string_view instance);

  struct Owner {
    std::string aor;
    std::string instance;
  };
  // By the user part of the Request-URI; null when it is not valid (any more).
  const Owner* Find(absl::string_view user) const;
  size_t size() const { return owners_.size(); }

 private:
  struct Issued {
    std::string user;
    std::string uri;
  };
  static std::string KeyOf(absl::string_view aor, absl::string_view instance);

  Rng texts_;
  absl::flat_hash_map<std::string, Owner> owners_;               // by user part
  absl::flat_hash_map<std::string, std::deque<Issued>> issued_;  // by address and instance
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_REGISTRAR_GRUU_TABLE_H_
