#include "cli/expectation.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>

#include "base/json_writer.h"

namespace darkroom::cli {
namespace {

constexpr std::uintmax_t kLargestFile = 64 << 20;
constexpr std::size_t kMostDifferences = 20;
constexpr std::string_view kMore = "...";   // at the end of an array: it may go on
constexpr double kDefaultTolerance = 1e-6;  // of numbers that are counted, not measured
constexpr double kFaintScore = 0.05;

// What is measured may differ by the machine's way of rounding; by path.
constexpr std::pair<std::string_view, std::string_view> kUsual[] = {
    {"labels[].score", "0.01"},  {"heads.*.labels[].score", "0.01"},
    {"objects[].score", "0.02"}, {"objects[].box[]", "2"},
    {"classes[].share", "0.01"}, {"depth.min", "\"2%\""},
    {"depth.max", "\"2%\""},     {"embedding[]", "0.01"},
    {"length", "\"1%\""},        {"voxels.solid", "\"2%\""},
    {"mesh.vertices", "\"5%\""}, {"mesh.triangles", "\"5%\""}};

// Number, or text as "2%".
std::optional<Tolerance> ToTolerance(const json::value& value) {
  if (value.is_number()) {
    const double amount = value.to_number<double>();
    if (std::isfinite(amount) && amount >= 0) return Tolerance{amount, false};
    return std::nullopt;
  }
  if (!value.is_string()) return std::nullopt;
  const std::string_view text = value.get_string();
  double percent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
  if (error != std::errc() || end != text.data() + text.size() - 1 || *end != '%' || !(percent >= 0))
    return std::nullopt;
  return Tolerance{percent / 100, true};
}

std::string Text(const Tolerance& tolerance) {
  return tolerance.relative ? fmt::format("{:g}%", tolerance.amount * 100) : fmt::format("{:g}", tolerance.amount);
}

// Shortened: a whole vector would hide what differs.
std::string Brief(const json::value& value) {
  constexpr std::size_t kLongest = 80;
  std::string text = WriteJson(value);
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "…";
  return text;
}

// A walk over what is expected, beside what was found.
class Comparison {
 public:
  explicit Comparison(const Expectation& expectation) : expectation_(expectation) {}

  void Object(const std::string& at, const std::string& kind, const json::object& expected, const json::object& found) {
    for (const auto& [key, value] : expected) {
      const std::string dot = at.empty() ? "" : ".";
      const std::string name(key);
      const json::value* there = found.if_contains(key);
      // Heads go by the names that a package gives them, which a tolerance need not list.
      const std::string path = kind == "heads" ? "heads.*" : kind + dot + name;
      if (there == nullptr)
        Differ(at + dot + name, Brief(value), "nothing");
      else
        Value(at + dot + name, path, value, *there);
    }
  }

  std::vector<std::string> differences() && { return std::move(differences_); }

 private:
  void Value(const std::string& at, const std::string& kind, const json::value& expected, const json::value& found) {
    if (expected.is_number() && found.is_number()) {
      Number(at, kind, expected.to_number<double>(), found.to_number<double>());
    } else if (expected.is_object() && found.is_object()) {
      Object(at, kind, expected.get_object(), found.get_object());
    } else if (expected.is_array() && found.is_array()) {
      Array(at, kind, expected.get_array(), found.get_array());
    } else if (expected != found) {
      Differ(at, Brief(expected), Brief(found));
    }
  }

  void Array(const std::string& at, const std::string& kind, const json::array& expected, const json::array& found) {
    const bool open = !expected.empty() && expected.back().is_string() && expected.back().get_string() == kMore;
    const std::size_t count = expected.size() - (open ? 1 : 0);
    if (open ? found.size() < count : found.size() != count) {
      Differ(at, fmt::format("{}{} elements", open ? "at least " : "", count), fmt::format("{}", found.size()));
    }
    for (std::size_t i = 0; i < std::min(count, found.size()); ++i) {
      Value(fmt::format("{}[{}]", at, i), kind + "[]", expected[i], found[i]);
    }
  }

  void Number(const std::string& at, const std::string& kind, double expected, double found) {
    const auto said = expectation_.tolerances.find(kind);
    const Tolerance tolerance =
        said != expectation_.tolerances.end() ? said->second : Tolerance{kDefaultTolerance, false};
    const double allowed = tolerance.relative ? tolerance.amount * std::abs(expected) : tolerance.amount;
    if (std::abs(expected - found) <= allowed) return;
    const std::string range = said != expectation_.tolerances.end() ? " ± " + Text(tolerance) : "";
    Differ(at, fmt::format("{:g}{}", expected, range), fmt::format("{:g}", found));
  }

