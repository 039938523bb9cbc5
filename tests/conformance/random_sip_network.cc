#include "tests/conformance/random_sip_network.h"

#include <initializer_list>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sim_core/random/rng.h"

namespace tickwire {
namespace {

class Writer {
 public:
  enum class Over { kUdp, kAnything };
  Writer(uint64_t seed, Over over)
      : over_(over),
        rng_(Rng::ForStream(RunSeed{.seed = seed}, "random sip network", "all")),
        transport_rng_(Rng::ForStream(RunSeed{.seed = seed}, "random sip network", "transports")) {}

  std::string Write() {
    callers_ = 1 + Below(3);
    proxies_ = Below(5);
    phones_ = 1 + (proxies_ == 0 ? 0 : Below(3));
    absl::StrAppend(&text_,
                    "title: \"random\" stop_at: \"1h\"\nnode { name: \"hub\" router: true }\n");
    for (uint64_t i = 1; i <= callers_; ++i) AddCaller(absl::StrCat("caller", i));
    for (uint64_t i = 1; i <= proxies_; ++i) AddProxy(i);
    for (uint64_t i = 1; i <= phones_; ++i) AddPhone(absl::StrCat("phone", i));
    for (uint64_t i = 1; i <= callers_; ++i) AddCalls(absl::StrCat("caller", i));
    if (Below(3) == 0) AddCrash();
    for (uint64_t more = over_ == Over::kUdp ? 0 : Below(3); more > 0; --more) AddCrash();
    return text_;
  }

 private:
  uint64_t Below(uint64_t bound) { return rng_.Below(bound); }
  bool OneIn(uint64_t n) { return Below(n) == 0; }
  std::string Millis(uint64_t from, uint64_t to) {
    return absl::StrCat(from + Below(to - from + 1), "ms");
  }

  void AddLink(const std::string& node) {
    names_.push_back(node);
    // Two links make a hop: 10 % on each is 19 % on the way.
    absl::StrAppend(&text_, "link { a: \"", node, "\" b: \"hub\" delay: \"", Millis(1, 60), "\"");
    if (!OneIn(4)) absl::StrAppend(&text_, " both { loss: \"", Below(11), "%\" }");
    if (OneIn(2)) {
      absl::StrAppend(&text_, " both { duplicate { probability: \"", Below(6), "%\" delay: \"",
                      Millis(0, 700), "\" } }");
    }
    if (OneIn(2)) {
      absl::StrAppend(&text_, " both { reorder { probability: \"", Below(11), "%\" delay: \"",
                      Millis(1, 900), "\" } }");
    }
    absl::StrAppend(&text_, " }\n");
  }

  std::string Habits() {
    std::string habits = " session_timer { interval: \"90s\" }";
    if (OneIn(2)) absl::StrAppend(&habits, " reliability: RELIABILITY_SUPPORTED");
    if (OneIn(3)) absl::StrAppend(&habits, " follows_redirections: true");
    return habits;
  }

  void AddCaller(const std::string& name) {
    absl::StrAppend(&text_, "node { name: \"", name, "\" role { sip_ua { domain: \"d1.test\"",
                    CallerRoute(), Habits(), " } } }\n");
    AddLink(name);
  }

  // --- Transports, from a stream of random numbers of their own. ---

  bool Once(uint64_t in) { return transport_rng_.Below(in) == 0; }
  const char* OneOf(std::initializer_list<const char*> texts) {
    return texts.begin()[transport_rng_.Below(texts.size())];
  }

  // With how the caller gets to its first proxy.
  std::string CallerRoute() {
    if (over_ == Over::kUdp || proxies_ == 0 || !Once(5)) {
      return absl::StrCat(proxies_ > 0 ? " route: \"sip:proxy1;lr\"" : "", Transport());
    }
    return Once(2) ? " route: \"sip:proxy1:80;transport=ws;lr\" transport { use: WS }"
                   : " route: \"sips:proxy1:443;transport=ws;lr\" transport { use: WSS }";
  }

