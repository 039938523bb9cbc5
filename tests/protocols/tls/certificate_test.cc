#include "protocols/tls/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "protocols/tls/certificate_check.h"
#include "protocols/tls/certificate_time.h"
#include "protocols/tls/der.h"

namespace tickwire::tls {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Certificate Example() {
  Certificate certificate;
  certificate.subject_alternative_names = {"sip:example.com", "host.example.com"};
  certificate.subject = "example.com";
  certificate.issuer = "Root";
  certificate.not_before = SimTime{Duration::Seconds(-86'400)};
  certificate.not_after = SimTime{Duration::Seconds(3'000'000'000)};
  certificate.serial = 0x8000000000000001;
  return certificate;
}

TEST(Certificate, RoundTrip) {
  const Certificate written = Example();
  const auto read = ParseCertificate(EncodeCertificate(written));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->certificate, written);
  EXPECT_EQ(read->key, PublicKeyOf(written));
}

TEST(Certificate, RejectsTruncatedAtEveryLengthAndAnythingBehindIt) {
  std::vector<uint8_t> der = EncodeCertificate(Example());
  for (size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(ParseCertificate(std::span(der).first(size))) << size;
  }
  der.push_back(0);
  EXPECT_FALSE(ParseCertificate(der));
}

TEST(Certificate, NoChangeOfAnOctetCrashesTheParser) {
  const std::vector<uint8_t> der = EncodeCertificate(Example());
  int accepted = 0;
  for (size_t at = 0; at < der.size(); ++at) {
    for (const uint8_t mask : {0x01, 0x80, 0xff}) {
      std::vector<uint8_t> changed = der;
      changed[at] ^= mask;
      accepted += ParseCertificate(changed).has_value() ? 1 : 0;
    }
  }
  EXPECT_GT(accepted, 0);
}

// A second opinion on our DER.
TEST(Certificate, OpensslReadsTheSame) {
  if (std::system("which openssl >/dev/null 2>&1") != 0) GTEST_SKIP() << "no openssl";
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / absl::StrCat("tickwire-cert-", getpid(), ".der");
  const std::vector<uint8_t> der = EncodeCertificate(Example());
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(der.data()), static_cast<std::streamsize>(der.size()));
  FILE* const pipe =
      popen(absl::StrCat("openssl asn1parse -inform DER -in ", path.string(),
                         " 2>&1 && "
                         "openssl x509 -inform DER -noout -dates -issuer -subject -serial "
                         "-ext subjectAltName,extendedKeyUsage -in ",
                         path.string(), " 2>&1")
                .c_str(),
            "r");
  std::string out;
  char buffer[4096];
  while (const size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, size);
  pclose(pipe);
  std::filesystem::remove(path);
  EXPECT_THAT(out, HasSubstr("notBefore=Dec 31 00:00:00 1969 GMT"));
  // 3e9 s after the epoch, in the time of GeneralizedTime.
  EXPECT_THAT(out, HasSubstr("notAfter=Jan 24 05:20:00 2065 GMT"));
  EXPECT_THAT(out, HasSubstr("issuer=CN = Root"));
  EXPECT_THAT(out, HasSubstr("subject=CN = example.com"));
  EXPECT_THAT(out, HasSubstr("serial=8000000000000001"));
  EXPECT_THAT(out, HasSubstr("URI:sip:example.com, DNS:host.example.com"));
  EXPECT_THAT(out, HasSubstr("1.3.6.1.5.5.7.3.20"));  // id-kp-sipDomain (RFC 5924 §4)
}

// RFC 5280 §4.1.2.5: UTCTime until 2049, GeneralizedTime from 2050.
TEST(CertificateTime, EveryBoundaryReadsBack) {
  const auto text = [](int64_t seconds) {
    const der::Bytes bytes = EncodeTime(seconds);
    return std::string(bytes.begin() + 2, bytes.end());
  };
  EXPECT_EQ(text(0), "700101000000Z");
  EXPECT_EQ(text(951'782'400), "000229000000Z");  // 2000 was a leap year
  EXPECT_EQ(text(2'524'607'999), "491231235959Z");
  EXPECT_EQ(text(2'524'608'000), "20500101000000Z");
  EXPECT_EQ(text(4'107'542'400), "21000301000000Z");  // 2100 is none
  EXPECT_EQ(text(-1), "691231235959Z");
  EXPECT_EQ(text(-631'152'000), "500101000000Z");
  EXPECT_EQ(text(-631'152'001), "19491231235959Z");
  for (int64_t seconds = -3'000'000'000; seconds < 9'000'000'000; seconds += 86'399 * 13) {
    const der::Bytes bytes = EncodeTime(seconds);
    der::Reader reader(bytes);
    EXPECT_EQ(ParseTime(*reader.Next()), seconds);
  }
}

TEST(CertificateTime, WhatIsNoTimeIsRefused) {
  const auto parse = [](uint8_t tag, absl::string_view text) {
    const der::Bytes bytes = der::Tlv(tag, text);
    return ParseTime(*der::Reader(bytes).Next());
  };
  EXPECT_TRUE(parse(der::kUtcTime, "700228235959Z"));
  for (const char* bad : {"", "700101000000", "7001010000Z", "700001000000Z", "701301000000Z",
                          "700100000000Z", "700229000000Z", "700431000000Z", "700101240000Z",
                          "700101006000Z", "700101000060Z", "70010100000xZ", "700101000000+"}) {
    EXPECT_FALSE(parse(der::kUtcTime, bad)) << bad;
  }
  EXPECT_FALSE(parse(der::kUtf8String, "700101000000Z"));
}

// RFC 5922 §7.1.
TEST(SipIdentities, FollowTheOrderOfTheRfc) {
  const auto of = [](std::vector<std::string> names, const std::string& subject = "") {
    Certificate certificate;
    certificate.subject_alternative_names = std::move(names);
    certificate.subject = subject;
    return SipIdentities(certificate);
  };
  EXPECT_THAT(of({"sip:Example.COM", "host.example.com"}), ElementsAre("example.com"));
  EXPECT_THAT(of({"SIP:example.com"}), ElementsAre("example.com"));
  EXPECT_THAT(of({"sip:example.com:5061;transport=tls"}), ElementsAre("example.com"));
  EXPECT_THAT(of({"sip:alice@example.com", "Host.example.com"}), ElementsAre("host.example.com"));
  EXPECT_THAT(of({"sips:example.com"}), IsEmpty()) << "the scheme is not sip";
  EXPECT_THAT(of({"https://example.com", "example.com"}), ElementsAre("example.com"));
  EXPECT_THAT(of({}, "Example.com"), ElementsAre("example.com"));
  EXPECT_THAT(of({"https://x"}, "example.com"), IsEmpty()) << "a CN only where there are no names";
}

// RFC 5922 §7.2.
TEST(SipIdentities, MatchWholeWithoutRegardToCaseAndWithoutWildcards) {
  Certificate certificate;
  certificate.subject_alternative_names = {"sip:Example.com"};
  EXPECT_TRUE(IsFor(certificate, "eXample.com"));
  EXPECT_FALSE(IsFor(certificate, "foo.example.com"));
  EXPECT_FALSE(IsFor(certificate, "com"));
  EXPECT_FALSE(IsFor(certificate, ""));
  certificate.subject_alternative_names = {"*.example.com"};
  EXPECT_FALSE(IsFor(certificate, "foo.example.com"));
  EXPECT_TRUE(IsFor(certificate, "*.example.com"));
  certificate.subject_alternative_names = {".example.com"};
  EXPECT_FALSE(IsFor(certificate, "foo.example.com"));
}

TEST(Der, LengthsHaveTheirShortestFormOnly) {
  const auto reads = [](std::vector<uint8_t> bytes) {
    return der::Reader(bytes).Next().has_value();
  };
  EXPECT_TRUE(reads({0x04, 0x00}));
  EXPECT_TRUE(reads({0x04, 0x01, 0xff}));
  EXPECT_FALSE(reads({0x04, 0x81, 0x01, 0xff})) << "X.690 §10.1";
  EXPECT_FALSE(reads({0x04, 0x80})) << "indefinite";
  EXPECT_FALSE(reads({0x04, 0x85, 0, 0, 0, 0, 0}));
  EXPECT_FALSE(reads({0x04, 0x84, 0xff, 0xff, 0xff, 0xff}));
  EXPECT_FALSE(reads({0x1f, 0x01, 0x00})) << "a tag of several octets";
  for (const size_t size : {0u, 127u, 128u, 255u, 256u, 65'535u, 65'536u}) {
    const der::Bytes bytes = der::Tlv(der::kOctetString, std::vector<uint8_t>(size));
    der::Reader reader(bytes);
    EXPECT_EQ(reader.Next()->content.size(), size);
    EXPECT_TRUE(reader.at_end());
  }
  EXPECT_THAT(der::Integer(0), ElementsAre(2, 1, 0));
  EXPECT_THAT(der::Integer(127), ElementsAre(2, 1, 127));
  EXPECT_THAT(der::Integer(128), ElementsAre(2, 2, 0, 128)) << "X.690 §8.3.2";
}

TEST(Signatures, FitOneKeyOnePurposeAndOneContent) {
  const PublicKey key = PublicKeyOf(Example());
  Certificate other = Example();
  other.serial = 2;
  const std::vector<uint8_t> content = {1, 2, 3};
  const std::vector<uint8_t> signature = Sign(key, "server", content);
  EXPECT_EQ(signature.size(), 70u);
  EXPECT_TRUE(IsSignedBy(key, "server", content, signature));
  EXPECT_FALSE(IsSignedBy(key, "client", content, signature));
  EXPECT_FALSE(IsSignedBy(PublicKeyOf(other), "server", content, signature));
  EXPECT_FALSE(IsSignedBy(key, "server", std::vector<uint8_t>{1, 2}, signature));
}

}  // namespace
}  // namespace tickwire::tls
