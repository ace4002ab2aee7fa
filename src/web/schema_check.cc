#include "web/schema_check.h"

#include <algorithm>
#include <set>

#include "base/id.h"
#include "base/time.h"

namespace darkroom::web {
namespace {

std::string_view View(const json::value& text) { return {text.as_string().data(), text.as_string().size()}; }

bool HasType(const json::value& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_bool();
  if (type == "integer") return value.is_int64() || value.is_uint64();
  if (type == "number") return value.is_number();
  return type == "null" && value.is_null();
}

// `type` is a name or a list of them.
bool HasOneType(const json::value& value, const json::value& type) {
  if (type.is_string()) return HasType(value, View(type));
  return std::ranges::any_of(type.as_array(), [&](const json::value& one) { return HasType(value, View(one)); });
}

bool HasFormat(std::string_view text, std::string_view format) {
  if (format == "date-time") return ParseTime(text).has_value();
  if (format == "uuid") return Id::Parse(text).has_value();
  if (format == "uri-reference") return text.starts_with('/');  // all of ours are
  return false;
}

// What only explains, and what Check looks at itself.
const std::set<std::string_view>& KnownKeywords() {
  static const std::set<std::string_view> known{
      "$ref",    "type",   "description", "required", "properties",          "items", "enum", "minimum",
      "maximum", "format", "const",       "default",  "additionalProperties"};
  return known;
}

}  // namespace

std::vector<std::string> SchemaCheck::Check(const json::value& value, std::string_view name) const {
  Findings findings;
  Check(value, Resolve("#/components/schemas/" + std::string(name)), "", findings);
  return findings;
}

const json::object& SchemaCheck::Resolve(std::string_view reference) const {
  return document_.at_pointer(reference.substr(1)).as_object();
}

void SchemaCheck::Check(const json::value& value, const json::object& schema, const std::string& place,
                        Findings& findings) const {
  const auto object_to = [&](const std::string& what) {
    findings.push_back(place + ": " + what + ": " + json::serialize(value).substr(0, 200));
  };
  for (const auto& [keyword, ignored] : schema) {
    if (!KnownKeywords().contains(keyword)) findings.push_back(place + ": unknown keyword " + std::string(keyword));
  }
  if (const auto* reference = schema.if_contains("$ref")) Check(value, Resolve(View(*reference)), place, findings);
  const auto* type = schema.if_contains("type");
  if (type != nullptr && !HasOneType(value, *type)) return object_to("is not " + json::serialize(*type));
  const auto* options = schema.if_contains("enum");
  if (options != nullptr && !std::ranges::count(options->as_array(), value)) object_to("is none of its enum");
  const auto* constant = schema.if_contains("const");
  if (constant != nullptr && *constant != value) object_to("is not " + json::serialize(*constant));
  const auto* minimum = schema.if_contains("minimum");
  if (minimum != nullptr && value.to_number<double>() < minimum->to_number<double>()) object_to("is below its minimum");
  const auto* maximum = schema.if_contains("maximum");
  if (maximum != nullptr && value.to_number<double>() > maximum->to_number<double>()) object_to("is over its maximum");
  const auto* format = schema.if_contains("format");
  if (format != nullptr && !HasFormat(View(value), View(*format))) object_to("is no " + std::string(View(*format)));
  const auto* items = schema.if_contains("items");
  if (items != nullptr) {
    for (std::size_t i = 0; i < value.as_array().size(); ++i) {
      Check(value.as_array()[i], items->as_object(), place + "/" + std::to_string(i), findings);
    }
  }
  if (value.is_object()) CheckObject(value.as_object(), schema, place, findings);
}

void SchemaCheck::CheckObject(const json::object& object, const json::object& schema, const std::string& place,
                              Findings& findings) const {
  if (const auto* required = schema.if_contains("required")) {
    for (const json::value& name : required->as_array()) {
      if (!object.contains(View(name))) findings.push_back(place + ": has no " + std::string(View(name)));
    }
  }
  const auto* properties = schema.if_contains("properties");
  if (properties == nullptr) return;
  const auto* others = schema.if_contains("additionalProperties");
  const bool closed = others == nullptr || !others->as_bool();
  for (const auto& [name, value] : object) {
    const auto* property = properties->as_object().if_contains(name);
    const std::string inner = place + "/" + std::string(name);
    if (property != nullptr) {
      Check(value, property->as_object(), inner, findings);
    } else if (closed) {
      findings.push_back(inner + ": is not described");
    }
  }
}

}  // namespace darkroom::web
