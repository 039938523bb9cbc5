#include "topologies/build/link_factory.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "protocols/ip/ecn_marker.h"
#include "sim_core/net/bernoulli_loss.h"
#include "sim_core/net/codel_queue.h"
#include "sim_core/net/corruption.h"
#include "sim_core/net/drop_tail_queue.h"
#include "sim_core/net/duplication.h"
#include "sim_core/net/gilbert_elliott_loss.h"
#include "sim_core/net/jitter.h"
#include "sim_core/net/listed_loss.h"
#include "sim_core/net/red_queue.h"
#include "sim_core/net/reordering.h"
#include "topologies/build/literal_values.h"
#include "topologies/match/packet_source.h"
#include "topologies/match/standard_fields.h"

namespace tickwire {
namespace {

constexpr size_t kDefaultQueuePackets = 1000;
constexpr size_t kMostRateChanges = 1'000'000;
constexpr uintmax_t kMostTraceBytes = 64 << 20;

// Gathers the effects of one direction.
class DirectionBuilder {
 public:
  DirectionBuilder(const scenario::Link& link, const LinkFactoryOptions& options)
      : options_(options) {
    config_.rate = RateOf(link.rate());
    config_.propagation = DurationOf(link.delay());
    config_.mtu = link.mtu();
    if (link.has_queue()) queue_ = &link.queue();
  }

  absl::Status Add(const scenario::Effect& effect);
  absl::StatusOr<LinkConfig> Finish();

 private:
  void AddImpairment(std::unique_ptr<Impairment> impairment) {
    config_.impairments.push_back(std::move(impairment));
  }
  void AddDrop(const scenario::Drop& drop);
  absl::Status AddRateTrace(const std::string& file);
  absl::StatusOr<std::unique_ptr<QueueDiscipline>> MakeQueue() const;

