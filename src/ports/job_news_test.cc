#include "ports/job_news.h"

#include <gtest/gtest.h>

#include "base/fake_clock.h"

namespace darkroom {
namespace {

class JobNewsTest : public testing::Test {
 protected:
  Job JobOf(Id batch) {
    Job job;
    job.id = Id::Make(clock_.Now());
    job.batch = batch;
    return job;
  }

  IoContext io_;
  FakeClock clock_{io_};
  JobNews news_{clock_};
  const Id batch_ = Id::Make(clock_.Now());
};

TEST_F(JobNewsTest, GivesWhatWasPublishedBeforeTheWait) {
  JobNews::Subscription subscription(news_, batch_);
  news_.Publish({JobOf(batch_), JobOf(Id::Make(clock_.Now())), JobOf(batch_)});
  EXPECT_TRUE(io_.RunUntilDone(subscription.Wait(Time::max())));
  EXPECT_EQ(subscription.Take().size(), 2u);
}

TEST_F(JobNewsTest, WakesAWaiter) {
  JobNews::Subscription subscription(news_, batch_);
  io_.Post([&] { io_.Post([&] { news_.Publish({JobOf(batch_)}); }); });
  EXPECT_TRUE(io_.RunUntilDone(subscription.Wait(Time::max())));
}

TEST_F(JobNewsTest, SaysNoWhenNothingCameInTime) {
  JobNews::Subscription subscription(news_, batch_);
  io_.Post([&] { io_.Post([&] { clock_.Advance(1s); }); });
  EXPECT_FALSE(io_.RunUntilDone(subscription.Wait(clock_.Now() + 1s)));
}

TEST_F(JobNewsTest, ForgetsASubscriptionThatEnded) {
  {
    JobNews::Subscription subscription(news_, batch_);
  }
  news_.Publish({JobOf(batch_)});  // would write into freed memory
  JobNews::Subscription other(news_, batch_);
  EXPECT_TRUE(other.Take().empty());
}

}  // namespace
}  // namespace darkroom
