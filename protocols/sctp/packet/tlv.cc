#include "protocols/sctp/packet/tlv.h"

#include <algorithm>

#include "sim_core/base/check.h"

namespace tickwire::sctp {
namespace {

// The length field of what begins `rest`; 0 if it cannot be right.
size_t LengthOf(std::span<const uint8_t> rest) {
  if (rest.size() < kTlvHeader) return 0;
  const size_t length = size_t{rest[2]} << 8 | rest[3];
  return length < kTlvHeader || length > rest.size() ? 0 : length;
}

}  // namespace

std::optional<ChunkView> TakeChunk(std::span<const uint8_t>& rest) {
  const size_t length = LengthOf(rest);
  if (length == 0) return std::nullopt;
  const ChunkView chunk{.type = rest[0],
                        .flags = rest[1],
                        .value = rest.subspan(kTlvHeader, length - kTlvHeader),
                        .whole = rest.first(length)};
  rest = rest.subspan(std::min(Padded(length), rest.size()));
  return chunk;
}

std::optional<ParameterView> TakeParameter(std::span<const uint8_t>& rest) {
  const size_t length = LengthOf(rest);
  if (length == 0) return std::nullopt;
  const ParameterView parameter{.type = static_cast<uint16_t>(rest[0] << 8 | rest[1]),
                                .value = rest.subspan(kTlvHeader, length - kTlvHeader),
                                .whole = rest.first(length)};
  rest = rest.subspan(std::min(Padded(length), rest.size()));
  return parameter;
}

bool AreParameters(std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    if (!TakeParameter(bytes)) return false;
  }
  return true;
}

std::optional<ParameterView> FindParameter(std::span<const uint8_t> bytes, uint16_t type) {
  while (const std::optional<ParameterView> parameter = TakeParameter(bytes)) {
    if (parameter->type == type) return parameter;
  }
  return std::nullopt;
}

TlvWriter::TlvWriter(std::vector<uint8_t>& out, uint8_t type, uint8_t flags)
    : out_(out), begin_(out.size()) {
  Put8(type).Put8(flags).Put16(0);
}

TlvWriter::TlvWriter(std::vector<uint8_t>& out, uint16_t type) : out_(out), begin_(out.size()) {
  Put16(type).Put16(0);
}

TlvWriter::~TlvWriter() {
  const size_t length = out_.size() - begin_;
  TW_CHECK(length <= 0xffff);
  out_[begin_ + 2] = static_cast<uint8_t>(length >> 8);
  out_[begin_ + 3] = static_cast<uint8_t>(length);
  out_.resize(begin_ + Padded(length));
}

TlvWriter& TlvWriter::Put8(uint8_t value) {
  out_.push_back(value);
  return *this;
}

TlvWriter& TlvWriter::Put16(uint16_t value) {
  return Put8(static_cast<uint8_t>(value >> 8)).Put8(static_cast<uint8_t>(value));
}

TlvWriter& TlvWriter::Put32(uint32_t value) {
  return Put16(static_cast<uint16_t>(value >> 16)).Put16(static_cast<uint16_t>(value));
}

TlvWriter& TlvWriter::PutBytes(std::span<const uint8_t> bytes) {
  out_.insert(out_.end(), bytes.begin(), bytes.end());
  return *this;
}

TlvWriter& TlvWriter::PutTlvs(std::span<const uint8_t> tlvs) {
  size_t end = tlvs.size();
  for (std::span<const uint8_t> rest = tlvs; !rest.empty();) {
    const size_t begin = tlvs.size() - rest.size();
    const std::optional<ParameterView> one = TakeParameter(rest);
    if (!one) {
      end = tlvs.size();
      break;
    }
    end = begin + one->whole.size();
  }
  return PutBytes(tlvs.first(end));
}

std::span<const uint8_t> ValueReader::TakeRest() {
  const std::span<const uint8_t> all = rest_;
  rest_ = {};
  return all;
}

uint64_t ValueReader::Take(size_t bytes) {
  if (rest_.size() < bytes) {
    ok_ = false;
    rest_ = {};
    return 0;
  }
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) value = value << 8 | rest_[i];
  rest_ = rest_.subspan(bytes);
  return value;
}

}  // namespace tickwire::sctp