  std::string Transport(bool is_proxy = false) {
    if (over_ == Over::kUdp) return "";
    std::string text =
        absl::StrCat(" transport { use: ",
                     OneOf({"UDP", "UDP", "TCP", "TCP", "TLS", "SCTP", "SCTP", "TLS_SCTP"}));
    if (!Once(20)) {
      absl::StrAppend(&text, " also: [TCP, TLS, SCTP, TLS_SCTP",
                      is_proxy ? ", WS, WSS] websocket_port: 80 secure_websocket_port: 443" : "]");
    }
    absl::StrAppend(&text, " idle_timeout: \"",
                    OneOf({"10ms", "500ms", "3s", "20s", "100s", "300s"}), "\"");
    if (Once(4)) {
      absl::StrAppend(&text, " max_unsent: \"", OneOf({"1B", "600B", "4KiB", "64KiB"}), "\"");
    }
    if (Once(10)) absl::StrAppend(&text, " max_connections: ", 1 + transport_rng_.Below(4));
    if (Once(25)) absl::StrAppend(&text, " max_body: \"", OneOf({"10B", "1KiB"}), "\"");
    if (Once(4)) absl::StrAppend(&text, " path_mtu: \"", OneOf({"300B", "600B", "9000B"}), "\"");
    if (Once(2)) {
      absl::StrAppend(&text, " sctp_order: ", OneOf({"UNORDERED", "ORDERED", "PER_TRANSACTION"}));
    }
    if (Once(2)) {
      absl::StrAppend(&text, " tcp { profile: ", OneOf({"RFC", "LINUX", "FREEBSD"}),
                      " sack: ", OneOf({"true", "false"}), " nagle: ", OneOf({"true", "false"}));
      if (Once(3)) absl::StrAppend(&text, " mss: \"", OneOf({"100B", "536B", "1400B"}), "\"");
      if (Once(3)) absl::StrAppend(&text, " receive_buffer: \"", OneOf({"700B", "8KiB"}), "\"");
      if (Once(3)) absl::StrAppend(&text, " send_buffer: \"", OneOf({"300B", "8KiB"}), "\"");
      absl::StrAppend(&text, " }");
    }
    if (Once(2)) {
      absl::StrAppend(&text, " sctp { rto_min: \"", OneOf({"100ms", "1s"}),
                      "\" outbound_streams: ", 1 + transport_rng_.Below(8),
                      " max_inbound_streams: ", 1 + transport_rng_.Below(8));
      if (Once(3)) absl::StrAppend(&text, " send_buffer: \"", OneOf({"300B", "2KiB"}), "\"");
      if (Once(8)) absl::StrAppend(&text, " max_message: \"", OneOf({"400B", "900B"}), "\"");
      absl::StrAppend(&text, " }");
    }
    if (Once(3)) {
      absl::StrAppend(&text, " tls { version: ", OneOf({"ANY", "TLS_1_2"}));
      if (Once(6)) absl::StrAppend(&text, " client_certificate: ", OneOf({"WANTED", "NEEDED"}));
      if (Once(10)) absl::StrAppend(&text, " no_certificate: true");
      if (Once(10)) absl::StrAppend(&text, " no_verification: true");
      if (Once(3)) absl::StrAppend(&text, " no_resumption: true");
      if (Once(3)) absl::StrAppend(&text, " handshake_time: \"", OneOf({"1ms", "50ms"}), "\"");
      absl::StrAppend(&text, " }");
    }
    if (proxies_ > 0 && Once(5)) {
      absl::StrAppend(&text, " connect_to: \"proxy", 1 + transport_rng_.Below(proxies_), "\"");
    }
    return text + " }";
  }

