// Writing transforms, along the description in transform_fields.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "imaging/transform.h"
#include "imaging/transform_fields.h"

namespace darkroom::imaging {
namespace {

// Boost writes doubles as 2E0.
json::value Plain(double number) {
  if (number == std::floor(number) && std::abs(number) < 1e15) return static_cast<std::int64_t>(number);
  return number;
}

class Writer {
 public:
  explicit Writer(json::object& object) : object_(object) {}

  void Whole(std::string_view key, int value, int min, int max, Need) {
    if (value >= min && value <= max) object_[key] = value;
  }
  void Number(std::string_view key, double value, double min, double max, Need) {
    if (value >= min && value <= max) object_[key] = Plain(value);
  }
  void Span(std::string_view key, const Range& range, double, double, Need) {
    if (range.min == range.max) {
      object_[key] = Plain(range.min);
    } else {
      object_[key] = json::array{Plain(range.min), Plain(range.max)};
    }
  }
  void WholeSpan(std::string_view key, const Range& range, double min, double max, Need need) {
    Span(key, range, min, max, need);
  }
  template <class E, std::size_t kCount>
  void Choice(std::string_view key, E value, std::span<const Named<E>, kCount> names, Need) {
    const auto named = std::ranges::find(names, value, &Named<E>::value);
    if (named != names.end()) object_[key] = named->name;
  }
  void Flag(std::string_view key, bool value) { object_[key] = value; }
  void Fill(std::string_view key, const Color& value) {
    object_[key] = fmt::format("#{:02x}{:02x}{:02x}", value.red, value.green, value.blue);
  }
  template <class T>
  void List(std::string_view key, const std::vector<T>& value, double, double, std::size_t, std::size_t) {
    if (value.empty()) return;
    json::array& list = object_[key].emplace_array();
    for (const T number : value) list.push_back(Plain(number));
  }
  void Seed(std::string_view key, const std::optional<std::int64_t>& value) {
    if (value) object_[key] = *value;
  }

 private:
  json::object& object_;
};

}  // namespace

json::array ToJson(const TransformList& list) {
  json::array array;
  for (const Transform& transform : list) {
    json::object& object = array.emplace_back(json::object()).get_object();
    object["op"] = kOps[transform.op.index()].name;
    Writer writer(object);
    std::visit([&](auto t) { Fields(writer, t); }, transform.op);
    if (transform.p != 1) object["p"] = Plain(transform.p);
  }
  return array;
}

}  // namespace darkroom::imaging
