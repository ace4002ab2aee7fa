// Signatures. Input: a path, a query, a header's value and an Authorization header, a line each.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/sigv4.h"

using namespace darkroom;

namespace {

const wire::Credentials kCredentials{.access_key = "AKIDEXAMPLE", .secret_key = "secret", .session_token = ""};

std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view path = TakeLine(input);
  const std::string_view query = TakeLine(input);
  const std::string value(TakeLine(input));
  const std::string authorization(TakeLine(input));
  const Time now = *wire::ParseAmzDate("20150830T123600Z");
  wire::Verifier verifier(
      [](std::string_view key) { return key == kCredentials.access_key ? &kCredentials : nullptr; });

  // A stranger's: whatever it is, nobody without the secret gets in.
  const http::Headers strange{{"Host", "h"}, {"X-Amz-Date", "20150830T123600Z"}, {"Authorization", authorization}};
  DR_CHECK(!verifier.Verify({.method = "GET", .path = path, .query = query, .headers = strange}, "", now));
  const http::Headers bare{{"Host", "h"}};
  DR_CHECK(!verifier.Verify({.method = "GET", .path = path, .query = query, .headers = bare}, "", now));

  // Our own: signed requests pass, whatever is in them, unless they already bring parts of a signature.
  if (query.find("X-Amz") != std::string_view::npos || query.find("AWSAccessKeyId") != std::string_view::npos) return 0;
  for (const char* service : {"s3", "sqs"}) {
    wire::Signer signer("us-east-1", service);
    http::Headers headers{{"Host", "h"}, {"My-Header", value}};
    signer.Sign("PUT", path, query, headers, wire::kEmptyPayloadHash, kCredentials, now);
    const wire::RequestParts parts{.method = "PUT", .path = path, .query = query, .headers = headers};
    DR_CHECK(verifier.Verify(parts, wire::kEmptyPayloadHash, now).has_value());

    const std::string presigned =
        signer.Presign("GET", path, query, bare, wire::kUnsignedPayload, kCredentials, now, 60s);
    const wire::RequestParts by_url{.method = "GET", .path = path, .query = presigned, .headers = bare};
    DR_CHECK(verifier.Verify(by_url, wire::kUnsignedPayload, now).has_value());
  }
  return 0;
}
