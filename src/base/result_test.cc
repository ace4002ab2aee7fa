#include "base/result.h"

#include <gtest/gtest.h>

namespace darkroom {
namespace {

TEST(Error, PutsWhatWasBeingDoneInFront) {
  const Error error = Error(Code::kUnavailable, "connection refused").During("send to queue").During("submit");
  EXPECT_EQ(error.message(), "submit: send to queue: connection refused");
  EXPECT_EQ(error.code(), Code::kUnavailable);
}

TEST(Code, SaysWhetherARetryCanHelp) {
  EXPECT_TRUE(Retryable(Code::kBusy));
  EXPECT_TRUE(Retryable(Code::kUnavailable));
  EXPECT_FALSE(Retryable(Code::kInvalid));
  EXPECT_FALSE(Retryable(Code::kInternal));
}

}  // namespace
}  // namespace darkroom
