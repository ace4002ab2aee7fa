// What the contract suites of the ports share. A suite (queue_contract.h, object_store_contract.h,
// job_store_contract.h) says what every engine must do; an engine's test program includes it once and instantiates it
// with a maker of fixtures:
//   INSTANTIATE_TEST_SUITE_P(Sqlite, QueueContract, testing::Values([] { return std::make_unique<MyFixture>(); }));
//
// Times in the suites are whole seconds, as on SQS's wire, and few, for engines that live in real time.
#pragma once

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <utility>

#include "base/async.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/result.h"

namespace darkroom::contract {

class Fixture {
 public:
  virtual ~Fixture() = default;
  virtual IoContext& io() = 0;
  virtual Clock& clock() = 0;
  // Lets time pass: turns a manual clock, or waits.
  virtual void Advance(Duration by) { io().RunUntilDone(SleepUntil(clock(), clock().Now() + by)); }
};

// The value, or the end of the test.
template <class T>
T Must(Result<T> result) {
  if (!result) throw std::runtime_error(std::string(Name(result.error().code())) + ": " + result.error().message());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

template <class T>
Code CodeOf(const Result<T>& result) {
  if (result) throw std::runtime_error("an error was expected");
  return result.error().code();
}

// Names of things in an engine that outlives the test.
inline std::string Unique(const std::string& name) { return name + "-" + RandomHex(6); }

}  // namespace darkroom::contract
