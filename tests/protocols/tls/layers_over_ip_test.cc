// TLS and WebSocket over the real TCP and SCTP: what Wireshark makes of them, and loss.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "protocols/sctp/sctp_layer.h"
#include "protocols/sctp/socket/sctp_transport.h"
#include "protocols/tcp/tcp_layer.h"
#include "protocols/tls/tls_stack.h"
#include "protocols/websocket/websocket_stack.h"
#include "sim_core/net/bernoulli_loss.h"
#include "sim_core/trace/pcapng_writer.h"
#include "tests/support/ip_world.h"
#include "tests/support/memory_channels.h"

namespace tickwire {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Gt;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using tls::TlsVersion;

constexpr char kInvite[] =
    "OPTIONS sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/WS a.invalid;branch=z9hG4bK1\r\n"
    "Max-Forwards: 70\r\nTo: <sip:bob@example.com>\r\nFrom: <sip:alice@example.com>;tag=1\r\n"
    "Call-ID: 1@a.invalid\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

// Forwards by kind, as a role does it.
class BothBelow final : public TransportStack {
 public:
  BothBelow(TransportStack& tcp, TransportStack& sctp) : tcp_(tcp), sctp_(sctp) {}
  absl::StatusOr<std::unique_ptr<Channel>> Connect(TransportKind kind, Endpoint remote,
                                                   Channel::Listener& listener,
                                                   const ConnectOptions& options) override {
    return (kind == TransportKind::kSctp ? sctp_ : tcp_).Connect(kind, remote, listener, options);
  }
  absl::StatusOr<std::unique_ptr<Listening>> Listen(TransportKind kind, Endpoint local, int backlog,
                                                    AcceptFn on_accept) override {
    return (kind == TransportKind::kSctp ? sctp_ : tcp_)
        .Listen(kind, local, backlog, std::move(on_accept));
  }

