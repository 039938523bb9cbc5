// Two hosts and a wire, and a trace file that costs what `tickwire run --out` costs.
#ifndef TICKWIRE_TESTS_BENCHMARKS_TWO_HOSTS_H_
#define TICKWIRE_TESTS_BENCHMARKS_TWO_HOSTS_H_

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "protocols/ip/ip_layer.h"
#include "protocols/udp/udp_layer.h"
#include "sim_core/base/check.h"
#include "sim_core/run/simulator.h"
#include "sim_core/trace/trace_writer.h"

namespace tickwire {

// A trace file in the scratch folder, removed at the end.
class ScratchTrace {
 public:
  explicit ScratchTrace(const std::vector<std::string>& nodes) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "tickwire-bench-XXXXXX").string();
    TW_CHECK(mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
    auto writer = TraceWriter::Create(directory_ + "/trace", nodes);
    TW_CHECK(writer.ok());
    writer_ = std::move(*writer);
  }
  ~ScratchTrace() {
    writer_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  TraceSink* sink() { return writer_.get(); }

 private:
  std::string directory_;
  std::unique_ptr<TraceWriter> writer_;
};

class TwoHosts {
 public:
  explicit TwoHosts(TraceSink* sink)
      : simulator_(Options(sink)),
        a_ip_(Prepared(0), IpLayer::Role::kHost),
        b_ip_(Prepared(1), IpLayer::Role::kHost),
        a_udp_(a_ip_),
        b_udp_(b_ip_) {
    Interface& a = simulator_.nodes()[0].interfaces()[0];
    Interface& b = simulator_.nodes()[1].interfaces()[0];
    simulator_.Connect(a, b, Wire(), Wire());
    a_ip_.AddAddress(a, a_address());
    b_ip_.AddAddress(b, b_address());
    a_ip_.AddRoute({b_address(), 32}, a);
    b_ip_.AddRoute({a_address(), 32}, b);
  }
  static IpAddress a_address() { return IpAddress::V4(0x0a000001); }
  static IpAddress b_address() { return IpAddress::V4(0x0a000002); }
  static std::vector<std::string> Names() { return {"alice", "bob"}; }
  Simulator& simulator() { return simulator_; }
  Node& a() { return simulator_.nodes()[0]; }
  Node& b() { return simulator_.nodes()[1]; }
  UdpLayer& a_udp() { return a_udp_; }
  UdpLayer& b_udp() { return b_udp_; }

 private:
  static Simulator::Options Options(TraceSink* sink) {
    Simulator::Options options;
    options.nodes = Names();
    options.sink = sink;
    return options;
  }
  static LinkConfig Wire() {
    LinkConfig wire;
    wire.rate = DataRate::BitsPerSecond(1'000'000'000);
    wire.propagation = Duration::Millis(1);
    return wire;
  }
  Node& Prepared(int index) {
    Node& node = simulator_.nodes()[index];
    node.AddInterface("eth0");
    return node;
  }

  Simulator simulator_;
  IpLayer a_ip_, b_ip_;
  UdpLayer a_udp_, b_udp_;
};

}  // namespace tickwire

#endif  // TICKWIRE_TESTS_BENCHMARKS_TWO_HOSTS_H_
