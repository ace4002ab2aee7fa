// The contract of ports/job_store.h: see contract.h.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ports/contract/contract.h"
#include "ports/job_store.h"

namespace darkroom::contract {

class JobFixture : public Fixture {
 public:
  virtual JobStore& jobs() = 0;  // empty
};

using MakeJobFixture = std::function<std::unique_ptr<JobFixture>()>;

class JobStoreContract : public testing::TestWithParam<MakeJobFixture> {
 protected:
  template <class T>
  T Run(Task<Result<T>> task) {
    return Must(fixture_->io().RunUntilDone(std::move(task)));
  }
  template <class T>
  Code Fails(Task<Result<T>> task) {
    return CodeOf(fixture_->io().RunUntilDone(std::move(task)));
  }

  Time now() { return fixture_->clock().Now(); }
  JobStore& store() { return fixture_->jobs(); }

  Job MakeJob(const Batch& batch, int index) {
    Job job;
    job.id = Id::Make(now());
    job.batch = batch.id;
    job.index = index;
    job.model.name = "furniture";
    job.input = {"chair.png", "image/png", 1234, 640, 480};
    job.timeline.received = now();
    return job;
  }
  NewBatch MakeBatch(int jobs, Priority priority = Priority::kNormal, const std::string& model = "furniture") {
    NewBatch batch;
    batch.batch.id = Id::Make(now());
    batch.batch.created = now();
    for (int i = 0; i < jobs; ++i) {
      batch.jobs.push_back(MakeJob(batch.batch, i));
      batch.jobs.back().priority = priority;
      batch.jobs.back().model.name = model;
    }
    return batch;
  }
  NewBatch Create(int jobs, Priority priority = Priority::kNormal, const std::string& model = "furniture") {
    NewBatch batch = MakeBatch(jobs, priority, model);
    Run(store().Create(batch));
    return batch;
  }
  Outcome Success(const Job& job, const std::string& run = "aa") {
    Outcome outcome;
    outcome.job = job.id;
    outcome.state = JobState::kSucceeded;
    outcome.run = run;
    outcome.attempt = 1;
    outcome.worker = "worker-1";
    outcome.model = {"furniture", "1.0", "d1"};
    outcome.result = R"({"labels":[]})";
    outcome.artifacts = {{"result.json", "application/json", 13, "\"e\""}};
    outcome.timeline.started = now();
    outcome.timeline.stored = now();
    return outcome;
  }
  Job Get(Id job) { return Run(store().Get(job)).value(); }
  Batch GetBatch(const NewBatch& batch) { return Run(store().GetBatch(batch.batch.id)).value(); }
  std::vector<Job> Settle(const Outcome& outcome) { return Run(store().Settle({outcome}, now())); }
  std::vector<Job> Start(const Job& job, int attempt = 1) {
    return Run(store().MarkStarted({{job.id, attempt, "worker-" + std::to_string(attempt), now()}}));
  }
  static std::vector<Id> Ids(const std::vector<Job>& jobs) {
    std::vector<Id> ids;
    for (const Job& job : jobs) ids.push_back(job.id);
    return ids;
  }

