#include "tests/support/packet_script/runner.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <deque>
#include <list>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "protocols/ip/ip_layer.h"
#include "protocols/sctp/sctp_layer.h"
#include "protocols/tcp/tcp_layer.h"
#include "sim_core/run/simulator.h"
#include "tests/support/packet_script/sctp_dialect.h"
#include "tests/support/packet_script/sctp_socket_table.h"
#include "tests/support/packet_script/socket_table.h"
#include "tests/support/packet_script/tcp_dialect.h"
#include "topologies/build/roles/sctp_settings.h"
#include "topologies/build/roles/tcp_settings.h"

namespace tickwire::packet_script {
namespace {

constexpr Duration kDelay = Duration::Nanos(1);
// Longer than this nobody waits for a packet of time "*".
constexpr Duration kPatience = Duration::Seconds(86'400);
constexpr uint16_t kListenPort = 8080;   // of the stack, when it listens
constexpr uint16_t kClientPort = 40000;  // of the script, when it connects
constexpr uint16_t kServerPort = 8081;   // of the script, when the stack connects

std::string Seconds(SimTime time) {
  const int64_t micros = (time.nanos() + 500) / 1000;
  return absl::StrFormat("%d.%06d", micros / 1'000'000, micros % 1'000'000);
}

// What comes out of the stack.
class Wire : public Interface::Upper {
 public:
  struct Captured {
    SimTime at;  // when it left the stack
    std::vector<uint8_t> bytes;
  };
  explicit Wire(Simulator& simulator) : simulator_(simulator) {}
  void OnPacket(Interface&, Packet packet) override {
    std::vector<uint8_t> bytes(packet.bytes().begin(), packet.bytes().end());
    bytes.resize(packet.wire_size());
    captured.push_back({simulator_.now() - kDelay, std::move(bytes)});
  }
  std::deque<Captured> captured;

 private:
  Simulator& simulator_;
};

// A script has one kind of stack under test.
bool IsSctp(const Script& script) {
  for (const Line& line : script.lines) {
    if (const auto* packet = std::get_if<PacketLine>(&line.what)) {
      if (std::holds_alternative<SctpSpec>(packet->spec)) return true;
    }
  }
  return false;
}

class Run {
 public:
  Run(const Script& script, const RunOptions& options);
  std::optional<ScriptError> Execute();

 private:
  struct Blocked {
    const Line* line;
    const CallLine* call;
    SimTime end;
  };

  bool Configure();
  void MakeTcp(const scenario::TcpSettings& settings);
  void MakeSctp(const sctp::SctpConfig& config);
  bool Send(const Line& line, SimTime at, const std::vector<uint8_t>& bytes);
  std::string Describe(const match::PacketSource& packet, uint16_t port);
  bool ExecuteLine(const Line& line);
  bool Inject(const Line& line, const PacketLine& packet, SimTime at);
  bool Expect(const Line& line, const PacketLine& packet, SimTime at);
  bool Call(const Line& line, const CallLine& call, SimTime at);
  bool Judge(const Line& line, const CallLine& call, const CallResult& result);
  // Runs to `time`, and asks the calls that wait after every event.
  bool RunTo(SimTime time);
  bool RetryBlocked();
  // Within an event of the node under test.
  template <class F>
  void Do(SimTime at, F what) {
    // Two lines of one moment are nanoseconds apart: the way over the link lies between.
    at = std::max(at, simulator_->now());
    simulator_->ScheduleAction(at, simulator_->node("stack"), std::move(what));
    simulator_->RunUntil(at);
  }
  Conversation& ConversationFor(const PacketLine& packet, bool opens);
  bool Fail(int line, std::string what) {
    if (!error_) error_ = {line, std::move(what)};
    return false;
  }
  SimTime StartOf(const TimeSpec& time) const {
    return time.is_relative ? previous_ + time.at : SimTime{time.at};
  }
  SimTime EndOf(const TimeSpec& time, Duration end) const {
    return time.is_relative ? previous_ + end : SimTime{end};
  }
  bool IsIpv6() const { return local_.address.is_v6(); }

  const Script& script_;
  const RunOptions& options_;
  std::unique_ptr<Simulator> simulator_;
  std::unique_ptr<Wire> wire_;
  std::unique_ptr<IpLayer> ip_;
  std::unique_ptr<tcp::TcpLayer> tcp_;
  std::unique_ptr<sctp::SctpLayer> sctp_;
  std::unique_ptr<SocketCalls> sockets_;
  std::unique_ptr<TcpDialect> dialect_;
  std::unique_ptr<SctpDialect> sctp_dialect_;
  Interface* wire_interface_ = nullptr;
  Endpoint local_, remote_;
  Duration tolerance_;
  std::map<uint16_t, Conversation> conversations_;  // by the port of the script's side
  uint16_t current_port_ = kClientPort;
  std::list<Blocked> blocked_;
  SimTime previous_;
  std::optional<ScriptError> error_;
};

Run::Run(const Script& script, const RunOptions& options) : script_(script), options_(options) {}

bool Run::Configure() {
  scenario::TcpSettings settings;
  scenario::SctpSettings sctp;
  tcp::Profile profile = options_.profile;
  size_t mtu = 1500;
  uint32_t tolerance = 0;
  bool v6 = false;
  for (const auto& [name, value] : script_.options) {
    if (name == "tcp") {
      if (!google::protobuf::TextFormat::ParseFromString(value, &settings)) {
        return Fail(1, "--tcp: not fields of TcpSettings");
      }
    } else if (name == "sctp") {
      if (!google::protobuf::TextFormat::ParseFromString(value, &sctp)) {
        return Fail(1, "--sctp: not fields of SctpSettings");
      }
    } else if (name == "profile") {
      if (value != "RFC" && value != "LINUX" && value != "FREEBSD") {
        return Fail(1, absl::StrCat("--profile: \"", value, "\" is none"));
      }
      profile = value == "LINUX"     ? tcp::Profile::kLinux
                : value == "FREEBSD" ? tcp::Profile::kFreeBsd
                                     : tcp::Profile::kRfc;
    } else if (name == "tolerance_usecs") {
      if (!absl::SimpleAtoi(value, &tolerance)) return Fail(1, "--tolerance_usecs: no number");
    } else if (name == "mtu") {
      if (!absl::SimpleAtoi(value, &mtu)) return Fail(1, "--mtu: no number");
    } else if (name == "ip_version") {
      v6 = value == "ipv6";
    } else {
      return Fail(1, absl::StrCat("--", name, ": unknown option"));
    }
  }
  tolerance_ = Duration::Micros(tolerance);
  settings.set_profile(profile == tcp::Profile::kLinux     ? scenario::TcpSettings::LINUX
                       : profile == tcp::Profile::kFreeBsd ? scenario::TcpSettings::FREEBSD
                                                           : scenario::TcpSettings::RFC);

  simulator_ = std::make_unique<Simulator>(
      Simulator::Options{.run = {}, .nodes = {"stack", "wire"}, .sink = options_.sink});
  Interface& out = simulator_->node("stack").AddInterface("wire");
  wire_interface_ = &simulator_->node("wire").AddInterface("stack");
  LinkConfig there, back;
  there.mtu = back.mtu = mtu;
  there.propagation = back.propagation = kDelay;
  simulator_->Connect(out, *wire_interface_, std::move(there), std::move(back));
  wire_ = std::make_unique<Wire>(*simulator_);
  wire_interface_->set_upper(wire_.get());
  ip_ = std::make_unique<IpLayer>(simulator_->node("stack"), IpLayer::Role::kHost);
  local_ = {*IpAddress::Parse(v6 ? "fd3d:fa7b:d17d::1" : "192.168.0.1"), kListenPort};
  remote_ = {*IpAddress::Parse(v6 ? "fd3d:fa7b:d17d:1::2" : "192.0.2.1"), kServerPort};
  ip_->AddAddress(out, local_.address);
  ip_->AddRoute(*IpPrefix::Parse(v6 ? "::/0" : "0.0.0.0/0"), out);
  const bool is_sctp = IsSctp(script_);
  if (is_sctp) {
    MakeSctp(SctpConfigOf(sctp));
  } else {
    MakeTcp(settings);
  }
  dialect_ = std::make_unique<TcpDialect>(tolerance / 1000 + (tolerance > 0 ? 1 : 0));
  return true;
}

void Run::MakeTcp(const scenario::TcpSettings& settings) {
  tcp_ = std::make_unique<tcp::TcpLayer>(*ip_, RunSeed{});
  auto table = std::make_unique<SocketTable>(
      *tcp_, SocketTable::Config{TcpConfigOf(settings), local_, remote_});
  table->on_connect = [this](const tcp::TcpSocket& socket) {
    current_port_ = kServerPort;
    conversations_[kServerPort] = {.local = socket.local(), .remote = remote_};
  };
  sockets_ = std::move(table);
}

void Run::MakeSctp(const sctp::SctpConfig& config) {
  sctp_ = std::make_unique<sctp::SctpLayer>(*ip_, RunSeed{});
  sctp_dialect_ = std::make_unique<SctpDialect>(local_, remote_.address);
  SctpSocketTable::Config sockets{
      .sctp = config, .local = local_, .remote = {}, .remote_port = kServerPort};
  for (uint8_t path = 0; path < 4; ++path) {
    sockets.remote.push_back(sctp_dialect_->RemoteAddress(path));
  }
  auto table = std::make_unique<SctpSocketTable>(*sctp_, sockets);
  table->on_connect = [this] { current_port_ = kServerPort; };
  sockets_ = std::move(table);
}

std::string Run::Describe(const match::PacketSource& packet, uint16_t port) {
  return sctp_dialect_ == nullptr ? TcpDialect::Describe(packet, conversations_[port])
                                  : sctp_dialect_->Describe(packet, port);
}

Conversation& Run::ConversationFor(const PacketLine& packet, bool opens) {
  const uint16_t port =
      packet.port.value_or(opens && current_port_ != kServerPort ? kClientPort : current_port_);
  const auto [it, is_new] = conversations_.try_emplace(port);
  if (is_new) {
    it->second.local = local_;
    it->second.remote = {remote_.address, port};
  }
  return it->second;
}

bool Run::RetryBlocked() {
  for (auto it = blocked_.begin(); it != blocked_.end();) {
    std::optional<CallResult> result;
    const SimTime now = simulator_->now();
    Do(now, [&] { result = sockets_->Retry(*it->call); });
    if (!result) {
      ++it;
      continue;
    }
    const Duration off = now - it->end;
    if (off > tolerance_ + Duration::Nanos(500) || -off > tolerance_ + Duration::Nanos(500)) {
      return Fail(it->line->number, absl::StrCat(it->call->name, "() returned at ", Seconds(now),
                                                 " s, expected at ", Seconds(it->end), " s"));
    }
    if (!Judge(*it->line, *it->call, *result)) return false;
    it = blocked_.erase(it);
  }
  return true;
}

bool Run::RunTo(SimTime time) {
  while (simulator_->NextEventTime() <= time) {
    simulator_->RunUntil(simulator_->NextEventTime());
    if (!RetryBlocked()) return false;
  }
  // Nothing happens until then; a poll() may still give up.
  if (!blocked_.empty()) {
    Do(time, [] {});
    if (!RetryBlocked()) return false;
  }
  return true;
}

bool Run::Inject(const Line& line, const PacketLine& packet, SimTime at) {
  if (!RunTo(at)) return false;
  const auto* tcp = std::get_if<TcpSpec>(&packet.spec);
  const bool opens = tcp != nullptr && tcp->flags == tcp::TcpHeader::kSyn;
  if (std::holds_alternative<SctpSpec>(packet.spec)) {
    auto built = sctp_dialect_->Build(packet, packet.port.value_or(current_port_));
    if (const auto* wrong = std::get_if<std::string>(&built)) return Fail(line.number, *wrong);
    return Send(line, at, std::get<std::vector<uint8_t>>(built));
  }
  if (sctp_ != nullptr) return Fail(line.number, "only SCTP packets go into a script of SCTP");
  return Send(line, at, dialect_->Build(packet, ConversationFor(packet, opens)));
}

bool Run::Send(const Line& line, SimTime at, const std::vector<uint8_t>& bytes) {
  if (bytes.size() > wire_interface_->mtu()) return Fail(line.number, "larger than the MTU");
  const SimTime now = std::max(at, simulator_->now());
  simulator_->ScheduleAction(now, simulator_->node("wire"), [this, &bytes] {
    Packet out = simulator_->node("wire").NewPacket(bytes.size());
    std::copy(bytes.begin(), bytes.end(), out.mutable_bytes().begin());
    wire_interface_->Send(std::move(out));
  });
  simulator_->RunUntil(now);
  previous_ = at;
  return RunTo(now + kDelay);
}

bool Run::Expect(const Line& line, const PacketLine& packet, SimTime at) {
  const Duration slack = tolerance_ + Duration::Nanos(500);
  SimTime earliest = at - slack, latest = at + slack;
  if (line.time.is_any) {
    earliest = SimTime();
    latest = previous_ + kPatience;
  } else if (line.time.until) {
    latest = EndOf(line.time, *line.time.until) + slack;
  }
  // What left the stack arrives a little later.
  while (wire_->captured.empty() && simulator_->NextEventTime() <= latest + kDelay) {
    if (!RunTo(simulator_->NextEventTime())) return false;
  }
  if (wire_->captured.empty()) {
    return Fail(line.number, absl::StrCat("expected a packet at ", Seconds(at), " s, none came",
                                          line.time.is_any ? " within a day" : ""));
  }
  const Wire::Captured captured = std::move(wire_->captured.front());
  wire_->captured.pop_front();
  const match::PacketSource source(captured.bytes, 0);
  const auto failure = [&](const std::string& what) {
    return Fail(line.number,
                absl::StrCat(what, "\n  the packet that came at ", Seconds(captured.at),
                             " s: ", Describe(source, packet.port.value_or(current_port_))));
  };
  Conversation& conversation = ConversationFor(packet, false);
  if (source.tcp() && (source.tcp()->source_port != conversation.local.port ||
                       source.tcp()->destination_port != conversation.remote.port)) {
    return failure("a packet of another connection");
  }
  const bool is_sctp = std::holds_alternative<SctpSpec>(packet.spec);
  const std::string wrong =
      is_sctp ? sctp_dialect_->Compare(packet, source, packet.port.value_or(current_port_))
              : dialect_->Compare(packet, source, conversation);
  if (!wrong.empty()) return failure(wrong);
  if (captured.at < earliest || captured.at > latest) {
    return failure(
        absl::StrCat("time: expected ", Seconds(at), " s, actual ", Seconds(captured.at), " s"));
  }
  const bool is_exact = !line.time.is_any && !line.time.until && tolerance_ == Duration();
  previous_ = is_exact ? at : captured.at;
  return true;
}

bool Run::Judge(const Line& line, const CallLine& call, const CallResult& result) {
  if (result.is_unknown) {
    return Fail(line.number, absl::StrCat(call.name, "(): not supported with these arguments"));
  }
  const std::string actual =
      absl::StrCat(result.value, result.error.empty() ? "" : " ", result.error);
  if (call.result && *call.result != result.value) {
    return Fail(line.number,
                absl::StrCat(call.name, "(): expected ", *call.result,
                             call.error.empty() ? "" : " ", call.error, ", actual ", actual));
  }
  if (call.result && call.error != result.error) {
    return Fail(line.number, absl::StrCat(call.name, "(): expected ", *call.result, " ", call.error,
                                          ", actual ", actual));
  }
  if (!result.mismatch.empty()) {
    return Fail(line.number, absl::StrCat(call.name, "(): ", result.mismatch));
  }
  return true;
}

bool Run::Call(const Line& line, const CallLine& call, SimTime at) {
  if (!RunTo(at)) return false;
  std::optional<CallResult> result;
  Do(at, [&] { result = sockets_->Begin(call); });
  const SimTime end = line.time.end ? EndOf(line.time, *line.time.end) : at;
  previous_ = at;
  if (result) {
    if (end > at) {
      return Fail(line.number,
                  absl::StrCat(call.name, "() returned at once, expected at ", Seconds(end), " s"));
    }
    return Judge(line, call, *result);
  }
  if (!line.time.end)
    return Fail(line.number, absl::StrCat(call.name, "() blocks; say when it returns: +0...0.1 ",
                                          call.name, "(...)"));
  blocked_.push_back({&line, &call, end});
  return true;
}

bool Run::ExecuteLine(const Line& line) {
  const SimTime at = StartOf(line.time);
  if (at < previous_ && !line.time.is_any) {
    return Fail(line.number, absl::StrCat("time goes backwards: ", Seconds(at), " s after ",
                                          Seconds(previous_), " s"));
  }
  if (const auto* packet = std::get_if<PacketLine>(&line.what)) {
    return packet->is_inbound ? Inject(line, *packet, at) : Expect(line, *packet, at);
  }
  if (const auto* call = std::get_if<CallLine>(&line.what)) return Call(line, *call, at);
  previous_ = at;  // reported by whoever runs the script
  return true;
}

std::optional<ScriptError> Run::Execute() {
  if (!Configure()) return error_;
  for (const Line& line : script_.lines) {
    if (!ExecuteLine(line)) return error_;
  }
  if (!RunTo(previous_ + kDelay)) return error_;
  SimTime end = previous_;
  for (const Blocked& blocked : blocked_) end = std::max(end, blocked.end);
  if (!RunTo(end + kDelay)) return error_;
  const int last = script_.lines.empty() ? 1 : script_.lines.back().number;
  if (!blocked_.empty()) {
    Fail(blocked_.front().line->number,
         absl::StrCat(blocked_.front().call->name, "() still blocks"));
  } else if (!wire_->captured.empty()) {
    const match::PacketSource source(wire_->captured.front().bytes, 0);
    Fail(last, absl::StrCat("a packet that the script does not expect, at ",
                            Seconds(wire_->captured.front().at),
                            " s: ", Describe(source, current_port_)));
  }
  return error_;
}

}  // namespace

std::optional<ScriptError> RunScript(const Script& script, const RunOptions& options) {
  return Run(script, options).Execute();
}

}  // namespace tickwire::packet_script
