// RunScript: a packet script against TcpLayer, or SctpLayer if it has SCTP packets, in virtual
// time.
//
// One node under test with a plain link to the script, which plays everybody else. Real packets go
// over the link, a nanosecond each way; a packet counts as on time if it is so to the microsecond.
#ifndef TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_RUNNER_H_
#define TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_RUNNER_H_

#include <optional>
#include <string>

#include "protocols/tcp/tcp_config.h"
#include "sim_core/trace/trace_sink.h"
#include "tests/support/packet_script/script.h"

namespace tickwire::packet_script {

struct RunOptions {
  tcp::Profile profile = tcp::Profile::kRfc;  // unless the script names one
  TraceSink* sink = nullptr;                  // of the node under test; may be null
};

// The first mistake, nothing if all went as written. The script's options: tolerance_usecs, mtu,
// ip_version=ipv4|ipv6, profile=RFC|LINUX|FREEBSD, tcp={fields of
// scenario.TcpSettings}, sctp={fields of scenario.SctpSettings}.
std::optional<ScriptError> RunScript(const Script& script, const RunOptions& options);

}  // namespace tickwire::packet_script

#endif  // TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_RUNNER_H_
