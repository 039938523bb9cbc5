#include "protocols/tls/record_protection.h"

#include <algorithm>
#include <array>
#include <utility>

#include "sim_core/random/philox.h"

namespace tickwire::tls {

void RecordProtection::ApplyKeystream(std::span<uint8_t> bytes) const {
  const PhiloxKey key = {static_cast<uint32_t>(key_.high >> 32), static_cast<uint32_t>(key_.high)};
  for (size_t i = 0; i < bytes.size(); i += 16) {
    const PhiloxCounter block =
        Philox4x32({static_cast<uint32_t>(i / 16), static_cast<uint32_t>(sequence_),
                    static_cast<uint32_t>(sequence_ >> 32), static_cast<uint32_t>(key_.low)},
                   key);
    const size_t size = std::min<size_t>(16, bytes.size() - i);
    for (size_t j = 0; j < size; ++j) {
      bytes[i + j] ^= static_cast<uint8_t>(block[j / 4] >> (8 * (j % 4)));
    }
  }
}

std::vector<uint8_t> RecordProtection::Tag(uint8_t outer_type,
                                           std::span<const uint8_t> ciphertext) const {
  const Digest content = DigestOf(ciphertext);
  std::array<uint8_t, 25> input;
  size_t at = 0;
  for (const uint64_t word : {sequence_, content.high, content.low}) {
    for (int i = 7; i >= 0; --i) input[at++] = static_cast<uint8_t>(word >> (8 * i));
  }
  input[at] = outer_type;
  return ProofOf(key_, "tag", input, kTagSize);
}

void RecordProtection::Protect(ContentType type, std::span<const uint8_t> plaintext,
                               std::vector<uint8_t>& out) {
  if (version_ == TlsVersion::k12) {
    for (int i = 7; i >= 0; --i) out.push_back(static_cast<uint8_t>(sequence_ >> (8 * i)));
  }
  const size_t begin = out.size();
  out.insert(out.end(), plaintext.begin(), plaintext.end());
  if (version_ == TlsVersion::k13) out.push_back(static_cast<uint8_t>(type));
  ApplyKeystream(std::span(out).subspan(begin));
  const std::vector<uint8_t> tag =
      Tag(static_cast<uint8_t>(OuterType(type)), std::span<const uint8_t>(out).subspan(begin));
  out.insert(out.end(), tag.begin(), tag.end());
  ++sequence_;
}

std::optional<RecordProtection::Opened> RecordProtection::Open(ContentType outer_type,
                                                               std::span<const uint8_t> fragment) {
  const size_t head = version_ == TlsVersion::k13 ? 0 : kExplicitNonceSize;
  if (fragment.size() < head + kTagSize) return std::nullopt;
  uint64_t nonce = 0;
  for (size_t i = 0; i < head; ++i) nonce = nonce << 8 | fragment[i];
  if (head != 0 && nonce != sequence_) return std::nullopt;
  const std::span<const uint8_t> ciphertext =
      fragment.subspan(head, fragment.size() - head - kTagSize);
  if (!std::ranges::equal(Tag(static_cast<uint8_t>(outer_type), ciphertext),
                          fragment.last(kTagSize))) {
    return std::nullopt;
  }
  Opened opened{outer_type, {ciphertext.begin(), ciphertext.end()}};
  ApplyKeystream(opened.plaintext);
  if (version_ == TlsVersion::k13) {
    // §5.4: the last octet that is not zero is the type. Nothing but padding is a wrong message
    // that the caller refuses by its type.
    std::vector<uint8_t>& text = opened.plaintext;
    while (!text.empty() && text.back() == 0) text.pop_back();
    opened.type = text.empty() ? ContentType{0} : ContentType{text.back()};
    if (!text.empty()) text.pop_back();
  }
  ++sequence_;
  return opened;
}

}  // namespace tickwire::tls
