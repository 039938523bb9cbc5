#include "sim_core/packet/packet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "sim_core/trace/trace_label.h"

namespace tickwire {
namespace {

constexpr TraceLabel kSpoiled{"spoiled"};

class PacketTest : public testing::Test {
 protected:
  Packet Numbered(size_t size, size_t headroom = Packet::kHeadroom) {
    Packet packet = Packet::Allocate(pool_, headroom, size);
    std::iota(packet.mutable_bytes().begin(), packet.mutable_bytes().end(), uint8_t{0});
    return packet;
  }
  BufferPool pool_;
};

TEST_F(PacketTest, HeadersGoInFrontAndComeOffAgain) {
  Packet packet = Numbered(3);
  std::span<uint8_t> header = packet.Prepend(2);
  header[0] = 0xaa;
  header[1] = 0xbb;
  EXPECT_EQ(packet.headroom(), Packet::kHeadroom - 2);
  EXPECT_EQ(std::vector<uint8_t>(packet.bytes().begin(), packet.bytes().end()),
            (std::vector<uint8_t>{0xaa, 0xbb, 0, 1, 2}));
  packet.TrimFront(3);
  EXPECT_EQ(std::vector<uint8_t>(packet.bytes().begin(), packet.bytes().end()),
            (std::vector<uint8_t>{1, 2}));
  EXPECT_EQ(packet.headroom(), Packet::kHeadroom + 1);
}

TEST_F(PacketTest, TheWholeHeadroomCanBeUsed) {
  Packet packet = Numbered(1, 4);
  packet.Prepend(4);
  EXPECT_EQ(packet.headroom(), 0u);
  EXPECT_EQ(packet.bytes()[4], 0);
}

using PacketDeathTest = PacketTest;
TEST_F(PacketDeathTest, BoundsAreChecked) {
  Packet packet = Numbered(2, 4);
  EXPECT_DEATH(packet.Prepend(5), "headroom");
  EXPECT_DEATH(packet.TrimFront(3), "size_");
  EXPECT_DEATH(packet.Truncate(3), "wire_size");
}

TEST_F(PacketTest, TruncateCutsTheUnstoredTailFirst) {
  Packet packet = Numbered(10);
  packet.set_virtual_tail(5);
  EXPECT_EQ(packet.wire_size(), 15u);
  packet.Truncate(12);
  EXPECT_EQ(packet.bytes().size(), 10u);
  EXPECT_EQ(packet.virtual_tail(), 2u);
  packet.Truncate(10);
  EXPECT_EQ(packet.virtual_tail(), 0u);
  packet.Truncate(4);
  EXPECT_EQ(packet.wire_size(), 4u);
  packet.Truncate(0);
  EXPECT_TRUE(packet.bytes().empty());
}

TEST_F(PacketTest, ACloneIsEqualAndIndependent) {
  Packet packet = Numbered(4);
  packet.set_virtual_tail(7);
  packet.set_record({NodeId{3}, 9});
  packet.set_spoiled(&kSpoiled);
  Packet copy = packet.Clone();
  EXPECT_EQ(copy.Hash(), packet.Hash());
  EXPECT_EQ(copy.virtual_tail(), 7u);
  EXPECT_EQ(copy.record(), (RecordRef{NodeId{3}, 9}));
  EXPECT_EQ(copy.spoiled(), &kSpoiled);
  EXPECT_EQ(copy.headroom(), packet.headroom());
  copy.mutable_bytes()[0] = 99;
  EXPECT_EQ(packet.bytes()[0], 0);
  EXPECT_NE(copy.Hash(), packet.Hash());
  EXPECT_EQ(Packet().Clone().wire_size(), 0u);
}

// A stale hash would go into the digest.
TEST_F(PacketTest, EveryChangeGivesAnotherHash) {
  Packet packet = Numbered(8);
  std::vector<uint64_t> hashes = {packet.Hash()};
  const auto changed = [&] {
    const uint64_t hash = packet.Hash();
    const bool is_new = std::find(hashes.begin(), hashes.end(), hash) == hashes.end();
    hashes.push_back(hash);
    return is_new;
  };
  packet.mutable_bytes()[3] = 77;
  EXPECT_TRUE(changed());
  packet.set_virtual_tail(1);
  EXPECT_TRUE(changed());
  packet.Truncate(8);
  changed();  // may be as it was before the tail
  packet.Truncate(7);
  EXPECT_TRUE(changed());
  packet.Prepend(1)[0] = 5;
  EXPECT_TRUE(changed());
  packet.TrimFront(2);
  EXPECT_TRUE(changed());
  packet = Numbered(2);
  EXPECT_TRUE(changed());
}

TEST_F(PacketTest, TheHashIsOfTheBytesWhereverTheyLie) {
  Packet near = Numbered(5, 0), far = Numbered(5, 100);
  EXPECT_EQ(near.Hash(), far.Hash());
  Packet moved = std::move(near);
  EXPECT_EQ(moved.Hash(), far.Hash());
}

TEST_F(PacketTest, BuffersGoBackAndAreUsedAgain) {
  EXPECT_EQ(pool_.in_use(), 0u);
  const uint8_t* place;
  {
    Packet packet = Numbered(100);
    place = packet.bytes().data();
    EXPECT_EQ(pool_.in_use(), 1u);
    Packet moved = std::move(packet);
    EXPECT_EQ(pool_.in_use(), 1u);
    moved = Numbered(50);
    EXPECT_EQ(pool_.in_use(), 1u);
  }
  EXPECT_EQ(pool_.in_use(), 0u);
  Packet again = Numbered(100), other = Numbered(100);
  EXPECT_TRUE(again.bytes().data() == place || other.bytes().data() == place);
}

TEST_F(PacketTest, AMovedFromPacketIsEmpty) {
  Packet packet = Numbered(3);
  packet.set_virtual_tail(2);
  Packet taken = std::move(packet);
  EXPECT_EQ(packet.wire_size(), 0u);  // NOLINT(bugprone-use-after-move)
  packet = std::move(taken);
  EXPECT_EQ(packet.wire_size(), 5u);
}

TEST_F(PacketTest, ARehomedPacketReturnsToItsNewPool) {
  BufferPool other;
  {
    Packet packet = Numbered(10);
    packet.Rehome(other);
    EXPECT_EQ(pool_.in_use(), 0u);
    EXPECT_EQ(other.in_use(), 1u);
    const Packet copy = packet.Clone();
    EXPECT_EQ(other.in_use(), 2u);
  }
  EXPECT_EQ(other.in_use(), 0u);
}

TEST_F(PacketTest, AllSizesUpToTheLargestCanBeHad) {
  for (const size_t size :
       {size_t{0}, size_t{1}, size_t{256}, size_t{257}, size_t{65535}, BufferPool::kLargest}) {
    Packet packet = Packet::Allocate(pool_, 0, size);
    std::fill(packet.mutable_bytes().begin(), packet.mutable_bytes().end(), uint8_t{0xff});
    EXPECT_EQ(packet.bytes().size(), size);
  }
}

}  // namespace
}  // namespace tickwire
