// Reading transforms, along the description in transform_fields.h.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/json_writer.h"
#include "base/nearest.h"
#include "imaging/transform.h"
#include "imaging/transform_fields.h"
#include "imaging/transform_text.h"
#include "imaging/warp.h"

namespace darkroom::imaging {
namespace {

constexpr std::int64_t kMaxSeed = (std::int64_t{1} << 53) - 1;

std::optional<double> NumberIn(const json::value& value, double min, double max, bool whole) {
  if (!value.is_number()) return std::nullopt;
  boost::system::error_code error;
  const auto number = value.to_number<double>(error);
  if (error || !(number >= min && number <= max) || (whole && number != std::floor(number))) return std::nullopt;
  return number;
}

std::optional<Color> ColorOf(const json::value& value) {
  std::uint8_t parts[3];
  if (const json::array* list = value.if_array(); list != nullptr && list->size() == 3) {
    for (int i = 0; i < 3; ++i) {
      const std::optional<double> part = NumberIn((*list)[i], 0, 255, /*whole=*/true);
      if (!part) return std::nullopt;
      parts[i] = static_cast<std::uint8_t>(*part);
    }
  } else if (const json::string* text = value.if_string(); text != nullptr && text->size() == 7 && (*text)[0] == '#') {
    for (int i = 0; i < 3; ++i) {
      const char* const digits = text->data() + 1 + 2 * i;
      const auto [stop, error] = std::from_chars(digits, digits + 2, parts[i], 16);
      if (error != std::errc() || stop != digits + 2) return std::nullopt;
    }
  } else {
    return std::nullopt;
  }
  return Color{parts[0], parts[1], parts[2]};
}

// Fills an op from an object; remembers the first thing that is wrong.
class Reader {
 public:
  explicit Reader(const json::object& object) : object_(object) {}

  // Empty when all is well.
  const std::string& fault() const { return fault_; }
  bool Has(std::string_view key) const { return object_.contains(key) && !object_.at(key).is_null(); }

  template <class T>
  void Whole(std::string_view key, T& value, std::int64_t min, std::int64_t max, Need need) {
    const json::value* found = Find(key, need);
    if (found == nullptr) return;
    const auto number = NumberIn(*found, static_cast<double>(min), static_cast<double>(max), /*whole=*/true);
    if (!number) return Wrong(key, fmt::format("a whole number from {} to {}", min, max), *found);
    value = static_cast<T>(*number);
  }

  void Number(std::string_view key, double& value, double min, double max, Need need) {
    const json::value* found = Find(key, need);
    if (found == nullptr) return;
    const std::optional<double> number = NumberIn(*found, min, max, /*whole=*/false);
    if (!number) return Wrong(key, fmt::format("a number from {} to {}", min, max), *found);
    value = *number;
  }

  void Span(std::string_view key, Range& range, double min, double max, Need need) {
    ReadSpan(key, range, min, max, need, /*whole=*/false);
  }
  void WholeSpan(std::string_view key, Range& range, double min, double max, Need need) {
    ReadSpan(key, range, min, max, need, /*whole=*/true);
  }

  template <class E, std::size_t kCount>
  void Choice(std::string_view key, E& value, std::span<const Named<E>, kCount> names, Need need) {
    const json::value* found = Find(key, need);
    if (found == nullptr) return;
    std::string expected;
    std::vector<std::string_view> words;
    for (const Named<E>& named : names) {
      if (found->is_string() && found->get_string() == named.name) {
        value = named.value;
        return;
      }
      words.push_back(named.name);
      expected += fmt::format("{}'{}'",
                              expected.empty()               ? ""
                              : words.size() == names.size() ? " or "
                                                             : ", ",
                              named.name);
    }
    Wrong(key, expected, *found);
  }

  void Flag(std::string_view key, bool& value) {
    const json::value* found = Find(key, Need::kOptional);
    if (found == nullptr) return;
    if (!found->is_bool()) return Wrong(key, "true or false", *found);
    value = found->get_bool();
  }

