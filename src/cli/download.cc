#include "cli/download.h"

#include <fmt/format.h>

#include <fstream>

#include "base/crypto.h"
#include "cli/catalogue.h"

namespace darkroom::cli {
namespace {

constexpr int kMostRedirects = 5;
constexpr std::uint64_t kSlowest = 50'000;  // bytes a second, on average, before it is given up

std::string WithoutQuery(const std::string& url) { return url.substr(0, url.find_first_of("?#")); }

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// Where a redirect leads.
Result<std::string> Target(const std::string& url, const http::ClientResponse& response) {
  std::string next = ResolveUrl(url, response.headers.Get("Location"));
  if (next.empty() || (url.starts_with("https://") && next.starts_with("http://"))) {
    return Fail(Code::kInvalid, fmt::format("{}: leads to '{}', which is not followed", WithoutQuery(url),
                                            WithoutQuery(std::string(response.headers.Get("Location")))));
  }
  return next;
}

Error BadAnswer(const std::string& url, int status) {
  const Code code = status == 404 || status == 410   ? Code::kNotFound
                    : status == 401 || status == 403 ? Code::kDenied
                    : status >= 500                  ? Code::kUnavailable
                                                     : Code::kInvalid;
  return {code, fmt::format("{}: answered {} {}", WithoutQuery(url), status, http::ReasonPhrase(status))};
}

// The exchange behind all redirects. `on_data` as Client::Stream has it.
Task<Result<http::ClientResponse>> Follow(http::Client& client, http::ClientRequest request,
                                          std::function<bool(std::string_view)> on_data) {
  for (int hops = 0; hops <= kMostRedirects; ++hops) {
    http::ClientRequest copy = request;
    auto response = co_await client.Stream(std::move(copy), on_data);
    if (!response) co_return Fail(response.error().During(WithoutQuery(request.url)));
    if (response->status >= 200 && response->status < 300) co_return std::move(*response);
    if (!IsRedirect(response->status)) co_return Fail(BadAnswer(request.url, response->status));
    auto next = Target(request.url, *response);
    if (!next) co_return Fail(next.error());
    request.url = std::move(*next);
  }
  co_return Fail(Code::kInvalid, fmt::format("{}: more than {} redirects", WithoutQuery(request.url), kMostRedirects));
}

}  // namespace

Task<Status> Fetch(http::Client& client, Download download, std::function<void(std::uint64_t)> on_bytes) {
  std::ofstream out(download.to, std::ios::binary | std::ios::trunc);
  Sha256Stream digest;
  std::uint64_t received = 0;
  bool too_long = false;
  auto take = [&](std::string_view piece) {
    received += piece.size();
    too_long = received > download.size;
    if (too_long) return false;
    out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
    digest.Update(piece);
    on_bytes(received);
    return bool(out);
  };
  http::ClientRequest request;
  request.url = download.url;
  request.timeout = 2min + std::chrono::seconds(download.size / kSlowest);
  std::function<bool(std::string_view)> on_data = take;
  const auto response = co_await Follow(client, std::move(request), std::move(on_data));
  if (!response) co_return Fail(response.error());
  out.close();
  const std::string url = WithoutQuery(download.url);
  if (too_long)
    co_return Fail(Code::kInvalid, fmt::format("{}: is larger than the {} bytes promised", url, download.size));
  if (!out)
    co_return Fail(Code::kInternal, fmt::format("{}: cannot be written; is the disk full?", download.to.string()));
  if (received != download.size) {
    co_return Fail(Code::kInvalid, fmt::format("{}: {} bytes were promised, {} came", url, download.size, received));
  }
  const std::string found = Hex(AsView(digest.Finish()));
  if (found == download.sha256) co_return Status();
  co_return Fail(Code::kInvalid,
                 fmt::format("{}: its SHA-256 is {}, {} was promised; the file is not what the catalogue "
                             "means, or the catalogue is out of date",
                             url, found, download.sha256));
}

Task<Result<std::string>> FetchText(http::Client& client, std::string url, std::size_t largest) {
  std::string text;
  bool too_long = false;
  auto take = [&](std::string_view piece) {
    too_long = text.size() + piece.size() > largest;
    if (!too_long) text += piece;
    return !too_long;
  };
  http::ClientRequest request;
  request.url = url;
  std::function<bool(std::string_view)> on_data = take;
  const auto response = co_await Follow(client, std::move(request), std::move(on_data));
  if (!response) co_return Fail(response.error());
  if (too_long) {
    co_return Fail(Code::kTooLarge, fmt::format("{}: is larger than {} bytes", WithoutQuery(url), largest));
  }
  co_return text;
}

}  // namespace darkroom::cli
