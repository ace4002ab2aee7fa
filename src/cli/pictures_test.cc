// Pictures to a service and back: which files are taken, and what is known of them when a part goes wrong.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/crypto.h"
#include "cli/picture_jobs.h"
#include "cli/result_files.h"
#include "http/server.h"

namespace darkroom::cli {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class PicturesTest : public testing::Test {
 protected:
  PicturesTest() { std::filesystem::create_directories(folder_); }
  ~PicturesTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string File(const std::string& name, const std::string& bytes) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  static std::string ErrorOf(const std::vector<std::string>& paths) {
    const auto files = ListPictures(paths);
    return files ? "" : files.error().message();
  }

  // A service that accepts pictures whose bytes begin with "good", refuses a request that has no such, and fails from
  // the request `failing_` on.
  Task<Submitted> Submit(std::vector<std::string> files) {
    auto handler = [this](http::Request& request) -> Task<http::Response> {
      if (request.path == "/v1/status") {
        co_return http::Response::Json(200, fmt::format(R"({{"limits":{{"files":{}}}}})", most_files_));
      }
      const auto body = co_await request.body->ReadAll(1 << 30);
      co_return Respond(*body);
    };
    http::ServerOptions options;
    options.address = "127.0.0.1";
    http::Server server(io_, *clock_, options, handler);
    const Status serving = server.Start();
    EXPECT_TRUE(serving.has_value());
    ApiClient api(*clock_, "http://127.0.0.1:" + std::to_string(server.port()));
    ProgressLine progress;
    Fields fields;
    Submitted submitted = co_await SubmitPictures(api, std::move(files), std::move(fields), progress);
    co_await server.Stop(Duration(0));
    co_return submitted;
  }

  http::Response Respond(const std::string& body) {
    if (++requests_ >= failing_) return http::Response::Json(500, R"({"code":"internal","detail":"out of order"})");
    json::array jobs;
    bool any_good = false;
    for (auto at = body.find("filename="); at != body.npos; at = body.find("filename=", at + 1)) {
      const bool good = body.compare(body.find("\r\n\r\n", at) + 4, 4, "good") == 0;
      any_good |= good;
      jobs.push_back({{"id", std::to_string(jobs.size())}, {"state", good ? "queued" : "failed"}});
    }
    if (!any_good) {
      return http::Response::Json(415, R"({"code":"not_an_image","detail":"no picture","index":0})",
                                  "application/problem+json");
    }
    const json::object answer{{"batch", {{"id", "batch " + std::to_string(requests_)}}}, {"jobs", std::move(jobs)}};
    return http::Response::Json(202, json::serialize(answer));
  }

  const std::string folder_ = testing::TempDir() + "darkroom-pictures-" + RandomHex(8);
  IoContext io_;
  std::unique_ptr<Clock> clock_ = MakeSystemClock(io_);
  int requests_ = 0;
  int failing_ = 1000;
  int most_files_ = 1000;
};

TEST_F(PicturesTest, TakesFilesPipesAndThePicturesOfADirectory) {
  const std::string text = File("notes.txt", "");
  const std::string picture = File("B.JPG", "");
  const std::string pipe = folder_ + "/pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(*ListPictures({folder_}), ElementsAre(picture));
  EXPECT_THAT(*ListPictures({text, pipe}), ElementsAre(text, pipe)) << "what is named is taken";
}

TEST_F(PicturesTest, WhatCannotBeReadIsSaidBeforeAnythingIsSent) {
  EXPECT_THAT(ErrorOf({folder_ + "/none.jpg"}), EndsWith("none.jpg: there is no such file"));
  EXPECT_EQ(ErrorOf({"/dev/zero"}), "/dev/zero: is neither a file nor a pipe");
  EXPECT_THAT(ErrorOf({folder_}), HasSubstr(folder_ + ": no pictures there"));
  std::filesystem::resize_file(File("huge.jpg", ""), 1'000'000'001);
  EXPECT_THAT(ErrorOf({folder_}), EndsWith("huge.jpg: is larger than a gigabyte"));
}

TEST_F(PicturesTest, WhatWasAcceptedIsKnownWhenALaterPartFails) {
  std::vector<std::string> files;
  for (int i = 0; i < 250; ++i) files.push_back(File(std::to_string(i), "good"));
  failing_ = 2;
  const Submitted submitted = io_.RunUntilDone(Submit(files));
  EXPECT_THAT(submitted.jobs, SizeIs(200));
  EXPECT_THAT(submitted.batches, ElementsAre("batch 1"));
  ASSERT_TRUE(submitted.error);
  EXPECT_EQ(submitted.error->message(), "out of order");
}

TEST_F(PicturesTest, APictureRefusedByItselfIsAFailedJobAmongTheOthers) {
  std::vector<std::string> files;
  for (int i = 0; i < 200; ++i) files.push_back(File(std::to_string(i), "good"));
  files.push_back(File("bad.jpg", "text"));
  const Submitted submitted = io_.RunUntilDone(Submit(files));
  EXPECT_FALSE(submitted.error);
  ASSERT_THAT(submitted.jobs, SizeIs(201));
  EXPECT_EQ(FileName(submitted.jobs[200]), "bad.jpg");
  EXPECT_TRUE(Ended(submitted.jobs[200]));
  EXPECT_EQ(Answer(submitted.jobs[200]), "no picture");
}

TEST_F(PicturesTest, ARequestHasNoMoreFilesThanTheServiceTakes) {
  most_files_ = 2;
  const Submitted submitted =
      io_.RunUntilDone(Submit({File("a", "good"), File("b", "good"), File("c", "good"), File("d", "good")}));
  EXPECT_THAT(submitted.jobs, SizeIs(4));
  EXPECT_EQ(requests_, 2);
}

TEST_F(PicturesTest, PicturesRefusedTogetherEachHearWhy) {
  const Submitted submitted = io_.RunUntilDone(Submit({File("a", "text"), File("b", "text")}));
  EXPECT_FALSE(submitted.error);
  EXPECT_THAT(submitted.batches, IsEmpty());
  ASSERT_THAT(submitted.jobs, SizeIs(2));
  EXPECT_EQ(FileName(submitted.jobs[1]), "b");
  EXPECT_EQ(requests_, 3);
}

TEST(ResultFiles, NamesDifferFromEachOther) {
  EXPECT_THAT(DifferentNames({"a", "a", "a.1", "a"}), ElementsAre("a", "a.1", "a.1.1", "a.2"));
}

}  // namespace
}  // namespace darkroom::cli
