// Checks that every header codec must pass.
#ifndef TICKWIRE_TESTS_PROTOCOLS_SIP_MESSAGE_CODEC_CHECKS_H_
#define TICKWIRE_TESTS_PROTOCOLS_SIP_MESSAGE_CODEC_CHECKS_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/string_view.h"

namespace tickwire::sip {

template <class Header>
std::string TextOf(const Header& header) {
  std::string out;
  header.AppendTo(out);
  return out;
}

// Parses, writes `canonical`, and what was written parses to the same value.
template <class Header>
void ExpectRoundTrip(absl::string_view text, absl::string_view canonical) {
  SCOPED_TRACE(std::string(text));
  const std::optional<Header> first = Header::Parse(text);
  ASSERT_TRUE(first.has_value());
  const std::string written = TextOf(*first);
  EXPECT_EQ(written, canonical);
  const std::optional<Header> second = Header::Parse(written);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(*first, *second);
}

template <class Header>
void ExpectRoundTrip(absl::string_view text) {
  ExpectRoundTrip<Header>(text, text);
}

template <class Header>
void ExpectRejects(absl::string_view text) {
  EXPECT_FALSE(Header::Parse(text).has_value()) << text;
}

// A prefix may be a shorter legal value; it must never crash, and what it gives must survive
// writing and reading.
template <class Header>
void ExpectSurvivesTruncationAtEveryLength(absl::string_view text) {
  for (size_t length = 0; length < text.size(); ++length) {
    // A copy of exactly that size, so that a sanitizer sees a read behind the end.
    const std::string prefix(text.substr(0, length));
    const std::optional<Header> parsed = Header::Parse(prefix);
    if (!parsed.has_value()) continue;
    const std::string written = TextOf(*parsed);
    EXPECT_TRUE(Header::Parse(written).has_value()) << prefix << " -> " << written;
  }
}

}  // namespace tickwire::sip

#endif  // TICKWIRE_TESTS_PROTOCOLS_SIP_MESSAGE_CODEC_CHECKS_H_
