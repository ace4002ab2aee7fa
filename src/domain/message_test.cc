#include "domain/message.h"

#include <gtest/gtest.h>

namespace darkroom {
namespace {

const Time kNow = FromMicros(1'700'000'000'000'001);

TEST(Messages, AJobRequestReadsBack) {
  const JobRequest request{Id::Make(kNow), {"furniture", "1", "ab"},  3,
                           kNow + 5s,      "a \"chair\".jpg",         "ab/01-ab",
                           70'000,         R"([{"op":"grayscale"}])", 9'007'199'254'740'991};
  const auto read = ParseJobRequest(ToMessage(request));
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->job, request.job);
  EXPECT_EQ(read->model, request.model);
  EXPECT_EQ(read->top_k, 3);
  EXPECT_EQ(read->deadline, request.deadline);
  EXPECT_EQ(read->file_name, request.file_name);
  EXPECT_EQ(read->picture_file, request.picture_file);
  EXPECT_EQ(read->picture_size, request.picture_size);
  EXPECT_EQ(read->transforms, request.transforms);
  EXPECT_EQ(read->seed, request.seed);
}

TEST(Messages, WhatAJobsWorkersDiedOfTravelsWithIt) {
  JobRequest request{.job = Id::Make(kNow), .model = {"furniture", "", ""}, .deadline = {}};
  EXPECT_EQ(ToMessage(request).find("crashes"), std::string::npos) << "most messages have nothing to tell";
  EXPECT_FALSE(ParseJobRequest(ToMessage(request))->suspect());
  request.attempts = 3;
  request.crashes = 1;
  request.kills = 2;
  const auto read = ParseJobRequest(ToMessage(request));
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->attempts, 3);
  EXPECT_EQ(read->crashes, 1);
  EXPECT_EQ(read->kills, 2);
  EXPECT_TRUE(read->suspect());
}

TEST(Messages, ANoticeReadsBack) {
  const StopNotice notice{Id::Make(kNow)};
  const auto read = ParseStopNotice(ToMessage(notice));
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->job, notice.job);
  EXPECT_FALSE(ParseStopNotice(R"({"kind":"stop"})"));
  EXPECT_FALSE(ParseStopNotice(R"({"kind":"go","job":")" + notice.job.ToString() + "\"}"));
}

TEST(Messages, AnOutcomeReadsBack) {
  Outcome outcome;
  outcome.job = Id::Make(kNow);
  outcome.state = JobState::kSucceeded;
  outcome.run = "00ff";
  outcome.attempt = 2;
  outcome.worker = "w1";
  outcome.model = {"furniture", "1", "ab"};
  outcome.result = R"({"task":"classification"})";
  outcome.artifacts = {{"result.json", "application/json", 12, "\"e\""}};
  outcome.timeline.started = kNow;
  outcome.timeline.stored = kNow + 1s;
  const auto read = ParseWorkerReport(ToMessage(outcome));
  ASSERT_TRUE(read) << read.error().message();
  const auto& same = std::get<Outcome>(*read);
  EXPECT_EQ(same.job, outcome.job);
  EXPECT_EQ(same.state, outcome.state);
  EXPECT_EQ(same.run, outcome.run);
  EXPECT_EQ(same.attempt, outcome.attempt);
  EXPECT_EQ(same.worker, outcome.worker);
  EXPECT_EQ(same.model, outcome.model);
  EXPECT_EQ(same.result, outcome.result);
  EXPECT_EQ(same.artifacts, outcome.artifacts);
  EXPECT_EQ(same.failure, outcome.failure);
  EXPECT_EQ(same.timeline, outcome.timeline);
}

TEST(ResultFile, IsTheResultAndByWhatItWasMade) {
  const Id job = Id::Make(kNow);
  const ModelRef model{"a\"b", "1", "sha256:00"};
  const std::string provenance =
      "\"job\":\"" + job.ToString() + R"(","model":{"name":"a\"b","version":"1","digest":"sha256:00"}})";
  EXPECT_EQ(ResultFile(R"({"task":"noop"})", job, model), R"({"task":"noop",)" + provenance);
  EXPECT_EQ(ResultFile("{}", job, model), "{" + provenance);
}

TEST(Messages, AStartReadsBack) {
  const JobStart start{Id::Make(kNow), 1, "w1", kNow};
  const auto read = ParseWorkerReport(ToMessage(start));
  ASSERT_TRUE(read);
  EXPECT_EQ(std::get<JobStart>(*read).job, start.job);
  EXPECT_EQ(std::get<JobStart>(*read).at, kNow);
}

TEST(Messages, RefusesWhatNobodyCouldActOn) {
  for (
      const char* bad :
      {"", "[]", "{}", R"({"job":"x"})", R"({"kind":"outcome","job":"x","state":"succeeded"})", R"({"kind":"party"})",
       R"({"kind":"outcome","job":"0190163d-8694-739b-aea5-966c26f8ad91","state":"running"})",
       R"({"kind":"outcome","job":"0190163d-8694-739b-aea5-966c26f8ad91","state":"failed","artifacts":[{"name":"../x"}]})"}) {
    EXPECT_FALSE(ParseWorkerReport(bad)) << bad;
    EXPECT_FALSE(ParseJobRequest(R"({"model":{}})"));
  }
}

}  // namespace
}  // namespace darkroom
