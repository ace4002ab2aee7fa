#include "gateway/s3_payload.h"

#include <fmt/format.h>

#include <charconv>

#include "base/crypto.h"
#include "wire/aws_chunked.h"
#include "wire/checksum.h"
#include "wire/uri.h"

namespace darkroom::gateway {
namespace {

std::unexpected<wire::AwsError> TooLarge(std::size_t limit) {
  return Refuse(413, "EntityTooLarge", fmt::format("An object may have {} bytes here.", limit));
}

std::unexpected<wire::AwsError> ReadFailure(const Error& error, std::size_t limit) {
  if (error.code() == Code::kTooLarge) return TooLarge(limit);
  if (error.code() == Code::kDenied) return Refuse(403, "SignatureDoesNotMatch", error.message());
  return Refuse(400, "IncompleteBody", error.message());
}

bool IsStreaming(std::string_view payload_hash) { return payload_hash.starts_with("STREAMING-"); }

// Checks one x-amz-checksum-*, from the headers or the trailer.
AwsResult<bool> CheckChecksum(std::string_view name, std::string_view value, std::string_view body) {
  constexpr std::string_view kPrefix = "x-amz-checksum-";
  const auto kind = wire::ParseChecksumKind(name.substr(kPrefix.size()));
  if (!kind) return false;  // x-amz-checksum-mode, x-amz-checksum-type, an algorithm we do not know
  if (wire::Checksum(*kind, body) != value) {
    return Refuse(400, "BadDigest",
                  fmt::format("The {} you specified did not match the calculated checksum.", wire::Name(*kind)));
  }
  return true;
}

AwsResult<wire::AwsChunkedOptions> ChunkedOptions(const http::Headers& headers, const wire::Verified& verified,
                                                  std::size_t limit) {
  wire::AwsChunkedOptions options;
  const std::string_view length = headers.Get("x-amz-decoded-content-length");
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), options.decoded_length);
  if (length.empty() || error != std::errc() || end != length.data() + length.size()) {
    return Refuse(411, "MissingContentLength", "x-amz-decoded-content-length must be a number of bytes.");
  }
  if (options.decoded_length > limit) return TooLarge(limit);
  const std::string& word = verified.payload_hash;
  options.trailer = word.ends_with("-TRAILER");
  if (word == wire::kStreamingSigned || word == wire::kStreamingSignedTrailer) {
    options.signing = {.key = verified.signing_key,
                       .amz_date = verified.amz_date,
                       .scope = verified.scope,
                       .seed = verified.signature};
  } else if (word != wire::kStreamingUnsignedTrailer) {
    return Refuse(400, "InvalidRequest", fmt::format("'{}' is not served here.", word));
  }
  return options;
}

Task<AwsResult<Payload>> ReadChunked(http::Request& request, wire::AwsChunkedOptions options, std::string payload_hash,
                                     std::size_t limit) {
  std::string body;
  body.reserve(options.decoded_length);
  wire::AwsChunkedDecoder decoder(std::move(options));
  while (true) {
    auto bytes = co_await request.body->Read();
    if (!bytes) co_return ReadFailure(bytes.error(), limit);
    if (bytes->empty()) break;
    if (auto fed = decoder.Feed(*bytes, body); !fed) co_return ReadFailure(fed.error(), limit);
  }
  if (auto finished = decoder.Finish(); !finished) co_return ReadFailure(finished.error(), limit);
  co_return CheckPayload(request.headers, decoder.trailers(), payload_hash, std::move(body));
}

}  // namespace

AwsResult<Payload> CheckPayload(const http::Headers& headers,
                                const std::vector<std::pair<std::string, std::string>>& trailers,
                                std::string_view payload_hash, std::string body) {
  Payload payload;
  if (payload_hash != wire::kUnsignedPayload && !IsStreaming(payload_hash) &&
      !EqualSecrets(Hex(AsView(Sha256(body))), payload_hash)) {
    return Refuse(400, "XAmzContentSHA256Mismatch", "x-amz-content-sha256 is not the hash of the body.");
  }
  if (const auto md5 = headers.Find("Content-MD5")) {
    const auto digest = FromBase64(*md5);
    if (!digest || digest->size() != 16) return Refuse(400, "InvalidDigest", "Content-MD5 is not an MD5 in base64.");
    if (*digest != AsView(Md5(body))) return Refuse(400, "BadDigest", "Content-MD5 is not that of the body.");
  }
  const auto check = [&](std::string_view name, std::string_view value) -> std::optional<wire::AwsError> {
    const std::string lower = wire::LowerCase(name);
    if (!lower.starts_with("x-amz-checksum-")) return std::nullopt;
    const auto checked = CheckChecksum(lower, value, body);
    if (!checked) return checked.error();
    if (*checked) payload.checksums.emplace_back(lower, value);
    return std::nullopt;
  };
  for (const auto& [name, value] : headers) {
    if (auto wrong = check(name, value)) return std::unexpected(std::move(*wrong));
  }
  for (const auto& [name, value] : trailers) {
    if (auto wrong = check(name, value)) return std::unexpected(std::move(*wrong));
  }
  payload.bytes = std::move(body);
  return payload;
}

Task<AwsResult<Payload>> ReadPayload(http::Request& request, wire::Verified verified, std::size_t limit) {
  if (IsStreaming(verified.payload_hash)) {
    auto options = ChunkedOptions(request.headers, verified, limit);
    if (!options) co_return std::unexpected(std::move(options).error());
    co_return co_await ReadChunked(request, std::move(*options), std::move(verified.payload_hash), limit);
  }
  // Refused before a byte of it is read: a client that asked with Expect: 100-continue sends none.
  if (request.content_length && *request.content_length > limit) co_return TooLarge(limit);
  auto body = co_await request.body->ReadAll(limit);
  if (!body) co_return ReadFailure(body.error(), limit);
  co_return CheckPayload(request.headers, {}, verified.payload_hash, std::move(*body));
}

}  // namespace darkroom::gateway
