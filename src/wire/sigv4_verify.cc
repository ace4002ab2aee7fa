// Checking signatures of strangers' requests: everything is bounded, nothing is trusted before the comparison.
#include <algorithm>
#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "http/ascii.h"
#include "wire/sigv4.h"
#include "wire/uri.h"

namespace darkroom::wire {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::size_t kMaxSignedHeaders = 64;
constexpr std::int64_t kMaxExpires = 604'800;  // seconds: 7 days

// The parts of a signature, from the Authorization header or from the query.
struct Claim {
  std::string access_key, day, region, service;
  std::string amz_date;
  std::vector<std::string> signed_headers;
  std::string signature;
  std::optional<std::int64_t> expires;  // seconds; presigned
};

std::unexpected<AuthError> Refuse(AuthFailure failure, std::string message) {
  return std::unexpected(AuthError{failure, std::move(message)});
}

std::optional<std::string> QueryValue(std::string_view query, std::string_view name) {
  for (std::size_t at = 0; at < query.size();) {
    const std::size_t end = std::min(query.find('&', at), query.size());
    const std::string_view part = query.substr(at, end - at);
    at = end + 1;
    const std::size_t equals = std::min(part.find('='), part.size());
    if (part.substr(0, equals) == name) return UriDecode(part.substr(std::min(equals + 1, part.size())));
  }
  return std::nullopt;
}

std::vector<std::string> Split(std::string_view text, char separator, std::size_t limit) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size() && parts.size() <= limit;) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    parts.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

// "AKID/20150830/us-east-1/s3/aws4_request". An access key has no slash.
bool ReadCredential(std::string_view text, Claim& claim) {
  std::vector<std::string> parts = Split(text, '/', 5);
  if (parts.size() != 5 || parts[4] != "aws4_request" || parts[0].empty()) return false;
  claim.access_key = std::move(parts[0]);
  claim.day = std::move(parts[1]);
  claim.region = std::move(parts[2]);
  claim.service = std::move(parts[3]);
  return true;
}

std::expected<Claim, AuthError> ReadHeader(const RequestParts& request, std::string_view authorization) {
  if (!authorization.starts_with(kAlgorithm)) {
    return Refuse(AuthFailure::kMalformed, "only signatures of the form AWS4-HMAC-SHA256 are accepted here");
  }
  authorization.remove_prefix(kAlgorithm.size());
  Claim claim;
  bool has_credential = false;
  for (const std::string& field : Split(authorization, ',', 8)) {
    const std::string_view part = http::Trim(field);
    if (part.starts_with("Credential=")) has_credential = ReadCredential(part.substr(11), claim);
    if (part.starts_with("SignedHeaders=")) claim.signed_headers = Split(part.substr(14), ';', kMaxSignedHeaders);
    if (part.starts_with("Signature=")) claim.signature = part.substr(10);
  }
  if (!has_credential || claim.signature.empty()) {
    return Refuse(AuthFailure::kMalformed,
                  "Authorization must have Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders=… and "
                  "Signature=…");
  }
  claim.amz_date = request.headers.Get("x-amz-date");
  return claim;
}

std::expected<Claim, AuthError> ReadQuery(const RequestParts& request) {
  Claim claim;
  const auto value = [&](std::string_view name) { return QueryValue(request.query, name).value_or(""); };
  if (value("X-Amz-Algorithm") != kAlgorithm) {
    return Refuse(AuthFailure::kMalformed, "X-Amz-Algorithm must be AWS4-HMAC-SHA256");
  }
  if (!ReadCredential(value("X-Amz-Credential"), claim)) {
    return Refuse(AuthFailure::kMalformed, "X-Amz-Credential must be KEY/DATE/REGION/SERVICE/aws4_request");
  }
  claim.amz_date = value("X-Amz-Date");
  claim.signature = value("X-Amz-Signature");
  claim.signed_headers = Split(value("X-Amz-SignedHeaders"), ';', kMaxSignedHeaders);
  const std::string expires = value("X-Amz-Expires");
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(expires.data(), expires.data() + expires.size(), seconds);
  if (error != std::errc() || end != expires.data() + expires.size() || seconds < 1 || seconds > kMaxExpires) {
    return Refuse(AuthFailure::kMalformed, "X-Amz-Expires must be 1 to 604800 seconds");
  }
  claim.expires = seconds;
  return claim;
}

std::expected<Claim, AuthError> ReadClaim(const RequestParts& request) {
  const auto authorization = request.headers.Find("Authorization");
  const bool in_query = QueryValue(request.query, "X-Amz-Algorithm").has_value();
  if (authorization && in_query) return Refuse(AuthFailure::kMalformed, "only one signature is allowed in a request");
  if (authorization) return ReadHeader(request, *authorization);
  if (in_query) return ReadQuery(request);
  if (QueryValue(request.query, "AWSAccessKeyId")) {
    return Refuse(AuthFailure::kMalformed,
                  "signatures of version 2 are not accepted; presign with version 4 (boto3: signature_version='s3v4')");
  }
  return Refuse(AuthFailure::kMissing, "the request is not signed");
}

