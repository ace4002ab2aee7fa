#include "gateway/s3_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "http/ascii.h"
#include "wire/uri.h"

namespace darkroom::gateway {
namespace {

constexpr std::size_t kMaxMetadata = 2048;  // bytes of names and values; S3's bound

// Parts of S3's interface that a query names and that are not served.
constexpr std::string_view kUnserved[] = {"accelerate",
                                          "acl",
                                          "analytics",
                                          "attributes",
                                          "cors",
                                          "encryption",
                                          "intelligent-tiering",
                                          "inventory",
                                          "legal-hold",
                                          "lifecycle",
                                          "logging",
                                          "metrics",
                                          "notification",
                                          "object-lock",
                                          "ownershipControls",
                                          "partNumber",
                                          "policy",
                                          "policyStatus",
                                          "publicAccessBlock",
                                          "replication",
                                          "requestPayment",
                                          "restore",
                                          "retention",
                                          "select",
                                          "tagging",
                                          "torrent",
                                          "uploadId",
                                          "uploads",
                                          "versionId",
                                          "versioning",
                                          "versions",
                                          "website"};

std::unexpected<wire::AwsError> NotServed(std::string_view what) {
  return Refuse(501, "NotImplemented", fmt::format("'{}' is not served here.", what));
}

std::unexpected<wire::AwsError> MethodNotAllowed(std::string_view method) {
  return Refuse(405, "MethodNotAllowed", fmt::format("{} is not allowed on this resource.", method));
}

// "bucket.localhost:9000" and "bucket.s3.us-east-1.amazonaws.com" name a bucket, addresses and "s3.…" do not.
std::string BucketOfHost(std::string_view host) {
  // Without the port; an address in brackets names no bucket anyway.
  host = host.substr(0, host.find(':'));
  for (const std::string_view end : {".localhost", ".localhost.localdomain"}) {
    if (host.ends_with(end)) return std::string(host.substr(0, host.size() - end.size()));
  }
  const std::size_t service = host.find(".s3.");
  return service == std::string_view::npos ? "" : std::string(host.substr(0, service));
}

AwsResult<S3Operation> BucketOperation(const http::Request& request) {
  const std::string& method = request.method;
  const bool lists = method == "GET";
  if (request.Query("delete")) {
    if (method != "POST") return MethodNotAllowed(method);
    return S3Operation::kDeleteObjects;
  }
  if (lists && request.Query("location")) return S3Operation::kGetBucketLocation;
  if (lists) return request.Query("list-type") == "2" ? S3Operation::kListObjectsV2 : S3Operation::kListObjects;
  if (method == "PUT") return S3Operation::kCreateBucket;
  if (method == "HEAD") return S3Operation::kHeadBucket;
  if (method == "DELETE") return S3Operation::kDeleteBucket;
  return MethodNotAllowed(method);
}

AwsResult<S3Operation> ObjectOperation(const http::Request& request) {
  const std::string& method = request.method;
  if (method == "GET") return S3Operation::kGetObject;
  if (method == "HEAD") return S3Operation::kHeadObject;
  if (method == "DELETE") return S3Operation::kDeleteObject;
  if (method != "PUT") return MethodNotAllowed(method);
  return request.headers.Find("x-amz-copy-source") ? S3Operation::kCopyObject : S3Operation::kPutObject;
}

std::optional<std::int64_t> Number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || !http::IsDigit(text.front()) || error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

// Whether a list of etags, or "*", names this one. Weak ones never match: S3 has none.
bool NamesEtag(std::string_view list, std::string_view etag) {
  const std::string_view bare = etag.size() >= 2 ? etag.substr(1, etag.size() - 2) : etag;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view one = http::Trim(list.substr(0, comma));
    if (one == "*" || one == etag || one == bare) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

}  // namespace

AwsResult<S3Request> ReadS3Request(const http::Request& request) {
  S3Request out;
  const auto path = http::PercentDecode(request.path);
  if (!path || path->empty() || path->front() != '/') return Refuse(400, "InvalidURI", "Couldn't parse the URI.");
  std::string_view rest = std::string_view(*path).substr(1);
  out.bucket = BucketOfHost(request.headers.Get("Host"));
  if (out.bucket.empty()) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    out.bucket = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
  }
  out.key = rest;
  for (const std::string_view name : kUnserved) {
    if (request.Query(name)) return NotServed(name);
  }
  if (out.bucket.empty() && out.key.empty()) {
    if (request.method != "GET") return MethodNotAllowed(request.method);
    return out;
  }
  if (!IsBucketName(out.bucket)) {
    return Refuse(400, "InvalidBucketName", "A bucket's name is 3 to 63 of a-z, 0-9, '.' and '-'.");
  }
  if (!out.key.empty() && !IsObjectKey(out.key)) {
    return Refuse(400, "KeyTooLongError", "A key is 1 to 1024 bytes of UTF-8.");
  }
  const auto operation = out.key.empty() ? BucketOperation(request) : ObjectOperation(request);
  if (!operation) return std::unexpected(operation.error());
  out.operation = *operation;
  return out;
}

std::optional<ByteRange> ReadRange(std::string_view header) {
  if (!header.starts_with("bytes=") || header.find(',') != std::string_view::npos) return std::nullopt;
  header.remove_prefix(6);
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = Number(header.substr(0, dash));
  const auto last = Number(header.substr(dash + 1));
  if (!first) {
    // The last bytes. "-0" has no byte of anything: a range past every end says so.
    if (dash != 0 || !last) return std::nullopt;
    return *last == 0 ? ByteRange{.first = INT64_MAX, .last = {}} : ByteRange{.first = -*last, .last = {}};
  }
  if (dash + 1 < header.size() && (!last || *last < *first)) return std::nullopt;
  return ByteRange{.first = *first, .last = last};
}

std::optional<int> CheckReadConditions(const http::Headers& headers, std::string_view etag) {
  if (const auto wanted = headers.Find("If-Match"); wanted && !NamesEtag(*wanted, etag)) return 412;
  if (const auto known = headers.Find("If-None-Match"); known && NamesEtag(*known, etag)) return 304;
  return std::nullopt;
}

AwsResult<PutOptions> ReadPutOptions(const http::Headers& headers) {
  PutOptions options;
  options.content_type = headers.Find("Content-Type").value_or("binary/octet-stream");
  std::size_t size = 0;
  for (const auto& [name, value] : headers) {
    std::string lower = wire::LowerCase(name);
    if (!lower.starts_with("x-amz-meta-")) continue;
    lower.erase(0, 11);
    size += lower.size() + value.size();
    options.metadata[std::move(lower)] = value;
  }
  if (size > kMaxMetadata) {
    return Refuse(400, "MetadataTooLarge", fmt::format("Metadata may have {} bytes.", kMaxMetadata));
  }
  if (const auto condition = headers.Find("If-None-Match")) {
    if (*condition != "*") return NotServed("If-None-Match with an ETag on PUT");
    options.if_absent = true;
  }
  if (const auto condition = headers.Find("If-Match")) {
    options.if_match = *condition;
    // Stores compare with quotes around it; clients send it either way.
    if (!options.if_match.starts_with('"')) options.if_match = "\"" + options.if_match + "\"";
  }
  return options;
}

AwsResult<std::pair<std::string, std::string>> ReadCopySource(std::string_view header) {
  if (header.starts_with('/')) header.remove_prefix(1);
  const std::string source = wire::UriDecode(header);
  const std::size_t slash = source.find('/');
  if (slash == std::string::npos || !IsBucketName(source.substr(0, slash)) || !IsObjectKey(source.substr(slash + 1))) {
    return Refuse(400, "InvalidArgument", "x-amz-copy-source must be /bucket/key.");
  }
  return std::pair(source.substr(0, slash), source.substr(slash + 1));
}

}  // namespace darkroom::gateway
