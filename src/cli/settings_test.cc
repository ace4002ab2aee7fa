#include "cli/settings.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/crypto.h"

namespace darkroom::cli {
namespace {

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() {
    sources_.environment = [this](const char* name) -> const char* {
      const auto found = environment_.find(name);
      return found == environment_.end() ? nullptr : found->second.c_str();
    };
  }
  void File(const std::string& text) {
    sources_.file = testing::TempDir() + "darkroom-settings-" + name_ + ".toml";
    std::ofstream(sources_.file) << text;
  }
  std::string ErrorOf() {
    const auto loaded = LoadSettings(sources_);
    return loaded ? "" : loaded.error().message();
  }

  const std::string name_ = RandomHex(8);  // tests run side by side
  std::map<std::string, std::string, std::less<>> environment_{{"HOME", "/home/ada"}};
  SettingSources sources_;
};

TEST_F(SettingsTest, LaterSourcesWinAndSayWhoTheyAre) {
  File("listen = \"127.0.0.1:1\"\nmax_files = 7\nworkers = 3\n");
  environment_["DARKROOM_MAX_FILES"] = "8";
  environment_["DARKROOM_WORKERS"] = "4";
  sources_.flags["workers"] = {"5"};
  const auto loaded = LoadSettings(sources_);
  ASSERT_TRUE(loaded) << loaded.error().message();
  EXPECT_EQ(loaded->settings.listen_port, 1);
  EXPECT_EQ(loaded->origins.at("listen"), sources_.file + ":1");
  EXPECT_EQ(loaded->settings.max_files, 8);
  EXPECT_EQ(loaded->origins.at("max_files"), "DARKROOM_MAX_FILES");
  EXPECT_EQ(loaded->settings.workers, 5);
  EXPECT_EQ(loaded->origins.at("workers"), "--workers");
  EXPECT_EQ(loaded->origins.at("grace"), "default");
}

TEST_F(SettingsTest, AnUnknownKeyNamesFileLineAndTheNearestKey) {
  File("workers = 2\nlistn = \"127.0.0.1:1\"\n");
  EXPECT_EQ(ErrorOf(), sources_.file + ":2: there is no setting 'listn'; did you mean 'listen'?");
}

TEST_F(SettingsTest, ABadValueNamesItsPlace) {
  File("\n\nworkers = \"many\"\n");
  EXPECT_EQ(ErrorOf(), sources_.file + ":3: workers: 'many' must be a whole number from 0 to 256");
  File("grace = 30\n");
  EXPECT_NE(ErrorOf().find(":1: grace: '30' is not a duration"), std::string::npos) << ErrorOf();
  File("workers = 1.5\n");
  EXPECT_NE(ErrorOf().find(":1: workers must be a string or a whole number"), std::string::npos) << ErrorOf();
  File("");
  environment_["DARKROOM_LISTEN"] = "8080";
  EXPECT_NE(ErrorOf().find("DARKROOM_LISTEN: listen: '8080' is not an address and port"), std::string::npos)
      << ErrorOf();
}

TEST_F(SettingsTest, BrokenTomlNamesTheLine) {
  File("workers = 2\nlisten = \n");
  EXPECT_NE(ErrorOf().find(sources_.file + ":2:"), std::string::npos) << ErrorOf();
}

TEST_F(SettingsTest, ListsComeFromEverySource) {
  File("models = [\"/a\", \"/b\"]\n");
  EXPECT_EQ(LoadSettings(sources_)->settings.models, (std::vector<std::string>{"/a", "/b"}));
  environment_["DARKROOM_MODELS"] = "/c,/d";
  EXPECT_EQ(LoadSettings(sources_)->settings.models, (std::vector<std::string>{"/c", "/d"}));
}

TEST_F(SettingsTest, DataStandsUnderTheXdgDataHome) {
  EXPECT_EQ(LoadSettings(sources_)->settings.data, "/home/ada/.local/share/darkroom");
  environment_["XDG_DATA_HOME"] = "/x";
  EXPECT_EQ(LoadSettings(sources_)->settings.data, "/x/darkroom");
}

TEST_F(SettingsTest, EverySettingReadsBackWhatItShows) {
  const auto loaded = LoadSettings(sources_);
  for (const SettingSpec& spec : SettingSpecs()) {
    const auto shown = spec.get(loaded->settings);
    if (shown.empty()) continue;
    Settings again;
    ASSERT_TRUE(spec.set(again, shown)) << spec.key;
    EXPECT_EQ(spec.get(again), shown) << spec.key;
  }
}

}  // namespace
}  // namespace darkroom::cli
