// The trace file: layout shared by TraceWriter and TraceReader.
//
//   FileHeader, then blocks to the end of the file: BlockHeader, payload, zero padding to 8 bytes.
//
// A names block introduces nodes, entities and labels before any record that uses them; a bytes
// block carries packet bytes and messages that the records after it point into; a records block is
// an array of FileRecord; an end block (empty) closes a complete file. Each payload has a checksum,
// so a file that was cut short is readable up to its last whole block. All numbers are little
// endian and records are naturally aligned: the file is read where it is mapped.
#ifndef TICKWIRE_SIM_CORE_TRACE_TRACE_FILE_H_
#define TICKWIRE_SIM_CORE_TRACE_TRACE_FILE_H_

#include <bit>
#include <cstdint>

#include "sim_core/base/record_ref.h"
#include "sim_core/time/sim_time.h"
#include "sim_core/trace/trace_event.h"

namespace tickwire {

static_assert(std::endian::native == std::endian::little, "the trace file is mapped as it lies");

inline constexpr char kTraceMagic[8] = {'T', 'W', 'T', 'R', 'A', 'C', 'E', '\n'};
// Readers take this version and older ones. Raise it with any change of the layout.
inline constexpr uint32_t kTraceVersion = 1;

struct FileHeader {
  char magic[8];
  uint32_t version;
  uint32_t record_size;  // sizeof(FileRecord) of the writer
};
static_assert(sizeof(FileHeader) == 16);

enum class BlockType : uint32_t { kNames = 1, kBytes = 2, kRecords = 3, kEnd = 4 };

struct BlockHeader {
  BlockType type;
  uint32_t count;       // entries or records; 0 for bytes
  uint64_t size;        // of the payload, without padding
  uint64_t first_byte;  // kBytes: offset of the payload in the stream of all bytes
  uint64_t checksum;    // XXH3-64 of the payload
};
static_assert(sizeof(BlockHeader) == 32);

enum class NameType : uint32_t { kNode = 1, kEntity = 2, kLabel = 3 };

// Followed by the name and the rule, without terminators, padded to 4 bytes.
struct NameEntry {
  NameType type;
  uint32_t node;  // kEntity: its node
  uint32_t id;    // of the node, entity or label
  uint16_t name_size;
  uint16_t rule_size;  // kLabel only
};
static_assert(sizeof(NameEntry) == 16);

inline constexpr uint64_t kNoBytes = ~uint64_t{0};

struct FileRecord {
  static constexpr int64_t kLastTime = int64_t{1} << 62;  // 146 years

  int64_t time_ns;
  uint32_t node, index;  // record_ref()
  uint32_t cause_node, cause_index;
  uint32_t packet_node, packet_index;
  int64_t value;
  uint64_t bytes_offset;  // in the stream of all bytes; kNoBytes: none
  uint32_t bytes_size;
  uint32_t virtual_tail;
  uint32_t entity;
  uint16_t label;   // 0: none
  uint16_t reason;  // 0: none
  TraceKind kind;
  uint8_t reserved[7];

  // Between the start and kLastTime, whatever a damaged file says, so that readers may subtract and
  // add times without a thought of overflow.
  SimTime time() const {
    return SimTime::FromNanos(time_ns < 0 ? 0 : time_ns > kLastTime ? kLastTime : time_ns);
  }
  RecordRef ref() const { return {NodeId{node}, index}; }
  RecordRef cause() const { return {NodeId{cause_node}, cause_index}; }
  RecordRef packet() const { return {NodeId{packet_node}, packet_index}; }
};
static_assert(sizeof(FileRecord) == 72);

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_TRACE_TRACE_FILE_H_