  std::unique_ptr<JobFixture> fixture_ = GetParam()();
};

TEST_P(JobStoreContract, KeepsEverythingOfAJobAndItsBatch) {
  NewBatch batch = MakeBatch(2);
  batch.batch.email = "a@example.org";
  batch.batch.webhook = "https://example.org/hook";
  batch.batch.metadata = R"({"k":1})";
  batch.jobs[1].priority = Priority::kHigh;
  batch.jobs[1].deadline = now() + 60s;
  batch.jobs[1].top_k = 7;
  batch.jobs[1].metadata = R"({"m":2})";
  const CreatedBatch created = Run(store().Create(batch));
  EXPECT_EQ(created.batch, batch.batch.id);
  EXPECT_FALSE(created.existed);

  const Job job = Get(batch.jobs[1].id);
  EXPECT_EQ(job.batch, batch.batch.id);
  EXPECT_EQ(job.index, 1);
  EXPECT_EQ(job.state, JobState::kQueued);
  EXPECT_EQ(job.priority, Priority::kHigh);
  EXPECT_EQ(job.model, batch.jobs[1].model);
  EXPECT_EQ(job.input.file_name, "chair.png");
  EXPECT_EQ(job.input.content_type, "image/png");
  EXPECT_EQ(job.input.size, 1234);
  EXPECT_EQ(job.input.width, 640);
  EXPECT_EQ(job.input.height, 480);
  EXPECT_EQ(job.deadline, batch.jobs[1].deadline);
  EXPECT_EQ(job.top_k, 7);
  EXPECT_EQ(job.metadata, R"({"m":2})");
  EXPECT_EQ(job.timeline, batch.jobs[1].timeline);
  EXPECT_FALSE(job.failure.has_value());

  const Batch stored = GetBatch(batch);
  EXPECT_EQ(stored.size, 2);
  EXPECT_EQ(stored.created, batch.batch.created);
  EXPECT_EQ(stored.email, batch.batch.email);
  EXPECT_EQ(stored.webhook, batch.batch.webhook);
  EXPECT_EQ(stored.metadata, batch.batch.metadata);
  EXPECT_EQ(stored.count(JobState::kQueued), 2);
  EXPECT_FALSE(stored.done());
}

TEST_P(JobStoreContract, SaysWhatIsNotThere) {
  const Id none = Id::Make(now());
  EXPECT_FALSE(Run(store().Get(none)).has_value());
  EXPECT_FALSE(Run(store().GetBatch(none)).has_value());
  EXPECT_FALSE(Run(store().Cancel(none, now())).has_value());
  EXPECT_TRUE(Run(store().ListChanged(none, 0, 10)).empty());
  Run(store().RemoveBatch(none));
}

TEST_P(JobStoreContract, TakesJobsThatHaveFailedAlready) {
  NewBatch batch = MakeBatch(2);
  batch.jobs[0].state = JobState::kFailed;
  batch.jobs[0].failure = Failure{"bad_image", "not an image"};
  batch.jobs[0].timeline.settled = now();
  Run(store().Create(batch));
  const Job job = Get(batch.jobs[0].id);
  EXPECT_EQ(job.state, JobState::kFailed);
  EXPECT_EQ(job.failure, (Failure{"bad_image", "not an image"}));
  const Batch stored = GetBatch(batch);
  EXPECT_EQ(stored.count(JobState::kQueued), 1);
  EXPECT_EQ(stored.count(JobState::kFailed), 1);
}

TEST_P(JobStoreContract, AnIdempotencyKeyLeadsToTheFirstBatch) {
  NewBatch first = MakeBatch(1);
  first.idempotency = IdempotencyKey{"key", "print"};
  Run(store().Create(first));
  NewBatch second = MakeBatch(1);
  second.idempotency = IdempotencyKey{"key", "print"};
  const CreatedBatch again = Run(store().Create(second));
  EXPECT_TRUE(again.existed);
  EXPECT_EQ(again.batch, first.batch.id);
  EXPECT_FALSE(Run(store().Get(second.jobs[0].id)).has_value());
  second.idempotency->fingerprint = "other";
  EXPECT_EQ(Fails(store().Create(second)), Code::kConflict);
}

TEST_P(JobStoreContract, GivesManyInTheOrderAsked) {
  const NewBatch batch = Create(3);
  const std::vector<Id> asked{batch.jobs[2].id, Id::Make(now()), batch.jobs[0].id};
  EXPECT_EQ(Ids(Run(store().GetMany(asked))), (std::vector<Id>{batch.jobs[2].id, batch.jobs[0].id}));
}

TEST_P(JobStoreContract, AJobGoesFromQueuedOverRunningToSucceeded) {
  const NewBatch batch = Create(1);
  const Job& job = batch.jobs[0];
  Run(store().MarkSent({job.id}, now()));
  EXPECT_EQ(Get(job.id).timeline.queued, now());

  fixture_->Advance(1s);
  const auto started = Start(job);
  ASSERT_EQ(started.size(), 1u);
  EXPECT_EQ(started[0].state, JobState::kRunning);
  EXPECT_EQ(Get(job.id).worker, "worker-1");
  EXPECT_EQ(GetBatch(batch).count(JobState::kRunning), 1);

  fixture_->Advance(1s);
  const Outcome outcome = Success(job);
  const Time settled_at = now();
  const auto settled = Run(store().Settle({outcome}, settled_at));
  ASSERT_EQ(settled.size(), 1u);
  for (const Job& seen : {settled[0], Get(job.id)}) {
    EXPECT_EQ(seen.state, JobState::kSucceeded);
    EXPECT_EQ(seen.batch, batch.batch.id);
    EXPECT_EQ(seen.run, "aa");
    EXPECT_EQ(seen.model, outcome.model);
    EXPECT_EQ(seen.result, outcome.result);
    EXPECT_EQ(seen.artifacts, outcome.artifacts);
    EXPECT_EQ(seen.timeline.received, job.timeline.received);
    EXPECT_TRUE(seen.timeline.queued.has_value());
    EXPECT_EQ(seen.timeline.stored, outcome.timeline.stored);
    EXPECT_EQ(seen.timeline.settled, settled_at);
  }
  EXPECT_TRUE(GetBatch(batch).done());
}

TEST_P(JobStoreContract, TheFirstOutcomeWins) {
  const NewBatch batch = Create(1);
  EXPECT_EQ(Settle(Success(batch.jobs[0], "aa")).size(), 1u);
  Outcome other = Success(batch.jobs[0], "bb");
  other.state = JobState::kFailed;
  other.failure = Failure{"model_error", "no"};
  EXPECT_TRUE(Settle(other).empty());
  const Job job = Get(batch.jobs[0].id);
  EXPECT_EQ(job.state, JobState::kSucceeded);
  EXPECT_EQ(job.run, "aa");
  EXPECT_FALSE(job.failure.has_value());
  EXPECT_EQ(GetBatch(batch).count(JobState::kSucceeded), 1);
}

TEST_P(JobStoreContract, SettlesManyAtOnceAndIgnoresStrangers) {
  const NewBatch batch = Create(3);
  Outcome stranger;
  stranger.job = Id::Make(now());
  const std::vector<Outcome> outcomes{Success(batch.jobs[0]), stranger, Success(batch.jobs[2]), Success(batch.jobs[0])};
  EXPECT_EQ(Ids(Run(store().Settle(outcomes, now()))), (std::vector<Id>{batch.jobs[0].id, batch.jobs[2].id}));
  EXPECT_EQ(GetBatch(batch).count(JobState::kSucceeded), 2);
  EXPECT_EQ(GetBatch(batch).count(JobState::kQueued), 1);
}

TEST_P(JobStoreContract, ALaterAttemptMayStartAnEarlierOneNot) {
  const NewBatch batch = Create(1);
  EXPECT_EQ(Start(batch.jobs[0], 2).size(), 1u);
  EXPECT_TRUE(Start(batch.jobs[0], 1).empty());
  EXPECT_TRUE(Start(batch.jobs[0], 2).empty());
  EXPECT_EQ(Start(batch.jobs[0], 3).size(), 1u);
  EXPECT_EQ(Get(batch.jobs[0].id).attempt, 3);
  EXPECT_EQ(GetBatch(batch).count(JobState::kRunning), 1);
  Settle(Success(batch.jobs[0]));
  EXPECT_TRUE(Start(batch.jobs[0], 4).empty());
}

TEST_P(JobStoreContract, CancelsWhatIsNotSettled) {
  const NewBatch batch = Create(2);
  const auto cancelled = Run(store().Cancel(batch.jobs[0].id, now()));
  ASSERT_TRUE(cancelled.has_value());
  EXPECT_EQ(cancelled->state, JobState::kCancelled);
  EXPECT_EQ(cancelled->timeline.settled, now());
  EXPECT_TRUE(Settle(Success(batch.jobs[0])).empty());
  EXPECT_EQ(Get(batch.jobs[0].id).state, JobState::kCancelled);

  Settle(Success(batch.jobs[1]));
  EXPECT_EQ(Run(store().Cancel(batch.jobs[1].id, now()))->state, JobState::kSucceeded);
  EXPECT_EQ(GetBatch(batch).count(JobState::kCancelled), 1);
}

TEST_P(JobStoreContract, CountsJobsByStateOverAll) {
  const NewBatch first = Create(3), second = Create(2);
  Start(first.jobs[0]);
  Settle(Success(first.jobs[1]));
  Run(store().Cancel(second.jobs[0].id, now()));
  auto counts = Run(store().Counts());
  EXPECT_EQ(counts, (decltype(counts){2, 1, 1, 0, 1, 0}));
  Run(store().RemoveBatch(first.batch.id));
  counts = Run(store().Counts());
  EXPECT_EQ(counts, (decltype(counts){1, 0, 0, 0, 1, 0}));
}

TEST_P(JobStoreContract, ListsABatchInItsOrderPageByPage) {
  const NewBatch batch = Create(5);
  Create(2);
  JobQuery query;
  query.batch = batch.batch.id;
  query.limit = 2;
  std::vector<Id> seen;
  do {
    const JobPage page = Run(store().List(query));
    EXPECT_LE(page.jobs.size(), 2u);
    for (const Job& job : page.jobs) seen.push_back(job.id);
    query.cursor = page.next;
  } while (!query.cursor.empty());
  EXPECT_EQ(seen, Ids(batch.jobs));
}

TEST_P(JobStoreContract, ListsAllNewestFirstPageByPage) {
  std::vector<Id> expected;
  for (int i = 0; i < 3; ++i) {
    for (const Job& job : Create(3).jobs) expected.insert(expected.begin(), job.id);
  }
  JobQuery query;
  query.limit = 4;
  std::vector<Id> seen;
  int pages = 0;
  do {
    const JobPage page = Run(store().List(query));
    for (const Job& job : page.jobs) seen.push_back(job.id);
    query.cursor = page.next;
    ++pages;
  } while (!query.cursor.empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(seen, expected);
}

TEST_P(JobStoreContract, ListsByStateAndModel) {
  const NewBatch chairs = Create(3), cats = Create(2, Priority::kNormal, "cats");
  Settle(Success(chairs.jobs[0]));
  Settle(Success(cats.jobs[1]));
  const auto list = [&](std::optional<JobState> state, const std::string& model, std::optional<Id> batch = {}) {
    JobQuery query;
    query.state = state;
    query.model = model;
    query.batch = batch;
    return Ids(Run(store().List(query)).jobs);
  };
  EXPECT_EQ(list(JobState::kSucceeded, ""), (std::vector<Id>{cats.jobs[1].id, chairs.jobs[0].id}));
  EXPECT_EQ(list(JobState::kSucceeded, "cats"), (std::vector<Id>{cats.jobs[1].id}));
  EXPECT_EQ(list({}, "cats"), (std::vector<Id>{cats.jobs[1].id, cats.jobs[0].id}));
  EXPECT_EQ(list(JobState::kQueued, "", chairs.batch.id), (std::vector<Id>{chairs.jobs[1].id, chairs.jobs[2].id}));
  EXPECT_TRUE(list(JobState::kQueued, "dogs").empty());
  EXPECT_TRUE(list({}, "cats", chairs.batch.id).empty());
}

TEST_P(JobStoreContract, RefusesACursorThatIsNotItsOwn) {
  JobQuery query;
  query.cursor = "no cursor!";
  EXPECT_EQ(Fails(store().List(query)), Code::kInvalid);
}

TEST_P(JobStoreContract, TellsChangesInTheirOrder) {
  const NewBatch batch = Create(3), other = Create(1);
  auto changes = Run(store().ListChanged(batch.batch.id, 0, 10));
  EXPECT_EQ(Ids(changes), Ids(batch.jobs));
  std::int64_t seen = changes.back().change;
  EXPECT_TRUE(Run(store().ListChanged(batch.batch.id, seen, 10)).empty());

  Settle(Success(other.jobs[0]));
  Start(batch.jobs[2]);
  Run(store().MarkSent({batch.jobs[0].id}, now()));
  Settle(Success(batch.jobs[2]));
  changes = Run(store().ListChanged(batch.batch.id, seen, 10));
  EXPECT_EQ(Ids(changes), (std::vector<Id>{batch.jobs[0].id, batch.jobs[2].id}));
  EXPECT_LT(changes[0].change, changes[1].change);
  EXPECT_EQ(Ids(Run(store().ListChanged(batch.batch.id, seen, 1))), (std::vector<Id>{batch.jobs[0].id}));
}

TEST_P(JobStoreContract, TellsHowManyGoBefore) {
  const NewBatch low = Create(2, Priority::kLow), normal = Create(3), high = Create(1, Priority::kHigh);
  EXPECT_EQ(Run(store().Position(high.jobs[0])).ahead, 0);
  EXPECT_EQ(Run(store().Position(normal.jobs[2])).ahead, 3);
  EXPECT_EQ(Run(store().Position(low.jobs[0])).ahead, 4);
  Start(normal.jobs[0]);
  EXPECT_EQ(Run(store().Position(normal.jobs[2])).ahead, 2);
  EXPECT_FALSE(Run(store().Position(normal.jobs[2])).at_least);
}

TEST_P(JobStoreContract, JobsOfOtherModelsDoNotGoBefore) {
  Create(3, Priority::kNormal, "slow");
  const NewBatch own = Create(2);
  EXPECT_EQ(Run(store().Position(own.jobs[1])).ahead, 1);
}

TEST_P(JobStoreContract, StopsCountingWhoGoesBefore) {
  Create(1100);
  const NewBatch last = Create(1);
  const QueuePosition position = Run(store().Position(last.jobs[0]));
  EXPECT_TRUE(position.at_least);
  EXPECT_GE(position.ahead, 1000);
}

TEST_P(JobStoreContract, ListsWhatWasNeverSent) {
  const NewBatch first = Create(2);
  fixture_->Advance(10s);
  const NewBatch second = Create(1);
  Run(store().MarkSent({first.jobs[0].id}, now()));
  EXPECT_EQ(Ids(Run(store().ListUnsent(now() - 5s, 10))), (std::vector<Id>{first.jobs[1].id}));
  EXPECT_EQ(Ids(Run(store().ListUnsent(now() + 1s, 10))), (std::vector<Id>{first.jobs[1].id, second.jobs[0].id}));
  Run(store().Cancel(first.jobs[1].id, now()));
  EXPECT_EQ(Ids(Run(store().ListUnsent(now() + 1s, 10))), (std::vector<Id>{second.jobs[0].id}));
}

TEST_P(JobStoreContract, AJobSentAgainTellsWhenUnlessItHasEnded) {
  const NewBatch batch = Create(2);
  const Time first = now();
  Run(store().MarkSent({batch.jobs[0].id, batch.jobs[1].id}, first));
  Settle(Success(batch.jobs[1]));
  fixture_->Advance(10s);
  Run(store().MarkSent({batch.jobs[0].id, batch.jobs[1].id}, now()));
  EXPECT_EQ(Get(batch.jobs[0].id).timeline.queued, now());
  EXPECT_EQ(Get(batch.jobs[1].id).timeline.queued, first);
}

TEST_P(JobStoreContract, TellsOfASendThatAWorkerWasFasterThan) {
  const NewBatch batch = Create(1);
  Start(batch.jobs[0]);
  Run(store().MarkSent({batch.jobs[0].id}, now()));
  const Job job = Get(batch.jobs[0].id);
  EXPECT_EQ(job.state, JobState::kRunning);
  EXPECT_EQ(job.timeline.queued, now());
}

TEST_P(JobStoreContract, ListsWhatIsPastItsDeadline) {
  NewBatch batch = MakeBatch(3);
  batch.jobs[0].deadline = now() + 20s;
  batch.jobs[1].deadline = now() + 10s;
  Run(store().Create(batch));
  EXPECT_TRUE(Run(store().ListOverdue(now(), 10)).empty());
  EXPECT_EQ(Ids(Run(store().ListOverdue(now() + 15s, 10))), (std::vector<Id>{batch.jobs[1].id}));
  EXPECT_EQ(Ids(Run(store().ListOverdue(now() + 30s, 10))), (std::vector<Id>{batch.jobs[1].id, batch.jobs[0].id}));
  Start(batch.jobs[1]);
  EXPECT_EQ(Ids(Run(store().ListOverdue(now() + 30s, 10))), (std::vector<Id>{batch.jobs[0].id}));
}

TEST_P(JobStoreContract, ListsFinishedBatchesAndRemovesThem) {
  NewBatch done = MakeBatch(1);
  done.idempotency = IdempotencyKey{"key", "print"};
  Run(store().Create(done));
  const NewBatch open = Create(1);
  Settle(Success(done.jobs[0]));
  EXPECT_EQ(Run(store().ListFinishedBatches(now() + 1s, 10)), (std::vector<Id>{done.batch.id}));
  EXPECT_TRUE(Run(store().ListFinishedBatches(now() - 1s, 10)).empty());
  Run(store().RemoveBatch(done.batch.id));
  EXPECT_FALSE(Run(store().GetBatch(done.batch.id)).has_value());
  EXPECT_FALSE(Run(store().Get(done.jobs[0].id)).has_value());
  EXPECT_TRUE(Run(store().Get(open.jobs[0].id)).has_value());
  NewBatch next = MakeBatch(1);
  next.idempotency = done.idempotency;
  EXPECT_FALSE(Run(store().Create(next)).existed) << "the key went with its batch";
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(JobStoreContract);

}  // namespace darkroom::contract
