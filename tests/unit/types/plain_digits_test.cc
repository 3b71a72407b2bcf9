#include "types/plain_digits.h"

#include <algorithm>
#include <memory>
#include <string>

#include "gtest/gtest.h"

namespace sluice {
namespace {

// Each text lies in memory of exactly its size, so that a sanitizer sees a read outside of it.
bool Parse(const std::string& text, int64_t* value) {
  const std::unique_ptr<char[]> exact(new char[text.size()]);
  std::copy(text.begin(), text.end(), exact.get());
  return ParsePlainDigits({exact.get(), text.size()}, value);
}

TEST(PlainDigits, EveryLength) {
  std::string text;
  int64_t expected = 0;
  for (int size = 1; size <= 16; ++size) {
    const int digit = (size * 7 + 1) % 10;
    text.push_back(static_cast<char>('0' + digit));
    expected = expected * 10 + digit;
    int64_t value = -1;
    ASSERT_TRUE(Parse(text, &value)) << text;
    EXPECT_EQ(value, expected);
  }
  int64_t value = -1;
  EXPECT_FALSE(Parse(text + "0", &value));
  EXPECT_FALSE(Parse("", &value));
}

TEST(PlainDigits, LeadingZerosAndExtremes) {
  int64_t value = -1;
  ASSERT_TRUE(Parse("0", &value));
  EXPECT_EQ(value, 0);
  ASSERT_TRUE(Parse("000000000", &value));
  EXPECT_EQ(value, 0);
  ASSERT_TRUE(Parse("9999999999999999", &value));
  EXPECT_EQ(value, 9999999999999999);
}

// Any byte but a digit, at any place of a text of any length.
TEST(PlainDigits, RejectsAllElse) {
  for (size_t size = 1; size <= 16; ++size) {
    for (size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, '9');
        text[at] = static_cast<char>(byte);
        int64_t value = -1;
        EXPECT_EQ(Parse(text, &value), byte >= '0' && byte <= '9')
            << size << ' ' << at << ' ' << byte;
      }
    }
  }
}

TEST(PlainDigits, CountsUpToTheFirstThatIsNone) {
  for (size_t count = 0; count <= 16; ++count) {
    for (int byte = 0; byte < 256; ++byte) {
      if (byte >= '0' && byte <= '9') continue;
      std::string text(16, '7');
      for (size_t at = count; at < 16; at += 3) text[at] = static_cast<char>(byte);
      EXPECT_EQ(CountDigits(text.data()), count) << byte;
    }
  }
}

}  // namespace
}  // namespace sluice
