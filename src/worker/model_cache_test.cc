#include "worker/model_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "base/async.h"
#include "base/fake_clock.h"
#include "imaging/test_pictures.h"
#include "model/package_watch.h"
#include "model/test_packages.h"

namespace darkroom::worker {
namespace {

using model::Replaced;
using testing::HasSubstr;

constexpr std::int64_t kPlenty = std::int64_t(1) << 40;

// A picture whose first channel has the best score.
const std::string kRed = [] {
  imaging::Image image = *imaging::Image::Allocate(8, 8, 3);
  for (std::size_t i = 0; i < image.size(); ++i) image.data()[i] = i % 3 == 0 ? 200 : 0;
  return imaging::EncodePng(image);
}();

class ModelCacheTest : public testing::Test {
 protected:
  // Writes FOLDER/<name>-<version> as a copy of the package "means", with these labels.
  void Write(const std::string& name, const std::string& version, std::string_view labels = "red\ngreen\nblue\n") {
    const std::string toml = Replaced(Replaced(model::kMeansToml, "name = \"means\"", "name = \"" + name + "\""),
                                      "version = \"1\"", "version = \"" + version + "\"");
    model::WritePackage(folder_.path() / (name + "-" + version), toml, labels);
  }
  ModelCache::Find Find() {
    return [this] { return model::FindPackages(folder_.path()); };
  }
  std::string BestLabel(const std::shared_ptr<const LoadedModel>& loaded) {
    const auto prediction = loaded->model->Run(kRed, clock_);
    if (!prediction) return prediction.error().message();
    return std::string(prediction->result.at("labels").at(0).at("label").as_string());
  }

