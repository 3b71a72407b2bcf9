#include "base/thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>

#include "base/env.h"

namespace sluice {
namespace {

TEST(ThreadTest, JoinsWhenItGoesAwayOrIsReplaced) {
  std::atomic<int> ran{0};
  {
    Thread thread("a name that is too long for the system", [&] { ++ran; });
    thread = Thread("second", [&] { ++ran; });
  }
  EXPECT_EQ(ran, 2);
  Thread none;
  none.Join();
}

TEST(EnvTest, UuidsAreOfVersionFourAndDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string uuid = RandomUuid();
    ASSERT_EQ(uuid.size(), 36u);
    EXPECT_EQ(uuid[14], '4');
    EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
    EXPECT_TRUE(seen.insert(uuid).second);
  }
}

TEST(EnvTest, MonotonicTimeDoesNotGoBack) {
  int64_t last = 0;
  for (int i = 0; i < 1000; ++i) {
    const int64_t now = Env::Posix()->MonotonicUs();
    EXPECT_GE(now, last);
    last = now;
  }
  EXPECT_GT(Env::Posix()->WallMs(), 1'600'000'000'000);
}

}  // namespace
}  // namespace sluice
