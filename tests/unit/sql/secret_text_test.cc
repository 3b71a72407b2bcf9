#include "sql/secret_text.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(SecretTextTest, ValuesOfSecretOptionsAreHiddenByteForByte) {
  EXPECT_EQ(HideSecrets("WITH ('user' = 'u', 'Password' = 'hunter2', 'x' = 'y')"),
            "WITH ('user' = 'u', 'Password' = '*******', 'x' = 'y')");
  EXPECT_EQ(HideSecrets("SET 'fs.s3.access-key'='a'"), "SET 'fs.s3.access-key'='*'");
}

TEST(SecretTextTest, AQuoteThatIsNeverClosedHidesTheRest) {
  EXPECT_EQ(HideSecrets("'password' = 'hunter2"), "'password' = '*******");
}

TEST(SecretTextTest, ReferencesAndOtherTextStay) {
  for (const char* text : {"'password' = '${env:PW}'", "SELECT 'password', 'a'", "'path' = 'x'"}) {
    EXPECT_EQ(HideSecrets(text), text);
  }
}

}  // namespace
}  // namespace sluice