  void AddProxy(uint64_t i) {
    absl::StrAppend(&text_, "node { name: \"proxy", i, "\" role { sip_server { domain: \"d", i,
                    ".test\"", Transport(/*is_proxy=*/true));
    if (i == proxies_) {
      for (uint64_t phone = 1; phone <= phones_; ++phone) {
        absl::StrAppend(&text_, " place { user: \"bob\" node: \"phone", phone, "\" q: \"0.",
                        1 + Below(9), "\" }");
      }
      const char* const forks[] = {"BY_Q", "PARALLEL", "SERIAL"};
      absl::StrAppend(&text_, " fork: ", forks[Below(3)], " no_answer_after: \"20s\"");
    } else {
      // In a row: each hands over to the next.
      absl::StrAppend(&text_, " next_hop { to: \"proxy", i + 1, "\" }");
    }
    if (OneIn(4)) absl::StrAppend(&text_, " no_record_route: true");
    if (OneIn(4)) absl::StrAppend(&text_, " recurse: true");
    if (i < proxies_ && OneIn(5)) absl::StrAppend(&text_, " mode: STATELESS");
    absl::StrAppend(&text_, " } } }\n");
    AddLink(absl::StrCat("proxy", i));
  }

  void AddPhone(const std::string& name) {
    absl::StrAppend(&text_, "node { name: \"", name, "\" role { sip_ua { user: \"bob\"", Habits(),
                    Transport());
    switch (Below(8)) {
      case 0:
        absl::StrAppend(&text_, " reject { status: ", OneIn(2) ? 486 : 603, " after: \"",
                        Millis(0, 3000), "\" }");
        break;
      case 1:
        absl::StrAppend(&text_, " ignore: true");
        break;
      case 2:
        absl::StrAppend(&text_, " answer { answer_after: \"never\" }");
        break;
      default:
        absl::StrAppend(&text_, " answer { answer_after: \"", Millis(0, 4000), "\"",
                        OneIn(2) ? " early_media: true ring_status: 183" : "",
                        OneIn(2) ? absl::StrCat(" hang_up_after: \"", Millis(0, 9000), "\"") : "",
                        OneIn(4) ? absl::StrCat(" hold_after: \"", Millis(0, 3000),
                                                "\" resume_after: \"", Millis(0, 3000), "\"")
                                 : "",
                        " }");
        break;
    }
    absl::StrAppend(&text_, " } } }\n");
    AddLink(name);
  }

  void AddCalls(const std::string& caller) {
    const uint64_t calls = 1 + Below(3);
    for (uint64_t i = 0; i < calls; ++i) {
      const uint64_t at = Below(20'000);
      absl::StrAppend(&text_, "at { time: \"", at, "ms\" node: \"", caller,
                      "\" action { sip_call { ",
                      proxies_ == 0 ? std::string("to: \"phone1\"")
                                    : absl::StrCat("uri: \"sip:bob@d", proxies_, ".test\""),
                      " call: \"c", i, "\" hang_up_after: \"", Millis(0, 20'000), "\"",
                      OneIn(3) ? absl::StrCat(" cancel_after: \"", Millis(0, 5000), "\"") : "",
                      OneIn(4) ? " delayed_offer: true" : "", " } } }\n");
    }
  }

  void AddCrash() {
    const std::string& victim = names_[Below(names_.size())];
    const uint64_t at = Below(25'000);
    absl::StrAppend(&text_, "at { time: \"", at, "ms\" crash: \"", victim, "\" }\n");
    if (OneIn(2)) {
      absl::StrAppend(&text_, "at { time: \"", at + 1 + Below(40'000), "ms\" restart: \"", victim,
                      "\" }\n");
    }
  }

  const Over over_;
  Rng rng_;
  Rng transport_rng_;
  std::string text_;
  std::vector<std::string> names_;
  uint64_t callers_ = 0, proxies_ = 0, phones_ = 0;
};

}  // namespace

std::string RandomSipNetwork(uint64_t seed) { return Writer(seed, Writer::Over::kUdp).Write(); }

std::string RandomTransportNetwork(uint64_t seed) {
  return Writer(seed, Writer::Over::kAnything).Write();
}

}  // namespace tickwire
