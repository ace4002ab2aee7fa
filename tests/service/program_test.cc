// The program as people start it: whole commands, their exit codes and what they print.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "base/crypto.h"
#include "base/json.h"
#include "cli/api_client.h"
#include "cli/picture_jobs.h"
#include "service.h"

namespace darkroom::tests {
namespace {

struct Ran {
  std::string end;                 // "exit status 0"
  std::vector<std::string> lines;  // of standard output
};

class ProgramTest : public testing::Test {
 protected:
  ProgramTest() { std::filesystem::create_directories(folder_); }
  ~ProgramTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  // `environment` goes before what the tests run in.
  Ran Run(std::vector<std::string> arguments, std::vector<std::string> environment = {}) {
    environment.push_back("XDG_DATA_HOME=" + folder_);
    if (environment.size() == 1) environment.push_back("DARKROOM_CONFIG=/dev/null");
    scaling::Command command{DARKROOM_PROGRAM, std::move(arguments), std::move(environment)};
    auto body = [&]() -> Task<Ran> {
      auto process = scaling::ChildProcess::Start(io_, command);
      DR_CHECK(process.has_value());
      Ran ran;
      while (true) {
        std::string line = co_await process->ReadLine();
        if (line.empty()) break;
        ran.lines.push_back(std::move(line));
      }
      ran.end = co_await process->Exit();
      co_return ran;
    };
    return io_.RunUntilDone(body());
  }

  // First label by file name, of `darkroom run --json`.
  std::map<std::string, std::pair<std::string, double>> LabelsOf(const Ran& ran) {
    std::map<std::string, std::pair<std::string, double>> labels;
    for (const std::string& line : ran.lines) {
      const auto job = ParseJsonObject(line);
      if (!job || !cli::Succeeded(*job)) {
        ADD_FAILURE() << line;
        continue;
      }
      const json::object& best = job->at("result").at("labels").at(0).as_object();
      labels[cli::JobText(job->at("input").as_object(), "file_name")] = {cli::JobText(best, "label"),
                                                                         best.at("score").to_number<double>()};
    }
    return labels;
  }

