#include "protocols/ip/reassembly.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tickwire {
namespace {

constexpr TraceLabel kTimer{"reassembly", "RFC 1122 3.3.2, RFC 8200 4.5: 60 s to become whole"};
constexpr TraceLabel kOverlap{"overlapping_fragments",
                              "RFC 8200 4.5: overlapping fragments, the datagram is discarded"};
constexpr TraceLabel kBadFragment{
    "bad_fragment", "RFC 791 3.2, RFC 8200 4.5: fragment length or offset impossible"};
constexpr TraceLabel kTooMany{"too_many_fragments", "limit on fragments of one datagram"};
constexpr TraceLabel kRepeated{"repeated_fragment", "this fragment was here already"};

}  // namespace

class Reassembly::Datagram {
 public:
  Datagram(Reassembly& owner, const Key& key, uint64_t arrival)
      : owner_(owner), key_(key), arrival_(arrival) {
    timer_.Set(kTimeout);
  }

  // False, with `*why`, if the datagram is spoilt. A repetition sets `*why` and returns true.
  bool Add(Fragment fragment, const TraceLabel** why) {
    const uint32_t begin = fragment.offset;
    const uint32_t end = begin + static_cast<uint32_t>(fragment.packet.wire_size());
    *why = &kBadFragment;
    if (end > MaximumSize() || (fragment.more && (end % 8 != 0 || end == begin))) return false;
    if (size_ && (end > *size_ || (!fragment.more && end != *size_))) return false;
    // The last fragment may come after others; none of them may lie beyond its end.
    if (!fragment.more && !fragments_.empty() && EndOf(fragments_.back()) > end) return false;
    auto place = std::find_if(fragments_.begin(), fragments_.end(),
                              [&](const Fragment& f) { return f.offset >= begin; });
    if (place != fragments_.end() && place->offset == begin &&
        place->packet.wire_size() == end - begin && place->more == fragment.more) {
      *why = &kRepeated;
      return true;
    }
    *why = &kOverlap;
    if (place != fragments_.end() && place->offset < end) return false;
    if (place != fragments_.begin()) {
      const Fragment& before = *(place - 1);
      if (EndOf(before) > begin) return false;
    }
    *why = &kTooMany;
    if (fragments_.size() == kMaximumFragments) return false;
    *why = nullptr;
    if (!fragment.more) size_ = end;
    received_ += end - begin;
    fragments_.insert(place, std::move(fragment));
    return true;
  }

  void Close() { timer_.Cancel(); }
  bool is_whole() const { return size_ && received_ == *size_; }
  uint64_t arrival() const { return arrival_; }

  Whole Take(BufferPool& pool) {
    Whole whole{Packet::Allocate(pool, Packet::kHeadroom, *size_), fragments_.front().datagram};
    uint8_t* out = whole.packet.mutable_bytes().data();
    for (const Fragment& fragment : fragments_) {
      const std::span<const uint8_t> bytes = fragment.packet.bytes();
      std::memcpy(out + fragment.offset, bytes.data(), bytes.size());
      std::memset(out + fragment.offset + bytes.size(), 0, fragment.packet.virtual_tail());
      if (fragment.datagram.ecn == Ecn::kCe) whole.datagram.ecn = Ecn::kCe;
      if (fragment.packet.spoiled() != nullptr) whole.packet.set_spoiled(fragment.packet.spoiled());
      whole.packet.set_record(fragment.packet.record());
    }
    return whole;
  }

  const Packet* quotation() const {
    return fragments_.empty() || fragments_.front().offset != 0 ? nullptr
                                                                : &fragments_.front().quotation;
  }

 private:
  static uint32_t EndOf(const Fragment& fragment) {
    return fragment.offset + static_cast<uint32_t>(fragment.packet.wire_size());
  }
  uint32_t MaximumSize() const { return key_.source.is_v4() ? kMaximumSizeV4 : kMaximumSizeV6; }
  void OnTimer() { owner_.OnTimeout(key_); }

  Reassembly& owner_;
  const Key key_;
  const uint64_t arrival_;
  std::vector<Fragment> fragments_;  // by offset
  std::optional<uint32_t> size_;     // known once the last fragment came
  uint32_t received_ = 0;
  Timer<Datagram, &Datagram::OnTimer> timer_{owner_.clock_, *this, kTimer, owner_.entity_};
};

Reassembly::Reassembly(NodeClock& clock, BufferPool& pool, User& user)
    : clock_(clock), pool_(pool), user_(user), entity_(clock.trace().NewEntity("reassembly")) {}

Reassembly::~Reassembly() = default;

std::optional<Reassembly::Whole> Reassembly::Add(const Key& key, Fragment fragment,
                                                 const TraceLabel** why) {
  auto it = datagrams_.find(key);
  if (it == datagrams_.end()) {
    if (datagrams_.size() == kMaximumDatagrams) {
      Erase(std::min_element(
          datagrams_.begin(), datagrams_.end(),
          [](const auto& a, const auto& b) { return a.second->arrival() < b.second->arrival(); }));
    }
    it = datagrams_.emplace(key, std::make_unique<Datagram>(*this, key, ++arrivals_)).first;
  }
  if (!it->second->Add(std::move(fragment), why)) {
    Erase(it);
    return std::nullopt;
  }
  if (!it->second->is_whole()) return std::nullopt;
  Whole whole = it->second->Take(pool_);
  Erase(it);
  return whole;
}

void Reassembly::Erase(Datagrams::iterator it) {
  it->second->Close();
  datagrams_.erase(it);
}

void Reassembly::OnTimeout(const Key& key) {
  const auto it = datagrams_.find(key);
  const std::unique_ptr<Datagram> expired = std::move(it->second);
  datagrams_.erase(it);
  const Packet* quotation = expired->quotation();
  static const Packet kNothing;
  user_.OnReassemblyTimeout(quotation != nullptr ? *quotation : kNothing);
}

}  // namespace tickwire