 private:
  TransportStack& tcp_;
  TransportStack& sctp_;
};

struct Host {
  std::unique_ptr<tcp::TcpLayer> tcp;
  std::unique_ptr<sctp::SctpLayer> sctp_layer;
  std::unique_ptr<sctp::SctpTransport> sctp;
  std::unique_ptr<BothBelow> below;
  std::unique_ptr<tls::TlsStack> tls;
  std::unique_ptr<websocket::WebSocketStack> ws;
  std::unique_ptr<websocket::WebSocketStack> wss;
  // Before what they stand on.
  std::vector<std::unique_ptr<ChannelDiary>> diaries;
  std::vector<std::unique_ptr<TransportStack::Listening>> listenings;
};

class LayersOverIp : public testing::Test {
 protected:
  // `loss` of 1000 packets are lost, either way.
  void Start(uint32_t loss = 0, uint64_t seed = 1) {
    simulator_ = std::make_unique<Simulator>(Simulator::Options{
        .run = {.seed = seed}, .nodes = {"client", "server"}, .sink = &recorder_});
    Node& a = simulator_->node("client");
    Node& z = simulator_->node("server");
    Interface& at_a = a.AddInterface("eth0");
    Interface& at_z = z.AddInterface("eth0");
    const auto link = [&] {
      LinkConfig config;
      config.propagation = Duration::Millis(10);
      if (loss > 0) {
        config.impairments.push_back(std::make_unique<BernoulliLoss>(Ratio{loss, 1000}));
      }
      return config;
    };
    simulator_->Connect(at_a, at_z, link(), link());
    ip_[0] = std::make_unique<IpLayer>(a, IpLayer::Role::kHost);
    ip_[1] = std::make_unique<IpLayer>(z, IpLayer::Role::kHost);
    ip_[0]->AddAddress(at_a, Ip("10.0.0.1"));
    ip_[1]->AddAddress(at_z, Ip("10.0.0.2"));
    ip_[0]->AddRoute(*IpPrefix::Parse("10.0.0.0/24"), at_a);
    ip_[1]->AddRoute(*IpPrefix::Parse("10.0.0.0/24"), at_z);
    tls::TlsConfig::Identity identity;
    identity.certificate.issuer = "Root";
    config_.trusted_issuers = {"Root"};
    for (int i = 0; i < 2; ++i) {
      Host& host = hosts_[i];
      Node& node = i == 0 ? a : z;
      const RunSeed run{.seed = seed};
      host.tcp = std::make_unique<tcp::TcpLayer>(*ip_[i], run);
      host.sctp_layer = std::make_unique<sctp::SctpLayer>(*ip_[i], run);
      host.sctp = std::make_unique<sctp::SctpTransport>(*host.sctp_layer);
      host.below = std::make_unique<BothBelow>(*host.tcp, *host.sctp);
      tls::TlsConfig config = config_;
      identity.certificate.subject_alternative_names = {
          i == 0 ? "sip:client.example.org" : "sip:example.com", "host.example.com"};
      config.identities = {identity};
      if (i == 1) config.client_authentication = asks_;
      host.tls = std::make_unique<tls::TlsStack>(node.clock(), *host.below, run, config);
      host.ws = std::make_unique<websocket::WebSocketStack>(node.clock(), *host.below, run,
                                                            websocket::WebSocketConfig{});
      websocket::WebSocketConfig secure;
      secure.name = "WebSocket over TLS";
      host.wss = std::make_unique<websocket::WebSocketStack>(node.clock(), *host.tls, run, secure);
    }
  }
  ~LayersOverIp() override { Clear(); }
  // From the top to the bottom.
  void Clear() {
    for (Host& host : hosts_) {
      host.diaries.clear();
      host.listenings.clear();
      host.wss.reset();
      host.ws.reset();
      host.tls.reset();
      host.below.reset();
      host.sctp.reset();
      host.sctp_layer.reset();
      host.tcp.reset();
    }
    for (auto& ip : ip_) ip.reset();
    simulator_.reset();
    recorder_ = Recorder();
    sent_.clear();
  }
  static TransportStack& StackOf(Host& host, TransportKind kind) {
    if (kind == TransportKind::kWs) return *host.ws;
    if (kind == TransportKind::kWss) return *host.wss;
    return *host.tls;
  }
  void Do(int host, std::function<void()> action) {
    simulator_->ScheduleAction(simulator_->now(), simulator_->node(host == 0 ? "client" : "server"),
                               std::move(action));
    simulator_->RunUntil(simulator_->now());
  }
  void RunFor(int64_t ms) { simulator_->RunUntil(simulator_->now() + Duration::Millis(ms)); }
  void Listen(TransportKind kind, uint16_t port) {
    Do(1, [&] {
      auto made = StackOf(hosts_[1], kind)
                      .Listen(kind, {IpAddress(), port}, 10,
                              [this](std::unique_ptr<Channel> channel) -> Channel::Listener& {
                                ChannelDiary& diary = NewDiary(1);
                                diary.channel = std::move(channel);
                                return diary;
                              });
      ASSERT_TRUE(made.ok());
      hosts_[1].listenings.push_back(std::move(*made));
    });
  }
  ChannelDiary& NewDiary(int host) {
    hosts_[host].diaries.push_back(std::make_unique<ChannelDiary>());
    return *hosts_[host].diaries.back();
  }
  ChannelDiary& Connect(TransportKind kind, uint16_t port) {
    ChannelDiary& diary = NewDiary(0);
    Do(0, [&] {
      auto made = StackOf(hosts_[0], kind)
                      .Connect(kind, {Ip("10.0.0.2"), port}, diary,
                               {.local = {}, .peer_name = "example.com"});
      ASSERT_TRUE(made.ok());
      diary.channel = std::move(*made);
    });
    return diary;
  }
  static std::span<const uint8_t> Bytes(absl::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
  }
  void Send(int host, ChannelDiary& diary, const std::string& text) {
    Do(host, [&] { EXPECT_EQ(diary.channel->Send(Bytes(text)), text.size()); });
  }
  // Connects, sends a SIP message each way, closes.
  void Visit(TransportKind kind, uint16_t port) {
    const size_t before = hosts_[1].diaries.size();
    ChannelDiary& near = Connect(kind, port);
    RunFor(1000);
    ASSERT_THAT(near.events, ElementsAre("connected"));
    ASSERT_EQ(hosts_[1].diaries.size(), before + 1);
    ChannelDiary& far = *hosts_[1].diaries.back();
    Send(0, near, kInvite);
    RunFor(1000);
    Send(1, far, kInvite);
    RunFor(1000);
    EXPECT_EQ(far.text, kInvite);
    EXPECT_EQ(near.text, kInvite);
    Do(0, [&] { near.channel->Close(); });
    RunFor(1000);
    Do(1, [&] { far.channel->Close(); });
    RunFor(1000);
    EXPECT_THAT(near.closed, ElementsAre(CloseReason::kLocal));
  }

