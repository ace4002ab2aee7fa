// The contract suites of the ports over the embedded engine.
#include "embedded/testing.h"
#include "ports/contract/job_store_contract.h"
#include "ports/contract/object_store_contract.h"
#include "ports/contract/queue_contract.h"

namespace darkroom::contract {
namespace {

template <class Base>
class EmbeddedFixture : public Base {
 public:
  IoContext& io() override { return engine_.io(); }
  Clock& clock() override { return engine_.clock(); }
  void Advance(Duration by) override { engine_.clock().Advance(by); }

 protected:
  embedded::TestEngine engine_;
};

class SqliteQueueFixture final : public EmbeddedFixture<QueueFixture> {
 public:
  QueueService& queues() override { return engine_->queues(); }
};

class SqliteObjectFixture final : public EmbeddedFixture<ObjectFixture> {
 public:
  ObjectService& objects() override { return engine_->objects(); }
};

class SqliteJobFixture final : public EmbeddedFixture<JobFixture> {
 public:
  JobStore& jobs() override { return engine_->jobs(); }
};

INSTANTIATE_TEST_SUITE_P(Sqlite, QueueContract, testing::Values([] { return std::make_unique<SqliteQueueFixture>(); }));
INSTANTIATE_TEST_SUITE_P(Sqlite, ObjectStoreContract,
                         testing::Values([] { return std::make_unique<SqliteObjectFixture>(); }));

INSTANTIATE_TEST_SUITE_P(Sqlite, JobStoreContract,
                         testing::Values([] { return std::make_unique<SqliteJobFixture>(); }));

}  // namespace
}  // namespace darkroom::contract
