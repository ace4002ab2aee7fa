// S3 requests. Input: "METHOD target", header lines, an empty line, the body (also taken for aws-chunked and for XML).
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "gateway/s3_list.h"
#include "gateway/s3_payload.h"
#include "gateway/s3_request.h"
#include "gateway/s3_xml.h"
#include "wire/aws_chunked.h"
#include "wire/sigv4.h"

using namespace darkroom;

namespace {

std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

http::Request ReadRequest(std::string_view& text) {
  http::Request request;
  const std::string_view first = TakeLine(text);
  const std::size_t space = std::min(first.find(' '), first.size());
  request.method = first.substr(0, space);
  request.target = first.substr(std::min(space + 1, first.size()));
  request.path = request.target.substr(0, request.target.find('?'));
  if (request.path.size() < request.target.size()) request.raw_query = request.target.substr(request.path.size() + 1);
  request.query = http::ParseQuery(request.raw_query);
  for (std::string_view line = TakeLine(text); !line.empty(); line = TakeLine(text)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    request.headers.Add(std::string(line.substr(0, colon)), std::string(line.substr(colon + 1)));
  }
  return request;
}

struct Decoded {
  bool good = false;
  std::string body;
  std::vector<std::pair<std::string, std::string>> trailers;
};

Decoded Decode(std::string_view wire, std::size_t piece) {
  wire::AwsChunkedDecoder decoder({.decoded_length = 100, .signing = {}, .trailer = true});
  Decoded out;
  out.good = true;
  for (std::size_t at = 0; at < wire.size() && out.good; at += piece) {
    out.good = decoder.Feed(wire.substr(at, piece), out.body).has_value();
  }
  out.good = out.good && decoder.Finish().has_value();
  DR_CHECK(out.body.size() <= 100);
  DR_CHECK(!out.good || out.body.size() == 100);
  out.trailers = decoder.trailers();
  return out;
}

// A body's meaning does not depend on where the network cut it.
void CheckChunked(std::string_view wire) {
  const Decoded whole = Decode(wire, wire.size() + 1);
  const Decoded bytes = Decode(wire, 1);
  DR_CHECK(whole.good == bytes.good);
  if (!whole.good) return;
  DR_CHECK(whole.body == bytes.body && whole.trailers == bytes.trailers);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const http::Request request = ReadRequest(input);
  if (const auto read = gateway::ReadS3Request(request)) {
    DR_CHECK(read->bucket.empty() || IsBucketName(read->bucket));
    DR_CHECK(read->key.empty() || IsObjectKey(read->key));
  }
  for (const bool v2 : {false, true}) {
    const auto query = gateway::ReadListQuery(request, v2);
    if (query) (void)gateway::CommonPrefix(request.path, *query);
  }
  if (const auto range = gateway::ReadRange(request.headers.Get("Range"))) {
    DR_CHECK(!range->last || (range->first >= 0 && *range->last >= range->first));
  }
  (void)gateway::ReadPutOptions(request.headers);
  (void)gateway::CheckReadConditions(request.headers, "\"etag\"");
  (void)gateway::ReadCopySource(request.headers.Get("x-amz-copy-source"));
  (void)gateway::CheckPayload(request.headers, {}, wire::kUnsignedPayload, std::string(input));
  (void)gateway::ReadDelete(input);
  CheckChunked(input);
  return 0;
}
