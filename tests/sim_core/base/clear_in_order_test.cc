#include "sim_core/base/clear_in_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace tickwire {
namespace {

struct Tells {
  Tells(int n, std::function<void(int)> t) : number(n), tell(std::move(t)) {}
  ~Tells() { tell(number); }
  int number;
  std::function<void(int)> tell;
};

TEST(ClearInOrder, DestroysByKeyWhateverTheMapHasInMind) {
  absl::flat_hash_map<int, std::unique_ptr<Tells>> map;
  std::vector<int> told;
  std::vector<int> wanted;
  for (int i = 0; i < 100; ++i) {
    const int key = i * 37 % 100;
    map.emplace(key, std::make_unique<Tells>(key, [&](int n) { told.push_back(n); }));
    wanted.push_back(i);
  }
  ClearInOrder(map);
  EXPECT_EQ(told, wanted);
  EXPECT_TRUE(map.empty());
}

// Who is destroyed may look for itself, and may take others with it.
TEST(ClearInOrder, ToleratesOwnersThatTidyUp) {
  absl::flat_hash_map<int, std::unique_ptr<Tells>> map;
  std::vector<int> told;
  for (int i = 0; i < 10; ++i) {
    map.emplace(i, std::make_unique<Tells>(i, [&](int n) {
                  EXPECT_FALSE(map.contains(n));
                  told.push_back(n);
                  if (n % 2 == 0) map.erase(n + 1);
                }));
  }
  // An odd one is erased by the map itself, and then is still in it while it is destroyed.
  for (int i = 1; i < 10; i += 2) map[i]->tell = [&](int n) { told.push_back(n); };
  ClearInOrder(map);
  EXPECT_THAT(told, ::testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
}

}  // namespace
}  // namespace tickwire
