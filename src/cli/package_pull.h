// A package from a catalogue, each file held against its size and digest. It appears when all of it is there and has
// been loaded and run once; whatever goes wrong, nothing is left behind.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/async.h"
#include "base/result.h"
#include "http/client.h"
#include "model/package.h"
#include "model/runtime.h"

namespace darkroom::cli {

struct PullOptions {
  std::string wanted;            // NAME or NAME@VERSION
  std::string catalogue;         // file or address
  std::filesystem::path models;  // the folder that gets it
};

struct PulledPackage {
  std::filesystem::path home;
  model::Package package;
  std::uint64_t size = 0;     // bytes of its files
  bool there_before = false;  // the same was there; nothing was downloaded
};

// `on_bytes` hears how many of all bytes have come. Errors: those of ReadCatalogue and of Fetch; kNotFound when the
// catalogue has no such model; kConflict when another package is where it would go; kInvalid when its files make no
// package, or another one than the catalogue says, or one that does not load; kCancelled when the client was told to
// cancel. Blocks while the package is loaded.
Task<Result<PulledPackage>> PullPackage(http::Client& client, model::Runtime& runtime, PullOptions options,
                                        std::function<void(std::uint64_t done, std::uint64_t total)> on_bytes);

}  // namespace darkroom::cli
