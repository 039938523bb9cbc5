#include "experiments/view/printable.h"

#include <gtest/gtest.h>

namespace tickwire {
namespace {

const std::string kReplaced = "\xEF\xBF\xBD";

TEST(Printable, OrdinaryTextStaysAsItIs) {
  for (const char* text : {"", "plain", "Gr\xC3\xBC\xC3\x9F", "\xE2\x82\xAC", "\xF0\x9F\x93\x9E"}) {
    EXPECT_EQ(Printable(text), text);
  }
}

TEST(Printable, ControlCharactersAreReplaced) {
  EXPECT_EQ(Printable("a\x1b[31mb"), "a" + kReplaced + "[31mb");
  EXPECT_EQ(Printable("\x7f"), kReplaced);
  EXPECT_EQ(Printable("\xC2\x9B"), kReplaced);  // the one-byte form of ESC [
}

// Unicode 15, table 3-7: overlong forms, surrogates and what lies beyond U+10FFFF are ill-formed.
TEST(Printable, IllFormedBytesAreReplacedOneByOne) {
  EXPECT_EQ(Printable("\xff"), kReplaced);
  EXPECT_EQ(Printable("\xC0\xAF"), kReplaced + kReplaced);
  EXPECT_EQ(Printable("\xED\xA0\x80"), kReplaced + kReplaced + kReplaced);
  EXPECT_EQ(Printable("\xF4\x90\x80\x80"), kReplaced + kReplaced + kReplaced + kReplaced);
  EXPECT_EQ(Printable("\xE2\x82"), kReplaced + kReplaced);
  EXPECT_EQ(Printable("\xE2\x82x"), kReplaced + kReplaced + "x");
}

}  // namespace
}  // namespace tickwire
