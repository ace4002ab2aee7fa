#include "cli/hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/packages.h"
#include "cli/temporary_directory.h"

namespace darkroom::cli {
namespace {

class HopelessWorkers : public testing::TestWithParam<const char*> {};

TEST_P(HopelessWorkers, AreCountedUntilOneIsReady) {
  IoContext io;
  const auto clock = MakeSystemClock(io);
  const auto data = TemporaryDirectory::Make("darkroom-hub-test");
  ASSERT_TRUE(data) << data.error().message();
  HubOptions options;
  options.settings.data = data->path();
  options.settings.listen_port = 0;
  options.settings.workers = 2;
  options.settings.grace = 1s;
  options.program = GetParam();
  options.packages = FindAllPackages({});
  std::vector<int> deaths;
  Signal died(*clock);
  options.on_worker_death = [&](int in_a_row) { deaths.push_back(in_a_row), died.NotifyAll(); };
  auto body = [&]() -> Task<void> {
    auto hub = co_await Hub::Start(io, *clock, std::move(options));
    if (!hub) co_return ADD_FAILURE() << hub.error().message(), void();
    const Time deadline = clock->Now() + 30s;
    bool told = true;
    while (told && deaths.size() < 4) told = co_await died.Wait(deadline);
    co_await (*hub)->Stop();
  };
  io.RunUntilDone(body());
  EXPECT_THAT(deaths, testing::ElementsAre(1, 2, 3, 4));
}

// Two hubs that want the same port: the second says which flag would help.
TEST(Hub, NamesTheFlagForAPortThatIsTaken) {
  IoContext io;
  const auto clock = MakeSystemClock(io);
  const auto options_at = [](const TemporaryDirectory& data) {
    HubOptions options;
    options.settings.data = data.path();
    options.settings.listen_port = 0;
    options.packages = FindAllPackages({});
    return options;
  };
  const auto one = TemporaryDirectory::Make("darkroom-hub-test");
  const auto other = TemporaryDirectory::Make("darkroom-hub-test");
  ASSERT_TRUE(one && other);
  const auto port_of = [](const std::string& url) { return std::stoi(url.substr(url.rfind(':') + 1)); };
  auto body = [&]() -> Task<void> {
    HubOptions first_options = options_at(*one);
    auto first = co_await Hub::Start(io, *clock, std::move(first_options));
    if (!first) co_return ADD_FAILURE() << first.error().message(), void();
    HubOptions same_page = options_at(*other);
    same_page.settings.listen_port = port_of((*first)->url());
    const auto second = co_await Hub::Start(io, *clock, std::move(same_page));
    EXPECT_THAT(second ? "" : second.error().message(), testing::EndsWith("; choose another with --listen"));
    HubOptions same_gateway = options_at(*other);
    same_gateway.settings.gateway_port = port_of((*first)->gateway_endpoint());
    const auto third = co_await Hub::Start(io, *clock, std::move(same_gateway));
    EXPECT_THAT(third ? "" : third.error().message(), testing::EndsWith("; choose another with --gateway-port"));
    co_await (*first)->Stop();
  };
  io.RunUntilDone(body());
}

// One dies at once, the other cannot even be started.
INSTANTIATE_TEST_SUITE_P(Hub, HopelessWorkers, testing::Values("/bin/false", "/nonexistent"));

}  // namespace
}  // namespace darkroom::cli
