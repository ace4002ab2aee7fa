#include "worker/model_cache.h"

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>

#include "base/log.h"
#include "model/package_watch.h"

namespace darkroom::worker {
namespace {

// What is wrong with a package is told to who sends jobs, often its author; where it lies on this machine is not.
std::string WithoutPaths(std::string text, const model::Package& package) {
  std::vector<std::filesystem::path> files = package.files();
  files.push_back(package.toml_path);
  for (const std::filesystem::path& file : files) {
    if (file.parent_path().empty()) continue;
    const std::string folder = file.parent_path().string() + "/";
    for (auto at = text.find(folder); at != text.npos; at = text.find(folder, at)) text.erase(at, folder.size());
  }
  return text;
}

// Of this process, resident.
std::int64_t MemoryInUse() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

// Other threads come and go while a model is loaded, and memory that was free before is used again: at least the files.
std::int64_t MemoryOf(const model::Package& package, std::int64_t grown) {
  std::int64_t files = 0;
  for (const std::filesystem::path& file : package.files()) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    if (!error) files += static_cast<std::int64_t>(size);
  }
  return std::max(files, grown);
}

void LogFailure(const model::Package& package, std::string why, std::string_view consequence) {
  std::ranges::replace(why, '\n', ' ');  // a library's message may have several lines, one of the log has one
  spdlog::error("model {} {}: {}{}", package.name, package.version, why, consequence);
}

}  // namespace

ModelCache::Entry::Entry(model::Package its_package) : package(std::move(its_package)), stamp(model::Stamp(package)) {}

ModelCache::ModelCache(Find find, model::Runtime& runtime, std::int64_t most_bytes)
    : find_(std::move(find)), runtime_(runtime), most_bytes_(most_bytes) {
  Refresh();
}

std::shared_ptr<ModelCache::Entry> ModelCache::EntryOf(const ModelRef& wanted) const {
  std::shared_ptr<Entry> found;
  for (const auto& [key, entry] : entries_) {
    const auto& [name, version] = key;
    if (name != wanted.name || (!wanted.version.empty() && version != wanted.version)) continue;
    if (found == nullptr || model::CompareVersions(version, found->package.version) > 0) found = entry;
  }
  return found;
}

Result<std::shared_ptr<const LoadedModel>> ModelCache::Get(const ModelRef& wanted) {
  std::unique_lock lock(mutex_);
  std::shared_ptr<Entry> entry = EntryOf(wanted);
  if (entry == nullptr) {
    lock.unlock();
    Refresh();
    lock.lock();
    entry = EntryOf(wanted);
  }
  if (entry == nullptr) {
    return Fail(Code::kNotFound, fmt::format("this worker has no model '{}'{}", wanted.name,
                                             wanted.version.empty() ? "" : " version " + wanted.version));
  }
  entry->used = ++calls_;
  if (entry->loaded != nullptr) return entry->loaded;
  lock.unlock();

  const std::lock_guard loading(entry->loading);
  lock.lock();
  if (entry->loaded != nullptr) return entry->loaded;  // by who was loading it
  lock.unlock();
  auto loaded = Load(entry->package);
  if (!loaded) {
    LogFailure(entry->package, loaded.error().message(), "");
    return Fail(Code::kInternal, fmt::format("the model '{}' could not be loaded: {}", entry->package.name,
                                             WithoutPaths(loaded.error().message(), entry->package)));
  }
  lock.lock();
  entry->loaded = *loaded;
  Evict(*entry);
  return *loaded;
}

Result<std::shared_ptr<const LoadedModel>> ModelCache::Load(const model::Package& package) const {
  const std::int64_t before = MemoryInUse();
  // Beside the load, for it takes half as long: 4 ms a megabyte where the processor has no instructions for SHA.
  std::future<Result<model::Digests>> digesting;
  if (!package.stages.empty()) digesting = std::async(std::launch::async, [&package] { return Digest(package); });
  auto model = model::Model::Load(package, runtime_);
  if (!model) return Fail(model.error());
  ::malloc_trim(0);  // reading a network takes twice its size, which this thread's heap would keep
  auto loaded = std::make_shared<LoadedModel>();
  loaded->model = std::move(*model);
  loaded->ref = {package.name, package.version, ""};
  if (!package.stages.empty()) {
    auto digests = digesting.get();
    if (!digests) return Fail(digests.error());
    auto runtime = runtime_.Open();
    if (!runtime) return Fail(runtime.error());
    loaded->ref.digest = std::move(digests->package);
    json::object files;
    for (auto& [file, digest] : digests->files) files[file] = std::move(digest);
    loaded->provenance = {{"files", std::move(files)}, {"runtime", fmt::format("ONNX Runtime {}", runtime->version)}};
  }
  loaded->bytes = MemoryOf(package, MemoryInUse() - before);
  return loaded;
}

void ModelCache::Evict(const Entry& keep) {
  while (true) {
    std::int64_t sum = 0;
    Entry* oldest = nullptr;
    for (const auto& [key, entry] : entries_) {
      if (entry->loaded == nullptr) continue;
      sum += entry->loaded->bytes;
      if (entry.get() != &keep && (oldest == nullptr || entry->used < oldest->used)) oldest = entry.get();
    }
    if (sum <= most_bytes_ || oldest == nullptr) return;
    spdlog::info("model {} {} makes room", oldest->package.name, oldest->package.version);
    oldest->loaded = nullptr;  // who runs it still holds it
  }
}

std::shared_ptr<ModelCache::Entry> ModelCache::Renew(std::shared_ptr<Entry> old, model::Package package) {
  auto entry = std::make_shared<Entry>(std::move(package));
  if (old == nullptr) return entry;
  if (old->stamp == entry->stamp) return old;
  std::unique_lock lock(mutex_);
  if (old->loaded == nullptr) return entry;
  entry->used = old->used;
  lock.unlock();
  auto loaded = Load(entry->package);
  if (!loaded) {
    LogFailure(entry->package, loaded.error().message(), "; the one before it serves on");
    return old;
  }
  spdlog::info("model {} {} has changed and is taken up", entry->package.name, entry->package.version);
  entry->loaded = std::move(*loaded);
  return entry;
}

void ModelCache::Refresh() {
  const std::lock_guard refreshing(refreshing_);
  std::map<Key, std::shared_ptr<Entry>> old;
  {
    const std::lock_guard lock(mutex_);
    old = entries_;
  }
  std::vector<model::Package> packages;
  for (const auto& [key, entry] : old) packages.push_back(entry->package);
  packages = model::Renewed(packages, find_()).packages;

  std::map<Key, std::shared_ptr<Entry>> renewed;
  for (model::Package& package : packages) {
    const Key key = {package.name, package.version};
    const auto before = old.find(key);
    renewed[key] = Renew(before != old.end() ? before->second : nullptr, std::move(package));
  }
  const std::lock_guard lock(mutex_);
  entries_.swap(renewed);  // who runs an old one still holds it
}

std::int64_t ModelCache::bytes() const {
  const std::lock_guard lock(mutex_);
  std::int64_t sum = 0;
  for (const auto& [key, entry] : entries_) sum += entry->loaded != nullptr ? entry->loaded->bytes : 0;
  return sum;
}

}  // namespace darkroom::worker
