#include "protocols/transport/layered/held_output.h"

namespace tickwire {
namespace {

constexpr size_t kIdleMemory = 4096;  // octets that are kept while nothing is held

}  // namespace

void HeldOutput::Add(std::span<const uint8_t> unit) {
  bytes_.insert(bytes_.end(), unit.begin(), unit.end());
  sizes_.push_back(static_cast<uint32_t>(unit.size()));
}

void HeldOutput::Clear() {
  if (bytes_.capacity() > kIdleMemory) bytes_ = {};
  bytes_.clear();
  begin_ = 0;
  while (!sizes_.empty()) sizes_.pop_front();
}

bool HeldOutput::Flush(Channel& below) {
  const std::span<const uint8_t> all = bytes_;
  if (below.preserves_messages()) {
    while (!sizes_.empty() && below.Send(all.subspan(begin_, sizes_.front())) > 0) {
      begin_ += sizes_.pop_front();
    }
  } else if (!empty()) {
    uint64_t taken = below.Send(all.subspan(begin_));
    begin_ += taken;
    while (taken > 0) {
      if (sizes_.front() > taken) {
        sizes_.front() -= static_cast<uint32_t>(taken);
        break;
      }
      taken -= sizes_.pop_front();
    }
  }
  if (empty()) Clear();
  return empty();
}

}  // namespace tickwire
