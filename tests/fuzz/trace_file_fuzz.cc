// Fuzz entry for trace files: the reader, and what views make of what it reads.
//
// Every input is tried twice: as it is, and with the checksums of its blocks put right, so that
// changes get past them. With libFuzzer (clang): -fsanitize=fuzzer. Without, trace_file_fuzz_test
// replays traces of scenarios and mutations of them.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "experiments/view/ladder.h"
#include "experiments/view/run_model.h"
#include "sim_core/base/check.h"
#include "sim_core/trace/digest.h"
#include "sim_core/trace/trace_reader.h"

namespace tickwire {
namespace {

void Repair(std::vector<uint8_t>& file) {
  FileHeader header{.version = kTraceVersion, .record_size = sizeof(FileRecord)};
  std::memcpy(header.magic, kTraceMagic, sizeof header.magic);
  if (file.size() < sizeof header) return;
  std::memcpy(file.data(), &header, sizeof header);
  for (size_t at = sizeof header; at + sizeof(BlockHeader) <= file.size();) {
    BlockHeader block;
    std::memcpy(&block, &file[at], sizeof block);
    const size_t begin = at + sizeof block;
    block.size = std::min<uint64_t>(block.size, file.size() - begin);
    if (block.type == BlockType::kRecords) {
      block.count = static_cast<uint32_t>(block.size / sizeof(FileRecord));
      block.size = block.count * sizeof(FileRecord);
    }
    block.checksum = StableHash64(std::span(file).subspan(begin, block.size));
    std::memcpy(&file[at], &block, sizeof block);
    at = begin + (block.size + 7) / 8 * 8;
  }
}

void ReadAll(const std::string& path) {
  const auto opened = TraceReader::Open(path);
  if (!opened.ok()) return;
  const TraceReader& trace = **opened;
  uint64_t sum = 0;
  for (size_t row = 0; row < trace.size(); ++row) {
    const FileRecord& record = trace[row];
    for (const uint8_t byte : trace.bytes(record)) sum += byte;
    for (const RecordRef ref : {record.ref(), record.cause(), record.packet()}) {
      const std::optional<size_t> found = trace.Find(ref);
      TW_CHECK(!found || *found < trace.size());
      sum += trace.node_name(ref.node).size();
      sum += trace.entity_name(ref.node, record.entity).size();
    }
    sum += trace.label_name(record.label).size() + trace.label_rule(record.reason).size();
  }
  const scenario::Scenario nothing;
  const RunModel model(trace, nothing);
  for (const Journey& journey : model.journeys()) {
    TW_CHECK(!journey.ends.empty());
    sum += model.CauseOf(journey).size();
  }
  LadderOptions options;
  options.most_arrows = 100;
  sum += LayOutLadder(model, options).arrows.size();
  TW_CHECK(sum != ~uint64_t{0});  // so that nothing is left out as unused
}

void Try(const std::vector<uint8_t>& file) {
  const int memory = memfd_create("trace", MFD_CLOEXEC);
  TW_CHECK(memory >= 0);
  TW_CHECK(write(memory, file.data(), file.size()) == static_cast<ssize_t>(file.size()));
  ReadAll("/proc/self/fd/" + std::to_string(memory));
  close(memory);
}

}  // namespace
}  // namespace tickwire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 1 << 20) return 0;
  std::vector<uint8_t> file(data, data + size);
  tickwire::Try(file);
  tickwire::Repair(file);
  tickwire::Try(file);
  return 0;
}
