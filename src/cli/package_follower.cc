#include "cli/package_follower.h"

namespace darkroom::cli {
namespace {

constexpr Duration kInterval = 1s;

}  // namespace

PackageFollower::PackageFollower(IoContext& io, Clock& clock, std::vector<std::string> directories,
                                 std::function<void()> changed)
    : clock_(clock),
      changed_(std::move(changed)),
      watch_(std::move(directories)),
      wake_(clock),
      loop_(io, clock),
      thread_("packages") {}

void PackageFollower::Start() { loop_.Spawn(Loop()); }

Task<void> PackageFollower::Loop() {
  while (!stopping_) {
    co_await wake_.Wait(clock_.Now() + kInterval);
    if (stopping_) co_return;
    auto look = [this] {
      if (watch_.Changed()) changed_();
      return true;
    };
    co_await RunOn(thread_, std::move(look));
  }
}

Task<void> PackageFollower::Stop() {
  stopping_ = true;
  wake_.NotifyAll();
  co_await loop_.Join();
}

}  // namespace darkroom::cli