std::optional<AuthError> CheckTime(const Claim& claim, Time now, Duration max_skew) {
  const auto made = ParseAmzDate(claim.amz_date);
  if (!made) return AuthError{AuthFailure::kMalformed, "X-Amz-Date must be like 20150830T123600Z"};
  if (claim.day != std::string_view(claim.amz_date).substr(0, 8)) {
    return AuthError{AuthFailure::kMalformed, "the date of the credential is not that of X-Amz-Date"};
  }
  const bool too_new = *made > now + max_skew;
  const bool too_old = !claim.expires && *made < now - max_skew;
  if (too_new || too_old) {
    return AuthError{AuthFailure::kSkewed,
                     fmt::format("the request was signed at {}, it is {} here", claim.amz_date, FormatAmzDate(now))};
  }
  if (claim.expires && now > *made + std::chrono::seconds(*claim.expires)) {
    return AuthError{AuthFailure::kExpired, "the presigned URL has expired"};
  }
  return std::nullopt;
}

// Host and what steers the service must be under the signature, or a man in the middle could change it.
std::optional<AuthError> CheckSignedHeaders(const RequestParts& request, const Claim& claim) {
  const auto is_signed = [&](std::string_view name) {
    return std::any_of(claim.signed_headers.begin(), claim.signed_headers.end(),
                       [&](const std::string& known) { return http::EqualsIgnoringCase(known, name); });
  };
  if (claim.signed_headers.size() > kMaxSignedHeaders) {
    return AuthError{AuthFailure::kMalformed, "too many signed headers"};
  }
  if (!is_signed("host")) return AuthError{AuthFailure::kMalformed, "the Host header must be signed"};
  for (const auto& [name, value] : request.headers) {
    const bool steers = name.size() > 6 && http::EqualsIgnoringCase(std::string_view(name).substr(0, 6), "x-amz-");
    // Services of old wanted the token added after the signature.
    if (steers && !http::EqualsIgnoringCase(name, "x-amz-security-token") && !is_signed(name)) {
      return AuthError{AuthFailure::kMalformed, fmt::format("the header {} is not signed", name)};
    }
  }
  return std::nullopt;
}

}  // namespace

std::string NamedPayloadHash(const RequestParts& request) {
  if (const auto header = request.headers.Find("x-amz-content-sha256")) return std::string(*header);
  const auto credential = QueryValue(request.query, "X-Amz-Credential");
  if (!credential) return "";
  if (auto parameter = QueryValue(request.query, "X-Amz-Content-Sha256")) return std::move(*parameter);
  return credential->ends_with("/s3/aws4_request") ? std::string(kUnsignedPayload) : "";
}

std::expected<Verified, AuthError> Verifier::Verify(const RequestParts& request, std::string_view body_hash, Time now) {
  auto claim = ReadClaim(request);
  if (!claim) return std::unexpected(std::move(claim).error());
  if (auto wrong = CheckTime(*claim, now, max_skew_)) return std::unexpected(std::move(*wrong));
  if (auto wrong = CheckSignedHeaders(request, *claim)) return std::unexpected(std::move(*wrong));
  const Credentials* credentials = lookup_(claim->access_key);
  if (credentials == nullptr) return Refuse(AuthFailure::kUnknownKey, "there is no such access key");

  Verified verified;
  verified.payload_hash = NamedPayloadHash(request);
  if (verified.payload_hash.empty()) verified.payload_hash = body_hash;
  verified.scope = fmt::format("{}/{}/{}/aws4_request", claim->day, claim->region, claim->service);
  const std::string canonical =
      CanonicalRequest(request, claim->signed_headers, verified.payload_hash, SigningRules::For(claim->service));
  verified.signing_key = keys_.Get(*credentials, claim->day, claim->region, claim->service);
  const Sha256Digest expected =
      HmacSha256(AsView(verified.signing_key), StringToSign(claim->amz_date, verified.scope, canonical));
  if (!EqualSecrets(Hex(AsView(expected)), claim->signature)) {
    return Refuse(AuthFailure::kMismatch,
                  "the signature is not that of this request; check the secret key and what signs the request");
  }
  verified.access_key = std::move(claim->access_key);
  verified.service = std::move(claim->service);
  verified.region = std::move(claim->region);
  verified.presigned = claim->expires.has_value();
  verified.signature = std::move(claim->signature);
  verified.amz_date = std::move(claim->amz_date);
  return verified;
}

}  // namespace darkroom::wire