  model::TemporaryFolder folder_;
  IoContext io_;
  FakeClock clock_{io_};
  model::Runtime runtime_;
};

TEST_F(ModelCacheTest, LoadsOnFirstUseAndOnce) {
  Write("a", "1");
  ModelCache cache(Find(), runtime_, kPlenty);
  EXPECT_EQ(cache.bytes(), 0);
  const auto first = cache.Get({"a", "", ""});
  ASSERT_TRUE(first) << first.error().message();
  EXPECT_GT(cache.bytes(), 0);
  EXPECT_EQ(*cache.Get({"a", "1", ""}), *first);
}

TEST_F(ModelCacheTest, TheNewestVersionUnlessOneIsNamed) {
  Write("a", "9");
  Write("a", "10");
  ModelCache cache(Find(), runtime_, kPlenty);
  EXPECT_EQ((*cache.Get({"a", "", ""}))->ref.version, "10");
  EXPECT_EQ((*cache.Get({"a", "9", ""}))->ref.version, "9");
  EXPECT_EQ(cache.Get({"a", "8", ""}).error().code(), Code::kNotFound);
}

TEST_F(ModelCacheTest, TheLeastRecentlyUsedMakesRoom) {
  for (const char* name : {"a", "b", "c"}) Write(name, "1");
  ModelCache measure(Find(), runtime_, kPlenty);
  (void)measure.Get({"a", "", ""});  // the runtime's own memory comes with the first
  ModelCache cache(Find(), runtime_, 1);
  const auto a = *cache.Get({"a", "", ""});
  const auto b = *cache.Get({"b", "", ""});
  EXPECT_EQ(cache.bytes(), b->bytes) << "a went, for no two fit";
  EXPECT_EQ(BestLabel(a), BestLabel(b)) << "who holds it may go on";
  EXPECT_NE(*cache.Get({"a", "", ""}), a) << "it is loaded anew";
}

TEST_F(ModelCacheTest, LooksAgainForAModelThatItDoesNotKnow) {
  ModelCache cache(Find(), runtime_, kPlenty);
  Write("a", "1");
  EXPECT_TRUE(cache.Get({"a", "", ""}));
}

TEST_F(ModelCacheTest, TakesUpAChangedPackageAndFinishesOnTheOld) {
  Write("a", "1");
  ModelCache cache(Find(), runtime_, kPlenty);
  const auto old = *cache.Get({"a", "", ""});
  Write("a", "1", "rot\ngruen\nblau\n");
  cache.Refresh();
  const auto renewed = *cache.Get({"a", "", ""});
  EXPECT_NE(renewed->ref.digest, old->ref.digest);
  EXPECT_EQ(BestLabel(old).substr(0, 1), "r");
  EXPECT_EQ(BestLabel(renewed), "rot");
}

TEST_F(ModelCacheTest, ABrokenSuccessorIsRefusedAndTheOldOneServesOn) {
  Write("a", "1");
  ModelCache cache(Find(), runtime_, kPlenty);
  const auto old = *cache.Get({"a", "", ""});
  Write("a", "1", "one\ntwo\nthree\nfour\n");  // the network answers with three
  cache.Refresh();
  EXPECT_EQ(*cache.Get({"a", "", ""}), old);
  Write("a", "1", "one\ntwo\nthree\n");
  cache.Refresh();
  EXPECT_EQ(BestLabel(*cache.Get({"a", "", ""})), "one") << "mended";
}

TEST_F(ModelCacheTest, APackageThatIsGoneIsNotFound) {
  Write("a", "1");
  ModelCache cache(Find(), runtime_, kPlenty);
  (void)cache.Get({"a", "", ""});
  std::filesystem::remove_all(folder_.path() / "a-1");
  cache.Refresh();
  EXPECT_EQ(cache.Get({"a", "", ""}).error().code(), Code::kNotFound);
  EXPECT_EQ(cache.bytes(), 0);
}

TEST_F(ModelCacheTest, RunsGoOnWhilePackagesChange) {
  Write("a", "1");
  ModelCache cache(Find(), runtime_, kPlenty);
  ASSERT_TRUE(cache.Get({"a", "", ""}));  // from here on one is always loaded, whatever is being written
  std::atomic<bool> stop = false;
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> runs;
    for (int t = 0; t < 2; ++t) {
      runs.emplace_back([&] {
        while (!stop) failures += !cache.Get({"a", "", ""});
      });
    }
    for (int i = 0; i < 20; ++i) {
      Write("a", "1", "v" + std::to_string(i) + "\ngreen\nblue\n");
      cache.Refresh();
    }
    stop = true;
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(BestLabel(*cache.Get({"a", "", ""})), "v19");
}

TEST_F(ModelCacheTest, AChangeCountsWhenItHasComeToRest) {
  Write("a", "1");
  model::PackageWatch watch({folder_.path().string()});
  EXPECT_FALSE(watch.Changed());
  Write("b", "1");
  EXPECT_FALSE(watch.Changed()) << "it may still be written";
  EXPECT_TRUE(watch.Changed());
  EXPECT_FALSE(watch.Changed()) << "once";
}

TEST_F(ModelCacheTest, APackageWithOtherFilesHasBeenReplaced) {
  Write("a", "1");
  Write("a", "2");
  Write("b", "1");
  const auto before = model::StampsOf(Find()().packages);
  EXPECT_TRUE(model::Replaced(before, model::StampsOf(Find()().packages)).empty());
  Write("a", "2", "red\ngreen\nazure\n");
  std::filesystem::remove_all(folder_.path() / "b-1");
  Write("c", "1");
  const std::vector<model::PackageKey> replaced{{"a", "2"}, {"b", "1"}};
  EXPECT_EQ(model::Replaced(before, model::StampsOf(Find()().packages)), replaced);
}

TEST_F(ModelCacheTest, AnUnreadableSuccessorLeavesTheOldOne) {
  Write("a", "1");
  Write("b", "1");
  const auto old = Find()().packages;
  std::ofstream(folder_.path() / "a-1/model.toml") << "[model";
  std::filesystem::remove_all(folder_.path() / "b-1");
  const auto renewed = model::Renewed(old, model::FindPackages(folder_.path()));
  ASSERT_EQ(renewed.packages.size(), 1u) << "b is gone on purpose";
  EXPECT_EQ(renewed.packages[0].name, "a");
  ASSERT_EQ(renewed.errors.size(), 1u);
  EXPECT_THAT(renewed.errors[0].message(), HasSubstr("not TOML"));
}

}  // namespace
}  // namespace darkroom::worker
