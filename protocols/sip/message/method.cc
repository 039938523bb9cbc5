#include "protocols/sip/message/method.h"

#include <cstddef>

#include "sim_core/base/check.h"

namespace tickwire::sip {
namespace {
constexpr absl::string_view kNames[] = {"",        "INVITE",   "ACK",   "BYE",       "CANCEL",
                                        "OPTIONS", "REGISTER", "PRACK", "UPDATE",    "MESSAGE",
                                        "REFER",   "PUBLISH",  "INFO",  "SUBSCRIBE", "NOTIFY"};
constexpr size_t kCount = sizeof(kNames) / sizeof(kNames[0]);
static_assert(kCount == static_cast<size_t>(Method::kNotify) + 1);
}  // namespace

Method ParseMethod(absl::string_view text) {
  for (size_t i = 1; i < kCount; ++i) {
    if (kNames[i] == text) return static_cast<Method>(i);
  }
  return Method::kOther;
}

absl::string_view MethodName(Method method) {
  TW_CHECK(method != Method::kOther);
  return kNames[static_cast<size_t>(method)];
}

}  // namespace tickwire::sip
