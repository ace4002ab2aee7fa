#include "web/submission_fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <charconv>

#include "http/ascii.h"
#include "web/client_text.h"
#include "web/json_text.h"

namespace darkroom::web {
namespace {

std::unexpected<Problem> Wrong(std::string_view field, std::string_view expected, std::string_view found) {
  return Refuse("invalid_request",
                fmt::format("field '{}' must be {}; found '{}'", field, expected, CleanText(found, 80)),
                {{"field", CleanText(field, 80)}});
}

std::optional<std::int64_t> ParseWhole(std::string_view text, std::int64_t min, std::int64_t max) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < min || value > max) return std::nullopt;
  return value;
}

bool IsVisible(char c) { return c > 0x20 && c < 0x7F; }

// What a mail server could deliver to; whether it can is found out by sending.
bool LooksLikeEmail(std::string_view text) {
  const auto at = text.rfind('@');
  return text.size() <= 254 && at != text.npos && at > 0 && at + 1 < text.size() &&
         std::ranges::all_of(text, IsVisible) && text.find_first_of("<>(),;:\\\"") == text.npos;
}

bool IsWebUrl(std::string_view text) {
  const auto url = boost::urls::parse_uri(boost::core::string_view(text.data(), text.size()));
  return text.size() <= 2048 && url && (url->scheme() == "http" || url->scheme() == "https") && !url->host().empty();
}

constexpr std::array<std::string_view, 9> kFields{"model",       "email",    "webhook",    "top_k", "priority",
                                                  "deadline_ms", "metadata", "transforms", "seed"};

// Kept as its author wrote it. It must come back in our answers, so it may not nest so deep that a reader gives up on
// them, nor have a number that a reader takes for an infinity.
OrProblem<void> SetMetadata(SubmissionFields& fields, const std::string& text) {
  const int depth = ShapeOf(text).depth;
  if (depth > kMaxMetadataDepth) {
    return Refuse("invalid_request",
                  fmt::format("field 'metadata' may have {} levels of objects and arrays in each other; it has {}",
                              kMaxMetadataDepth, depth),
                  {{"field", "metadata"}, {"limit", kMaxMetadataDepth}});
  }
  const auto object = ParseJsonObject(text);
  if (!object) return Wrong("metadata", fmt::format("a JSON object ({})", object.error().message()), text);
  if (!HasFiniteNumbers(*object)) {
    return Wrong("metadata", "a JSON object with numbers that are below 1.8e308; write larger ones as strings", text);
  }
  fields.metadata = TrimJson(text);
  return {};
}

OrProblem<void> SetField(SubmissionFields& fields, const std::string& name, const std::string& text) {
  if (name == "model") {
    fields.model = text;
  } else if (name == "email") {
    if (!LooksLikeEmail(text)) return Wrong(name, "a mail address such as ann@example.org", text);
    fields.email = text;
  } else if (name == "webhook") {
    if (!IsWebUrl(text)) return Wrong(name, "an http or https URL of at most 2048 characters", text);
    fields.webhook = text;
  } else if (name == "top_k") {
    const auto value = ParseWhole(text, 1, kMaxTopK);
    if (!value) return Wrong(name, fmt::format("a whole number from 1 to {}", kMaxTopK), text);
    fields.top_k = int(*value);
  } else if (name == "priority") {
    const auto priority = ParsePriority(text);
    if (!priority) return Wrong(name, "high, normal or low", text);
    fields.priority = *priority;
  } else if (name == "deadline_ms") {
    const auto max = std::chrono::duration_cast<std::chrono::milliseconds>(kMaxDeadline).count();
    const auto value = ParseWhole(text, 1, max);
    if (!value) return Wrong(name, fmt::format("milliseconds from 1 to {} (14 days)", max), text);
    fields.deadline = std::chrono::milliseconds(*value);
  } else if (name == "metadata") {
    return SetMetadata(fields, text);
  } else if (name == "transforms") {
    auto transforms = imaging::ParseTransforms(text);
    if (!transforms) {
      return Refuse("invalid_request", "field 'transforms': " + CleanText(transforms.error().message(), 400),
                    {{"field", "transforms"}});
    }
    fields.transforms = std::move(*transforms);
  } else if (name == "seed") {
    fields.seed = ParseWhole(text, 0, kMaxSeed);
    if (!fields.seed) return Wrong(name, fmt::format("a whole number from 0 to {}", kMaxSeed), text);
  }
  return {};
}

}  // namespace

OrProblem<SubmissionFields> ParseFields(const RawFields& raw) {
  SubmissionFields fields;
  for (auto at = raw.begin(); at != raw.end(); ++at) {
    const auto& [name, text] = *at;
    const bool twice = std::any_of(raw.begin(), at, [&](const auto& earlier) { return earlier.first == name; });
    if (twice) {
      return Refuse("invalid_request", fmt::format("field '{}' was given twice", CleanText(name, 80)),
                    {{"field", CleanText(name, 80)}});
    }
    if (text.size() > kMaxFieldBytes) {
      return Refuse("too_large", fmt::format("field '{}' is larger than {} bytes", CleanText(name, 80), kMaxFieldBytes),
                    {{"field", CleanText(name, 80)}, {"limit", kMaxFieldBytes}});
    }
    if (std::ranges::find(kFields, name) == kFields.end()) {
      return Refuse("invalid_request",
                    fmt::format("there is no field '{}'; the fields are {} (a file needs a file name)",
                                CleanText(name, 80), fmt::join(kFields, ", ")),
                    {{"field", CleanText(name, 80)}});
    }
    if (text.empty()) continue;  // what a form sends for an input left empty
    auto set = SetField(fields, name, text);
    if (!set) return Refuse(std::move(set.error()));
  }
  return fields;
}

OrProblem<RawFields> FieldsOf(const json::object& object, std::string_view body) {
  RawFields fields;
  for (const auto& [key, value] : object) {
    const std::string name(key);
    if (name == "images" || name == "image" || value.is_null()) continue;
    if (value.is_string()) {
      if (name == "metadata" || name == "top_k" || name == "deadline_ms" || name == "seed") {
        return Wrong(name, name == "metadata" ? "an object" : "a number", json::serialize(value));
      }
      fields.emplace_back(name, std::string(value.as_string()));
    } else if (name == "metadata") {
      fields.emplace_back(name, std::string(MemberText(body, name).value_or("")));
    } else {
      fields.emplace_back(name, json::serialize(value));
    }
  }
  return fields;
}

std::optional<Duration> ParsePreferWait(const http::Headers& headers, Duration max) {
  std::string_view prefer = headers.Get("Prefer");
  while (!prefer.empty()) {
    const auto comma = prefer.find(',');
    const auto preference = http::Trim(prefer.substr(0, comma));
    prefer.remove_prefix(comma == prefer.npos ? prefer.size() : comma + 1);
    const auto equals = preference.find('=');
    if (equals == preference.npos || !http::EqualsIgnoringCase(http::Trim(preference.substr(0, equals)), "wait"))
      continue;
    const auto seconds = ParseWhole(http::Trim(preference.substr(equals + 1)), 0, 1'000'000'000);
    // A preference that cannot be understood is ignored, as the RFC asks.
    if (seconds) return std::min<Duration>(std::chrono::seconds(*seconds), max);
  }
  return std::nullopt;
}

}  // namespace darkroom::web
