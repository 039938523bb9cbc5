#include "protocols/sip/digest/digest.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace tickwire::sip {
namespace {

// RFC 7616 §3.9.1: GET /dir/index.html by Mufasa with "Circle of Life".
DigestInput HttpExample(DigestAlgorithm algorithm) {
  return {.algorithm = algorithm,
          .qop = DigestQop::kAuth,
          .username = "Mufasa",
          .realm = "http-auth@example.org",
          .password = "Circle of Life",
          .nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
          .cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
          .nonce_count = "00000001",
          .method = "GET",
          .uri = "/dir/index.html"};
}

TEST(Digest, Md5ExampleOfRfc7616) {
  EXPECT_EQ(DigestResponse(HttpExample(DigestAlgorithm::kMd5)), "8ca523f5e9506fed4657c9700eebdbec");
}

TEST(Digest, Sha256ExampleOfRfc7616) {
  EXPECT_EQ(DigestResponse(HttpExample(DigestAlgorithm::kSha256)),
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

// RFC 2617 §3.5.
TEST(Digest, ExampleOfRfc2617) {
  const DigestInput input = {.username = "Mufasa",
                             .realm = "testrealm@host.com",
                             .password = "Circle Of Life",
                             .nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093",
                             .cnonce = "0a4f113b",
                             .nonce_count = "00000001",
                             .method = "GET",
                             .uri = "/dir/index.html"};
  EXPECT_EQ(DigestResponse(input), "6629fae49393a05397450978507c4ef1");
}

// FIPS 180-4's example for SHA-512/256 (the response of RFC 7616 §3.9.2 is a known erratum).
TEST(Digest, Sha512_256IsTheTruncatedHashWithItsOwnStart) {
  EXPECT_EQ(DigestHash(DigestAlgorithm::kSha512_256, "abc"),
            "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23");
}

// RFC 8760 §2.6, bullet 7.
TEST(Digest, AnEmptyBodyHashesAsTheEmptyText) {
  EXPECT_EQ(DigestHash(DigestAlgorithm::kSha256, ""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Digest, AuthIntHashesTheBodyIntoA2) {
  DigestInput input = HttpExample(DigestAlgorithm::kMd5);
  input.qop = DigestQop::kAuthInt;
  input.body = "v=0";
  const auto h = [](const std::string& text) { return DigestHash(DigestAlgorithm::kMd5, text); };
  // RFC 7616 §3.4.1 and §3.4.3, written out.
  const std::string a1 = "Mufasa:http-auth@example.org:Circle of Life";
  const std::string a2 = absl::StrCat("GET:/dir/index.html:", h("v=0"));
  EXPECT_EQ(
      DigestResponse(input),
      h(absl::StrCat(h(a1), ":", input.nonce, ":00000001:", input.cnonce, ":auth-int:", h(a2))));
}

TEST(Digest, WithoutQopNeitherCountNorCnonceAreHashed) {
  DigestInput input = HttpExample(DigestAlgorithm::kMd5);
  input.qop = DigestQop::kNone;
  const auto h = [](const std::string& text) { return DigestHash(DigestAlgorithm::kMd5, text); };
  // RFC 2617 §3.2.2.1: KD(H(A1), nonce ":" H(A2)).
  EXPECT_EQ(DigestResponse(input),
            h(absl::StrCat(h("Mufasa:http-auth@example.org:Circle of Life"), ":", input.nonce, ":",
                           h("GET:/dir/index.html"))));
}

TEST(Digest, ASessionKeepsTheCnonceItBeganWith) {
  DigestInput first = HttpExample(DigestAlgorithm::kSha256Sess);
  const auto h = [](const std::string& text) { return DigestHash(DigestAlgorithm::kSha256, text); };
  // RFC 7616 §3.4.2.
  const std::string ha1 = h(absl::StrCat(h("Mufasa:http-auth@example.org:Circle of Life"), ":",
                                         first.nonce, ":", first.cnonce));
  EXPECT_EQ(DigestHa1(first), ha1);
  DigestInput second = first;
  second.cnonce = "another";
  second.session_cnonce = first.cnonce;
  EXPECT_EQ(DigestHa1(second), ha1);
  EXPECT_NE(DigestResponse(second), DigestResponse(first));
}

TEST(Digest, ResponseAuthLeavesTheMethodOut) {
  DigestInput input = HttpExample(DigestAlgorithm::kMd5);
  DigestInput without_method = input;
  without_method.method = "";
  EXPECT_EQ(DigestResponseAuth(input), DigestResponse(without_method));
}

TEST(Digest, AlgorithmNamesAreReadInAnyCase) {
  EXPECT_EQ(ParseDigestAlgorithm("md5-SESS"), DigestAlgorithm::kMd5Sess);
  EXPECT_EQ(ParseDigestAlgorithm("SHA-512-256"), DigestAlgorithm::kSha512_256);
  EXPECT_EQ(ParseDigestAlgorithm("SHA-1"), std::nullopt);
}

}  // namespace
}  // namespace tickwire::sip
