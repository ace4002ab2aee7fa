#include "wire/sigv4.h"

#include <gtest/gtest.h>

#include "wire/uri.h"

namespace darkroom::wire {
namespace {

// From the pages of S3's documentation, "Signature Calculations for the Authorization Header" and "Using Query
// Parameters".
const Credentials kExample{.access_key = "AKIAIOSFODNN7EXAMPLE",
                           .secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                           .session_token = ""};
const Time kDay = *ParseAmzDate("20130524T000000Z");

Verifier ExampleVerifier() {
  return Verifier([](std::string_view key) { return key == kExample.access_key ? &kExample : nullptr; });
}

TEST(SigV4, SignsTheGetOfS3sDocumentation) {
  Signer signer("us-east-1", "s3");
  http::Headers headers{{"Host", "examplebucket.s3.amazonaws.com"}, {"Range", "bytes=0-9"}};
  signer.Sign("GET", "/test.txt", "", headers, kEmptyPayloadHash, kExample, kDay);
  EXPECT_EQ(headers.Get("Authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(SigV4, SignsThePutOfS3sDocumentation) {
  Signer signer("us-east-1", "s3");
  http::Headers headers{{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                        {"Host", "examplebucket.s3.amazonaws.com"},
                        {"x-amz-storage-class", "REDUCED_REDUNDANCY"}};
  const std::string hash = Hex(AsView(Sha256("Welcome to Amazon S3.")));
  signer.Sign("PUT", "/test%24file.text", "", headers, hash, kExample, kDay);
  EXPECT_TRUE(headers.Get("Authorization")
                  .ends_with("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
}

TEST(SigV4, PresignsTheGetOfS3sDocumentation) {
  Signer signer("us-east-1", "s3");
  const http::Headers headers{{"Host", "examplebucket.s3.amazonaws.com"}};
  const std::string query =
      signer.Presign("GET", "/test.txt", "", headers, kUnsignedPayload, kExample, kDay, std::chrono::hours(24));
  EXPECT_TRUE(query.ends_with("X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"));
}

struct Signed {
  http::Headers headers;
  RequestParts parts(std::string_view method = "PUT", std::string_view path = "/bucket/key",
                     std::string_view query = "") const {
    return {.method = method, .path = path, .query = query, .headers = headers};
  }
};

Signed SignedPut() {
  Signed request{.headers = {{"Host", "localhost:9000"}, {"x-amz-meta-colour", "blue"}}};
  Signer("us-east-1", "s3").Sign("PUT", "/bucket/key", "", request.headers, kEmptyPayloadHash, kExample, kDay);
  return request;
}

AuthFailure FailureOf(const std::expected<Verified, AuthError>& result) {
  EXPECT_FALSE(result.has_value());
  return result ? AuthFailure::kMissing : result.error().failure;
}

TEST(SigV4Verifier, AcceptsWhatTheSignerSigned) {
  const Signed request = SignedPut();
  auto verified = ExampleVerifier().Verify(request.parts(), "", kDay + 14min);
  ASSERT_TRUE(verified.has_value());
  EXPECT_EQ(verified->access_key, kExample.access_key);
  EXPECT_EQ(verified->service, "s3");
  EXPECT_EQ(verified->payload_hash, kEmptyPayloadHash);
  EXPECT_FALSE(verified->presigned);
}

TEST(SigV4Verifier, NoticesEachChangedPart) {
  Signed request = SignedPut();
  auto verifier = ExampleVerifier();
  EXPECT_EQ(FailureOf(verifier.Verify(request.parts("DELETE"), "", kDay)), AuthFailure::kMismatch);
  EXPECT_EQ(FailureOf(verifier.Verify(request.parts("PUT", "/bucket/other"), "", kDay)), AuthFailure::kMismatch);
  EXPECT_EQ(FailureOf(verifier.Verify(request.parts("PUT", "/bucket/key", "acl"), "", kDay)), AuthFailure::kMismatch);
  request.headers.Set("x-amz-meta-colour", "red");
  EXPECT_EQ(FailureOf(verifier.Verify(request.parts(), "", kDay)), AuthFailure::kMismatch);
}

TEST(SigV4Verifier, NoticesAnotherBodyHash) {
  Signed request = SignedPut();
  request.headers.Set("x-amz-content-sha256", std::string(kUnsignedPayload));
  EXPECT_EQ(FailureOf(ExampleVerifier().Verify(request.parts(), "", kDay)), AuthFailure::kMismatch);
}

TEST(SigV4Verifier, WantsEveryAmzHeaderSigned) {
  Signed request = SignedPut();
  request.headers.Add("x-amz-copy-source", "/private/key");
  EXPECT_EQ(FailureOf(ExampleVerifier().Verify(request.parts(), "", kDay)), AuthFailure::kMalformed);
}

TEST(SigV4Verifier, WantsTheHostSigned) {
  Signed request = SignedPut();
  std::string authorization(request.headers.Get("Authorization"));
  authorization.replace(authorization.find("=host;"), 6, "=");
  request.headers.Set("Authorization", authorization);
  EXPECT_EQ(FailureOf(ExampleVerifier().Verify(request.parts(), "", kDay)), AuthFailure::kMalformed);
}

TEST(SigV4Verifier, AllowsFifteenMinutesBetweenTheClocks) {
  const Signed request = SignedPut();
  auto verifier = ExampleVerifier();
  EXPECT_TRUE(verifier.Verify(request.parts(), "", kDay + 15min).has_value());
  EXPECT_TRUE(verifier.Verify(request.parts(), "", kDay - 15min).has_value());
  EXPECT_EQ(FailureOf(verifier.Verify(request.parts(), "", kDay + 15min + 1s)), AuthFailure::kSkewed);
  EXPECT_EQ(FailureOf(verifier.Verify(request.parts(), "", kDay - 15min - 1s)), AuthFailure::kSkewed);
}

TEST(SigV4Verifier, KnowsItsKeysOnly) {
  Verifier verifier([](std::string_view) { return nullptr; });
  const Signed request = SignedPut();
  EXPECT_EQ(FailureOf(verifier.Verify(request.parts(), "", kDay)), AuthFailure::kUnknownKey);
}

TEST(SigV4Verifier, RefusesUnsignedAndOlderSignatures) {
  auto verifier = ExampleVerifier();
  Signed request{.headers = {{"Host", "localhost"}}};
  EXPECT_EQ(FailureOf(verifier.Verify(request.parts(), "", kDay)), AuthFailure::kMissing);
  EXPECT_EQ(
      FailureOf(verifier.Verify(request.parts("GET", "/b/k", "AWSAccessKeyId=a&Signature=b&Expires=1"), "", kDay)),
      AuthFailure::kMalformed);
  request.headers.Set("Authorization", "AWS AKIA:signature");
  EXPECT_EQ(FailureOf(verifier.Verify(request.parts(), "", kDay)), AuthFailure::kMalformed);
}

TEST(SigV4Verifier, AcceptsAPresignedRequestUntilItExpires) {
  const Signed request{.headers = {{"Host", "localhost:9000"}}};
  Signer signer("us-east-1", "s3");
  const std::string query =
      signer.Presign("PUT", "/bucket/key", "x-id=PutObject", request.headers, kUnsignedPayload, kExample, kDay, 100s);
  auto verifier = ExampleVerifier();
  const auto verified = verifier.Verify(request.parts("PUT", "/bucket/key", query), "", kDay + 100s);
  ASSERT_TRUE(verified.has_value());
  EXPECT_TRUE(verified->presigned);
  EXPECT_EQ(verified->payload_hash, kUnsignedPayload);
  EXPECT_EQ(FailureOf(verifier.Verify(request.parts("PUT", "/bucket/key", query), "", kDay + 101s)),
            AuthFailure::kExpired);
  EXPECT_EQ(FailureOf(verifier.Verify(request.parts("GET", "/bucket/key", query), "", kDay)), AuthFailure::kMismatch);
}

TEST(SigV4Verifier, RefusesAPresignedRequestOfMoreThanAWeek) {
  const Signed request{.headers = {{"Host", "localhost:9000"}}};
  const std::string query =
      Signer("us-east-1", "s3")
          .Presign("GET", "/b/k", "", request.headers, kUnsignedPayload, kExample, kDay, std::chrono::hours(24 * 8));
  EXPECT_EQ(FailureOf(ExampleVerifier().Verify(request.parts("GET", "/b/k", query), "", kDay)),
            AuthFailure::kMalformed);
}

TEST(SigV4, EncodesS3sPathsOnceAndOthersTwice) {
  const http::Headers headers{{"Host", "h"}};
  const RequestParts parts{.method = "GET", .path = "/a%20b/../c//d%2f%7E", .query = "", .headers = headers};
  const auto path_line = [&](std::string_view service) {
    const std::string canonical = CanonicalRequest(parts, {"host"}, "", SigningRules::For(service));
    return canonical.substr(4, canonical.find('\n', 4) - 4);
  };
  EXPECT_EQ(path_line("s3"), "/a%20b/../c//d%2F~");
  EXPECT_EQ(path_line("sqs"), "/c/d%252f%257E");
}

TEST(SigV4, SortsQueryParametersAfterEncoding) {
  const http::Headers headers{{"Host", "h"}};
  const RequestParts parts{.method = "GET", .path = "/", .query = "b=2&a=%7e&a=+&list-type&", .headers = headers};
  const std::string canonical = CanonicalRequest(parts, {"host"}, "", SigningRules::For("s3"));
  EXPECT_EQ(canonical, "GET\n/\na=%2B&a=~&b=2&list-type=\nhost:h\n\nhost\n");
}

TEST(AmzDate, IsReadStrictly) {
  EXPECT_EQ(FormatAmzDate(*ParseAmzDate("20240229T235959Z")), "20240229T235959Z");
  for (const char* wrong : {"", "20230229T000000Z", "20240229T240000Z", "20240229 000000Z", "2024022AT000000Z",
                            "20240229T000000", "20240229T000000Z "}) {
    EXPECT_FALSE(ParseAmzDate(wrong).has_value()) << wrong;
  }
}

TEST(Credentials, AreNewEachTime) {
  const Credentials one = GenerateCredentials();
  EXPECT_EQ(one.access_key.size(), 20u);
  EXPECT_EQ(one.secret_key.size(), 40u);
  EXPECT_NE(one, GenerateCredentials());
}

TEST(Uri, KeepsWhatIsNoEscape) {
  EXPECT_EQ(Reencode("100%"), "100%25");
  EXPECT_EQ(Reencode("%4"), "%254");
  EXPECT_EQ(Reencode("%zz"), "%25zz");
  EXPECT_EQ(UriDecode("%41%"), "A%");
  EXPECT_EQ(UriEncode("a/b c", "/"), "a/b%20c");
}

}  // namespace
}  // namespace darkroom::wire