  const std::string folder_ = testing::TempDir() + "darkroom-program-" + RandomHex(4);
  IoContext io_;
  std::unique_ptr<Clock> clock_ = MakeSystemClock(io_);
};

TEST_F(ProgramTest, RunDevelopsTheShippedSamplesAndWritesTheirResults) {
  const std::string out = folder_ + "/out";
  const Ran ran = Run({"run", DARKROOM_SOURCE "/models/furniture/samples", "--json", "--out", out});
  EXPECT_EQ(ran.end, "exit status 0");
  const auto labels = LabelsOf(ran);
  EXPECT_GE(labels.size(), 10u);
  int right = 0;
  for (const auto& [file, label] : labels) {
    right += file.starts_with(label.first + "_");
    EXPECT_TRUE(std::filesystem::exists(out + "/" + file + ".result.json")) << file;
  }
  EXPECT_GE(right, int(labels.size()) - 1) << "the samples are pictures that the model knows";
}

TEST_F(ProgramTest, PublishedNetworksNamePhotographsRightThroughTheWholeService) {
  const char* named = std::getenv("DARKROOM_SHARED");
  const std::string shared = named != nullptr ? named : DARKROOM_SHARED;
  if (!std::filesystem::exists(shared + "/models/mobilenet_v2/model.onnx")) GTEST_SKIP() << "no networks in " << shared;
  const std::string packages = folder_ + "/packages";
  ASSERT_EQ(std::system(fmt::format("'{}/tests/shared-packages' '{}' > /dev/null", DARKROOM_SOURCE, packages).c_str()),
            0);
  struct Expected {
    std::string model;
    std::map<std::string, std::pair<std::string, double>> labels;
  };
  const Expected expected[] = {{"mobilenet_v2",
                                {{"cat_720p.jpg", {"Egyptian cat", 0.947}},
                                 {"hot_dog.jpg", {"hotdog", 0.981}},
                                 {"owl.jpg", {"ruffed grouse", 0.540}},
                                 {"parrot.jpg", {"macaw", 0.997}}}},
                               {"squeezenet",
                                {{"cat_720p.jpg", {"Egyptian cat", 0.791}},
                                 {"hot_dog.jpg", {"hotdog", 0.853}},
                                 {"owl.jpg", {"ruffed grouse", 0.628}},
                                 {"parrot.jpg", {"macaw", 0.882}}}}};
  for (const auto& [model, photos] : expected) {
    const Ran ran = Run({"run", shared + "/photos", "--json", "--models", packages, "--model", model});
    EXPECT_EQ(ran.end, "exit status 0");
    const auto labels = LabelsOf(ran);
    ASSERT_EQ(labels.size(), photos.size()) << model;
    for (const auto& [file, label] : photos) {
      EXPECT_TRUE(labels.at(file).first.starts_with(label.first))
          << model << ", " << file << ": " << labels.at(file).first;
      EXPECT_NEAR(labels.at(file).second, label.second, 0.03) << model << ", " << file;
    }
  }
}

TEST_F(ProgramTest, ExitCodesSayWhatKindOfTroubleItIs) {
  EXPECT_EQ(Run({"--version"}).end, "exit status 0");
  EXPECT_EQ(Run({}).end, "exit status 2");
  EXPECT_EQ(Run({"upp"}).end, "exit status 2");
  EXPECT_EQ(Run({"up", "--worker", "3"}).end, "exit status 2");
  EXPECT_EQ(Run({"up", "--workers", "many"}).end, "exit status 2");
  EXPECT_EQ(Run({"submit", folder_ + "/no-such-file.jpg"}).end, "exit status 2");
  EXPECT_EQ(Run({"status", "--server", "http://127.0.0.1:1"}).end, "exit status 3");
  EXPECT_EQ(Run({"run", DARKROOM_SOURCE "/README.md"}).end, "exit status 4")
      << "the service refuses what is no picture";
}

TEST_F(ProgramTest, WrongSettingsAndFilesAreSaidBeforeAnythingIsDone) {
  const std::string sample = DARKROOM_SOURCE "/models/furniture/samples/chair_1.jpg";
  EXPECT_EQ(Run({"up", "--lease", "0"}).end, "exit status 2");
  EXPECT_EQ(Run({"up", "--models", folder_ + "/none"}).end, "exit status 2");
  EXPECT_EQ(Run({"up", "--data", "/dev/null/data"}).end, "exit status 2");
  EXPECT_EQ(Run({"run", sample, "--workers", "0"}).end, "exit status 2");
  EXPECT_EQ(Run({"run", sample, "--out", "/dev/null/out"}).end, "exit status 2");
  EXPECT_EQ(Run({"run", sample}, {"TMPDIR=/nonexistent", "DARKROOM_CONFIG=/dev/null"}).end, "exit status 2");
  EXPECT_EQ(Run({"submit", "/dev/zero"}).end, "exit status 2");
  EXPECT_EQ(Run({"submit", sample, "--server", "ftp://host"}).end, "exit status 2");
  EXPECT_EQ(Run({"status", ""}).end, "exit status 2");
  EXPECT_EQ(Run({"cancel"}).end, "exit status 2");
  EXPECT_EQ(Run({"cancel", ""}).end, "exit status 2");
}

TEST_F(ProgramTest, OutputThatCannotBeWrittenIsAFailure) {
  EXPECT_EQ(WEXITSTATUS(std::system(DARKROOM_PROGRAM " completion bash > /dev/full 2> /dev/null")), 1);
  EXPECT_EQ(WEXITSTATUS(std::system(DARKROOM_PROGRAM " --help > /dev/full 2> /dev/null")), 1);
}

TEST_F(ProgramTest, WorkersWorkByTheSettingsOfTheirHub) {
  // The worker would end at once if it read the file that its environment names, and find no model if it took the
  // directory's name for two.
  std::ofstream(folder_ + "/bad.toml") << "no such key = 1\n";
  std::ofstream(folder_ + "/good.toml") << "workers = 1\nmodels = [\"" << folder_ << "/a,b\"]\n";
  const std::string package = folder_ + "/a,b/chairs";
  std::filesystem::create_directories(folder_ + "/a,b");
  std::filesystem::copy(DARKROOM_SOURCE "/models/furniture", package);
  const auto replaced = fmt::format("sed -i '0,/^name = .*/s//name = \"chairs\"/' '{}/model.toml'", package);
  ASSERT_EQ(std::system(replaced.c_str()), 0);
  const Ran ran = Run({"run", DARKROOM_SOURCE "/models/furniture/samples/chair_1.jpg", "--json", "--config",
                       folder_ + "/good.toml", "--model", "chairs"},
                      {"DARKROOM_CONFIG=" + folder_ + "/bad.toml"});
  EXPECT_EQ(ran.end, "exit status 0");
  EXPECT_EQ(LabelsOf(ran).at("chair_1.jpg").first, "chair");
}

TEST_F(ProgramTest, ARunTakesNoPortThatTheSettingsNameForTheService) {
  const asio::ip::tcp::acceptor service(io_.context(), {asio::ip::make_address("127.0.0.1"), 0});
  const Ran ran =
      Run({"run", DARKROOM_SOURCE "/models/furniture/samples/chair_1.jpg"},
          {fmt::format("DARKROOM_GATEWAY_PORT={}", service.local_endpoint().port()),
           fmt::format("DARKROOM_LISTEN=127.0.0.1:{}", service.local_endpoint().port()), "DARKROOM_CONFIG=/dev/null"});
  EXPECT_EQ(ran.end, "exit status 0");
}

TEST_F(ProgramTest, ModelCheckFindsWhatAWorkerWould) {
  const Ran good = Run({"model", "check", DARKROOM_SOURCE "/models"});
  EXPECT_EQ(good.end, "exit status 0");
  EXPECT_TRUE(std::ranges::any_of(
      good.lines, [](const std::string& line) { return line.contains("chair_1.jpg") && line.contains(" chair 0.9"); }));
  const std::filesystem::directory_iterator samples(DARKROOM_SOURCE "/models/furniture/samples");
  const auto is = [](const std::string& line) { return line.contains(", as expected"); };
  EXPECT_EQ(std::ranges::count_if(good.lines, is), std::distance(begin(samples), end(samples)));
  std::filesystem::copy(DARKROOM_SOURCE "/models/furniture", folder_ + "/wrong");
  std::ofstream(folder_ + "/wrong/labels.txt", std::ios::app) << "an eleventh\n";
  EXPECT_EQ(Run({"model", "check", folder_ + "/wrong"}).end, "exit status 1") << "the network knows ten";
  EXPECT_EQ(Run({"model", "check", folder_}).end, "exit status 1") << "the packages inside are meant";
  EXPECT_EQ(Run({"model", "check", folder_ + "/none"}).end, "exit status 1");
  EXPECT_EQ(Run({"model"}).end, "exit status 2");
}

TEST_F(ProgramTest, ModelCheckHoldsSamplesAgainstWhatTheyShouldBe) {
  const std::string package = folder_ + "/p";
  std::filesystem::create_directories(package + "/samples");
  for (const char* file : {"model.toml", "model.onnx", "labels.txt", "samples/chair_1.jpg"}) {
    std::filesystem::copy(std::string(DARKROOM_SOURCE "/models/furniture/") + file, package + "/" + file);
  }
  EXPECT_EQ(Run({"model", "check", package, "--write"}).end, "exit status 0");
  const Ran good = Run({"model", "check", package});
  EXPECT_EQ(good.end, "exit status 0");
  EXPECT_TRUE(std::ranges::any_of(good.lines, [](const std::string& line) { return line.contains(", as expected"); }));
  ASSERT_EQ(std::system(fmt::format("sed -i 's/\"chair\"/\"stool\"/' '{}/expected.json'", package).c_str()), 0);
  EXPECT_EQ(Run({"model", "check", package}).end, "exit status 1");
}

TEST_F(ProgramTest, ModelCheckTellsOfEachBrokenPackageAndRunsTheOthers) {
  const std::string source = DARKROOM_SOURCE "/models/furniture/";
  const std::string networks = DARKROOM_SOURCE "/src/model/testdata/";
  const std::map<std::string, std::string> breaks{
      {"good", "true"},
      {"no-onnx", "echo weights > model.onnx"},
      {"operator", "cp " + networks + "operator_unknown.onnx model.onnx"},
      {"output", "sed -i s/logits/answers/ model.toml"},
      {"labels", "echo an eleventh >> labels.txt"},
      {"key", "sed -i s/^width/widht/ model.toml"},
  };
  for (const auto& [name, how] : breaks) {
    const std::string package = fmt::format("{}/models/{}", folder_, name);
    std::filesystem::create_directories(package);
    for (const char* file : {"model.toml", "model.onnx", "labels.txt"}) {
      std::filesystem::copy(source + file, package + "/" + file);
    }
    ASSERT_EQ(std::system(fmt::format("cd '{}' && sed -i '0,/^name = .*/s//name = \"{}\"/' model.toml && {}", package,
                                      name, how)
                              .c_str()),
              0);
  }
  std::string said(100'000, '\0');
  FILE* pipe = popen(fmt::format("{} model check {}/models 2>&1", DARKROOM_PROGRAM, folder_).c_str(), "r");
  said.resize(std::fread(said.data(), 1, said.size(), pipe));
  EXPECT_EQ(WEXITSTATUS(pclose(pipe)), 1);
  const std::map<std::string, std::string> words{
      {"good", ": good 1, classification, loads and runs"},
      {"no-onnx", "/model.onnx: is no ONNX file, or not all of one"},
      {"operator", "/model.onnx: needs an operator that ONNX Runtime lacks"},
      {"output", "/model.toml:27: [output] name: expected one of \"logits\""},
      {"labels", "/labels.txt: expected 10 labels"},
      {"key", "/model.toml:15: [input] widht: "},
  };
  for (const auto& [name, text] : words) {
    EXPECT_TRUE(said.contains(fmt::format("{}/models/{}{}", folder_, name, text))) << text << " in\n" << said;
  }
}

TEST_F(ProgramTest, AModelIsAddedListedMeasuredAndRemoved) {
  const std::string models = folder_ + "/models", network = DARKROOM_SOURCE "/models/furniture/model.onnx";
  const std::string labels = DARKROOM_SOURCE "/models/furniture/labels.txt";
  EXPECT_EQ(Run({"model", "add", network, "--labels", labels}).end, "exit status 2") << "no folder is named";
  EXPECT_EQ(Run({"model", "add", network, "--labels", labels, "--name", "mine", "--models", models}).end,
            "exit status 0");
  EXPECT_TRUE(std::filesystem::exists(models + "/mine/1/model.toml"));

  const auto list = ParseJsonObject(Run({"model", "list", "--json", "--models", models}).lines.at(0));
  ASSERT_TRUE(list);
  const auto& packages = list->at("packages").as_array();
  const auto mine = std::ranges::find_if(packages, [](const json::value& p) { return p.at("name") == "mine"; });
  ASSERT_NE(mine, packages.end());
  EXPECT_EQ(mine->at("task"), "classification");
  EXPECT_EQ(mine->at("shipped"), false);

  const Ran bench = Run({"model", "bench", models + "/mine/1", "--threads", "1", "--seconds", "0.01", "--json"});
  const auto measured = ParseJsonObject(bench.lines.empty() ? "" : bench.lines[0]);
  ASSERT_TRUE(measured) << bench.end;
  EXPECT_EQ(measured->at("threads").as_array().size(), 1u);
  EXPECT_EQ(measured->at("proposal").at("workers"), 1);

  EXPECT_EQ(Run({"model", "remove", "mine", "--models", models}).end, "exit status 2") << "nobody can be asked";
  EXPECT_EQ(Run({"model", "remove", "furniture", "--yes", "--models", models}).end, "exit status 4") << "it is shipped";
  EXPECT_EQ(Run({"model", "remove", "mine", "--yes", "--models", models}).end, "exit status 0");
  EXPECT_FALSE(std::filesystem::exists(models + "/mine"));
  EXPECT_EQ(Run({"model", "pull", "x", "--catalogue", folder_ + "/none", "--models", models}).end, "exit status 1");
}

TEST_F(ProgramTest, TheShellCompletesCommandsWithinCommands) {
  const auto complete = [](const std::string& words, int at) {
    const std::string script = fmt::format(
        "source <({} completion bash); COMP_WORDS=({}); COMP_CWORD={}; _darkroom; echo \" ${{COMPREPLY[*]}} \"",
        DARKROOM_PROGRAM, words, at);
    std::string out(4096, '\0');
    FILE* pipe = popen(fmt::format("bash -c '{}'", script).c_str(), "r");
    out.resize(std::fread(out.data(), 1, out.size(), pipe));
    pclose(pipe);
    return out;
  };
  EXPECT_TRUE(complete("darkroom mod", 1).contains(" models model "));
  EXPECT_TRUE(complete("darkroom model be", 2).contains(" bench "));
  EXPECT_TRUE(complete("darkroom model bench --thr", 3).contains(" --threads "));
  EXPECT_FALSE(complete("darkroom model bench --ye", 3).contains("--yes")) << "a flag of another command";
}

TEST_F(ProgramTest, AWorkerWhoseDefaultModelIsBrokenRunsOthers) {
  const std::string package = folder_ + "/models/broken";
  std::filesystem::create_directories(folder_ + "/models");
  std::filesystem::copy(DARKROOM_SOURCE "/models/furniture", package);
  const auto broken = fmt::format(
      "sed -i '0,/^name = .*/s//name = \"broken\"/' '{0}/model.toml' && echo x > '{0}/model.onnx'", package);
  ASSERT_EQ(std::system(broken.c_str()), 0);
  Service service(io_, *clock_,
                  {DARKROOM_PROGRAM, folder_ + "/data", {"--workers", "1", "--models", folder_ + "/models"}});
  auto body = [&]() -> Task<void> {
    const Status started = co_await service.Start();
    EXPECT_TRUE(started.has_value());
    cli::ApiClient api(*clock_, service.url());
    cli::ProgressLine progress;
    std::vector<std::string> files{DARKROOM_SOURCE "/models/furniture/samples/chair_1.jpg"};
    cli::Fields fields{{"model", "furniture"}};
    auto submitted = co_await cli::SubmitPictures(api, std::move(files), std::move(fields), progress);
    const auto ignore = [](const json::object&) {};
    const Status awaited = co_await cli::AwaitJobs(api, submitted, progress, ignore);
    EXPECT_TRUE(awaited.has_value() && cli::Succeeded(submitted.jobs.at(0)));
    co_await service.Stop();
  };
  io_.RunUntilDone(body());
}

TEST_F(ProgramTest, APackageThatIsAddedIsTakenUpWithoutARestart) {
  std::filesystem::create_directories(folder_ + "/models");
  Service service(
      io_, *clock_,
      {DARKROOM_PROGRAM, folder_ + "/data", {"--workers", "1", "--log", "error", "--models", folder_ + "/models"}});
  auto body = [&]() -> Task<void> {
    const Status started = co_await service.Start();
    EXPECT_TRUE(started.has_value());
    std::filesystem::copy(DARKROOM_SOURCE "/models/furniture", folder_ + "/models/added");
    const auto rename =
        fmt::format("sed -i '0,/^name = .*/s//name = \"added\"/' '{}/models/added/model.toml'", folder_);
    EXPECT_EQ(std::system(rename.c_str()), 0);
    cli::ApiClient api(*clock_, service.url());
    bool offered = false;
    while (!offered) {  // a second or two; the test's own limit of time is the bound
      const auto models = co_await api.Get("/v1/models");
      offered = models.has_value() && json::serialize(*models).contains("\"added\"");
    }
    cli::ProgressLine progress;
    std::vector<std::string> files{DARKROOM_SOURCE "/models/furniture/samples/chair_1.jpg"};
    cli::Fields fields{{"model", "added"}};
    auto submitted = co_await cli::SubmitPictures(api, std::move(files), std::move(fields), progress);
    const auto ignore = [](const json::object&) {};
    const Status awaited = co_await cli::AwaitJobs(api, submitted, progress, ignore);
    EXPECT_TRUE(awaited.has_value() && cli::Succeeded(submitted.jobs.at(0)));
    co_await service.Stop();
  };
  io_.RunUntilDone(body());
}

TEST_F(ProgramTest, TheCommandsOfAClientAskARunningService) {
  Service service(io_, *clock_, {DARKROOM_PROGRAM, folder_ + "/data", {"--workers", "1", "--log", "error"}});
  const Status started = io_.RunUntilDone(service.Start());
  ASSERT_TRUE(started.has_value()) << started.error().message();
  EXPECT_LE(RssBytes(service.pid()), 40'000'000) << "an idle hub is small";
  const auto ask = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--json", "--server", service.url()});
    const Ran ran = Run(std::move(arguments));
    EXPECT_EQ(ran.end, "exit status 0");
    return ParseJsonObject(ran.lines.empty() ? "" : ran.lines[0]).value_or(json::object{});
  };
  const auto job = ask({"submit", DARKROOM_SOURCE "/models/furniture/samples/chair_1.jpg", "--wait"});
  ASSERT_TRUE(cli::Succeeded(job)) << json::serialize(job);
  EXPECT_EQ(cli::JobText(ask({"status", cli::JobText(job, "id")}), "state"), "succeeded");
  EXPECT_EQ(ask({"status", "--batch", cli::JobText(job, "batch")}).at("done"), true);
  EXPECT_EQ(ask({"status"}).at("jobs").at("succeeded"), 1);
  EXPECT_EQ(ask({"replay", cli::JobText(job, "id")}).at("same"), true);
  EXPECT_EQ(ask({"models"}).at("models").at(0).at("name"), "chair3d");
  EXPECT_EQ(ask({"cancel", "--batch", cli::JobText(job, "batch")}).at("counts").at("succeeded"), 1);
  EXPECT_EQ(Run({"cancel", cli::JobText(job, "id"), "--server", service.url()}).end, "exit status 4");
  EXPECT_EQ(io_.RunUntilDone(service.Stop()), "exit status 0");
}

TEST_F(ProgramTest, TheDemoPrintsWhatBecameOfTheSamples) {
  scaling::Command command{DARKROOM_PROGRAM,
                           {"up", "--demo", "--listen", "127.0.0.1:0", "--workers", "1", "--log", "error"},
                           {"XDG_DATA_HOME=" + folder_, "DARKROOM_CONFIG=/dev/null"}};
  auto body = [&]() -> Task<void> {
    auto process = scaling::ChildProcess::Start(io_, command);
    DR_CHECK(process.has_value());
    std::map<std::string, int> succeeded;  // by the kind that the sample's name tells
    bool whole = false;
    for (int lines = 0; lines < 100 && !whole; ++lines) {
      const std::string line = co_await process->ReadLine();
      if (line.contains("succeeded")) ++succeeded[line.substr(0, line.find('_'))];
      whole = line.starts_with("See them at ");
    }
    EXPECT_TRUE(whole);
    EXPECT_GE(succeeded.size(), 7u);
    EXPECT_EQ(succeeded["chair"], 5) << "two of furniture, three of chair3d";
    process->Signal(SIGTERM);
    const std::string end = co_await process->Exit();
    EXPECT_EQ(end, "exit status 0");
  };
  io_.RunUntilDone(body());
}

TEST_F(ProgramTest, ARunThatIsInterruptedLeavesNothingBehind) {
  const std::string pipe = folder_ + "/pipe";
  const std::string temporary = folder_ + "/tmp";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::filesystem::create_directories(temporary);
  for (const auto& [signal, end] : {std::pair(SIGINT, "exit status 130"), std::pair(SIGTERM, "exit status 143")}) {
    scaling::Command command{
        DARKROOM_PROGRAM, {"run", pipe, "--workers", "1"}, {"TMPDIR=" + temporary, "DARKROOM_CONFIG=/dev/null"}};
    auto process = scaling::ChildProcess::Start(io_, command);
    ASSERT_TRUE(process.has_value());
    const int writer = open(pipe.c_str(), O_WRONLY);  // returns once the run reads the pipe, its hub being up
    EXPECT_FALSE(std::filesystem::is_empty(temporary));
    process->Signal(signal);
    EXPECT_EQ(io_.RunUntilDone(process->Exit()), end);
    EXPECT_TRUE(std::filesystem::is_empty(temporary));
    close(writer);
  }
}

TEST_F(ProgramTest, JobsOutliveAStopAndASecondHubOnTheirDataIsRefused) {
  Service service(io_, *clock_, {DARKROOM_PROGRAM, folder_ + "/data", {"--workers", "1", "--log", "error"}});
  auto body = [&]() -> Task<void> {
    const Status started = co_await service.Start();
    EXPECT_TRUE(started.has_value());
    cli::ApiClient api(*clock_, service.url());
    cli::SubmitRequest request;
    request.idempotency_key = "once";
    request.files.push_back({"a.png", "not a picture"});
    const auto refused = co_await api.Submit(request);
    EXPECT_FALSE(refused.has_value());

    cli::ProgressLine progress;
    std::vector<std::string> files{DARKROOM_SOURCE "/models/furniture/samples/chair_1.jpg"};
    cli::Fields fields{{"model", "noop"}};
    auto submitted = co_await cli::SubmitPictures(api, std::move(files), std::move(fields), progress);
    EXPECT_FALSE(submitted.error);
    const auto ignore = [](const json::object&) {};
    const Status awaited = co_await cli::AwaitJobs(api, submitted, progress, ignore);
    EXPECT_TRUE(awaited.has_value());

    Service second(io_, *clock_, {DARKROOM_PROGRAM, folder_ + "/data", {"--log", "error"}});
    const Status refused_start = co_await second.Start();
    EXPECT_FALSE(refused_start.has_value());
    const std::string end = co_await service.Stop();
    EXPECT_EQ(end, "exit status 0");

    const Status again = co_await service.Start();
    EXPECT_TRUE(again.has_value());
    const auto job = co_await api.Get("/v1/jobs/" + cli::JobText(submitted.jobs[0], "id"));
    EXPECT_TRUE(job.has_value() && cli::Succeeded(*job));
    co_await service.Stop();
  };
  io_.RunUntilDone(body());
}

TEST_F(ProgramTest, WorkersAreToldWhereTheHubKeepsPictures) {
  Service service(io_, *clock_, {DARKROOM_PROGRAM, folder_ + "/data", {"--workers", "1", "--log", "warn"}});
  auto body = [&]() -> Task<void> {
    const Status started = co_await service.Start();
    EXPECT_TRUE(started.has_value());
    EXPECT_EQ(service.WorkerPids().size(), 1u);
    for (const pid_t worker : service.WorkerPids()) {
      std::ifstream file(fmt::format("/proc/{}/cmdline", worker));
      std::vector<std::string> arguments;
      for (std::string argument; std::getline(file, argument, '\0');) arguments.push_back(argument);
      const auto flag = std::ranges::find(arguments, "--input-files");
      EXPECT_TRUE(flag != arguments.end() && std::filesystem::equivalent(*std::next(flag), folder_ + "/data/objects"));
    }
    co_await service.Stop();
  };
  io_.RunUntilDone(body());
}

TEST_F(ProgramTest, AFloodForOneModelKeepsNoJobOfAnotherWaiting) {
  Service service(io_, *clock_, {DARKROOM_PROGRAM, folder_ + "/data", {"--workers", "1", "--log", "error"}});
  std::ostringstream picture;
  picture << std::ifstream(DARKROOM_SOURCE "/models/furniture/samples/chair_1.jpg", std::ios::binary).rdbuf();
  constexpr int kFlood = 1000;
  auto body = [&]() -> Task<void> {
    const Status started = co_await service.Start();
    EXPECT_TRUE(started.has_value());
    cli::ApiClient api(*clock_, service.url());
    cli::SubmitRequest flood;
    flood.fields = {{"model", "furniture"}};
    flood.idempotency_key = "the flood";
    for (int i = 0; i < kFlood; ++i) flood.files.push_back({fmt::format("{}.jpg", i), picture.str()});
    const auto flooded = co_await api.Submit(std::move(flood));
    EXPECT_TRUE(flooded.has_value());
    cli::SubmitRequest one;
    one.fields = {{"model", "noop"}};
    one.idempotency_key = "the one";
    one.files.push_back({"one.jpg", picture.str()});
    const auto submitted = co_await api.Submit(std::move(one));
    EXPECT_TRUE(submitted.has_value());
    if (!flooded || !submitted) co_return;
    std::string id = cli::JobText(submitted->at("batch").as_object(), "id");
    bool succeeded = false;
    const auto see = [&](const json::object& job) { succeeded = cli::Succeeded(job); };
    const Status followed = co_await api.Follow(std::move(id), see);
    EXPECT_TRUE(followed.has_value() && succeeded);
    const auto batch = co_await api.Get("/v1/batches/" + cli::JobText(flooded->at("batch").as_object(), "id"));
    EXPECT_TRUE(batch.has_value());
    const int queued = batch ? batch->at("counts").at("queued").to_number<int>() : -1;
    EXPECT_GT(queued, kFlood / 2) << "the flood went before it";
    co_await service.Stop();
  };
  io_.RunUntilDone(body());
}

}  // namespace
}  // namespace darkroom::tests