  // What tshark says of what the client's interface sent and received.
  std::string Tshark(const std::string& arguments) {
    const std::filesystem::path path = std::filesystem::temp_directory_path() /
                                       absl::StrCat("tickwire-layers-", getpid(), ".pcapng");
    auto writer = PcapngWriter::Create(path.string(), "");
    TW_CHECK(writer.ok());
    const uint32_t interface = (*writer)->AddInterface("client/eth0", "");
    const NodeId client = simulator_->node("client").clock().node();
    for (const Recorder::Entry& entry : recorder_.entries) {
      const bool is_sent = entry.event.kind == TraceKind::kPacketSent;
      if (!is_sent && entry.event.kind != TraceKind::kPacketDelivered) continue;
      if (is_sent) sent_[{entry.event.ref.node.value, entry.event.ref.index}] = entry.bytes;
      if (entry.event.ref.node != client) continue;
      const std::vector<uint8_t>& bytes =
          is_sent ? entry.bytes : sent_[{entry.event.packet.node.value, entry.event.packet.index}];
      (*writer)->WritePacket(interface, entry.event.time, bytes, entry.event.virtual_tail,
                             PcapngWriter::Direction::kUnknown, "");
    }
    TW_CHECK((*writer)->Finish().ok());
    const std::string command =
        absl::StrCat("tshark -r ", path.string(), " ", arguments, " 2>/dev/null");
    FILE* const pipe = popen(command.c_str(), "r");
    std::string out;
    char buffer[4096];
    while (const size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, size);
    pclose(pipe);
    std::filesystem::remove(path);
    return out;
  }
  static bool HasTshark() { return std::system("which tshark >/dev/null 2>&1") == 0; }
  // Asks tshark once, for Field().
  void Ask(const std::vector<std::string>& names, const std::string& more = "") {
    std::string arguments = absl::StrCat(more, " -T fields -E aggregator=,");
    for (const std::string& name : names) absl::StrAppend(&arguments, " -e ", name);
    fields_.clear();
    for (const std::string& name : names) fields_[name];
    const std::vector<std::string> lines =
        absl::StrSplit(Tshark(arguments), '\n', absl::SkipEmpty());
    for (const std::string& line : lines) {
      const std::vector<std::string> cells = absl::StrSplit(line, '\t');
      ASSERT_EQ(cells.size(), names.size());
      for (size_t i = 0; i < cells.size(); ++i) {
        for (const absl::string_view value : absl::StrSplit(cells[i], ',', absl::SkipEmpty())) {
          fields_[names[i]].emplace_back(value);
        }
      }
    }
  }
  // All values of a field that was asked for, in the order of the packets.
  const std::vector<std::string>& Field(const std::string& name) { return fields_.at(name); }
  // Malformed packets, and all that Wireshark has to say from "warning" upwards.
  std::string Complaints(const std::string& more = "") {
    return Tshark(more +
                  " -Y '_ws.malformed || _ws.expert.severity >= 0x600000' -T fields"
                  " -e frame.number -e _ws.expert.message -e _ws.malformed");
  }

