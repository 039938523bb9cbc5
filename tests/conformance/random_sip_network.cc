#include "tests/conformance/random_sip_network.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "sim_core/random/rng.h"

namespace tickwire {
namespace {

class Writer {
 public:
  explicit Writer(uint64_t seed)
      : rng_(Rng::ForStream(RunSeed{.seed = seed}, "random sip network", "all")) {}

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
                    proxies_ > 0 ? " route: \"sip:proxy1;lr\"" : "", Habits(), " } } }\n");
    AddLink(name);
  }

  void AddProxy(uint64_t i) {
    absl::StrAppend(&text_, "node { name: \"proxy", i, "\" role { sip_server { domain: \"d", i,
                    ".test\"");
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
    absl::StrAppend(&text_, "node { name: \"", name, "\" role { sip_ua { user: \"bob\"", Habits());
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

  Rng rng_;
  std::string text_;
  std::vector<std::string> names_;
  uint64_t callers_ = 0, proxies_ = 0, phones_ = 0;
};

}  // namespace

std::string RandomSipNetwork(uint64_t seed) { return Writer(seed).Write(); }

}  // namespace tickwire
