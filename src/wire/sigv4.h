// AWS Signature Version 4: signing requests by headers or in the query ("presigned"), and checking both.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
//
// Threads: SigningKeys, Signer and Verifier remember derived keys without locking; use each on one thread.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/crypto.h"
#include "base/time.h"
#include "http/message.h"
#include "wire/credentials.h"

namespace darkroom::wire {

inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
inline constexpr std::string_view kStreamingUnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
inline constexpr std::string_view kStreamingSigned = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
inline constexpr std::string_view kStreamingSignedTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
inline constexpr std::string_view kEmptyPayloadHash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// What differs between services.
struct SigningRules {
  bool path_as_it_is = false;                         // S3: escapes normalised, else encoded once more than on the wire
  bool normalize_path = true;                         // "/a/../b//c" counts as "/b/c"; not S3
  bool content_sha256 = false;                        // x-amz-content-sha256 is part of the request; S3
  bool sign_session_token = true;                     // some old services want it added after signing
  static SigningRules For(std::string_view service);  // "s3" and everything else
};

// A request line and its headers, borrowed.
struct RequestParts {
  std::string_view method;
  std::string_view path;   // as sent, percent-encoded, without the query
  std::string_view query;  // as sent, without "?"
  const http::Headers& headers;
};

// "20150830T123600Z" and back; nullopt unless it is exactly of that form.
std::string FormatAmzDate(Time t);
std::optional<Time> ParseAmzDate(std::string_view text);

// Step 1 of the algorithm. `signed_headers`: lower-case names, sorted. A query parameter X-Amz-Signature is left out.
std::string CanonicalRequest(const RequestParts& request, const std::vector<std::string>& signed_headers,
                             std::string_view payload_hash, const SigningRules& rules);
// Step 2. `scope`: "20150830/us-east-1/s3/aws4_request".
std::string StringToSign(std::string_view amz_date, std::string_view scope, std::string_view canonical_request);

// Signing keys by secret, day, region and service: four HMACs that change once a day. Bounded.
class SigningKeys {
 public:
  const Sha256Digest& Get(const Credentials& credentials, std::string_view date, std::string_view region,
                          std::string_view service);

 private:
  std::unordered_map<std::string, Sha256Digest> keys_;
};

class Signer {
 public:
  Signer(std::string region, std::string service);
  Signer(std::string region, std::string service, SigningRules rules);

  // Adds X-Amz-Date, X-Amz-Security-Token and x-amz-content-sha256 as needed, then Authorization. `headers` must have
  // Host; all of them are signed except those that proxies change. `payload_hash`: hex SHA-256 of the body or one of
  // the words above.
  void Sign(std::string_view method, std::string_view path, std::string_view query, http::Headers& headers,
            std::string_view payload_hash, const Credentials& credentials, Time now);

  // The query, with the signature in it, that lets anyone make this request until now + expires (at most 7 days).
  // `headers` must have Host; all of them are signed, and whoever makes the request must send them alike.
  std::string Presign(std::string_view method, std::string_view path, std::string_view query,
                      const http::Headers& headers, std::string_view payload_hash, const Credentials& credentials,
                      Time now, Duration expires);

 private:
  const std::string region_;
  const std::string service_;
  const SigningRules rules_;
  SigningKeys keys_;
};

enum class AuthFailure {
  kMissing,     // no signature at all
  kMalformed,   // not a signature of version 4, or parts of it missing
  kUnknownKey,  // no such access key
  kMismatch,    // the signature is of another request, or made with another secret
  kSkewed,      // the clocks are too far apart
  kExpired,     // a presigned URL past its time
};

struct AuthError {
  AuthFailure failure;
  std::string message;  // for people; tells nothing about the secret
};

// A request whose signature is right.
struct Verified {
  std::string access_key;
  std::string service;
  std::string region;
  bool presigned = false;
  std::string
      payload_hash;  // what was signed: hex SHA-256 or one of the words above; the body is for the caller to check
  // For the signatures of chunks, which go on from the request's:
  Sha256Digest signing_key{};
  std::string signature;
  std::string amz_date;
  std::string scope;
};

class Verifier {
 public:
  // The credentials an access key names; nullptr when there are none. The pointer stays good during Verify.
  using Lookup = std::function<const Credentials*(std::string_view access_key)>;

  explicit Verifier(Lookup lookup, Duration max_skew = 15min) : lookup_(std::move(lookup)), max_skew_(max_skew) {}

  // `body_hash`: hex SHA-256 of the body, for requests that name none (all services but S3).
  std::expected<Verified, AuthError> Verify(const RequestParts& request, std::string_view body_hash, Time now);

 private:
  const Lookup lookup_;
  const Duration max_skew_;
  SigningKeys keys_;
};

// The hash that a request names for its body; empty: none. Presigned S3 requests that name none are UNSIGNED-PAYLOAD.
std::string NamedPayloadHash(const RequestParts& request);

}  // namespace darkroom::wire