  Recorder recorder_;
  std::unique_ptr<Simulator> simulator_;
  std::unique_ptr<IpLayer> ip_[2];
  tls::TlsConfig config_;
  tls::ClientAuthentication asks_ = tls::ClientAuthentication::kNone;
  std::map<std::pair<uint32_t, uint32_t>, std::vector<uint8_t>> sent_;
  std::map<std::string, std::vector<std::string>> fields_;
  Host hosts_[2];
};

TEST_F(LayersOverIp, WiresharkReadsEveryRecordAndMessageOf12) {
  if (!HasTshark()) GTEST_SKIP() << "no tshark";
  config_.max_version = TlsVersion::k12;
  asks_ = tls::ClientAuthentication::kRequire;
  Start();
  Listen(TransportKind::kTls, 5061);
  Visit(TransportKind::kTls, 5061);
  EXPECT_THAT(Complaints(), IsEmpty());
  Ask({"tls.handshake.type", "tls.handshake.ciphersuite", "tls.handshake.extensions_server_name",
       "x509ce.uniformResourceIdentifier", "x509ce.dNSName", "x509af.utcTime", "tls.app_data",
       "sip.Method"});
  // RFC 5246 §7.3: 1 ClientHello, 2 ServerHello, 11 Certificate, 12 ServerKeyExchange, 13
  // CertificateRequest, 14 ServerHelloDone, 11 Certificate, 16 ClientKeyExchange, 15
  // CertificateVerify, 4 NewSessionTicket; the Finished are protected.
  EXPECT_THAT(Field("tls.handshake.type"),
              ElementsAre("1", "2", "11", "12", "13", "14", "11", "16", "15", "4"));
  EXPECT_THAT(Field("tls.handshake.ciphersuite"), Contains("0xc02b"));
  EXPECT_THAT(Field("tls.handshake.extensions_server_name"), ElementsAre("example.com"));
  EXPECT_THAT(Field("x509ce.uniformResourceIdentifier"),
              ElementsAre("sip:example.com", "sip:client.example.org"));
  EXPECT_THAT(Field("x509ce.dNSName"), ElementsAre("host.example.com", "host.example.com"));
  EXPECT_THAT(Field("x509af.utcTime"), Contains("1970-01-01 00:00:00 (UTC)"));
  EXPECT_THAT(Field("tls.app_data"), testing::SizeIs(2));
  EXPECT_THAT(Field("sip.Method"), IsEmpty());
}

TEST_F(LayersOverIp, WiresharkReadsEveryRecordOf13AndNothingBehindTheServerHello) {
  if (!HasTshark()) GTEST_SKIP() << "no tshark";
  asks_ = tls::ClientAuthentication::kRequire;
  Start();
  Listen(TransportKind::kTls, 5061);
  Visit(TransportKind::kTls, 5061);
  EXPECT_THAT(Complaints(), IsEmpty());
  Ask({"tls.handshake.type", "tls.handshake.extensions.supported_version",
       "tls.handshake.extensions_key_share_group", "tls.record.opaque_type", "sip.Method"});
  EXPECT_THAT(Field("tls.handshake.type"), ElementsAre("1", "2"));
  EXPECT_THAT(Field("tls.handshake.extensions.supported_version"), Contains("0x0304"));
  EXPECT_THAT(Field("tls.handshake.extensions_key_share_group"), ElementsAre("29", "29"));
  // Server: EncryptedExtensions, CertificateRequest, Certificate, CertificateVerify, Finished;
  // client: Certificate, CertificateVerify, Finished; NewSessionTicket; a message and a
  // close_notify each way.
  EXPECT_THAT(Field("tls.record.opaque_type"), testing::SizeIs(5 + 3 + 1 + 2 + 2));
  EXPECT_THAT(Field("sip.Method"), IsEmpty());
}

TEST_F(LayersOverIp, WiresharkReadsResumedHandshakes) {
  if (!HasTshark()) GTEST_SKIP() << "no tshark";
  for (const TlsVersion version : {TlsVersion::k12, TlsVersion::k13}) {
    Clear();
    config_.max_version = version;
    Start();
    Listen(TransportKind::kTls, 5061);
    Visit(TransportKind::kTls, 5061);
    Visit(TransportKind::kTls, 5061);
    EXPECT_EQ(hosts_[0].tls->counters().resumed, 1u);
    EXPECT_THAT(Complaints(), IsEmpty());
    Ask({"tls.handshake.extensions.psk.identity.identity_length"});
    if (version == TlsVersion::k13) {
      EXPECT_THAT(Field("tls.handshake.extensions.psk.identity.identity_length"),
                  ElementsAre("176"));
    }
  }
}

TEST_F(LayersOverIp, WiresharkReadsTlsOverSctp) {
  if (!HasTshark()) GTEST_SKIP() << "no tshark";
  config_.max_version = TlsVersion::k12;
  Start();
  Listen(TransportKind::kTlsSctp, 5061);
  Visit(TransportKind::kTlsSctp, 5061);
  EXPECT_THAT(Complaints("-d sctp.port==5061,tls"), IsEmpty());
  Ask({"tls.handshake.type", "sctp.data_sid", "sctp.data_u_bit"}, "-d sctp.port==5061,tls");
  EXPECT_THAT(Field("tls.handshake.type"), Contains("14"));
  EXPECT_THAT(Field("sctp.data_sid"), testing::SizeIs(Gt(10u)));
  EXPECT_EQ(Field("sctp.data_u_bit").size(), Field("sctp.data_sid").size());
  for (const std::string& stream : Field("sctp.data_sid")) EXPECT_EQ(stream, "0x0000");
  for (const std::string& unordered : Field("sctp.data_u_bit")) EXPECT_EQ(unordered, "0");
}

TEST_F(LayersOverIp, WiresharkReadsSipInWebSocket) {
  if (!HasTshark()) GTEST_SKIP() << "no tshark";
  Start();
  Listen(TransportKind::kWs, 80);
  Visit(TransportKind::kWs, 80);
  EXPECT_THAT(Complaints(), IsEmpty());
  Ask({"http.response.code", "websocket.opcode", "sip.Method"});
  EXPECT_THAT(Field("http.response.code"), ElementsAre("101"));
  EXPECT_THAT(Field("websocket.opcode"), ElementsAre("1", "1", "8", "8"));
  EXPECT_THAT(Field("sip.Method"), ElementsAre("OPTIONS", "OPTIONS"));
}

TEST_F(LayersOverIp, LossDelaysButNothingIsLostOrLeftBehind) {
  int given_up = 0;
  for (const TransportKind kind :
       {TransportKind::kTls, TransportKind::kTlsSctp, TransportKind::kWs, TransportKind::kWss}) {
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      Clear();
      config_.handshake_timeout = Duration::Seconds(600);
      Start(/*loss=*/100, seed);
      Listen(kind, 5061);
      ChannelDiary& near = Connect(kind, 5061);
      RunFor(300'000);
      if (near.events.empty() || near.events[0] != "connected") {
        // WebSocket's own handshake has ten seconds.
        EXPECT_TRUE(kind == TransportKind::kWs || kind == TransportKind::kWss) << seed;
        ++given_up;
        continue;
      }
      ASSERT_EQ(hosts_[1].diaries.size(), 1u) << seed;
      ChannelDiary& far = *hosts_[1].diaries[0];
      std::string sent;
      for (int i = 0; i < 50; ++i) {
        const std::string text = absl::StrCat(kInvite, i);
        sent += text;
        Send(0, near, text);
        Send(1, far, text);
        RunFor(100);
      }
      RunFor(300'000);
      EXPECT_EQ(far.text, sent) << seed;
      EXPECT_EQ(near.text, sent) << seed;
      Do(0, [&] { near.channel->Close(); });
      RunFor(300'000);
      Do(1, [&] { far.channel->Close(); });
      RunFor(600'000);
      for (const Host& host : hosts_) {
        EXPECT_EQ(host.tls->flow_count() + host.ws->flow_count() + host.wss->flow_count(), 0u)
            << seed;
        EXPECT_EQ(host.tcp->connection_count(), 0u) << seed;
      }
    }
  }
  EXPECT_LE(given_up, 4);
}

}  // namespace
}  // namespace tickwire
