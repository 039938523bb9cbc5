#include "sim_core/trace/pcapng_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace tickwire {
namespace {

using testing::HasSubstr;

// A UDP datagram of four zero bytes from 10.0.0.1:1 to 10.0.0.2:2, checksums right.
const std::vector<uint8_t> kPacket = {0x45, 0,  0, 0x20, 0, 1, 0, 0, 64, 17, 0x66, 0xca, 10,  0, 0,
                                      1,    10, 0, 0,    2, 0, 1, 0, 2,  0,  12,   0xeb, 0xd0};

class PcapngWriterTest : public testing::Test {
 protected:
  PcapngWriterTest() { std::filesystem::create_directories(directory_); }
  ~PcapngWriterTest() override { std::filesystem::remove_all(directory_); }
  absl::Status Write(const std::string& path, int packets = 1) {
    auto writer = PcapngWriter::Create(path, "about the file");
    if (!writer.ok()) return writer.status();
    const uint32_t interface = (*writer)->AddInterface("alice/eth0", "an end");
    for (int i = 0; i < packets; ++i) {
      (*writer)->WritePacket(interface, SimTime::FromNanos(1'000'000'001 + i), kPacket, 4,
                             PcapngWriter::Direction::kOutbound, "odd");
    }
    return (*writer)->Finish();
  }
  std::string Read() {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  const std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("tickwire-pcapng-" + std::to_string(getpid()));
  const std::string path_ = (directory_ / "x.pcapng").string();
};

// The pcapng draft, section 3.1: block type, total length, body padded to 32 bits, total length.
TEST_F(PcapngWriterTest, BlocksAreFramedOnBothSides) {
  ASSERT_TRUE(Write(path_).ok());
  const std::string file = Read();
  const auto word = [&](size_t at) {
    uint32_t value = 0;
    for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<uint8_t>(file[at + i]);
    return value;
  };
  std::vector<uint32_t> types;
  for (size_t at = 0; at < file.size();) {
    types.push_back(word(at));
    const uint32_t length = word(at + 4);
    ASSERT_EQ(length % 4, 0u);
    ASSERT_LE(at + length, file.size());
    ASSERT_EQ(word(at + length - 4), length);
    at += length;
  }
  EXPECT_EQ(types, (std::vector<uint32_t>{0x0A0D0D0A, 1, 6}));
  EXPECT_EQ(word(8), 0x1A2B3C4Du);
}

TEST_F(PcapngWriterTest, TsharkReadsTimeLengthCommentAndChecksums) {
  if (std::system("which tshark >/dev/null 2>&1") != 0) GTEST_SKIP() << "no tshark";
  ASSERT_TRUE(Write(path_).ok());
  const std::string command =
      "tshark -r " + path_ +
      " -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -T fields -e frame.time_epoch"
      " -e frame.len -e frame.comment -e frame.interface_name -e ip.checksum.status"
      " -e udp.checksum.status 2>/dev/null";
  FILE* pipe = popen(command.c_str(), "r");
  char line[400] = "";
  ASSERT_NE(std::fgets(line, sizeof line, pipe), nullptr);
  pclose(pipe);
  EXPECT_STREQ(line, "1.000000001\t32\todd\talice/eth0\t1\t1\n");
}

TEST_F(PcapngWriterTest, TheSamePacketsGiveTheSameBytes) {
  ASSERT_TRUE(Write(path_, 3).ok());
  const std::string once = Read();
  ASSERT_TRUE(Write(path_, 3).ok());
  EXPECT_EQ(Read(), once);
}

TEST_F(PcapngWriterTest, AFullDiskIsReported) {
  if (access("/dev/full", W_OK) != 0) GTEST_SKIP();
  for (const int packets : {1, 10'000}) {
    const absl::Status status = Write("/dev/full", packets);
    ASSERT_FALSE(status.ok()) << packets;
    EXPECT_THAT(std::string(status.message()), HasSubstr("/dev/full"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("No space left"));
  }
}

// Its cause is kept from the moment of the failure, whatever happens to errno afterwards.
TEST_F(PcapngWriterTest, AnEarlyFailureIsNotForgotten) {
  if (access("/dev/full", W_OK) != 0) GTEST_SKIP();
  auto writer = PcapngWriter::Create("/dev/full", "");
  ASSERT_TRUE(writer.ok());
  (*writer)->AddInterface("a", "");
  for (int i = 0; i < 10'000; ++i) {
    (*writer)->WritePacket(0, SimTime(), kPacket, 4, PcapngWriter::Direction::kUnknown, "");
  }
  errno = 0;
  EXPECT_FALSE((*writer)->Finish().ok());
}

TEST_F(PcapngWriterTest, ADirectoryThatIsNotThereIsAnError) {
  EXPECT_FALSE(PcapngWriter::Create((directory_ / "no/x.pcapng").string(), "").ok());
}

}  // namespace
}  // namespace tickwire
