// TraceWriter and TraceReader: what is written is read back; what is damaged is noticed.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "sim_core/trace/digest.h"
#include "sim_core/trace/trace_reader.h"
#include "sim_core/trace/trace_writer.h"

namespace tickwire {
namespace {

using testing::HasSubstr;

constexpr TraceLabel kA{"label a", "rule a"};
constexpr TraceLabel kB{"label b"};

class TraceFileTest : public testing::Test {
 protected:
  TraceFileTest() {
    std::filesystem::create_directories(directory_);
    path_ = (directory_ / "trace").string();
  }
  ~TraceFileTest() override { std::filesystem::remove_all(directory_); }

  // `records` records of two nodes, each with some bytes; the third of every three has none.
  static absl::Status WriteTo(const std::string& path, int records) {
    auto writer = TraceWriter::Create(path, {"alice", "bob"});
    if (!writer.ok()) return writer.status();
    (*writer)->OnEntity(NodeId{1}, 1, "eth0");
    (*writer)->OnEntity(NodeId{2}, 1, "");
    for (int i = 0; i < records; ++i) {
      const std::string text = i % 3 == 2 ? "" : "bytes of " + std::to_string(i);
      (*writer)->OnRecord(
          {.time = SimTime::FromNanos(i),
           .ref = {NodeId{static_cast<uint32_t>(i % 2 + 1)}, static_cast<uint32_t>(i / 2 + 1)},
           .cause = {NodeId{1}, static_cast<uint32_t>(i)},
           .packet = {NodeId{2}, 7},
           .value = -i,
           .label = &kA,
           .reason = i % 2 == 0 ? &kB : nullptr,
           .entity = 1,
           .virtual_tail = 9,
           .kind = TraceKind::kPacketSent},
          {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
    }
    return (*writer)->Finish();
  }
  static void Expect(const TraceReader& trace, size_t records) {
    ASSERT_EQ(trace.size(), records);
    EXPECT_EQ(trace.node_count(), 2u);
    EXPECT_EQ(trace.node_name(NodeId{1}), "alice");
    EXPECT_EQ(trace.entity_name(NodeId{1}, 1), "eth0");
    EXPECT_EQ(trace.entity_name(NodeId{2}, 1), "");
    EXPECT_EQ(trace.entity_name(NodeId{2}, 0), "bob");
    for (size_t i = 0; i < records; ++i) {
      const FileRecord& record = trace[i];
      ASSERT_EQ(record.time_ns, static_cast<int64_t>(i));
      ASSERT_EQ(record.ref(), (RecordRef{NodeId{static_cast<uint32_t>(i % 2 + 1)},
                                         static_cast<uint32_t>(i / 2 + 1)}));
      ASSERT_EQ(record.value, -static_cast<int64_t>(i));
      ASSERT_EQ(record.virtual_tail, 9u);
      ASSERT_EQ(trace.label_name(record.label), "label a");
      ASSERT_EQ(trace.label_rule(record.label), "rule a");
      ASSERT_EQ(trace.label_name(record.reason), i % 2 == 0 ? "label b" : "");
      const auto bytes = trace.bytes(record);
      const std::string text = i % 3 == 2 ? "" : "bytes of " + std::to_string(i);
      ASSERT_EQ(std::string(bytes.begin(), bytes.end()), text);
      ASSERT_EQ(trace.Find(record.ref()), i);
    }
  }
  static std::string Read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  void Put(const std::string& content) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << content;
  }

  // One block with a right checksum.
  template <class T>
  static std::string Block(BlockType type, uint32_t count, const std::vector<T>& payload,
                           uint64_t first_byte = 0) {
    const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(payload.data()),
                                         payload.size() * sizeof(T));
    const BlockHeader header{type, count, bytes.size(), first_byte, StableHash64(bytes)};
    std::string text(reinterpret_cast<const char*>(&header), sizeof header);
    text.append(bytes.begin(), bytes.end());
    text.resize((text.size() + 7) / 8 * 8);
    return text;
  }
  static std::string Header() {
    FileHeader header{.version = kTraceVersion, .record_size = sizeof(FileRecord)};
    std::memcpy(header.magic, kTraceMagic, sizeof header.magic);
    return {reinterpret_cast<const char*>(&header), sizeof header};
  }

