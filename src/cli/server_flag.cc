#include "cli/server_flag.h"

#include <fmt/format.h>

#include "cli/setting_values.h"

namespace darkroom::cli {

Result<std::string> ParseServer(std::string_view text) {
  std::string_view server = text;
  if (server.ends_with('/')) server.remove_suffix(1);
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (server.starts_with(scheme) && IsHostAndPort(server.substr(scheme.size()))) return std::string(server);
  }
  return Fail(Code::kInvalid, fmt::format("'{}' is not the address of a service; write one like {}, without a path",
                                          text, kDefaultServer));
}

void AddServerFlag(CLI::App& command, std::string& server) {
  const auto check = [](std::string& text) -> std::string {
    auto parsed = ParseServer(text);
    if (!parsed) return parsed.error().message();
    text = std::move(*parsed);
    return "";
  };
  command.add_option("--server", server, "address of the service")
      ->envname("DARKROOM_SERVER")
      ->capture_default_str()
      ->transform(CLI::Validator(check, "URL"));
}

}  // namespace darkroom::cli
