// WebFixture: the web tier over a real embedded engine in a folder of its own, called as the server calls it, with the
// clock in the test's hand. The worker and the ledger are the test itself: Take and Settle.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/fake_clock.h"
#include "base/json.h"
#include "embedded/engine.h"
#include "http/message.h"
#include "web/web.h"

namespace darkroom::web {

// A PNG of that size as far as its headers go; `whole` false leaves out its end.
std::string Png(int width = 4, int height = 3, bool whole = true);

// One part of a multipart form; no file name: a plain field.
struct Part {
  std::string name;
  std::optional<std::string> file_name;
  std::string bytes;
};
inline constexpr std::string_view kMultipart = "multipart/form-data; boundary=\"-x-\"";
std::string Form(const std::vector<Part>& parts);

struct Call {
  std::string method = "GET";
  std::string target = "/";
  http::Headers headers = {};
  std::string body = {};
};

// What a streamed answer wrote; tells it that the client is gone when `gone` is set.
class TextStream final : public http::ResponseStream {
 public:
  Task<Status> Write(std::string bytes) override;
  bool closed() const override { return gone; }
  std::string text;
  bool gone = false;
};

// Workers as the test says they are.
class FakeFleet final : public Fleet {
 public:
  Task<Result<std::vector<FleetMember>>> Members() override { co_return members; }
  Task<Status> SetSize(int) override { co_return Status(); }
  Task<Status> Drain(std::string) override { co_return Status(); }
  Result<std::vector<FleetMember>> members;
};

class WebFixture : public testing::Test {
 protected:
  WebFixture() = default;
  ~WebFixture() override;
  void SetUp() override { Open({}); }

  // Begins anew with other options, on the same data.
  void Open(WebOptions options);

  http::Response Ask(Call call);  // until it has answered
  http::Response Get(std::string target) { return Ask({.target = std::move(target)}); }
  http::Response Post(std::string target, std::string_view type, std::string body, http::Headers headers = {});
  http::Response PostForm(const std::vector<Part>& parts, http::Headers headers = {});
  static json::object Json(const http::Response& response);

  // A request that waits. `answer` is there when it has answered.
  struct Asked {
    http::Request request;
    std::optional<http::StringBody> body;
    std::optional<http::Response> answer;
  };
  std::shared_ptr<Asked> Begin(Call call);
  // Runs the stream of an answer beside the test; `ended` of the returned pair tells when it is over.
  struct Streamed {
    http::Response response;
    TextStream stream;
    bool ended = false;
  };
  std::shared_ptr<Streamed> Follow(Call call);

  // Runs the loop until `condition` holds; fails the test when it does not within seconds.
  template <class F>
  void RunUntil(F condition);
  template <class T>
  T Run(Task<T> task) {
    return io_.RunUntilDone(std::move(task));
  }

  // The one job of a fresh submission, or that of `index`.
  static Id JobIdOf(const http::Response& response, int index = 0);
  static Id BatchIdOf(const http::Response& response);
  // As worker and ledger: starts the job, and gives it its outcome.
  void StartJob(Id job);
  void Settle(Id job, std::string label = "chair");
  void SettleFailed(Id job, Failure failure);
  // Messages that wait in the queue of a priority.
  std::vector<std::string> TakeMessages(Priority priority = Priority::kNormal);
  std::size_t CountInputs();

  std::filesystem::path folder_;
  IoContext io_;
  FakeClock clock_{io_};
  std::unique_ptr<embedded::Engine> engine_;
  std::shared_ptr<ObjectStore> inputs_;
  std::shared_ptr<ObjectStore> outputs_;
  std::vector<std::shared_ptr<Queue>> queues_;
  JobNews news_{clock_};
  std::optional<WorkerNotices> notices_;
  ReportCounts reports_;
  Quarantine quarantine_{3};
  std::optional<ModelCatalog> models_;
  // What Open gives the web tier instead of a fleet it does not know, and of the queue of normal jobs.
  Fleet* fleet_ = nullptr;
  Queue* normal_queue_ = nullptr;
  std::unique_ptr<Web> web_;

 private:
  void Publish(Outcome outcome);
  void OpenEngine();
};

template <class F>
void WebFixture::RunUntil(F condition) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    ASSERT_LT(std::chrono::steady_clock::now(), give_up) << "what the test waits for did not come";
    io_.context().restart();
    io_.context().run_one_for(std::chrono::milliseconds(100));
  }
}

}  // namespace darkroom::web
