// Listing objects as S3 does, over a store that lists keys in order: delimiters, pages, tokens.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "gateway/answer.h"
#include "http/message.h"
#include "ports/object_store.h"

namespace darkroom::gateway {

struct ListQuery {
  bool v2 = true;
  std::string prefix;
  std::string delimiter;
  std::string after;               // where to go on: from the token, StartAfter or Marker
  std::string start_after, token;  // as they came, for the answer
  int max_keys = 1000;
  bool encode_url = false;
};
AwsResult<ListQuery> ReadListQuery(const http::Request& request, bool v2);

struct ListPage {
  std::vector<ObjectInfo> objects;
  std::vector<std::string> common_prefixes;
  bool truncated = false;
  std::string last;  // key or common prefix that the next page comes after

  std::size_t size() const { return objects.size() + common_prefixes.size(); }
};
Task<Result<ListPage>> ReadListPage(std::shared_ptr<ObjectStore> store, ListQuery query);

// The part of `key` up to the first delimiter after the prefix; empty: the key stands for itself.
std::string_view CommonPrefix(std::string_view key, const ListQuery& query);

std::string WriteListPage(const ListPage& page, const ListQuery& query, std::string_view bucket);

// "2026-11-21T09:53:00.000Z", as S3 writes times in XML.
std::string XmlTime(Time t);

}  // namespace darkroom::gateway
