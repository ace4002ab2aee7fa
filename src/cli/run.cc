// `darkroom run`: pictures in, results out, without a service: starts one in a temporary directory, hands the pictures
// in, writes what they became and leaves nothing behind.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/log.h"
#include "cli/commands.h"
#include "cli/hub_options.h"
#include "cli/packages.h"
#include "cli/picture_jobs.h"
#include "cli/setting_flags.h"

namespace darkroom::cli {
namespace {

struct RunFlags {
  SettingFlags settings;
  std::vector<std::string> images;
  std::string out;
  int top_k = 0;
  bool json = false;
};

// A directory that goes with the object.
class TemporaryDirectory {
 public:
  static Result<TemporaryDirectory> Make() {
    std::string path = (std::filesystem::temp_directory_path() / "darkroom-run-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr)
      return Fail(Code::kUnavailable, fmt::format("cannot make a directory like {}", path));
    return TemporaryDirectory(std::move(path));
  }
  TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::exchange(other.path_, "")) {}
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// OUT/<picture's name>.<artifact>; a second picture of that name gets its number in the batch.
Task<Status> WriteResults(ApiClient& api, const std::vector<json::object>& jobs, std::string out) {
  std::error_code error;
  std::filesystem::create_directories(out, error);
  if (error) co_return Fail(Code::kInvalid, fmt::format("{}: {}", out, error.message()));
  std::set<std::string> taken;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto artifacts = GetArray(jobs[i], "artifacts");
    const auto input = GetObject(jobs[i], "input");
    if (!artifacts || *artifacts == nullptr || !input || *input == nullptr) continue;
    std::string stem = std::filesystem::path(JobText(**input, "file_name")).filename().string();
    if (!taken.insert(stem).second) stem = fmt::format("{}.{}", stem, i);
    for (const json::value& artifact : **artifacts) {
      if (!artifact.is_object()) continue;
      const auto bytes = co_await api.Download(JobText(artifact.get_object(), "href"));
      if (!bytes) co_return Fail(bytes.error());
      const auto path = std::filesystem::path(out) / (stem + "." + JobText(artifact.get_object(), "name"));
      std::ofstream file(path, std::ios::binary);
      file << *bytes;
      file.close();
      if (!file) co_return Fail(Code::kUnavailable, fmt::format("{}: cannot be written", path.string()));
    }
  }
  co_return Status();
}

Task<int> Develop(ApiClient& api, const RunFlags& flags, std::vector<std::string> files, Fields fields) {
  ProgressLine progress;
  auto submitted = co_await SubmitPictures(api, std::move(files), std::move(fields), progress);
  if (!submitted) co_return PrintError(submitted.error()), ExitCode(submitted.error());
  bool all_good = true;
  auto on_end = [&](const json::object& job) {
    all_good &= Succeeded(job);
    if (flags.json) fmt::print("{}\n", json::serialize(job));
  };
  const Status awaited = co_await AwaitJobs(api, *submitted, progress, on_end);
  if (!awaited) co_return PrintError(awaited.error()), kFailed;
  if (!flags.json) fmt::print("{}", JobTable(submitted->jobs));
  if (!flags.out.empty()) {
    const Status written = co_await WriteResults(api, submitted->jobs, flags.out);
    if (!written) co_return PrintError(written.error()), kFailed;
    if (!flags.json) fmt::print("results in {}\n", flags.out);
  }
  co_return all_good ? kOk : kFailed;
}

Task<int> Run(IoContext& io, Clock& clock, const RunFlags& flags, HubOptions options, std::vector<std::string> files) {
  Fields fields{{"model", options.settings.model}};
  if (flags.top_k > 0) fields.emplace_back("top_k", std::to_string(flags.top_k));
  auto hub = co_await Hub::Start(io, clock, std::move(options));
  if (!hub) co_return PrintError(hub.error()), kUsage;
  int exit = kOk;
  {
    ApiClient api(io, clock, (*hub)->url());
    exit = co_await Develop(api, flags, std::move(files), std::move(fields));
  }
  co_await (*hub)->Stop();
  co_return exit;
}

}  // namespace

void AddRun(CLI::App& app, int& exit) {
  auto flags = std::make_shared<RunFlags>();
  CLI::App* command = app.add_subcommand("run", "develop pictures in one go, without a service");
  command->add_option("images", flags->images, "pictures, or directories of pictures")->required()->type_name("IMAGE");
  flags->settings.AddTo(*command,
                        {"model", "models", "workers", "lanes", "onnxruntime", "max_file_size", "max_pixels"});
  command->add_option("--out", flags->out, "directory for the results (PICTURE.result.json, …)")->type_name("DIR");
  command->add_option("--top-k", flags->top_k, "how many labels to answer")->check(CLI::Range(1, 1000));
  command->add_flag("--json", flags->json, "one JSON object a job and line");
  command->callback([flags, &exit] {
    auto loaded = flags->settings.Load();
    if (!loaded) return PrintError(loaded.error()), void(exit = kUsage);
    auto files = ListPictures(flags->images);
    if (!files) return PrintError(files.error()), void(exit = kUsage);
    const auto directory = TemporaryDirectory::Make();
    if (!directory) return PrintError(directory.error()), void(exit = kFailed);
    InitLog("run", "error");
    Settings settings = std::move(loaded->settings);
    settings.data = directory->path();
    settings.listen_address = "127.0.0.1";
    settings.listen_port = 0;
    settings.log = "error";
    settings.grace = 5s;
    IoContext io;
    const auto clock = MakeSystemClock(io);
    HubOptions options = MakeHubOptions(std::move(settings), ShippedModels());
    exit = io.RunUntilDone(Run(io, *clock, *flags, std::move(options), std::move(*files)));
  });
}

}  // namespace darkroom::cli
