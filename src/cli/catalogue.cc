#include "cli/catalogue.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cctype>
#include <numeric>
#include <set>
#include <sstream>

#include "base/json.h"
#include "model/package.h"

namespace darkroom::cli {
namespace {

constexpr std::size_t kMostFiles = 1000;                       // of a model
constexpr std::int64_t kLargestFile = std::int64_t{64} << 30;  // bytes
constexpr std::size_t kLongestName = 100;

bool IsWeb(std::string_view url) { return url.starts_with("http://") || url.starts_with("https://"); }

// A name that means one file in one folder on every system.
bool IsPlainName(std::string_view name) {
  auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= kLongestName && name[0] != '.' && std::ranges::all_of(name, plain);
}

// A file, or a file in one folder of the package.
bool IsPlainPath(std::string_view path) {
  const auto slash = path.find('/');
  if (slash == path.npos) return IsPlainName(path);
  return IsPlainName(path.substr(0, slash)) && IsPlainName(path.substr(slash + 1));
}

// TOML and JSON say the same; a JSON object is no TOML and begins with a brace.
Result<json::object> ReadEither(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin != text.npos && text[begin] == '{') return ParseJsonObject(text);
  try {
    const toml::table table = toml::parse(text);
    std::ostringstream as_json;
    as_json << toml::json_formatter{table};
    return ParseJsonObject(as_json.str());
  } catch (const toml::parse_error& error) {
    return Fail(Code::kInvalid, fmt::format("line {}: {}", error.source().begin.line, error.description()));
  }
}

// Takes members of one object and says of whom, when one is missing or wrong.
class Members {
 public:
  Members(const json::object& object, std::string who) : object_(object), who_(std::move(who)) {}

  void AllowOnly(std::initializer_list<std::string_view> keys) {
    for (const auto& [key, value] : object_) {
      if (std::ranges::find(keys, std::string_view(key)) != keys.end()) continue;
      Expect(std::string_view(key), fmt::format("only {}", fmt::join(keys, ", ")));
    }
  }
  std::string Text(std::string_view key, bool required = true) {
    const json::value* value = object_.if_contains(key);
    if (value == nullptr && !required) return "";
    if (value != nullptr && value->is_string()) return std::string(value->get_string());
    Expect(key, "text");
    return "";
  }
  std::uint64_t Bytes(std::string_view key) {
    const auto bytes = GetInt(object_, key, 0, kLargestFile);
    if (bytes && *bytes) return static_cast<std::uint64_t>(**bytes);
    Expect(key, "a number of bytes");
    return 0;
  }
  const json::array* Array(std::string_view key) {
    const json::value* value = object_.if_contains(key);
    if (value != nullptr && value->is_array()) return &value->get_array();
    Expect(key, fmt::format("one or more [[{}]]", key));
    return nullptr;
  }
  void Expect(std::string_view key, std::string_view expected) {
    if (!status_) return;
    const json::value* found = object_.if_contains(key);
    std::string text = found == nullptr ? "nothing" : json::serialize(*found);
    if (text.size() > kLongestName) text.resize(kLongestName);
    status_ = Fail(Code::kInvalid, fmt::format("{}{}: expected {}, found {}", who_, key, expected, text));
  }
  const Status& status() const { return status_; }