  void Fill(std::string_view key, Color& value) {
    const json::value* found = Find(key, Need::kOptional);
    if (found == nullptr) return;
    const std::optional<Color> color = ColorOf(*found);
    if (!color) return Wrong(key, "a color like '#ff8000', or three whole numbers from 0 to 255", *found);
    value = *color;
  }

  template <class T>
  void List(std::string_view key, std::vector<T>& value, double min, double max, std::size_t step, std::size_t most) {
    const json::value* found = Find(key, Need::kOptional);
    if (found == nullptr) return;
    auto wrong = [&] {
      const std::string count =
          step == most ? fmt::format("{}", most) : fmt::format("an even count, up to {}, of", most);
      Wrong(key, fmt::format("{} {}numbers from {} to {}", count, std::is_integral_v<T> ? "whole " : "", min, max),
            *found);
    };
    const json::array* list = found->if_array();
    if (list == nullptr || list->empty() || list->size() > most || list->size() % step != 0) return wrong();
    std::vector<T> numbers;
    for (const json::value& element : *list) {
      const std::optional<double> number = NumberIn(element, min, max, std::is_integral_v<T>);
      if (!number) return wrong();
      numbers.push_back(static_cast<T>(*number));
    }
    value = std::move(numbers);
  }

  void Seed(std::string_view key, std::optional<std::int64_t>& value) {
    std::int64_t seed = -1;
    Whole(key, seed, 0, kMaxSeed, Need::kOptional);
    if (seed >= 0) value = seed;
  }

