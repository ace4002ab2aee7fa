#include "domain/quarantine.h"

#include <gtest/gtest.h>

namespace darkroom {
namespace {

const ModelRef kModel{"endless", "1", ""};
constexpr std::string_view kEnd = "ended by signal 11 (SIGSEGV)";

class QuarantineTest : public testing::Test {
 protected:
  static Id NewJob() { return Id::Make(Time()); }
  std::optional<QuarantinedModel> Crash(Id job, const ModelRef& model = kModel) {
    return quarantine_.Crashed(model, job, kEnd, now_);
  }
  bool Holds(const ModelRef& model = kModel) const { return quarantine_.Find(model.name, model.version) != nullptr; }

  Quarantine quarantine_{5};
  const Time now_ = Time() + 1h;
};

TEST_F(QuarantineTest, AModelIsPutInAfterSoManyCrashesWithoutASuccess) {
  for (int crash = 1; crash < 5; ++crash) EXPECT_FALSE(Crash(NewJob())) << crash;
  EXPECT_FALSE(Holds());
  const auto judged = Crash(NewJob());
  ASSERT_TRUE(judged);
  EXPECT_EQ(judged->model, kModel);
  EXPECT_EQ(judged->since, now_);
  EXPECT_EQ(judged->reason, "5 workers crashed while they ran 5 jobs of it, the last ended by signal 11 (SIGSEGV)");
  EXPECT_TRUE(Holds());
  EXPECT_EQ(quarantine_.models().size(), 1u);
}

TEST_F(QuarantineTest, IsToldOnce) {
  for (int crash = 0; crash < 5; ++crash) Crash(NewJob());
  for (int crash = 0; crash < 5; ++crash) EXPECT_FALSE(Crash(NewJob())) << "what still ran";
  EXPECT_EQ(quarantine_.models().size(), 1u);
}

TEST_F(QuarantineTest, ASuccessWipesTheCrashesOut) {
  for (int crash = 0; crash < 4; ++crash) Crash(NewJob());
  quarantine_.Succeeded({"endless", "1", "sha256:9705"});
  for (int crash = 0; crash < 4; ++crash) EXPECT_FALSE(Crash(NewJob()));
  quarantine_.Succeeded({"endless", "2", ""});
  quarantine_.Succeeded({"other", "1", ""});
  EXPECT_TRUE(Crash(NewJob())) << "of other models and versions they prove nothing";
}

TEST_F(QuarantineTest, ASuccessDoesNotLift) {
  for (int crash = 0; crash < 5; ++crash) Crash(NewJob());
  quarantine_.Succeeded(kModel);
  EXPECT_TRUE(Holds());
}

TEST_F(QuarantineTest, APictureThatTheModelCannotBearIsNotTheModelsEnd) {
  Quarantine strict(2);
  for (int picture = 0; picture < 2; ++picture) {
    const Id poison = NewJob();
    EXPECT_FALSE(strict.Crashed(kModel, poison, kEnd, now_));
    EXPECT_FALSE(strict.Crashed(kModel, poison, kEnd, now_));
  }
  const auto judged = strict.Crashed(kModel, NewJob(), kEnd, now_);
  ASSERT_TRUE(judged) << "of three it is";
  EXPECT_EQ(judged->reason.substr(0, 49), "5 workers crashed while they ran 3 jobs of it, th");
}

TEST_F(QuarantineTest, VersionsAreJudgedEachForItself) {
  const ModelRef next{"endless", "2", ""};
  for (int crash = 0; crash < 4; ++crash) Crash(NewJob()), Crash(NewJob(), next);
  EXPECT_TRUE(Crash(NewJob(), next));
  EXPECT_TRUE(Holds(next));
  EXPECT_FALSE(Holds());
}

TEST_F(QuarantineTest, ALiftedModelBeginsAnew) {
  for (int crash = 0; crash < 4; ++crash) Crash(NewJob());
  EXPECT_FALSE(quarantine_.Lift(kModel)) << "it was in none, but its crashes were another package's";
  for (int crash = 0; crash < 4; ++crash) EXPECT_FALSE(Crash(NewJob()));
  EXPECT_TRUE(Crash(NewJob()));
  EXPECT_TRUE(quarantine_.Lift(kModel));
  EXPECT_FALSE(Holds());
  EXPECT_TRUE(quarantine_.models().empty());
  EXPECT_FALSE(Crash(NewJob()));
}

TEST(Quarantine, OfNoCrashesNeverPutsAModelIn) {
  Quarantine never(0);
  for (int crash = 0; crash < 100; ++crash) EXPECT_FALSE(never.Crashed(kModel, Id::Make(Time()), kEnd, Time()));
}

TEST(QuarantinedModel, TravelsAsAMessage) {
  const QuarantinedModel model{kModel, "5 workers crashed", Time() + 1h};
  const auto read = ParseQuarantine(ToMessage(model));
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->model, model.model);
  EXPECT_EQ(read->reason, model.reason);
  EXPECT_EQ(read->since, model.since);
  EXPECT_EQ(QuarantineKey(kModel), "quarantine/endless/1");
  const Failure failure = FailureOf(model);
  EXPECT_EQ(failure.code, "model_quarantined");
  EXPECT_EQ(failure.message, "the model endless 1 is in quarantine: 5 workers crashed");
}

TEST(QuarantinedModel, OtherMessagesAreRefused) {
  for (const char* text : {"", "{}", R"({"kind":"stop","job":"x"})", R"({"kind":"quarantine"})",
                           R"({"kind":"quarantine","model":{"name":"a"},"reason":"","since":"2026-11-21T10:00:00Z"})",
                           R"({"kind":"quarantine","model":{"name":"a","version":"1"},"since":"2026-11-21T10:00:00Z"})",
                           R"({"kind":"quarantine","model":{"name":"a","version":"1"},"reason":"","since":"now"})"}) {
    const auto read = ParseQuarantine(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code(), Code::kInvalid) << text;
  }
}

}  // namespace
}  // namespace darkroom
