#include "worker/prefetch.h"

#include <algorithm>

namespace darkroom::worker {
namespace {

constexpr Duration kRemembered = 10min;

}  // namespace

void RunTimes::Add(const std::string& model, Duration run, Time now) {
  const auto [at, first] = known_.try_emplace(model);
  Known& known = at->second;
  known.mean = first ? run : known.mean + (run - known.mean) / 8;
  known.last = now;
}

Duration RunTimes::Of(const std::string& model) const {
  const auto at = known_.find(model);
  return at == known_.end() ? kForever : at->second.mean;
}

Duration RunTimes::Slowest(Time now) const {
  std::optional<Duration> slowest;
  for (const auto& [model, known] : known_) {
    if (known.last + kRemembered >= now) slowest = std::max(slowest.value_or(Duration(0)), known.mean);
  }
  return slowest.value_or(kForever);
}

Duration RestOf(Duration mean, Duration elapsed) { return std::chrono::abs(mean - elapsed); }

Room DecideRoom(std::vector<Duration> lanes, const std::vector<Duration>& waiting, Duration next) {
  const auto free = [&lanes] { return std::ranges::min_element(lanes); };
  for (const Duration job : waiting) *free() += job;
  Room room;
  room.next_in = std::max(*free() - kHold, Duration(0));
  for (; room.jobs < kMostHeld && *free() <= kHold; ++room.jobs) *free() += next;
  return room;
}

int DecideRefill(int room) { return std::max(1, room / 2); }

}  // namespace darkroom::worker