  void Differ(const std::string& at, const std::string& expected, const std::string& found) {
    if (differences_.size() < kMostDifferences) {
      differences_.push_back(fmt::format("{}: expected {}, found {}", at, expected, found));
    } else if (differences_.size() == kMostDifferences) {
      differences_.emplace_back("and more");
    }
  }

  const Expectation& expectation_;
  std::vector<std::string> differences_;
};

}  // namespace

std::vector<std::string> Expectation::Differences(const json::object& expected, const json::object& found) const {
  Comparison comparison(*this);
  comparison.Object("", "", expected, found);
  return std::move(comparison).differences();
}

Result<Expectation> ParseExpectation(std::string_view text, std::string_view where) {
  auto wrong = [&](std::string_view what) { return Fail(Code::kInvalid, fmt::format("{}: {}", where, what)); };
  auto parsed = ParseJsonObject(text);
  if (!parsed) return wrong(parsed.error().message());
  Expectation expectation;
  for (auto& [key, value] : *parsed) {
    if (key != "samples" && key != "tolerances") {
      return wrong(fmt::format("expected \"samples\" and \"tolerances\", found \"{}\"", std::string_view(key)));
    }
    if (!value.is_object()) return wrong(fmt::format("{}: expected an object", std::string_view(key)));
  }
  if (!parsed->contains("samples")) return wrong("expected \"samples\", found none");
  if (const json::value* tolerances = parsed->if_contains("tolerances")) {
    for (const auto& [path, value] : tolerances->get_object()) {
      const auto tolerance = ToTolerance(value);
      if (!tolerance) {
        return wrong(fmt::format("tolerances: {}: expected a number from 0 up or a share as \"2%\", found {}",
                                 std::string_view(path), Brief(value)));
      }
      expectation.tolerances.emplace(std::string(path), *tolerance);
    }
  }
  expectation.samples = std::move(parsed->at("samples").get_object());
  for (const auto& [sample, value] : expectation.samples) {
    if (!value.is_object()) {
      return wrong(fmt::format("samples: {}: expected an object of members of its result", std::string_view(sample)));
    }
  }
  return expectation;
}

Result<std::optional<Expectation>> ReadExpectation(const std::filesystem::path& folder) {
  const std::string path = (folder / "expected.json").string();
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error || size > kLargestFile) {
    return Fail(Code::kInvalid, fmt::format("{}: expected a file of at most {} bytes", path, kLargestFile));
  }
  std::string text(size, '\0');
  std::ifstream in(path, std::ios::binary);
  if (!in.read(text.data(), static_cast<std::streamsize>(size))) {
    return Fail(Code::kInvalid, fmt::format("{}: cannot be read", path));
  }
  auto expectation = ParseExpectation(text, path);
  if (!expectation) return Fail(expectation.error());
  return std::move(*expectation);
}

json::object WorthExpecting(const json::object& result) {
  json::object worth = result;
  json::value* labels = worth.if_contains("labels");
  if (labels == nullptr || !labels->is_array() || labels->get_array().empty()) return worth;
  json::array meant;
  for (const json::value& label : labels->get_array()) {
    const json::value* score = label.is_object() ? label.get_object().if_contains("score") : nullptr;
    const bool faint = score != nullptr && score->is_number() && score->to_number<double>() < kFaintScore;
    if (faint && !meant.empty()) break;
    meant.push_back(label);
  }
  if (meant.size() < labels->get_array().size()) meant.emplace_back(kMore);
  *labels = std::move(meant);
  return worth;
}

std::string WriteExpectation(const std::map<std::string, json::object>& samples) {
  // Only the tolerances that something could be held against.
  auto used = [&](std::string_view path) {
    const std::string_view first = path.substr(0, path.find_first_of(".["));
    return std::ranges::any_of(samples, [&](const auto& sample) { return sample.second.contains(first); });
  };
  std::string text = "{\n  \"tolerances\": {";
  std::string_view comma;
  for (const auto& [path, amount] : kUsual) {
    if (!used(path)) continue;
    text += fmt::format("{}\n    \"{}\": {}", std::exchange(comma, ","), path, amount);
  }
  text += "\n  },\n  \"samples\": {";
  comma = "";
  for (const auto& [name, result] : samples) {
    text += fmt::format("{}\n    {}: {}", std::exchange(comma, ","), WriteJson(json::value(name)), WriteJson(result));
  }
  return text + "\n  }\n}\n";
}

}  // namespace darkroom::cli
