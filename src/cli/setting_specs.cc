// The table of settings: key, meaning, bounds.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "cli/setting_values.h"
#include "cli/settings.h"

namespace darkroom::cli {
namespace {

using Values = std::vector<std::string>;

template <class Number>
SettingSpec Whole(std::string_view key, std::string_view help, Number Settings::* field, std::int64_t min,
                  std::int64_t max) {
  const auto set = [=](Settings& settings, const Values& values) -> Status {
    const auto value = ParseInt(values[0], min, max);
    if (!value) return Fail(value.error());
    settings.*field = Number(*value);
    return {};
  };
  return {key, help, false, set, [=](const Settings& settings) { return Values{std::to_string(settings.*field)}; }};
}

SettingSpec Size(std::string_view key, std::string_view help, std::int64_t Settings::* field, std::int64_t min,
                 std::int64_t max) {
  const auto set = [=](Settings& settings, const Values& values) -> Status {
    const auto value = ParseSize(values[0], min, max);
    if (!value) return Fail(value.error());
    settings.*field = *value;
    return {};
  };
  return {key, help, false, set, [=](const Settings& settings) { return Values{FormatSize(settings.*field)}; }};
}

SettingSpec Span(std::string_view key, std::string_view help, Duration Settings::* field, Duration min, Duration max) {
  const auto set = [=](Settings& settings, const Values& values) -> Status {
    const auto value = ParseDurationWithin(values[0], min, max);
    if (!value) return Fail(value.error());
    settings.*field = *value;
    return {};
  };
  return {key, help, false, set, [=](const Settings& settings) { return Values{FormatDuration(settings.*field)}; }};
}

using Check = Status (*)(const std::string& value);

SettingSpec Text(std::string_view key, std::string_view help, std::string Settings::* field, Check check) {
  const auto set = [=](Settings& settings, const Values& values) -> Status {
    const Status good = check(values[0]);
    if (good) settings.*field = values[0];
    return good;
  };
  return {key, help, false, set, [=](const Settings& settings) { return Values{settings.*field}; }};
}

SettingSpec List(std::string_view key, std::string_view help, Values Settings::* field, Check check) {
  const auto set = [=](Settings& settings, const Values& values) -> Status {
    for (const std::string& value : values) {
      const Status good = check(value);
      if (!good) return good;
    }
    settings.*field = values;
    return {};
  };
  return {key, help, true, set, [=](const Settings& settings) { return settings.*field; }};
}

Status Anything(const std::string&) { return {}; }

Status NotEmpty(const std::string& value) {
  if (value.empty()) return Fail(Code::kInvalid, "must not be empty");
  return {};
}

Status IsLevel(const std::string& value) {
  constexpr std::string_view kLevels[] = {"debug", "info", "warn", "error"};
  if (std::ranges::find(kLevels, value) != std::end(kLevels)) return {};
  return Fail(Code::kInvalid, fmt::format("'{}' must be one of debug, info, warn, error", value));
}

// As browsers send it in Origin (RFC 6454, section 6.2), to which it is compared as a whole.
Status IsOrigin(const std::string& value) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (value.starts_with(scheme) && IsHostAndPort(std::string_view(value).substr(scheme.size()))) return {};
  }
  return Fail(Code::kInvalid,
              fmt::format("'{}' is not a site; write one like https://app.example, without a path", value));
}

Status IsHost(const std::string& value) {
  if (IsHostName(value)) return {};
  return Fail(Code::kInvalid, fmt::format("'{}' is not the name of a host; write one like darkroom.example, without "
                                          "http:// and port",
                                          value));
}

SettingSpec Listen() {
  const auto set = [](Settings& settings, const Values& values) -> Status {
    auto listen = ParseListen(values[0]);
    if (!listen) return Fail(listen.error());
    settings.listen_address = std::move(listen->address);
    settings.listen_port = listen->port;
    return {};
  };
  const auto get = [](const Settings& s) { return Values{FormatListen({s.listen_address, s.listen_port})}; };
  return {"listen", "address and port of the page and the API; port 0: any free one", false, set, get};
}

std::vector<SettingSpec> MakeSpecs() {
  using S = Settings;
  constexpr Duration kDay = 24h;
  return {
      Listen(),
      Whole("gateway_port", "port of SQS and S3 on this machine, for workers and your own tools; 0: any free one",
            &S::gateway_port, 0, 65'535),
      Text("data", "directory of queue, jobs and pictures", &S::data, NotEmpty),
      List("models", "directory of model packages, besides those that are shipped", &S::models, Anything),
      Text("model", "model of jobs that name none", &S::model, Anything),
      Whole("workers", "worker processes", &S::workers, 0, 256),
      Whole("lanes", "models that one worker runs at once, each on a thread", &S::lanes, 1, 256),
      Size("model_memory", "memory for models in each worker; past it the one used least recently goes",
           &S::model_memory, 1, std::int64_t(1) << 50),
      Span("grace", "how long running work may go on after SIGTERM", &S::grace, 0s, 1h),
      // At most what SQS grants a message.
      Span("lease", "how long a worker may be silent before its job goes to another", &S::lease, 1s, 12h),
      // At most ten results share a message of a mebibyte.
      Size("inline_result", "largest result that travels with its job's outcome; a larger one is stored as an object",
           &S::inline_result, 1, 90'000),
      Whole("max_receives", "attempts before a job is given up", &S::max_receives, 1, 1000),
      Whole("quarantine_after",
            "crashes of workers, by at least 3 jobs and without a success between them, after which a model is not "
            "run any more; 0: never",
            &S::quarantine_after, 0, 1000),
      Size("max_file_size", "largest picture, as a file", &S::max_file_bytes, 1, 1'000'000'000),
      Whole("max_files", "most pictures of one submission", &S::max_files, 1, 100'000),
      Whole("max_pixels", "largest picture, in pixels", &S::max_pixels, 1, std::int64_t(1) << 32),
      Whole("max_queued", "waiting jobs past which submissions are turned away (429)", &S::max_queued, 1,
            1'000'000'000),
      Span("retention", "how long finished batches are kept", &S::retention, 1s, 36'500 * kDay),
      Span("sweep_interval", "how often leftovers of crashes are looked for", &S::sweep_interval, 1s, kDay),
      List("allow_origins", "other sites whose pages may use the API (https://app.example)", &S::allow_origins,
           IsOrigin),
      List("allow_hosts", "names besides localhost under which a loopback service answers", &S::allow_hosts, IsHost),
      Text("onnxruntime", "libonnxruntime.so.1, where it is not found by itself", &S::onnxruntime, Anything),
      Text("log", "least level that is logged: debug, info, warn, error", &S::log, IsLevel),
  };
}

}  // namespace

const std::vector<SettingSpec>& SettingSpecs() {
  static const std::vector<SettingSpec> kSpecs = MakeSpecs();
  return kSpecs;
}

}  // namespace darkroom::cli
