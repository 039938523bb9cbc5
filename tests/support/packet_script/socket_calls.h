// SocketCalls: the socket calls of a script, whichever protocol they go to.
//
// A call that would block is kept and asked again by Retry() until it is done. Everything runs
// within events of the node under test.
#ifndef TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SOCKET_CALLS_H_
#define TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SOCKET_CALLS_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "tests/support/packet_script/script.h"

namespace tickwire::packet_script {

// What a call gave back. `is_unknown`: a call or an argument that is not supported.
struct CallResult {
  int64_t value = 0;
  std::string error;  // name of errno with -1
  bool is_unknown = false;
  std::string mismatch;  // what the call wrote is not what the script says it writes
};

class SocketCalls {
 public:
  virtual ~SocketCalls() = default;
  // Begins a call; nothing if it blocks.
  virtual std::optional<CallResult> Begin(const CallLine& call) = 0;
  // A call that blocked, asked again.
  virtual std::optional<CallResult> Retry(const CallLine& call) = 0;
};

inline CallResult Done(int64_t value) { return {.value = value, .error = {}, .mismatch = {}}; }
inline CallResult Fails(std::string error) {
  return {.value = -1, .error = std::move(error), .mismatch = {}};
}
inline CallResult Unknown() { return {.error = {}, .is_unknown = true, .mismatch = {}}; }

inline bool Names(const Value& value, absl::string_view name) {
  return std::find(value.names.begin(), value.names.end(), name) != value.names.end();
}
// A number, or the only one of a list: "[1]".
inline std::optional<int64_t> NumberOf(const Value& value) {
  if (value.kind == Value::Kind::kNumber) return value.number;
  if (value.kind == Value::Kind::kList && value.items.size() == 1) return NumberOf(value.items[0]);
  return std::nullopt;
}

}  // namespace tickwire::packet_script

#endif  // TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SOCKET_CALLS_H_
