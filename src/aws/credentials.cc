#include "aws/credentials.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "http/ascii.h"

namespace darkroom::aws {
namespace {

std::optional<std::string> NotEmpty(std::optional<std::string> value) {
  if (value && value->empty()) return std::nullopt;
  return value;
}

std::string CredentialsFile(const Environment& environment) {
  if (auto named = NotEmpty(environment("AWS_SHARED_CREDENTIALS_FILE"))) return *named;
  return environment("HOME").value_or("") + "/.aws/credentials";
}

}  // namespace

Task<Result<wire::Credentials>> StaticCredentials::Get() { co_return credentials_; }

Environment ProcessEnvironment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

// INI, as AWS's tools write it: [profile], key = value, lines of # or ; are comments.
Result<std::optional<wire::Credentials>> ParseCredentialsFile(std::string_view text, std::string_view profile) {
  wire::Credentials found;
  bool in_profile = false;
  bool seen = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = http::Trim(line);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      in_profile = line.ends_with(']') && http::Trim(line.substr(1, line.size() - 2)) == profile;
      seen = seen || in_profile;
      continue;
    }
    const std::size_t equals = line.find('=');
    if (!in_profile || equals == std::string_view::npos) continue;
    const std::string_view key = http::Trim(line.substr(0, equals));
    const std::string_view value = http::Trim(line.substr(equals + 1));
    if (key == "aws_access_key_id") found.access_key = value;
    if (key == "aws_secret_access_key") found.secret_key = value;
    if (key == "aws_session_token") found.session_token = value;
  }
  if (!seen) return std::nullopt;
  if (found.access_key.empty() || found.secret_key.empty()) {
    return Fail(Code::kInvalid,
                fmt::format("profile '{}': expected aws_access_key_id and aws_secret_access_key", profile));
  }
  return found;
}

Result<wire::Credentials> FindCredentials(const Environment& environment) {
  const auto access_key = NotEmpty(environment("AWS_ACCESS_KEY_ID"));
  const auto secret_key = NotEmpty(environment("AWS_SECRET_ACCESS_KEY"));
  if (access_key && secret_key) {
    return wire::Credentials{.access_key = *access_key,
                             .secret_key = *secret_key,
                             .session_token = environment("AWS_SESSION_TOKEN").value_or("")};
  }
  const std::string profile = NotEmpty(environment("AWS_PROFILE")).value_or("default");
  const std::string file = CredentialsFile(environment);
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  auto parsed = ParseCredentialsFile(text.str(), profile);
  if (!parsed) return Fail(parsed.error().During(file));
  if (*parsed) return std::move(**parsed);
  return Fail(Code::kDenied, fmt::format("no AWS credentials: neither AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY nor "
                                         "the profile '{}' in {}",
                                         profile, file));
}

}  // namespace darkroom::aws
