#include "protocols/sctp/packet/sctp_packet.h"

#include <array>

#include "sim_core/base/check.h"
#include "sim_core/packet/crc32c.h"

namespace tickwire::sctp {
namespace {

constexpr TraceLabel kShort{"sctp_truncated", "RFC 9260 3: shorter than the common header"};
constexpr TraceLabel kBadChecksum{"bad_sctp_checksum", "RFC 9260 6.8: CRC32c"};
constexpr TraceLabel kZeroPort{"sctp_port_zero", "RFC 9260 3.1: port 0 must not be used"};

uint16_t Load16(std::span<const uint8_t> at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }
uint32_t Load32(std::span<const uint8_t> at) {
  return uint32_t{at[0]} << 24 | uint32_t{at[1]} << 16 | uint32_t{at[2]} << 8 | at[3];
}

}  // namespace

uint32_t ChecksumOf(std::span<const uint8_t> packet) {
  TW_CHECK(packet.size() >= CommonHeader::kSize);
  constexpr std::array<uint8_t, 4> kZero{};
  const uint32_t crc = Crc32c().Add(packet.first(8)).Add(kZero).Add(packet.subspan(12)).Finish();
  return __builtin_bswap32(crc);  // appendix A: the register's bytes, lowest first
}

std::optional<CommonHeader> CommonHeader::Read(std::span<const uint8_t> bytes) {
  if (bytes.size() < 8) return std::nullopt;
  CommonHeader header{.source_port = Load16(bytes),
                      .destination_port = Load16(bytes.subspan(2)),
                      .tag = VerificationTag{Load32(bytes.subspan(4))}};
  if (bytes.size() >= kSize) header.checksum = Load32(bytes.subspan(8));
  return header;
}

std::optional<CommonHeader> CommonHeader::Parse(std::span<const uint8_t> packet,
                                                const TraceLabel** why) {
  const auto fail = [&](const TraceLabel& label) {
    *why = &label;
    return std::nullopt;
  };
  if (packet.size() < kSize) return fail(kShort);
  const std::optional<CommonHeader> header = Read(packet);
  if (header->checksum != ChecksumOf(packet)) return fail(kBadChecksum);
  if (header->source_port == 0 || header->destination_port == 0) return fail(kZeroPort);
  return header;
}

void CommonHeader::Begin(std::vector<uint8_t>& out) const {
  out.clear();
  const uint32_t words[] = {uint32_t{source_port} << 16 | destination_port, tag.value, 0};
  for (const uint32_t word : words) {
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(word >> shift));
  }
}

void CommonHeader::Seal(std::vector<uint8_t>& out) {
  const uint32_t checksum = ChecksumOf(out);
  for (size_t i = 0; i < 4; ++i) out[8 + i] = static_cast<uint8_t>(checksum >> (24 - 8 * i));
}

}  // namespace tickwire::sctp
