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
      "$ref",    "type",   "description", "required", "properties",           "items", "enum",          "minimum",
      "maximum", "format", "const",       "default",  "additionalProperties", "oneOf", "discriminator", "minItems",
      "maxItems"};
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
  if (const auto* forms = schema.if_contains("oneOf")) CheckForms(value, forms->as_array(), place, findings);
  const auto* least = schema.if_contains("minItems");
  if (least != nullptr && value.as_array().size() < least->to_number<std::size_t>()) object_to("has too few items");
  const auto* most = schema.if_contains("maxItems");
  if (most != nullptr && value.as_array().size() > most->to_number<std::size_t>()) object_to("has too many items");
  const auto* items = schema.if_contains("items");
  if (items != nullptr) {
    for (std::size_t i = 0; i < value.as_array().size(); ++i) {
      Check(value.as_array()[i], items->as_object(), place + "/" + std::to_string(i), findings);
    }
  }
  if (value.is_object()) CheckObject(value.as_object(), schema, place, findings);
}

void SchemaCheck::CheckForms(const json::value& value, const json::array& forms, const std::string& place,
                             Findings& findings) const {
  std::vector<Findings> of_each(forms.size());
  for (std::size_t i = 0; i < forms.size(); ++i) Check(value, forms[i].as_object(), place, of_each[i]);
  const auto fitting = std::ranges::count_if(of_each, [](const Findings& one) { return one.empty(); });
  if (fitting == 1) return;
  if (fitting > 1) return findings.push_back(place + ": is of several forms at once");
  const auto nearest = std::ranges::min_element(of_each, {}, [](const Findings& one) { return one.size(); });
  findings.insert(findings.end(), nearest->begin(), nearest->end());
}

void SchemaCheck::CheckObject(const json::object& object, const json::object& schema, const std::string& place,
                              Findings& findings) const {
  if (const auto* required = schema.if_contains("required")) {
    for (const json::value& name : required->as_array()) {
      if (!object.contains(View(name))) findings.push_back(place + ": has no " + std::string(View(name)));
    }
  }
  const auto* properties = schema.if_contains("properties");
  const auto* others = schema.if_contains("additionalProperties");
  if (properties == nullptr && others == nullptr) return;
  const bool closed = others == nullptr || *others == json::value(false);
  for (const auto& [name, value] : object) {
    const auto* property = properties != nullptr ? properties->as_object().if_contains(name) : nullptr;
    if (property == nullptr && others != nullptr && others->is_object()) property = others;
    const std::string inner = place + "/" + std::string(name);
    if (property != nullptr) {
      Check(value, property->as_object(), inner, findings);
    } else if (closed) {
      findings.push_back(inner + ": is not described");
    }
  }
}

}  // namespace darkroom::web
