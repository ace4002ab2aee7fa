#include "web/assets.h"

#include <algorithm>
#include <utility>

#include "http/ascii.h"
#include "web/stored_file.h"

namespace darkroom::embedded_files {
std::span<const EmbeddedFile> Page();  // darkroom_embed, CMakeLists.txt
}

namespace darkroom::web {
namespace {

// The page loads nothing from elsewhere and has nothing inline. blob: and data: are previews of pictures that were not
// uploaded yet.
constexpr std::string_view kPagePolicy =
    "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

std::string_view TypeOf(std::string_view path) {
  constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".json", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".woff2", "font/woff2"},
      {".wasm", "application/wasm"},
      {".txt", "text/plain; charset=utf-8"},
      {".jpg", "image/jpeg"},
      {".webp", "image/webp"},
      {".map", "application/json"},
  };
  for (const auto& [ending, type] : kTypes) {
    if (path.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

}  // namespace

std::span<const EmbeddedFile> PageFiles() { return embedded_files::Page(); }

bool HasContentHash(std::string_view path) {
  const auto dot = path.rfind('.');
  const auto dash = path.substr(0, dot).rfind('-');
  if (dot == path.npos || dash == path.npos) return false;
  const auto hash = path.substr(dash + 1, dot - dash - 1);
  return hash.size() >= 8 && std::ranges::all_of(hash, http::IsAlphaNumeric) &&
         std::ranges::none_of(hash, [](char c) { return c >= 'a' && c <= 'z'; });
}

bool AcceptsGzip(std::string_view header) {
  while (!header.empty()) {
    const auto comma = header.find(',');
    const auto coding = http::Trim(header.substr(0, comma));
    header.remove_prefix(comma == header.npos ? header.size() : comma + 1);
    const auto semicolon = coding.find(';');
    const auto name = http::Trim(coding.substr(0, semicolon));
    if (name != "gzip" && name != "*") continue;
    if (semicolon == coding.npos) return true;
    const auto weight = http::Trim(coding.substr(semicolon + 1));
    return !weight.starts_with("q=0") || weight.find_first_of("123456789", 3) != weight.npos;
  }
  return false;
}

Task<OrProblem<http::Response>> Assets::GetIndex(http::Request& request) { return Get(request, "index.html"); }

Task<OrProblem<http::Response>> Assets::GetAsset(http::Request& request) {
  return Get(request, "assets/" + request.params["path"]);
}

Task<OrProblem<http::Response>> Assets::Get(http::Request& request, std::string path) const {
  const auto file = std::ranges::find(files_, std::string_view(path), &EmbeddedFile::path);
  if (file == files_.end()) co_return Refuse("not_found", "the page has no such file");
  const bool gzip = !file->gzip.empty() && AcceptsGzip(request.headers.Get("Accept-Encoding"));
  http::Response response;
  // The two encodings are two representations, so they need two tags.
  const std::string etag = "\"" + std::string(file->sha256.substr(0, 32)) + (gzip ? "-gzip\"" : "\"");
  response.headers.Set("ETag", etag);
  response.headers.Set("Vary", "Accept-Encoding");
  response.headers.Set("Cache-Control", HasContentHash(path) ? "public, max-age=31536000, immutable" : "no-cache");
  if (path.ends_with(".html")) {
    response.headers.Set("Content-Security-Policy", std::string(kPagePolicy));
    response.headers.Set("Referrer-Policy", "same-origin");
  }
  if (ETagMatches(request.headers.Get("If-None-Match"), etag)) {
    response.status = 304;
    co_return response;
  }
  response.headers.Set("Content-Type", std::string(TypeOf(path)));
  if (gzip) response.headers.Set("Content-Encoding", "gzip");
  response.static_body = gzip ? file->gzip : file->bytes;
  co_return response;
}

}  // namespace darkroom::web