  const LinkFactoryOptions& options_;
  LinkConfig config_;
  const scenario::Queue* queue_ = nullptr;
};

Jitter::Parameters JitterOf(const scenario::Jitter& jitter) {
  Jitter::Parameters p;
  p.keep_order = jitter.keep_order();
  const scenario::Distribution& d = jitter.delay();
  switch (d.kind_case()) {
    case scenario::Distribution::kConstant:
      p.low = p.high = DurationOf(d.constant());
      break;
    case scenario::Distribution::kUniform:
      p.low = DurationOf(d.uniform().min());
      p.high = DurationOf(d.uniform().max());
      break;
    case scenario::Distribution::kExponential:
      p.shape = Jitter::Shape::kExponential;
      p.mean = DurationOf(d.exponential().mean());
      break;
    case scenario::Distribution::kNormal:
      p.shape = Jitter::Shape::kNormal;
      p.mean = DurationOf(d.normal().mean());
      p.standard_deviation = DurationOf(d.normal().stddev());
      break;
    case scenario::Distribution::kPareto:
      p.shape = Jitter::Shape::kPareto;
      p.mean = DurationOf(d.pareto().scale());
      p.shape_thousandths = ThousandthsOf(d.pareto().shape());
      p.maximum = DurationOf(d.pareto().max());
      break;
    case scenario::Distribution::kLognormal:
      p.shape = Jitter::Shape::kLognormal;
      p.mean = DurationOf(d.lognormal().median());
      p.shape_thousandths = ThousandthsOf(d.lognormal().sigma());
      p.maximum = DurationOf(d.lognormal().max());
      break;
    case scenario::Distribution::kEmpirical: {
      p.shape = Jitter::Shape::kEmpirical;
      const int n = d.empirical().quantile_size();
      for (int i = 0; i < n; ++i) {
        const uint64_t cumulative = n == 1 ? ~0u : uint64_t{0xffffffff} * i / (n - 1);
        p.rows.push_back(
            {DurationOf(d.empirical().quantile(i)), static_cast<uint32_t>(cumulative)});
      }
      break;
    }
    case scenario::Distribution::KIND_NOT_SET:
      break;
  }
  return p;
}

void DirectionBuilder::AddDrop(const scenario::Drop& drop) {
  ListedLoss::Parameters p;
  if (!drop.match().empty()) {
    auto compiled = match::Compile(drop.match(), match::StandardFieldTable(),
                                   {.addresses_of = options_.addresses_of});
    TW_CHECK(std::holds_alternative<match::Program>(compiled));  // checked by the loader
    p.matcher =
        std::make_unique<match::ProgramMatcher>(std::move(std::get<match::Program>(compiled)));
  }
  p.ordinals.assign(drop.nth().begin(), drop.nth().end());
  p.from = TimeOf(drop.from());
  p.until = TimeOf(drop.until());
  AddImpairment(std::make_unique<ListedLoss>(std::move(p)));
}

absl::Status DirectionBuilder::Add(const scenario::Effect& effect) {
  switch (effect.kind_case()) {
    case scenario::Effect::kLoss:
      AddImpairment(std::make_unique<BernoulliLoss>(ProbabilityOf(effect.loss())));
      break;
    case scenario::Effect::kGilbertElliott: {
      const scenario::GilbertElliott& g = effect.gilbert_elliott();
      AddImpairment(std::make_unique<GilbertElliottLoss>(GilbertElliottLoss::Parameters{
          ProbabilityOf(g.p()), ProbabilityOf(g.r()), ProbabilityOf(g.loss_good()),
          ProbabilityOf(g.loss_bad())}));
      break;
    }
    case scenario::Effect::kDrop:
      AddDrop(effect.drop());
      break;
    case scenario::Effect::kJitter:
      AddImpairment(std::make_unique<Jitter>(JitterOf(effect.jitter())));
      break;
    case scenario::Effect::kReorder:
      AddImpairment(std::make_unique<Reordering>(ProbabilityOf(effect.reorder().probability()),
                                                 DurationOf(effect.reorder().delay())));
      break;
    case scenario::Effect::kDuplicate:
      AddImpairment(std::make_unique<Duplication>(ProbabilityOf(effect.duplicate().probability()),
                                                  DurationOf(effect.duplicate().delay())));
      break;
    case scenario::Effect::kCorrupt:
      AddImpairment(std::make_unique<Corruption>(ProbabilityOf(effect.corrupt().probability()),
                                                 static_cast<int>(effect.corrupt().bits())));
      break;
    case scenario::Effect::kOutage:
      config_.outages.push_back({TimeOf(effect.outage().from()), TimeOf(effect.outage().until())});
      break;
    case scenario::Effect::kRateChange:
      config_.rate_changes.push_back(
          {TimeOf(effect.rate_change().at()), RateOf(effect.rate_change().rate())});
      break;
    case scenario::Effect::kRateTrace:
      return AddRateTrace(effect.rate_trace().file());
    case scenario::Effect::kRate:
      config_.rate = RateOf(effect.rate());
      break;
    case scenario::Effect::kDelay:
      config_.propagation = DurationOf(effect.delay());
      break;
    case scenario::Effect::kQueue:
      queue_ = &effect.queue();
      break;
    case scenario::Effect::kCustom: {
      const auto message = ChosenMessage(effect);
      if (message == nullptr) {
        return absl::NotFoundError(absl::StrCat("unknown type ", effect.custom().type_url()));
      }
      auto made = options_.registry.MakeImpairment(*message);
      if (!made.ok()) return made.status();
      AddImpairment(std::move(*made));
      break;
    }
    case scenario::Effect::KIND_NOT_SET:
      break;
  }
  return absl::OkStatus();
}

// Lines "SECONDS BITS_PER_SECOND"; '#' begins a comment. The time of the last line is the length of
// one round.
absl::Status DirectionBuilder::AddRateTrace(const std::string& file) {
  const std::string path = file.starts_with("/") ? file : options_.directory + "/" + file;
  // Not a device or a pipe, which may never end.
  std::error_code error;
  const bool is_file = std::filesystem::is_regular_file(path, error);
  std::ifstream in(path);
  if (!is_file || !in) {
    return absl::NotFoundError(absl::StrCat("cannot read the rate trace ", path));
  }
  if (std::filesystem::file_size(path, error) > kMostTraceBytes) {
    return absl::OutOfRangeError(
        absl::StrCat(path, ": a rate trace has at most ", kMostTraceBytes, " bytes"));
  }
  std::vector<RateChange> round;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    line = line.substr(0, line.find('#'));
    std::istringstream words(line);
    std::string seconds, rate, more;
    if (!(words >> seconds)) continue;
    const auto at = ParseDuration(seconds + "s");
    int64_t bits = 0;
    if (!(words >> rate) || (words >> more) || !at.ok() || !absl::SimpleAtoi(rate, &bits) ||
        bits < 1 || (!round.empty() && SimTime{*at} <= round.back().at)) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ":", number, ": expected \"SECONDS BITS_PER_SECOND\" with rising ",
                       "seconds and a positive rate, found \"", line, "\""));
    }
    round.push_back({SimTime{*at}, DataRate::BitsPerSecond(bits)});
  }
  if (round.empty()) return absl::InvalidArgumentError(absl::StrCat(path, " has no line"));
  const Duration length = round.back().at.since_start;
  for (Duration start; SimTime{start} <= options_.stop_at; start += length) {
    for (const RateChange& change : round) {
      config_.rate_changes.push_back({change.at + start, change.rate});
    }
    if (length == Duration()) break;
    if (config_.rate_changes.size() > kMostRateChanges) {
      return absl::OutOfRangeError(
          absl::StrCat(path, ": more than ", kMostRateChanges, " changes of rate before stop_at"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<QueueDiscipline>> DirectionBuilder::MakeQueue() const {
  if (queue_ == nullptr) return std::make_unique<DropTailQueue>(kDefaultQueuePackets, 0);
  switch (queue_->kind_case()) {
    case scenario::Queue::kDropTail:
      if (queue_->drop_tail().has_bytes()) {
        return std::make_unique<DropTailQueue>(0, SizeOf(queue_->drop_tail().bytes()));
      }
      return std::make_unique<DropTailQueue>(
          queue_->drop_tail().has_packets() ? queue_->drop_tail().packets() : kDefaultQueuePackets,
          0);
    case scenario::Queue::kRed: {
      const scenario::Red& red = queue_->red();
      return std::make_unique<RedQueue>(
          RedQueue::Parameters{.limit_packets = red.limit_packets(),
                               .minimum_packets = red.min_packets(),
                               .maximum_packets = red.max_packets(),
                               .maximum_probability = ProbabilityOf(red.max_probability()),
                               .weight = ProbabilityOf(red.weight()),
                               .gentle = red.gentle(),
                               .rate = config_.rate},
          red.ecn() ? std::make_unique<EcnMarker>() : nullptr);
    }
    case scenario::Queue::kCodel: {
      const scenario::Codel& codel = queue_->codel();
      return std::make_unique<CodelQueue>(
          CodelQueue::Parameters{.target = DurationOf(codel.target()),
                                 .interval = DurationOf(codel.interval()),
                                 .mtu_bytes = config_.mtu,
                                 .limit_packets = codel.limit_packets()},
          codel.ecn() ? std::make_unique<EcnMarker>() : nullptr);
    }
    case scenario::Queue::kCustom: {
      const auto message = ChosenMessage(*queue_);
      if (message == nullptr) {
        return absl::NotFoundError(absl::StrCat("unknown type ", queue_->custom().type_url()));
      }
      return options_.registry.MakeQueue(*message);
    }
    case scenario::Queue::KIND_NOT_SET:
      break;
  }
  return std::make_unique<DropTailQueue>(kDefaultQueuePackets, 0);
}

absl::StatusOr<LinkConfig> DirectionBuilder::Finish() {
  std::stable_sort(config_.rate_changes.begin(), config_.rate_changes.end(),
                   [](const RateChange& a, const RateChange& b) { return a.at < b.at; });
  auto queue = MakeQueue();
  if (!queue.ok()) return queue.status();
  config_.queue = std::move(*queue);
  return std::move(config_);
}

}  // namespace

absl::StatusOr<LinkConfig> MakeLinkConfig(const scenario::Link& link, LinkDirection direction,
                                          const LinkFactoryOptions& options) {
  DirectionBuilder builder(link, options);
  for (const auto* effects :
       {&link.both(), direction == LinkDirection::kAToB ? &link.a_to_b() : &link.b_to_a()}) {
    for (const scenario::Effect& effect : *effects) {
      if (absl::Status status = builder.Add(effect); !status.ok()) return status;
    }
  }
  return builder.Finish();
}

}  // namespace tickwire
