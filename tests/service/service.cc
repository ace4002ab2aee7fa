#include "service.h"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "base/crypto.h"

namespace darkroom::tests {
namespace {

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Fields of /proc/…/stat from the third on (proc(5)); the second, the name, may hold spaces.
std::vector<std::string> StatFields(const std::filesystem::path& stat) {
  const std::string text = ReadAll(stat);
  const auto end = text.rfind(')');
  if (end == std::string::npos) return {};
  std::istringstream rest(text.substr(end + 1));
  return {std::istream_iterator<std::string>(rest), {}};
}

double CpuSeconds(const std::vector<std::string>& fields) {
  if (fields.size() < 13) return 0;
  return (std::stod(fields[11]) + std::stod(fields[12])) / double(sysconf(_SC_CLK_TCK));
}

// Below the ports that the system gives to outgoing connections (ip_local_port_range): one of those could take the port
// while a killed hub is away.
int FreePort() {
  boost::asio::io_context context;
  while (true) {
    std::uint16_t random = 0;
    RandomBytes(&random, sizeof random);
    const std::uint16_t port = std::uint16_t(10'000 + random % 20'000);
    boost::asio::ip::tcp::acceptor acceptor(context);
    boost::system::error_code error;
    acceptor.open(boost::asio::ip::tcp::v4(), error);
    acceptor.bind({boost::asio::ip::address_v4::loopback(), port}, error);
    if (!error) return port;
  }
}

}  // namespace

Task<Status> Service::Start() {
  if (port_ == 0) port_ = FreePort();
  scaling::Command command{
      options_.program, {"up", "--data", options_.data, "--listen", fmt::format("127.0.0.1:{}", port_)}, {}};
  command.arguments.insert(command.arguments.end(), options_.arguments.begin(), options_.arguments.end());
  auto process = scaling::ChildProcess::Start(io_, command);
  if (!process) co_return Fail(process.error());
  process_.emplace(std::move(*process));
  const std::string line = co_await process_->ReadLine();
  if (!line.starts_with("Darkroom is ready at ")) {
    const std::string end = co_await process_->Exit();
    co_return Fail(Code::kInternal, fmt::format("{} did not start: {}", options_.program, end));
  }
  co_return Status();
}

Task<std::string> Service::Stop() {
  process_->Signal(SIGTERM);
  std::string end = co_await process_->Exit();
  process_.reset();
  co_return end;
}

Task<void> Service::Kill() {
  process_->Signal(SIGKILL);
  co_await process_->Exit();
  process_.reset();
}

std::vector<pid_t> Service::WorkerPids() const {
  std::vector<pid_t> pids;
  if (!process_) return pids;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    pid_t pid = 0;
    const std::string name = entry.path().filename().string();
    const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (failed != std::errc() || end != name.data() + name.size()) continue;
    const auto fields = StatFields(entry.path() / "stat");
    if (fields.size() > 1 && fields[1] == std::to_string(process_->pid()) && fields[0] != "Z") pids.push_back(pid);
  }
  return pids;
}

CpuUse CpuOf(pid_t pid) {
  CpuUse use;
  const std::filesystem::path root = fmt::format("/proc/{}", pid);
  use.total_s = CpuSeconds(StatFields(root / "stat"));
  std::map<std::string, double> by_name;
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator(root / "task", error)) {
    std::string name = ReadAll(task.path() / "comm");
    while (name.ends_with('\n')) name.pop_back();
    by_name[name] += CpuSeconds(StatFields(task.path() / "stat"));
  }
  use.threads.assign(by_name.begin(), by_name.end());
  return use;
}

std::int64_t RssBytes(pid_t pid) {
  std::ifstream statm(fmt::format("/proc/{}/statm", pid));
  std::int64_t size = 0, resident = 0;
  statm >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

}  // namespace darkroom::tests
