// PcapngWriter: a capture file in the pcapng format (IETF draft-ietf-opsawg-pcapng), with
// nanosecond timestamps and a comment for each packet. Link type RAW: packets begin with IP.
//
// Opens in Wireshark. No wall clock and no host's name: the same run gives the same bytes.
#ifndef TICKWIRE_SIM_CORE_TRACE_PCAPNG_WRITER_H_
#define TICKWIRE_SIM_CORE_TRACE_PCAPNG_WRITER_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sim_core/time/sim_time.h"

namespace tickwire {

class PcapngWriter {
 public:
  enum class Direction : uint8_t { kUnknown = 0, kInbound = 1, kOutbound = 2 };

  // Creates or replaces the file. `comment` is about all of it.
  static absl::StatusOr<std::unique_ptr<PcapngWriter>> Create(const std::string& path,
                                                              absl::string_view comment);
  ~PcapngWriter();

  // Returns the number to give to WritePacket.
  uint32_t AddInterface(absl::string_view name, absl::string_view description);
  // `zeros` more zero bytes follow. An empty comment is left out.
  void WritePacket(uint32_t interface, SimTime time, std::span<const uint8_t> bytes, uint32_t zeros,
                   Direction direction, absl::string_view comment);
  // Flushes; tells the first error. Nothing may be written after it.
  absl::Status Finish();

 private:
  PcapngWriter(std::FILE* file, std::string path) : file_(file), path_(std::move(path)) {}
  void BeginBlock(uint32_t type);
  void Put16(uint16_t value);
  void Put32(uint32_t value);
  void PutOption(uint16_t code, std::span<const uint8_t> value);
  void PutOption(uint16_t code, absl::string_view value);
  void EndBlock();

  std::FILE* file_;
  const std::string path_;
  std::vector<uint8_t> block_;
  uint32_t interfaces_ = 0;
  int error_ = 0;  // errno of the first failure
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_TRACE_PCAPNG_WRITER_H_
