#include "aws/s3_answers.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "wire/uri.h"
#include "wire/xml.h"

namespace darkroom::aws {
namespace {

std::int64_t Number(std::string_view text, std::int64_t otherwise) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return text.empty() || error != std::errc() || end != text.data() + text.size() ? otherwise : number;
}

std::unexpected<Error> Strange(const std::string& what) {
  return Fail(Code::kUnavailable, "an answer that is no S3 answer: " + what);
}

}  // namespace

std::optional<Time> ReadHttpTime(std::string_view text) {
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
  const std::size_t month = kMonths.find(text.substr(8, 3));
  const auto number = [&](std::size_t at, std::size_t digits) { return Number(text.substr(at, digits), -1); };
  const std::int64_t day = number(5, 2), year = number(12, 4);
  const std::int64_t hour = number(17, 2), minute = number(20, 2), second = number(23, 2);
  if (month == std::string_view::npos || month % 3 != 0 || day < 1 || year < 1970 || hour < 0 || minute < 0 ||
      second < 0) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(int(year)), std::chrono::month(unsigned(month / 3 + 1)),
                                         std::chrono::day(unsigned(day))};
  if (!date.ok()) return std::nullopt;
  return Time(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

ObjectInfo ReadObjectHeaders(std::string key, const http::Headers& headers, std::size_t body_size) {
  ObjectInfo info;
  info.key = std::move(key);
  info.size = Number(headers.Get("Content-Length"), std::int64_t(body_size));
  info.etag = headers.Get("ETag");
  info.content_type = headers.Get("Content-Type");
  info.modified = ReadHttpTime(headers.Get("Last-Modified")).value_or(Time());
  for (const auto& [name, value] : headers) {
    std::string lower = wire::LowerCase(name);
    if (lower.starts_with("x-amz-meta-")) info.metadata[lower.substr(11)] = value;
  }
  return info;
}

std::int64_t ReadContentRange(std::string_view header, ObjectInfo& info) {
  if (!header.starts_with("bytes ")) return 0;
  const std::size_t dash = header.find('-');
  const std::size_t slash = header.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos) return 0;
  info.size = Number(header.substr(slash + 1), info.size);
  return Number(header.substr(6, dash - 6), 0);
}

Result<ObjectList> ReadObjectList(std::string_view xml) {
  pugi::xml_document document;
  if (auto parsed = wire::ParseXml(xml, document); !parsed) return Strange(parsed.error().message());
  const pugi::xml_node root = document.child("ListBucketResult");
  if (!root) return Strange("no ListBucketResult");
  ObjectList list;
  list.truncated = root.child_value("IsTruncated") == std::string_view("true");
  for (const pugi::xml_node contents : root.children("Contents")) {
    ObjectInfo info;
    // Some services write a space as "+".
    std::string key = contents.child_value("Key");
    std::replace(key.begin(), key.end(), '+', ' ');
    info.key = wire::UriDecode(key);
    info.size = Number(contents.child_value("Size"), 0);
    info.etag = contents.child_value("ETag");
    if (auto modified = ParseTime(contents.child_value("LastModified"))) info.modified = *modified;
    list.objects.push_back(std::move(info));
  }
  return list;
}

Result<std::vector<std::string>> ReadBucketList(std::string_view xml) {
  pugi::xml_document document;
  if (auto parsed = wire::ParseXml(xml, document); !parsed) return Strange(parsed.error().message());
  std::vector<std::string> names;
  for (const pugi::xml_node bucket : document.child("ListAllMyBucketsResult").child("Buckets").children("Bucket")) {
    names.emplace_back(bucket.child_value("Name"));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string WriteCreateBucket(std::string_view region) {
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("CreateBucketConfiguration");
  root.append_attribute("xmlns").set_value(wire::kS3Namespace);
  wire::AddText(root, "LocationConstraint", region);
  return wire::ToXml(document);
}

}  // namespace darkroom::aws
