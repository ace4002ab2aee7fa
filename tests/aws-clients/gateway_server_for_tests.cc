// A gateway over an engine in a temporary directory. Prints {"endpoint":…,"access_key":…,"secret_key":…} in one line
// and serves until its standard input ends.
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>

#include "base/async.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "embedded/engine.h"
#include "gateway/gateway.h"
#include "gateway/keys.h"

namespace darkroom {
namespace {

int Report(const Error& error) {
  std::fprintf(stderr, "%s\n", error.message().c_str());
  return 1;
}

int Serve(const std::string& directory) {
  IoContext io;
  const auto clock = MakeSystemClock(io);
  embedded::EngineOptions engine_options;
  engine_options.data_dir = directory;
  auto engine = embedded::Engine::Open(std::move(engine_options), io, *clock);
  if (!engine) return Report(engine.error());
  const auto keys = gateway::LoadOrCreateKeys(directory + "/keys.json");
  if (!keys) return Report(keys.error());
  gateway::GatewayOptions options;
  options.credentials = *keys;
  gateway::Gateway gateway(io, *clock, (*engine)->queues(), (*engine)->objects(), options);
  if (auto started = gateway.Start(); !started) return Report(started.error());

  json::object about;
  about["endpoint"] = gateway.endpoint();
  about["access_key"] = keys->access_key;
  about["secret_key"] = keys->secret_key;
  std::printf("%s\n", json::serialize(about).c_str());
  std::fflush(stdout);

  asio::posix::stream_descriptor input(io.context(), dup(STDIN_FILENO));
  char byte = 0;
  std::function<void(boost::system::error_code, std::size_t)> read = [&](boost::system::error_code error, std::size_t) {
    if (error) return io.Stop();
    input.async_read_some(asio::buffer(&byte, 1), read);
  };
  read({}, 0);
  io.Run();
  (*engine)->CancelWaits();
  io.RunUntilDone(gateway.Stop(Duration(0)));
  return 0;
}

}  // namespace
}  // namespace darkroom

int main() {
  darkroom::InitLog("gateway", "warn");
  std::string directory = (std::filesystem::temp_directory_path() / "darkroom-gateway-XXXXXX").string();
  if (mkdtemp(directory.data()) == nullptr) return 1;
  const int status = darkroom::Serve(directory);
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
  return status;
}