  // Whatever is in the object and was not asked for; then, as one may be the other misspelled, what is missing.
  void RefuseOthers() {
    for (const auto& [key, value] : object_) {
      const std::string_view word = key;
      if (std::ranges::find(known_, word) != known_.end()) continue;
      const std::string_view nearest = Nearest(word, known_);
      return Record(fmt::format("there is no key '{}' here{}", Shown(word),
                                nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
    }
    if (!missing_.empty()) Record(missing_);
  }

  void Record(std::string fault) {
    if (fault_.empty()) fault_ = std::move(fault);
  }

 private:
  const json::value* Find(std::string_view key, Need need) {
    known_.push_back(key);
    if (Has(key)) return &object_.at(key);
    if (need == Need::kRequired && missing_.empty()) missing_ = fmt::format("'{}' is missing", key);
    return nullptr;
  }

  void Wrong(std::string_view key, std::string_view expected, const json::value& found) {
    Record(fmt::format("'{}' must be {}; found {}", key, expected, Shown(WriteJson(found))));
  }

  void ReadSpan(std::string_view key, Range& range, double min, double max, Need need, bool whole) {
    const json::value* found = Find(key, need);
    if (found == nullptr) return;
    const json::array* pair = found->if_array();
    const bool is_pair = pair != nullptr && pair->size() == 2;
    const std::optional<double> low = NumberIn(is_pair ? (*pair)[0] : *found, min, max, whole);
    const std::optional<double> high = NumberIn(is_pair ? (*pair)[1] : *found, min, max, whole);
    if (!low || !high || *low > *high) {
      const std::string_view kind = whole ? "a whole number" : "a number";
      return Wrong(key, fmt::format("{} from {} to {}, or a range [least, most] of such", kind, min, max), *found);
    }
    range = {*low, *high};
  }

  const json::object& object_;
  std::vector<std::string_view> known_ = {"op", "p"};
  std::string fault_;
  std::string missing_;
};

// What no single key shows.
template <class T>
void CheckTogether(Reader&, T&) {}

void CheckTogether(Reader& reader, Resize& t) {
  const bool both = t.width > 0 && t.height > 0, any = t.width > 0 || t.height > 0;
  if (any ? !both || t.shorter > 0 : t.shorter == 0) reader.Record("needs 'width' and 'height', or 'shorter' alone");
}

void CheckTogether(Reader& reader, Crop& t) {
  if (!reader.Has("x") && !reader.Has("y")) return;
  if (reader.Has("at") || t.x < 0 || t.y < 0) reader.Record("needs 'at', or 'x' and 'y', not more and not less");
  t.at = Place::kGiven;
}

void CheckTogether(Reader& reader, Perspective& t) {
  if ((t.distortion > 0) == !t.corners.empty()) reader.Record("needs either 'distortion' or 'corners'");
  if (!t.corners.empty() && !IsConvex(t.corners)) {
    reader.Record("'corners' must go around a convex shape: left upper, right upper, right lower, left lower");
  }
}

void CheckTogether(Reader& reader, Cutout& t) {
  if (t.boxes.empty()) return;
  if (reader.Has("count") && t.boxes.size() != 2 * static_cast<std::size_t>(t.count)) {
    reader.Record("'boxes' must hold x and y for each of 'count'");
  }
  t.count = static_cast<int>(t.boxes.size() / 2);
}

// An op of the index `at`, with its defaults.
template <std::size_t... kIndex>
Op MakeOp(std::size_t at, std::index_sequence<kIndex...>) {
  static constexpr Op (*kMake[])() = {[] { return Op(std::in_place_index<kIndex>); }...};
  return kMake[at]();
}

std::string UnknownOp(std::string_view name) {
  if (name == "normalise" || name == "normalize") {
    return "a picture of 8 bits cannot be normalised; a model's 'mean' and 'scale' do that, in its model.toml";
  }
  std::vector<std::string_view> names;
  for (const OpSpelling& op : kOps) names.push_back(op.name);
  const std::string_view nearest = Nearest(name, names);
  return fmt::format("there is no transform '{}'{}", Shown(name),
                     nearest.empty() ? fmt::format("; there are {}", fmt::join(names, ", "))
                                     : fmt::format("; did you mean '{}'?", nearest));
}

Result<Transform> ReadTransform(const json::value& value, std::size_t index) {
  const json::object* object = value.if_object();
  const json::value* op = object == nullptr ? nullptr : object->if_contains("op");
  if (op == nullptr || !op->is_string()) {
    return Fail(Code::kInvalid, fmt::format("{}: expected an object like {{\"op\":\"crop\",...}}; found {}",
                                            TransformName(index, ""), Shown(WriteJson(value))));
  }
  const std::string_view name = op->get_string();
  const auto* const spelling = std::ranges::find(kOps, name, &OpSpelling::name);
  if (spelling == std::end(kOps)) {
    return Fail(Code::kInvalid, fmt::format("{}: {}", TransformName(index, ""), UnknownOp(name)));
  }
  const auto at = static_cast<std::size_t>(spelling - std::begin(kOps));
  Transform transform = {.op = MakeOp(at, std::make_index_sequence<std::size(kOps)>())};
  Reader reader(*object);
  reader.Number("p", transform.p, 0, 1, Need::kOptional);
  std::visit(
      [&](auto& t) {
        Fields(reader, t);
        reader.RefuseOthers();
        if (reader.fault().empty()) CheckTogether(reader, t);
      },
      transform.op);
  if (!reader.fault().empty()) return Fail(Code::kInvalid, TransformName(index, name) + ": " + reader.fault());
  return transform;
}

}  // namespace

Result<TransformList> ParseTransforms(const json::array& array) {
  if (array.size() > kMaxTransforms) {
    return Fail(Code::kTooLarge, fmt::format("more than {} transforms", kMaxTransforms));
  }
  TransformList list;
  for (const json::value& element : array) {
    Result<Transform> transform = ReadTransform(element, list.size());
    if (!transform) return Fail(std::move(transform).error());
    list.push_back(*std::move(transform));
  }
  return list;
}

Result<TransformList> ParseTransforms(std::string_view text) {
  if (text.size() > kMaxTransformText) {
    return Fail(Code::kTooLarge, fmt::format("transforms of more than {} bytes", kMaxTransformText));
  }
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin != std::string_view::npos && text[begin] == '[') {
    Result<json::value> value = ParseJson(text);
    if (!value) return Fail(value.error().During("transforms"));
    return ParseTransforms(value->get_array());
  }
  Result<json::array> array = ExpandTransformText(text);
  if (!array) return Fail(std::move(array).error());
  return ParseTransforms(*array);
}

}  // namespace darkroom::imaging
