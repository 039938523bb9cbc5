#include "protocols/tls/record_layer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim_core/random/rng.h"

namespace tickwire::tls {
namespace {

using Result = RecordReader::Result;

std::vector<uint8_t> Octets(size_t size) {
  std::vector<uint8_t> octets;
  for (size_t i = 0; i < size; ++i) octets.push_back(static_cast<uint8_t>(i * 31 + 7));
  return octets;
}

const Secret kKey = {1, 2};

struct Mode {
  const char* name;
  std::optional<TlsVersion> version;  // protected by
  size_t expansion;
};

class RecordLayer : public testing::TestWithParam<Mode> {
 protected:
  RecordLayer() {
    if (!GetParam().version) return;
    writer.SetKey(*GetParam().version, kKey);
    reader.SetKey(*GetParam().version, kKey);
  }
  RecordWriter writer;
  RecordReader reader;
  RecordReader::Record record;
  Alert alert = Alert::kInternalError;
};
INSTANTIATE_TEST_SUITE_P(
    Modes, RecordLayer,
    testing::Values(Mode{"Plain", std::nullopt, 0},
                    // RFC 5288 §3: explicit nonce and tag; RFC 8446 §5.2: type and tag.
                    Mode{"Version12", TlsVersion::k12, 8 + 16},
                    Mode{"Version13", TlsVersion::k13, 1 + 16}),
    [](const auto& of) { return of.param.name; });

TEST_P(RecordLayer, RoundTripOfEveryBoundaryHoweverItIsCut) {
  Rng rng = Rng::ForStream({.seed = 1}, "test", "records");
  std::vector<uint8_t> stream;
  const std::vector<size_t> sizes = {1, 2, 15, 16, 17, 100, kMaxPlaintext - 1, kMaxPlaintext, 1};
  for (const size_t size : sizes) {
    const std::vector<uint8_t> bytes = writer.Write(ContentType::kHandshake, Octets(size));
    EXPECT_EQ(bytes.size(), kRecordHeaderSize + size + GetParam().expansion);
    stream.insert(stream.end(), bytes.begin(), bytes.end());
  }
  std::vector<size_t> read;
  for (size_t at = 0; at < stream.size();) {
    const size_t piece = std::min<size_t>(1 + rng.Below(5000), stream.size() - at);
    reader.Append(std::span(stream).subspan(at, piece));
    at += piece;
    while (reader.Next(record, alert) == Result::kRecord) {
      EXPECT_EQ(record.type, ContentType::kHandshake);
      EXPECT_EQ(record.content, Octets(record.content.size()));
      read.push_back(record.content.size());
    }
    EXPECT_LE(reader.held(), kMaxPlaintext + 2048 + kRecordHeaderSize + 5000);
  }
  EXPECT_EQ(read, sizes);
  EXPECT_EQ(reader.held(), 0u);
}

TEST_P(RecordLayer, EveryPrefixWaitsForTheRest) {
  const std::vector<uint8_t> bytes = writer.Write(ContentType::kAlert, Octets(2));
  for (size_t size = 0; size < bytes.size(); ++size) {
    RecordReader fresh;
    if (GetParam().version) fresh.SetKey(*GetParam().version, kKey);
    fresh.Append(std::span(bytes).first(size));
    EXPECT_EQ(fresh.Next(record, alert), Result::kNone) << size;
  }
}

TEST_P(RecordLayer, EveryChangedOctetOfProtectedContentIsNoticed) {
  if (!GetParam().version) return;  // nothing is protected
  const std::vector<uint8_t> bytes = writer.Write(ContentType::kApplicationData, Octets(40));
  for (size_t at = kRecordHeaderSize; at < bytes.size(); ++at) {
    RecordReader fresh;
    fresh.SetKey(*GetParam().version, kKey);
    std::vector<uint8_t> changed = bytes;
    changed[at] ^= 1;
    fresh.Append(changed);
    EXPECT_EQ(fresh.Next(record, alert), Result::kBroken) << at;
    EXPECT_EQ(alert, Alert::kBadRecordMac);
  }
}

TEST_P(RecordLayer, AnotherKeyOrAnotherTurnDoesNotOpenIt) {
  if (!GetParam().version) return;  // nothing is protected
  const std::vector<uint8_t> first = writer.Write(ContentType::kApplicationData, Octets(40));
  const std::vector<uint8_t> second = writer.Write(ContentType::kApplicationData, Octets(40));
  EXPECT_NE(first, second);
  RecordReader stranger;
  stranger.SetKey(*GetParam().version, Secret{1, 3});
  stranger.Append(first);
  EXPECT_EQ(stranger.Next(record, alert), Result::kBroken);
  reader.Append(second);  // too early
  EXPECT_EQ(reader.Next(record, alert), Result::kBroken);
  EXPECT_EQ(alert, Alert::kBadRecordMac);
}

// RFC 8446 §5.1, §5.2, RFC 5246 §6.2.3: one octet more than allowed.
TEST_P(RecordLayer, LengthsBeyondTheLimitOverflow) {
  const size_t limit = !GetParam().version                      ? kMaxPlaintext
                       : *GetParam().version == TlsVersion::k13 ? kMaxPlaintext + 256
                                                                : kMaxPlaintext + 2048;
  for (const size_t length : {limit, limit + 1}) {
    RecordReader fresh;
    if (GetParam().version) fresh.SetKey(*GetParam().version, kKey);
    fresh.Append(std::vector<uint8_t>{23, 3, 3, static_cast<uint8_t>(length >> 8),
                                      static_cast<uint8_t>(length)});
    const Result result = fresh.Next(record, alert);
    EXPECT_EQ(result, length > limit ? Result::kBroken : Result::kNone);
    if (length > limit) {
      EXPECT_EQ(alert, Alert::kRecordOverflow);
    }
  }
}

TEST_P(RecordLayer, UnknownTypesAndEmptyFragmentsAreUnexpected) {
  for (const uint8_t type : {0, 19, 24, 255}) {
    RecordReader fresh;
    fresh.Append(std::vector<uint8_t>{type, 3, 3, 0, 1, 0});
    EXPECT_EQ(fresh.Next(record, alert), Result::kBroken);
    EXPECT_EQ(alert, Alert::kUnexpectedMessage);
  }
  reader.Append(writer.Write(ContentType::kApplicationData, {}));
  EXPECT_EQ(reader.Next(record, alert), Result::kRecord) << "§5.1: of application data it may be";
  reader.Append(writer.Write(ContentType::kHandshake, {}));
  EXPECT_EQ(reader.Next(record, alert), Result::kBroken);
  EXPECT_EQ(alert, Alert::kUnexpectedMessage);
}

// §5, §D.4: change_cipher_spec stays plain in 1.3, and so may an alert of who has no keys yet; then
// not any more.
TEST(RecordLayer13, WhatMayBePlainBetweenProtectedRecords) {
  RecordWriter plain, writer;
  writer.SetKey(TlsVersion::k13, kKey);
  RecordReader reader;
  reader.SetKey(TlsVersion::k13, kKey);
  RecordReader::Record record;
  Alert alert{};
  reader.Append(plain.Write(ContentType::kChangeCipherSpec, Octets(1)));
  reader.Append(plain.Write(ContentType::kAlert, Octets(2)));
  reader.Append(writer.Write(ContentType::kHandshake, Octets(3)));
  reader.Append(plain.Write(ContentType::kAlert, Octets(2)));
  EXPECT_EQ(reader.Next(record, alert), Result::kRecord);
  EXPECT_EQ(reader.Next(record, alert), Result::kRecord);
  EXPECT_EQ(record.type, ContentType::kAlert);
  EXPECT_EQ(reader.Next(record, alert), Result::kRecord);
  EXPECT_EQ(record.type, ContentType::kHandshake);
  EXPECT_EQ(reader.Next(record, alert), Result::kBroken);
  EXPECT_EQ(alert, Alert::kUnexpectedMessage);
}

// §5.4: zeros before the type, inside; §5.2: what is longer inside than 2^14.
TEST(RecordLayer13, PaddingIsTakenOff) {
  RecordProtection sealing(TlsVersion::k13, kKey);
  std::vector<uint8_t> out;
  // Content, its type, padding: the type that is added behind is another zero.
  sealing.Protect(ContentType{0}, std::vector<uint8_t>{'x', 23, 0, 0}, out);
  RecordProtection opening(TlsVersion::k13, kKey);
  const auto opened = opening.Open(ContentType::kApplicationData, out);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->type, ContentType::kApplicationData);
  EXPECT_EQ(opened->plaintext, std::vector<uint8_t>{'x'});
}

}  // namespace
}  // namespace tickwire::tls