 private:
  const json::object& object_;
  const std::string who_;  // "model 2: "
  Status status_;
};

Result<CatalogueFile> ReadFile(const json::object& object, const std::string& who, std::string_view base) {
  Members members(object, who);
  members.AllowOnly({"path", "url", "sha256", "size"});
  CatalogueFile file;
  file.path = members.Text("path");
  if (!IsPlainPath(file.path)) {
    members.Expect("path", "a file of the package, of letters, digits, \".\", \"_\", \"-\" and at most one folder");
  }
  file.url = ResolveUrl(base, members.Text("url"));
  if (file.url.empty()) members.Expect("url", "an address of http or https");
  file.sha256 = members.Text("sha256");
  auto hex = [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; };
  if (file.sha256.size() != 64 || !std::ranges::all_of(file.sha256, hex)) members.Expect("sha256", "64 hex digits");
  std::ranges::transform(file.sha256, file.sha256.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  file.size = members.Bytes("size");
  if (!members.status()) return Fail(members.status().error());
  return file;
}

Result<CatalogueModel> ReadModel(const json::object& object, const std::string& who, std::string_view base) {
  Members members(object, who);
  members.AllowOnly({"name", "version", "description", "license", "task", "file"});
  CatalogueModel model;
  model.name = members.Text("name");
  if (!IsPlainName(model.name)) members.Expect("name", "letters, digits, \".\", \"_\", \"-\"");
  model.version = members.Text("version");
  if (!IsPlainName(model.version)) members.Expect("version", "letters, digits, \".\", \"_\", \"-\", in quotes");
  model.description = members.Text("description", false);
  const json::array* files = members.Array("file");
  if (files != nullptr && files->size() > kMostFiles) members.Expect("file", fmt::format("at most {}", kMostFiles));
  if (!members.status()) return Fail(members.status().error());
  std::set<std::string, std::less<>> paths;
  for (std::size_t i = 0; i < files->size(); ++i) {
    const std::string which = fmt::format("{}file {}: ", who, i + 1);
    if (!(*files)[i].is_object()) return Fail(Code::kInvalid, which + "expected path, url, sha256 and size");
    auto file = ReadFile((*files)[i].get_object(), which, base);
    if (!file) return Fail(file.error());
    if (!paths.insert(file->path).second) {
      return Fail(Code::kInvalid, fmt::format("{}path: \"{}\" is there a second time", which, file->path));
    }
    model.files.push_back(std::move(*file));
  }
  if (!paths.contains("model.toml")) {
    return Fail(Code::kInvalid, fmt::format("{}file: expected model.toml among them", who));
  }
  return model;
}

}  // namespace

std::uint64_t CatalogueModel::size() const {
  return std::accumulate(files.begin(), files.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const CatalogueFile& file) { return sum + file.size; });
}

Result<std::vector<CatalogueModel>> ParseCatalogue(std::string_view text, std::string_view where) {
  auto wrong = [&](std::string_view what) { return Fail(Code::kInvalid, fmt::format("{}: {}", where, what)); };
  const auto root = ReadEither(text);
  if (!root) return wrong(root.error().message());
  Members members(*root, "");
  members.AllowOnly({"model"});
  const json::array* entries = members.Array("model");
  if (!members.status()) return wrong(members.status().error().message());
  std::vector<CatalogueModel> models;
  for (std::size_t i = 0; i < entries->size(); ++i) {
    const std::string who = fmt::format("model {}: ", i + 1);
    if (!(*entries)[i].is_object()) return wrong(who + "expected name, version and files");
    auto model = ReadModel((*entries)[i].get_object(), who, where);
    if (!model) return wrong(model.error().message());
    models.push_back(std::move(*model));
  }
  return models;
}

Result<CatalogueModel> FindInCatalogue(const std::vector<CatalogueModel>& models, std::string_view wanted) {
  const std::string_view name = wanted.substr(0, wanted.find('@'));
  const std::string_view version = name.size() < wanted.size() ? wanted.substr(name.size() + 1) : "";
  const CatalogueModel* newest = nullptr;
  std::vector<std::string> names;
  for (const CatalogueModel& model : models) {
    names.push_back(model.name + "@" + model.version);
    if (model.name != name || (!version.empty() && model.version != version)) continue;
    if (newest == nullptr || model::CompareVersions(model.version, newest->version) > 0) newest = &model;
  }
  if (newest != nullptr) return *newest;
  return Fail(Code::kNotFound, fmt::format("the catalogue has no '{}'; it has {}", wanted,
                                           names.empty() ? "nothing" : fmt::format("{}", fmt::join(names, ", "))));
}

std::string ResolveUrl(std::string_view base, std::string_view reference) {
  auto bad = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7F; };
  if (reference.empty() || std::ranges::any_of(reference, bad)) return "";
  if (IsWeb(reference)) return std::string(reference);
  const auto scheme_end = base.find("://");
  if (!IsWeb(base) || reference.find("://") != reference.npos) return "";
  if (reference.starts_with("//")) return std::string(base.substr(0, scheme_end + 1)).append(reference);
  const std::string_view page = base.substr(0, base.find_first_of("?#"));
  const auto path = page.find('/', scheme_end + 3);
  const std::string_view host = page.substr(0, path);
  if (reference.starts_with('/')) return std::string(host).append(reference);
  const std::string_view folder = path == page.npos ? "/" : page.substr(path, page.rfind('/') - path + 1);
  return std::string(host).append(folder).append(reference);
}

}  // namespace darkroom::cli
