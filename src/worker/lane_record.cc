#include "worker/lane_record.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

namespace darkroom::worker {
namespace {

// A lane's place begins so; receipt and message follow.
struct Head {
  std::uint32_t running;  // 1: what follows is complete, and being run
  std::uint32_t queue;
  std::uint32_t attempt;
  std::uint32_t receipt_size;
  std::uint32_t message_size;
};
constexpr std::size_t kRoom = kLaneBytes - sizeof(Head);

std::unexpected<Error> Failed(const std::string& path, const char* what) {
  return Fail(Code::kUnavailable, fmt::format("{} {}: {}", what, path, strerror(errno)));
}

}  // namespace

Result<LaneRecord> LaneRecord::Create(const std::string& path, int lanes) {
  if (lanes < 1 || lanes > kMostLanes) return Fail(Code::kInvalid, fmt::format("lanes: from 1 to {}", kMostLanes));
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return Failed(path, "open");
  const std::size_t size = std::size_t(lanes) * kLaneBytes;
  if (::ftruncate(file, off_t(size)) != 0) {
    auto failed = Failed(path, "size");
    ::close(file);
    return failed;
  }
  void* mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  auto failed = Failed(path, "map");
  ::close(file);
  if (mapped == MAP_FAILED) return failed;
  return LaneRecord({static_cast<std::byte*>(mapped), size});
}

LaneRecord::~LaneRecord() {
  if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

void LaneRecord::Begin(int lane, const LaneEntry& entry) {
  if (entry.receipt.size() > kRoom || entry.message.size() > kRoom - entry.receipt.size()) return;
  std::byte* place = bytes_.subspan(std::size_t(lane) * kLaneBytes, kLaneBytes).data();
  auto* head = reinterpret_cast<Head*>(place);
  head->queue = std::uint32_t(entry.queue);
  head->attempt = std::uint32_t(entry.attempt);
  head->receipt_size = std::uint32_t(entry.receipt.size());
  head->message_size = std::uint32_t(entry.message.size());
  std::memcpy(place + sizeof(Head), entry.receipt.data(), entry.receipt.size());
  std::memcpy(place + sizeof(Head) + entry.receipt.size(), entry.message.data(), entry.message.size());
  std::atomic_ref(head->running).store(1, std::memory_order_release);
}

void LaneRecord::End(int lane) {
  auto* head = reinterpret_cast<Head*>(bytes_.subspan(std::size_t(lane) * kLaneBytes, kLaneBytes).data());
  std::atomic_ref(head->running).store(0, std::memory_order_release);
}

Result<std::vector<LaneEntry>> ReadLaneRecord(const std::string& path) {
  std::vector<LaneEntry> entries;
  std::ifstream file(path, std::ios::binary);
  if (!file) return entries;
  std::string place(kLaneBytes, '\0');
  for (int lane = 0; lane < kMostLanes && file.read(place.data(), std::streamsize(place.size())); ++lane) {
    Head head;
    std::memcpy(&head, place.data(), sizeof head);
    if (head.running == 0) continue;
    const bool fits = head.receipt_size <= kRoom && head.message_size <= kRoom - head.receipt_size;
    if (head.running != 1 || !fits || head.queue >= kPriorities.size() || head.attempt > 1'000'000) {
      return Fail(Code::kInvalid, fmt::format("{}: what lane {} ran cannot be read", path, lane));
    }
    LaneEntry entry{kPriorities[head.queue], int(head.attempt), place.substr(sizeof head, head.receipt_size),
                    place.substr(sizeof head + head.receipt_size, head.message_size)};
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace darkroom::worker
