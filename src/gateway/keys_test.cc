#include "gateway/keys.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/crypto.h"

namespace darkroom::gateway {
namespace {

namespace fs = std::filesystem;

class Keys : public testing::Test {
 protected:
  Keys() { fs::create_directories(folder_); }
  ~Keys() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  const fs::path folder_ = fs::temp_directory_path() / ("darkroom-keys-" + RandomHex(6));
  const fs::path file_ = folder_ / "keys.json";
};

TEST_F(Keys, AreMadeOnceForTheirOwnerAlone) {
  const auto made = LoadOrCreateKeys(file_);
  ASSERT_TRUE(made.has_value());
  const auto again = LoadOrCreateKeys(file_);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(*again, *made);
  EXPECT_EQ(fs::status(file_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);  // no draft is left
}

TEST_F(Keys, AreRefusedWhenOthersMayReadThem) {
  ASSERT_TRUE(LoadOrCreateKeys(file_).has_value());
  fs::permissions(file_, fs::perms::group_read, fs::perm_options::add);
  const auto refused = LoadOrCreateKeys(file_);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), Code::kDenied);
}

TEST_F(Keys, AreNotMadeAnewOverAFileThatIsBroken) {
  std::ofstream(file_) << "{}";
  fs::permissions(file_, fs::perms::owner_read | fs::perms::owner_write);
  const auto refused = LoadOrCreateKeys(file_);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), Code::kInvalid);
}

}  // namespace
}  // namespace darkroom::gateway
