// Downloads: a file whose size and digest are known beforehand goes to the disk as it arrives, bounded by the one and
// held against the other. Redirects are followed, five at most, and never from https to http.
//
// Threads: the loop's. Errors: kUnavailable when the server cannot be reached or breaks off; kInvalid when what it
// sends is not what was promised; kNotFound, kDenied by its answer. They name the address without its query, which may
// hold a token.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/async.h"
#include "base/result.h"
#include "http/client.h"

namespace darkroom::cli {

struct Download {
  std::string url;
  std::uint64_t size = 0;    // bytes, exactly
  std::string sha256;        // 64 hex digits, lower case
  std::filesystem::path to;  // made or replaced; after an error there may be a part of it
};

// `on_bytes` hears how many have come so far.
Task<Status> Fetch(http::Client& client, Download download, std::function<void(std::uint64_t)> on_bytes);

// A text of at most `largest` bytes.
Task<Result<std::string>> FetchText(http::Client& client, std::string url, std::size_t largest);

}  // namespace darkroom::cli
