#include "cli/settings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/crypto.h"
#include "cli/setting_flags.h"

namespace darkroom::cli {
namespace {

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() { environment_["HOME"] = "/home/ada"; }
  void File(const std::string& text) {
    sources_.file = testing::TempDir() + "darkroom-settings-" + name_ + ".toml";
    std::ofstream(sources_.file) << text;
  }
  std::string ErrorOf() {
    const auto loaded = LoadSettings(sources_);
    return loaded ? "" : loaded.error().message();
  }

  const std::string name_ = RandomHex(8);  // tests run side by side
  SettingSources sources_;
  std::map<std::string, std::string, std::less<>>& environment_ = sources_.environment;
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
  File("[hub]\n");
  EXPECT_EQ(ErrorOf(), sources_.file + ":1: there is no setting 'hub'; `darkroom config` lists them");
}

TEST_F(SettingsTest, AnUnknownVariableIsAnErrorWhenItIsNearlyASetting) {
  environment_["DARKROOM_WORKER"] = "3";
  EXPECT_EQ(ErrorOf(), "DARKROOM_WORKER: there is no such setting; did you mean DARKROOM_WORKERS?");
  environment_.erase("DARKROOM_WORKER");
  // Kubernetes sets these for a service of the name `darkroom`.
  environment_["DARKROOM_PORT"] = "tcp://10.0.0.1:8080";
  environment_["DARKROOM_SERVICE_HOST"] = "10.0.0.1";
  environment_["DARKROOM_WORKER_NAME"] = "one of ours";
  const auto loaded = LoadSettings(sources_);
  ASSERT_TRUE(loaded) << loaded.error().message();
  EXPECT_EQ(loaded->warnings, (std::vector<std::string>{"DARKROOM_PORT is no setting and has no effect",
                                                        "DARKROOM_SERVICE_HOST is no setting and has no effect"}));
}

TEST_F(SettingsTest, TheFileMustBeOne) {
  sources_.file = testing::TempDir();
  EXPECT_EQ(ErrorOf(), sources_.file + ": is a directory; a file of settings is expected");
  sources_.file = testing::TempDir() + "no-such-file.toml";
  EXPECT_EQ(ErrorOf(), sources_.file + ": the settings cannot be read: No such file or directory");
}

TEST_F(SettingsTest, BoundsAreNamed) {
  const std::pair<const char*, const char*> kWrong[] = {{"lease", "0"},
                                                        {"lease", "13h"},
                                                        {"sweep_interval", "0"},
                                                        {"retention", "0"},
                                                        {"grace", "61m"},
                                                        {"grace", "-1s"},
                                                        {"workers", "-1"},
                                                        {"workers", "257"},
                                                        {"inline_result", "91kB"},
                                                        {"max_file_size", "0"},
                                                        {"max_file_size", "2GB"},
                                                        {"max_file_size", "9999999999999GB"},
                                                        {"data", ""},
                                                        {"listen", "name:1"},
                                                        {"listen", "127.0.0.1:65536"},
                                                        {"log", "loud"},
                                                        {"allow_hosts", "a b"},
                                                        {"allow_hosts", "http://a"},
                                                        {"allow_hosts", "a:80"},
                                                        {"allow_origins", "a.b"},
                                                        {"allow_origins", "https://a/"},
                                                        {"allow_origins", "*"},
                                                        {"allow_origins", "ftp://a"}};
  for (const auto& [key, value] : kWrong) {
    sources_.flags = {{key, {value}}};
    EXPECT_TRUE(ErrorOf().starts_with(FlagName(key) + ": ")) << key << " = " << value << ": " << ErrorOf();
  }
  sources_.flags = {{"lease", {"13h"}}};
  EXPECT_EQ(ErrorOf(), "--lease: '13h' must be a duration from 1s to 12h");
  sources_.flags = {{"max_file_size", {"2GB"}}};
  EXPECT_EQ(ErrorOf(), "--max-file-size: '2GB' must be a size from 1B to 1GB");
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
  EXPECT_NE(ErrorOf().find("DARKROOM_LISTEN: '8080' is not an address and a port"), std::string::npos) << ErrorOf();
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

TEST_F(SettingsTest, AListMayBeEmptyInEverySource) {
  File("models = []\n");
  EXPECT_TRUE(LoadSettings(sources_)->settings.models.empty()) << ErrorOf();
  File("models = [\"/a\"]\n");
  environment_["DARKROOM_MODELS"] = "";
  EXPECT_TRUE(LoadSettings(sources_)->settings.models.empty()) << ErrorOf();
  environment_["DARKROOM_MODELS"] = "/c";
  sources_.flags["models"] = {""};
  EXPECT_TRUE(LoadSettings(sources_)->settings.models.empty()) << ErrorOf();
}

TEST_F(SettingsTest, DataStandsUnderTheXdgDataHome) {
  EXPECT_EQ(LoadSettings(sources_)->settings.data, "/home/ada/.local/share/darkroom");
  environment_["XDG_DATA_HOME"] = "/x";
  EXPECT_EQ(LoadSettings(sources_)->settings.data, "/x/darkroom");
}

TEST_F(SettingsTest, WhatConfigPrintsReadsBackTheSame) {
  const std::vector<std::string> kOdd[] = {{""},
                                           {},
                                           {"0"},
                                           {"1"},
                                           {"007"},
                                           {"256"},
                                           {"1B"},
                                           {"1023B"},
                                           {"12345kB"},
                                           {"999999B"},
                                           {"1GB"},
                                           {"4294967295"},
                                           {"1s"},
                                           {"61s"},
                                           {"1500ms"},
                                           {"1000001us"},
                                           {"90m"},
                                           {"[::1]:0"},
                                           {"line\nbreak\t\x1b\x7f"},
                                           {"\"quotes\" \\"},
                                           {"a,b", "c d"},
                                           {"https://a.example:8", "http://[::1]"},
                                           {"a.example", "[::1]"},
                                           {"debug"}};
  int good = 0;
  for (const SettingSpec& spec : SettingSpecs()) {
    for (const auto& values : kOdd) {
      sources_.file.clear();
      sources_.flags = {{std::string(spec.key), values}};
      const auto loaded = LoadSettings(sources_);
      if (!loaded) continue;
      ++good;
      sources_.flags.clear();
      File(ToToml(*loaded));
      const auto again = LoadSettings(sources_);
      ASSERT_TRUE(again) << again.error().message();
      EXPECT_EQ(spec.get(again->settings), spec.get(loaded->settings)) << spec.key;
    }
  }
  EXPECT_GT(good, 80);
}

TEST_F(SettingsTest, WorkersAreToldAllByTheirArguments) {
  sources_.flags = {
      {"models", {"a,b", "--c", "{} \n"}}, {"model", {""}}, {"lease", {"90m"}}, {"inline_result", {"77B"}}};
  const auto loaded = LoadSettings(sources_);
  ASSERT_TRUE(loaded) << loaded.error().message();
  for (const bool empty : {false, true}) {
    Settings settings = loaded->settings;
    if (empty) settings.models.clear();
    std::vector<std::string> arguments = FlagsFrom(settings, kWorkerSettings);
    arguments.push_back("--flags-only");
    CLI::App app;
    SettingFlags flags;
    flags.AddTo(app, kWorkerSettings);
    flags.AddFlagsOnly(app);
    std::ranges::reverse(arguments);  // as CLI11 takes them
    app.parse(arguments);
    const auto again = flags.Load();
    ASSERT_TRUE(again) << again.error().message();
    for (const SettingSpec& spec : SettingSpecs()) {
      if (std::ranges::find(kWorkerSettings, spec.key) == std::end(kWorkerSettings)) continue;
      EXPECT_EQ(spec.get(again->settings), spec.get(settings)) << spec.key;
      EXPECT_EQ(again->origins.at(std::string(spec.key)), FlagName(spec.key));
    }
  }
}

}  // namespace
}  // namespace darkroom::cli