  const std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("tickwire-trace-" + std::to_string(getpid()));
  std::string path_;
};

TEST_F(TraceFileTest, RoundTrip) {
  ASSERT_TRUE(WriteTo(path_, 10).ok());
  const auto trace = TraceReader::Open(path_);
  ASSERT_TRUE(trace.ok()) << trace.status();
  EXPECT_TRUE((*trace)->is_complete());
  Expect(**trace, 10);
}

TEST_F(TraceFileTest, RoundTripOverManyBlocks) {
  ASSERT_TRUE(WriteTo(path_, 30'000).ok());
  const auto trace = TraceReader::Open(path_);
  ASSERT_TRUE(trace.ok()) << trace.status();
  EXPECT_TRUE((*trace)->is_complete());
  Expect(**trace, 30'000);
}

TEST_F(TraceFileTest, AnEmptyRunIsATrace) {
  ASSERT_TRUE(WriteTo(path_, 0).ok());
  const auto trace = TraceReader::Open(path_);
  ASSERT_TRUE(trace.ok());
  EXPECT_TRUE((*trace)->is_complete());
  EXPECT_EQ((*trace)->size(), 0u);
  EXPECT_EQ((*trace)->Find({NodeId{1}, 1}), std::nullopt);
}

TEST_F(TraceFileTest, TheSameRunGivesTheSameBytes) {
  ASSERT_TRUE(WriteTo(path_, 20'000).ok());
  const std::string once = Read(path_);
  ASSERT_TRUE(WriteTo(path_, 20'000).ok());
  EXPECT_EQ(Read(path_), once);
}

TEST_F(TraceFileTest, CutAtEveryLengthItOpensUpToTheLastWholeBlock) {
  ASSERT_TRUE(WriteTo(path_, 12).ok());
  const std::string whole = Read(path_);
  // Names, bytes, records, end: where each ends.
  size_t records_end = 0;
  for (size_t at = sizeof(FileHeader); at < whole.size();) {
    BlockHeader header;
    std::memcpy(&header, whole.data() + at, sizeof header);
    at += sizeof header + header.size;
    if (header.type == BlockType::kRecords) records_end = at;
    at = (at + 7) / 8 * 8;
  }
  for (size_t size = whole.size(); size-- > 0;) {
    std::filesystem::resize_file(path_, size);
    const auto trace = TraceReader::Open(path_);
    ASSERT_EQ(trace.ok(), size >= sizeof(FileHeader)) << size;
    if (!trace.ok()) continue;
    EXPECT_FALSE((*trace)->is_complete()) << size;
    ASSERT_EQ((*trace)->size(), size >= records_end ? 12u : 0u) << size;
    if (size >= records_end) Expect(**trace, 12);
  }
}

TEST_F(TraceFileTest, EveryDamagedByteOfABlockIsNoticed) {
  ASSERT_TRUE(WriteTo(path_, 6).ok());
  const std::string whole = Read(path_);
  const int file = open(path_.c_str(), O_WRONLY);
  for (size_t at = sizeof(FileHeader); at < whole.size(); ++at) {
    const char damaged = static_cast<char>(whole[at] ^ 0x10);
    ASSERT_EQ(pwrite(file, &damaged, 1, static_cast<off_t>(at)), 1);
    const auto trace = TraceReader::Open(path_);
    ASSERT_TRUE(trace.ok());
    // Padding and unused fields may change unseen; the records never do.
    for (size_t i = 0; i < (*trace)->size(); ++i) {
      ASSERT_EQ((**trace)[i].time_ns, static_cast<int64_t>(i)) << at;
      (void)(*trace)->bytes((**trace)[i]);
      (void)(*trace)->Find((**trace)[i].ref());
    }
    ASSERT_EQ(pwrite(file, &whole[at], 1, static_cast<off_t>(at)), 1);
  }
  close(file);
}

TEST_F(TraceFileTest, ANewerVersionIsRefusedWithAClearMessage) {
  ASSERT_TRUE(WriteTo(path_, 1).ok());
  std::string content = Read(path_);
  content[8] = static_cast<char>(kTraceVersion + 1);
  Put(content);
  const auto trace = TraceReader::Open(path_);
  ASSERT_FALSE(trace.ok());
  EXPECT_THAT(std::string(trace.status().message()), HasSubstr("newer"));
}

TEST_F(TraceFileTest, WhatIsNoTraceIsRefused) {
  Put("not a trace at all, but long enough");
  EXPECT_FALSE(TraceReader::Open(path_).ok());
  Put("");
  EXPECT_FALSE(TraceReader::Open(path_).ok());
  EXPECT_FALSE(TraceReader::Open(directory_.string()).ok());
  EXPECT_FALSE(TraceReader::Open("/dev/zero").ok());
  EXPECT_FALSE(TraceReader::Open((directory_ / "absent").string()).ok());
}

TEST_F(TraceFileTest, AFullDiskIsReportedAtTheEnd) {
  if (access("/dev/full", W_OK) != 0) GTEST_SKIP();
  const absl::Status status = WriteTo("/dev/full", 30'000);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("/dev/full"));
}

// The disk fills up in the middle: what came before stays readable.
TEST_F(TraceFileTest, ADiskThatFillsUpLeavesAReadableBeginning) {
  struct rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  const auto ignore = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small = {1'500'000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const absl::Status status = WriteTo(path_, 60'000);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, ignore);
  ASSERT_FALSE(status.ok());
  const auto trace = TraceReader::Open(path_);
  ASSERT_TRUE(trace.ok()) << trace.status();
  EXPECT_FALSE((*trace)->is_complete());
  ASSERT_GT((*trace)->size(), 8000u);
  Expect(**trace, (*trace)->size());
}

TEST_F(TraceFileTest, ADirectoryThatIsNotThereIsAnError) {
  EXPECT_FALSE(TraceWriter::Create((directory_ / "no/trace").string(), {}).ok());
}

// --- Files made to do harm; their checksums are right. ---

TEST_F(TraceFileTest, BytesBeyondTheFileAreEmpty) {
  for (const uint64_t offset : {~uint64_t{0} - 1, ~uint64_t{0} - 9, uint64_t{11}, uint64_t{8}}) {
    FileRecord record{};
    record.node = 1;
    record.index = 1;
    record.bytes_offset = offset;
    record.bytes_size = 10;
    record.kind = TraceKind::kPacketSent;
    Put(Header() + Block(BlockType::kBytes, 0, std::vector<uint8_t>(10)) +
        Block(BlockType::kRecords, 1, std::vector<FileRecord>{record}) +
        Block(BlockType::kEnd, 0, std::vector<uint8_t>()));
    const auto trace = TraceReader::Open(path_);
    ASSERT_TRUE(trace.ok());
    ASSERT_EQ((*trace)->size(), 1u);
    EXPECT_TRUE((*trace)->bytes((**trace)[0]).empty()) << offset;
  }
}

// A few bytes must not ask for gigabytes: ids are given in order, so they never jump.
TEST_F(TraceFileTest, IdsThatJumpAreDamage) {
  for (const NameType type : {NameType::kNode, NameType::kEntity, NameType::kLabel}) {
    std::vector<NameEntry> entries = {{NameType::kNode, 0, 1, 0, 0}};
    for (uint32_t i = 1; i < 200; ++i) entries.push_back({type, 1, i * 1'000'000, 0, 0});
    Put(Header() + Block(BlockType::kNames, 200, entries) +
        Block(BlockType::kEnd, 0, std::vector<uint8_t>()));
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    const auto trace = TraceReader::Open(path_);
    getrusage(RUSAGE_SELF, &after);
    ASSERT_TRUE(trace.ok());
    EXPECT_FALSE((*trace)->is_complete());
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 100'000) << "kilobytes";
  }
}

TEST_F(TraceFileTest, ReferencesThatLeadNowhereFindNothing) {
  FileRecord record{};
  record.node = 77;
  record.index = 0xffffffff;
  record.entity = 0xffffffff;
  record.label = record.reason = 0xffff;
  record.kind = static_cast<TraceKind>(200);
  record.bytes_offset = kNoBytes;
  record.packet_node = record.cause_node = 0xffffffff;
  record.packet_index = record.cause_index = 0xffffffff;
  Put(Header() + Block(BlockType::kRecords, 1, std::vector<FileRecord>{record}) +
      Block(BlockType::kEnd, 0, std::vector<uint8_t>()));
  const auto trace = TraceReader::Open(path_);
  ASSERT_TRUE(trace.ok());
  const FileRecord& read = (**trace)[0];
  EXPECT_EQ((*trace)->Find(read.ref()), std::nullopt);
  EXPECT_EQ((*trace)->Find(read.packet()), std::nullopt);
  EXPECT_EQ((*trace)->node_name(NodeId{read.node}), "?");
  EXPECT_EQ((*trace)->entity_name(NodeId{read.node}, read.entity), "?");
  EXPECT_EQ((*trace)->label_name(read.label), "");
  EXPECT_TRUE((*trace)->bytes(read).empty());
}

}  // namespace
}  // namespace tickwire
