// Assets: the page and its files, built into the program.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/async.h"
#include "base/embedded_file.h"
#include "http/message.h"
#include "web/problem.h"

namespace darkroom::web {

// The files that ui/ was built to, or the plain page when it was not.
std::span<const EmbeddedFile> PageFiles();

class Assets {
 public:
  // `files` lives for good.
  explicit Assets(std::span<const EmbeddedFile> files) : files_(files) {}

  Task<OrProblem<http::Response>> GetIndex(http::Request& request);
  Task<OrProblem<http::Response>> GetAsset(http::Request& request);  // /assets/{path...}

 private:
  Task<OrProblem<http::Response>> Get(http::Request& request, std::string path) const;
  std::span<const EmbeddedFile> files_;
};

// Whether a file's name carries a hash of its content ("app-3JLTOJ5Q.js"), so that it never changes.
bool HasContentHash(std::string_view path);

// Whether an Accept-Encoding header takes gzip.
bool AcceptsGzip(std::string_view header);

}  // namespace darkroom::web
