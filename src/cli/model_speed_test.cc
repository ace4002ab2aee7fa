#include "cli/model_speed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/async.h"
#include "imaging/encode.h"
#include "model/test_packages.h"

namespace darkroom::cli {
namespace {

using testing::HasSubstr;

ThreadsRow Row(int threads, double per_s) { return {.threads = threads, .per_s = per_s, .p50_ms = 1, .p99_ms = 2}; }
BatchRow Batch(int batch, double per_s) { return {.batch = batch, .per_s = per_s, .error = ""}; }
constexpr std::int64_t kGigabyte = 1'000'000'000;

TEST(Propose, TakesAsManyWorkersAsStillHelp) {
  const Memory plenty{.model = 20'000'000, .available = 16 * kGigabyte};
  EXPECT_EQ(Propose({Row(1, 100), Row(2, 190), Row(4, 300)}, {}, plenty).workers, 4);
  EXPECT_EQ(Propose({Row(1, 100), Row(2, 190), Row(4, 195)}, {}, plenty).workers, 2) << "four bring 3 % more than two";
  EXPECT_EQ(Propose({Row(1, 100), Row(2, 80)}, {}, plenty).workers, 1);
  EXPECT_EQ(Propose({Row(4, 300), Row(1, 299)}, {}, plenty).workers, 1) << "whatever their order";
  EXPECT_EQ(Propose({Row(1, 100)}, {}, plenty).lanes, 1);
}

TEST(Propose, SharesALargeModelAmongThreads) {
  const Memory scarce{.model = kGigabyte, .available = 3 * kGigabyte};
  const Proposal proposal = Propose({Row(1, 100), Row(2, 190)}, {}, scarce);
  EXPECT_EQ(proposal.workers, 1);
  EXPECT_EQ(proposal.lanes, 2);
  EXPECT_THAT(proposal.why, HasSubstr("2080 MB of the 3000 MB"));
}

TEST(Propose, SaysWhetherBatchesGainAnything) {
  const Memory plenty{.model = 20'000'000, .available = 16 * kGigabyte};
  Proposal proposal = Propose({Row(1, 100)}, {Batch(1, 100), Batch(2, 130), Batch(4, 150), Batch(8, 149)}, plenty);
  EXPECT_EQ(proposal.batch, 4);
  EXPECT_DOUBLE_EQ(proposal.batch_gain, 0.5);
  proposal = Propose({Row(1, 100)}, {Batch(1, 100), Batch(2, 105), {.batch = 4, .per_s = 0, .error = "no"}}, plenty);
  EXPECT_EQ(proposal.batch, 1) << "5 % do not pay for waiting";
  EXPECT_EQ(Propose({Row(1, 100)}, {}, plenty).batch_gain, 0);
}

class ModelSpeed : public testing::Test {
 protected:
  model::Package Package(std::string_view toml, std::string_view network = "means") {
    auto package = model::LoadPackage(model::WritePackage(folder_.path(), toml, "red\ngreen\nblue\n", network));
    DR_CHECK(package.has_value());
    return std::move(*package);
  }

  IoContext io_;
  std::unique_ptr<Clock> clock_ = MakeSystemClock(io_);
  model::Runtime runtime_;
  model::TemporaryFolder folder_;
};

TEST_F(ModelSpeed, MeasuresThreadsAndSteps) {
  const auto model = model::Model::Load(Package(model::kMeansToml), runtime_);
  ASSERT_TRUE(model) << model.error().message();
  const std::vector<std::uint8_t> gray(64, 128);
  const std::vector<std::string> pictures = {*imaging::EncodePng(imaging::PixelView(8, 8, 1, gray))};
  StepsRow steps;
  const auto row = MeasureThreads(**model, pictures, 2, Duration(0), *clock_, &steps);
  ASSERT_TRUE(row) << row.error().message();
  EXPECT_GT(row->per_s, 0);
  EXPECT_LE(row->p50_ms, row->p99_ms);
  EXPECT_GE(steps.decode_ms, 0);
  EXPECT_GE(steps.network_ms, 0);
  EXPECT_FALSE(MeasureThreads(**model, {"no picture"}, 2, Duration(0), *clock_, nullptr));
}

TEST_F(ModelSpeed, MeasuresBatchesOfNetworksThatTakeThem) {
  std::string why;
  const auto batches = MeasureBatches(Package(model::kMeansToml), runtime_, Duration(0), *clock_, &why);
  ASSERT_TRUE(batches && *batches);
  ASSERT_EQ((*batches)->size(), 5u);
  for (const BatchRow& row : **batches) EXPECT_GT(row.per_s, 0) << row.error;
}

TEST_F(ModelSpeed, SaysWhyThereAreNoBatches) {
  std::string why;
  const auto stages = MeasureBatches(Package(model::Replaced(model::kMeansToml, "name = \"image\"\n", "") +
                                             "[[stage]]\nname = \"a\"\nnetwork = \"model.onnx\"\n"
                                             "[[stage]]\nname = \"scores\"\noperation = \"sigmoid\"\n"),
                                     runtime_, Duration(0), *clock_, &why);
  ASSERT_TRUE(stages);
  EXPECT_FALSE(*stages);
  EXPECT_EQ(why, "it has several stages");
}

TEST(Memory, IsRead) {
  EXPECT_GT(ResidentBytes(), 1'000'000);
  EXPECT_GT(AvailableBytes(), 1'000'000);
}

}  // namespace
}  // namespace darkroom::cli
