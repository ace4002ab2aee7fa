// A catalogue: packages that can be had elsewhere, each with the addresses, sizes and digests of its files
// (docs/formats/catalogue.md). TOML or JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace darkroom::cli {

struct CatalogueFile {
  std::string path;        // within the package: "model.onnx", "samples/chair.jpg"
  std::string url;         // absolute
  std::string sha256;      // 64 hex digits, lower case
  std::uint64_t size = 0;  // bytes
};

struct CatalogueModel {
  std::string name;
  std::string version;
  std::string description;
  std::vector<CatalogueFile> files;  // model.toml among them

  std::uint64_t size() const;
};

// `where` is the file or address that the text came from: relative addresses are relative to it. Errors: kInvalid
// naming the model and the file of which something is missing or wrong. All entries are checked, whichever is wanted.
Result<std::vector<CatalogueModel>> ParseCatalogue(std::string_view text, std::string_view where);

// The newest of that name, or "NAME@VERSION". kNotFound: names those that there are.
Result<CatalogueModel> FindInCatalogue(const std::vector<CatalogueModel>& models, std::string_view wanted);

// `reference` as it stands on the page at `base` (RFC 3986, without "..": "file", "/file", "//host/file" or absolute).
// Empty when that is no address of http or https.
std::string ResolveUrl(std::string_view base, std::string_view reference);

}  // namespace darkroom::cli
