#include "gateway/s3_list.h"

#include <algorithm>
#include <charconv>

#include "base/crypto.h"
#include "wire/uri.h"
#include "wire/xml.h"

namespace darkroom::gateway {
namespace {

constexpr int kMaxKeys = 1000;
// U+10FFFF in UTF-8: greater than what any sane key goes on with, and still text.
constexpr std::string_view kHighest = "\xF4\x8F\xBF\xBF";

}  // namespace

std::string XmlTime(Time t) { return FormatTime(t).substr(0, 23) + "Z"; }

AwsResult<ListQuery> ReadListQuery(const http::Request& request, bool v2) {
  ListQuery query;
  query.v2 = v2;
  const auto text = [&](std::string_view name) { return request.Query(name).value_or(""); };
  query.prefix = text("prefix");
  query.delimiter = text("delimiter");
  query.start_after = text(v2 ? "start-after" : "marker");
  query.after = query.start_after;
  query.encode_url = text("encoding-type") == "url";
  if (const auto token = request.Query("continuation-token"); v2 && token) {
    auto after = FromBase64(*token);
    if (!after || after->empty()) return Refuse(400, "InvalidArgument", "The continuation token is not one of ours.");
    query.token = *token;
    query.after = std::move(*after);
  }
  if (const auto max = request.Query("max-keys")) {
    const auto [end, error] = std::from_chars(max->data(), max->data() + max->size(), query.max_keys);
    if (error != std::errc() || end != max->data() + max->size() || query.max_keys < 0) {
      return Refuse(400, "InvalidArgument", "max-keys must be a whole number from 0 on.");
    }
    query.max_keys = std::min(query.max_keys, kMaxKeys);
  }
  return query;
}

std::string_view CommonPrefix(std::string_view key, const ListQuery& query) {
  if (query.delimiter.empty() || !key.starts_with(query.prefix)) return "";
  const std::size_t at = key.find(query.delimiter, query.prefix.size());
  return at == std::string_view::npos ? "" : key.substr(0, at + query.delimiter.size());
}

Task<Result<ListPage>> ReadListPage(std::shared_ptr<ObjectStore> store, ListQuery query) {
  ListPage page;
  if (query.max_keys == 0) co_return page;
  std::string after = query.after;
  // A page that ended with a common prefix goes on after everything under it.
  std::string group(CommonPrefix(after, query) == after ? after : "");
  while (true) {
    if (!group.empty()) after = group + std::string(kHighest);
    auto list = co_await store->List(query.prefix, after, kMaxKeys);
    if (!list) co_return Fail(list.error());
    for (ObjectInfo& object : list->objects) {
      after = object.key;
      const std::string_view common = CommonPrefix(object.key, query);
      if (!common.empty() && common == group) continue;
      if (page.size() == std::size_t(query.max_keys)) {
        page.truncated = true;
        co_return page;
      }
      group = common;
      page.last = common.empty() ? object.key : group;
      if (common.empty()) {
        page.objects.push_back(std::move(object));
      } else {
        page.common_prefixes.push_back(group);
      }
    }
    if (!list->truncated) co_return page;
  }
}

std::string WriteListPage(const ListPage& page, const ListQuery& query, std::string_view bucket) {
  const auto encoded = [&](std::string_view text) {
    return query.encode_url ? wire::UriEncode(text, "/") : std::string(text);
  };
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("ListBucketResult");
  root.append_attribute("xmlns").set_value(wire::kS3Namespace);
  wire::AddText(root, "Name", bucket);
  wire::AddText(root, "Prefix", encoded(query.prefix));
  wire::AddText(root, "MaxKeys", std::to_string(query.max_keys));
  if (!query.delimiter.empty()) wire::AddText(root, "Delimiter", encoded(query.delimiter));
  if (query.encode_url) wire::AddText(root, "EncodingType", "url");
  wire::AddText(root, "IsTruncated", page.truncated ? "true" : "false");
  if (query.v2) {
    wire::AddText(root, "KeyCount", std::to_string(page.size()));
    if (!query.start_after.empty()) wire::AddText(root, "StartAfter", encoded(query.start_after));
    if (!query.token.empty()) wire::AddText(root, "ContinuationToken", query.token);
    if (page.truncated) wire::AddText(root, "NextContinuationToken", Base64(page.last));
  } else {
    wire::AddText(root, "Marker", encoded(query.start_after));
    if (page.truncated && !query.delimiter.empty()) wire::AddText(root, "NextMarker", encoded(page.last));
  }
  for (const ObjectInfo& object : page.objects) {
    pugi::xml_node contents = root.append_child("Contents");
    wire::AddText(contents, "Key", encoded(object.key));
    wire::AddText(contents, "LastModified", XmlTime(object.modified));
    wire::AddText(contents, "ETag", object.etag);
    wire::AddText(contents, "Size", std::to_string(object.size));
    wire::AddText(contents, "StorageClass", "STANDARD");
  }
  for (const std::string& common : page.common_prefixes) {
    wire::AddText(root.append_child("CommonPrefixes"), "Prefix", encoded(common));
  }
  return wire::ToXml(document);
}

}  // namespace darkroom::gateway
