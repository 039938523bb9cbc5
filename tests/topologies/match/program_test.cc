#include "topologies/match/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <variant>

namespace tickwire::match {
namespace {

constexpr FieldInfo kFields[] = {
    {"sip.status", FieldKind::kNumber, ""},   {"cseq.method", FieldKind::kText, ""},
    {"sip.is_request", FieldKind::kBool, ""}, {"ip.src", FieldKind::kAddress, ""},
    {"udp.age", FieldKind::kNumber, ""},
};

const FieldTable& Table() {
  static const FieldTable table = [] {
    FieldTable built;
    built.Add(kFields);
    return built;
  }();
  return table;
}

class Packet : public FieldSource {
 public:
  Packet& With(const char* name, FieldValue value) {
    values_[Table().Find(name)->value] = value;
    return *this;
  }
  std::optional<FieldValue> Get(FieldId field) override {
    ++gets;
    const auto it = values_.find(field.value);
    if (it == values_.end()) return std::nullopt;
    return it->second;
  }
  int gets = 0;

 private:
  std::map<uint16_t, FieldValue> values_;
};

Packet Ok() {
  Packet packet;
  packet.With("sip.status", int64_t{200}).With("cseq.method", absl::string_view("INVITE"));
  packet.With("sip.is_request", false).With("ip.src", absl::string_view("10.0.1.1"));
  packet.With("udp.age", int64_t{1'500'000});
  return packet;
}

bool Matches(const std::string& text, Packet packet = Ok()) {
  CompileOptions options;
  options.addresses_of = [](absl::string_view name) -> std::vector<std::string> {
    if (name == "alice") return {"10.0.1.1", "10.0.2.1"};
    if (name == "bob") return {"10.0.1.2"};
    return {};
  };
  auto result = Compile(text, Table(), options);
  if (const auto* error = std::get_if<MatchError>(&result)) {
    ADD_FAILURE() << text << ": " << error->message;
    return false;
  }
  return std::get<Program>(result).Matches(packet);
}

struct Case {
  const char* text;
  bool expected;
};

TEST(Match, FollowsItsTable) {
  constexpr Case kCases[] = {
      {"", true},
      {"  ", true},
      {"sip.status==200", true},
      {"sip.status == 0xC8", true},
      {"sip.status!=200", false},
      {"sip.status>=200 && sip.status<300", true},
      {"sip.status<200", false},
      {"sip.status>200", false},
      {"sip.status<=200", true},
      {"sip.status in {180, 200}", true},
      {"sip.status in {180,183}", false},
      {"cseq.method==INVITE", true},
      {"cseq.method==\"INVITE\"", true},
      {"cseq.method=='BYE'", false},
      {"cseq.method contains VIT", true},
      {"cseq.method in {ACK, BYE}", false},
      {"sip.is_request", false},
      {"!sip.is_request", true},
      {"sip.is_request==false", true},
      {"!!sip.is_request", false},
      {"sip", true},  // the protocol is there, though its first bool field is false
      {"udp", true},
      {"sip.status", true},
      {"udp.age==1.5ms", true},
      {"udp.age<2ms && udp.age>1ms", true},
      {"ip.src==alice", true},
      {"ip.src!=alice", false},
      {"ip.src==bob", false},
      {"ip.src!=bob", true},
      {"ip.src==10.0.1.1", true},
      {"ip.src in {bob, 10.0.1.1}", true},
      {"sip.status==200 && cseq.method==BYE || ip.src==alice", true},
      {"sip.status==200 && (cseq.method==BYE || ip.src==bob)", false},
      {"!(sip.status==200 && cseq.method==BYE)", true},
      {"sip.status==404 || sip.status==200 && !sip.is_request", true},
      {"!(sip.status==404 || sip.status==200) && sip.is_request", false},
  };
  for (const Case& c : kCases) EXPECT_EQ(Matches(c.text), c.expected) << c.text;
}

TEST(Match, ComparisonWithAnAbsentFieldIsFalseEitherWay) {
  EXPECT_FALSE(Matches("sip.status==200", Packet()));
  EXPECT_FALSE(Matches("sip.status!=200", Packet()));
  EXPECT_TRUE(Matches("!(sip.status==200)", Packet()));
  EXPECT_FALSE(Matches("sip.is_request", Packet()));
  EXPECT_FALSE(Matches("sip", Packet()));
}

TEST(Match, StopsAsSoonAsTheAnswerIsKnown) {
  Packet packet = Ok();
  const auto program = std::get<Program>(Compile("sip.status==404 && cseq.method==BYE", Table()));
  EXPECT_FALSE(program.Matches(packet));
  EXPECT_EQ(packet.gets, 1);
}

MatchError Error(const std::string& text, const CompileOptions& options = {}) {
  auto result = Compile(text, Table(), options);
  if (!std::holds_alternative<MatchError>(result)) return {};
  return std::get<MatchError>(result);
}

TEST(Match, UnknownFieldIsAnErrorWithItsPlaceAndASuggestion) {
  const MatchError error = Error("cseq.method==BYE && sip.staus==200");
  EXPECT_EQ(error.id, "E0402");
  EXPECT_EQ(error.offset, 20u);
  EXPECT_EQ(error.length, 9u);
  EXPECT_EQ(error.suggestion, "sip.status");
  EXPECT_EQ(Error("status==200").suggestion, "sip.status");
}

TEST(Match, UnlikeThingsDoNotCompare) {
  EXPECT_EQ(Error("sip.status==OK").id, "E0403");
  EXPECT_EQ(Error("sip.status==OK").offset, 12u);
  EXPECT_EQ(Error("sip.status==\"200\"").suggestion, "200");
  EXPECT_EQ(Error("cseq.method<5").id, "E0403");
  EXPECT_EQ(Error("sip.status contains 2").id, "E0403");
  EXPECT_EQ(Error("sip.is_request==1").id, "E0403");
}

TEST(Match, UnknownNodeInAnAddressIsAnError) {
  CompileOptions options;
  options.addresses_of = [](absl::string_view) { return std::vector<std::string>(); };
  EXPECT_EQ(Error("ip.src==carol", options).id, "E0301");
  EXPECT_EQ(Error("ip.src==10.0.0.9", options).id, "");
}

TEST(Match, RefusesWhatIsNotInItsGrammar) {
  for (const char* text :
       {"sip.status=200", "sip.status==", "==200", "sip.status==200 &&", "(sip.status==200",
        "sip.status==200)", "sip.status==200 cseq.method==BYE", "sip.status in 200",
        "sip.status in {200", "sip.status in {}", "cseq.method==\"BYE", "sip.status==200 & sip",
        "sip.status==200 | sip", "!", "()", "udp==5", "sip.status==200 &&& sip", "\x01"}) {
    EXPECT_EQ(Error(text).id, "E0401") << text;
  }
}

TEST(Match, LimitsSizeAndDepth) {
  EXPECT_EQ(Error(std::string(65, '!') + "sip").id, "E0404");
  EXPECT_EQ(Error(std::string(64, '!') + "sip").id, "");
  EXPECT_EQ(Error(std::string(65, '(') + "sip" + std::string(65, ')')).id, "E0404");
  EXPECT_EQ(Error("sip" + std::string(5000, ' ')).id, "E0404");
  std::string many = "sip";
  for (int i = 0; i < 500; ++i) many += "||sip";
  EXPECT_EQ(Error(many).id, "");
}

}  // namespace
}  // namespace tickwire::match
