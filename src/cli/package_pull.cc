#include "cli/package_pull.h"

#include <fmt/format.h>

#include <fstream>

#include "base/crypto.h"
#include "cli/catalogue.h"
#include "cli/download.h"
#include "cli/staged_package.h"
#include "model/model.h"

namespace darkroom::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestCatalogue = 16 << 20;

bool IsWeb(std::string_view text) { return text.starts_with("http://") || text.starts_with("https://"); }

Result<std::string> ReadCatalogueFile(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error) {
    return Fail(Code::kInvalid,
                fmt::format("--catalogue: {}: {}; a file or an address is expected", path, error.message()));
  }
  if (size > kLargestCatalogue) return Fail(Code::kTooLarge, fmt::format("--catalogue: {}: is too large", path));
  std::string text(size, '\0');
  std::ifstream in(path, std::ios::binary);
  if (in.read(text.data(), static_cast<std::streamsize>(size))) return text;
  return Fail(Code::kInvalid, fmt::format("--catalogue: {}: cannot be read", path));
}

Task<Result<CatalogueModel>> Find(http::Client& client, const PullOptions& options) {
  Result<std::string> text = std::string();
  if (IsWeb(options.catalogue)) {
    std::string url = options.catalogue;
    text = co_await FetchText(client, std::move(url), kLargestCatalogue);
  } else {
    text = ReadCatalogueFile(options.catalogue);
  }
  if (!text) co_return Fail(text.error());
  const auto models = ParseCatalogue(*text, options.catalogue);
  if (!models) co_return Fail(models.error());
  auto found = FindInCatalogue(*models, options.wanted);
  if (!found) co_return Fail(found.error().During(options.catalogue));
  co_return std::move(*found);
}

// The digest of a file that is there; empty where it cannot be read.
std::string DigestOf(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return "";
  Sha256Stream digest;
  std::vector<char> block(std::size_t{256} << 10);
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    digest.Update({block.data(), static_cast<std::size_t>(in.gcount())});
  }
  return in.eof() ? Hex(AsView(digest.Finish())) : "";
}

// Errors speak of the package that was wanted, not of the hidden folder that is gone by then.
std::string InCatalogue(std::string message, const fs::path& staged, const CatalogueModel& model) {
  const std::string hidden = staged.string(), name = fmt::format("{}@{}", model.name, model.version);
  for (auto at = message.find(hidden); at != message.npos; at = message.find(hidden, at + name.size())) {
    message.replace(at, hidden.size(), name);
  }
  return message;
}

// What is there already is left alone, whether it is the same or not.
Result<PulledPackage> Compare(const fs::path& home, const CatalogueModel& model) {
  for (const CatalogueFile& file : model.files) {
    if (DigestOf(home / file.path) == file.sha256) continue;
    return Fail(Code::kConflict,
                fmt::format("{}: is there already, and its {} is another; `darkroom model remove {}@{}` takes it away",
                            home.string(), file.path, model.name, model.version));
  }
  auto package = model::LoadPackage(home);
  if (!package) return Fail(package.error());
  return PulledPackage{.home = home, .package = std::move(*package), .size = model.size(), .there_before = true};
}

}  // namespace

Task<Result<PulledPackage>> PullPackage(http::Client& client, model::Runtime& runtime, PullOptions options,
                                        std::function<void(std::uint64_t done, std::uint64_t total)> on_bytes) {
  const auto model = co_await Find(client, options);
  if (!model) co_return Fail(model.error());
  const fs::path home = options.models / model->name / model->version;
  std::error_code error;
  if (fs::exists(home, error)) co_return Compare(home, *model);
  auto staged = StagedPackage::Make(options.models);
  if (!staged) co_return Fail(staged.error());
  std::uint64_t before = 0;
  const std::uint64_t total = model->size();
  for (const CatalogueFile& file : model->files) {
    const fs::path to = staged->path() / file.path;
    fs::create_directories(to.parent_path(), error);
    Download download{.url = file.url, .size = file.size, .sha256 = file.sha256, .to = to};
    std::function<void(std::uint64_t)> on_part = [&](std::uint64_t bytes) { on_bytes(before + bytes, total); };
    const Status fetched = co_await Fetch(client, std::move(download), std::move(on_part));
    if (!fetched) co_return Fail(fetched.error());
    before += file.size;
  }
  const auto package = model::LoadPackage(staged->path());
  if (!package) {
    co_return Fail(Code::kInvalid, fmt::format("what was downloaded is no package: {}; nothing was added",
                                               InCatalogue(package.error().message(), staged->path(), *model)));
  }
  if (package->name != model->name || package->version != model->version) {
    co_return Fail(Code::kInvalid,
                   fmt::format("{}: says {} {}, its model.toml {} {}; nothing was added", options.catalogue,
                               model->name, model->version, package->name, package->version));
  }
  const auto loaded = model::Model::Load(*package, runtime);
  if (!loaded) {
    co_return Fail(loaded.error().code(), fmt::format("what was downloaded does not load: {}; nothing was added",
                                                      InCatalogue(loaded.error().message(), staged->path(), *model)));
  }
  const Status installed = staged->Install(*package);
  if (!installed) co_return Fail(installed.error());
  auto there = model::LoadPackage(home);
  if (!there) co_return Fail(there.error());
  co_return PulledPackage{.home = home, .package = std::move(*there), .size = total, .there_before = false};
}

}  // namespace darkroom::cli
