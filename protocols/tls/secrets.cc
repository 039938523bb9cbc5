#include "protocols/tls/secrets.h"

#include "protocols/tls/filler.h"

namespace tickwire::tls {
namespace {

void Append(std::vector<uint8_t>& out, uint64_t value) {
  for (int i = 7; i >= 0; --i) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

}  // namespace

Secret DeriveSecret(const Secret& from, absl::string_view purpose,
                    std::span<const uint8_t> context) {
  std::vector<uint8_t> input;
  input.reserve(16 + purpose.size() + 1 + context.size());
  Append(input, from.high);
  Append(input, from.low);
  input.insert(input.end(), purpose.begin(), purpose.end());
  input.push_back(0);
  input.insert(input.end(), context.begin(), context.end());
  return DigestOf(input);
}

std::vector<uint8_t> ProofOf(const Secret& secret, absl::string_view purpose,
                             std::span<const uint8_t> context, size_t size) {
  const Secret proof = DeriveSecret(secret, purpose, context);
  std::vector<uint8_t> out(size);
  FillBytes(proof.high ^ proof.low, out);
  return out;
}

std::array<uint8_t, 16> Transcript::Hash() const {
  const Digest digest = DigestOf(bytes_);
  std::vector<uint8_t> octets;
  Append(octets, digest.high);
  Append(octets, digest.low);
  std::array<uint8_t, 16> out;
  for (size_t i = 0; i < out.size(); ++i) out[i] = octets[i];
  return out;
}

}  // namespace tickwire::tls
