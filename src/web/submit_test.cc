#include "web/submit.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "base/crypto.h"
#include "domain/message.h"
#include "web/web_fixture.h"

namespace darkroom::web {
namespace {

using testing::HasSubstr;

class Submitting : public WebFixture {
 protected:
  // The answer is this problem, and nothing of the request was left behind.
  void ExpectProblem(const http::Response& response, int status, std::string_view code, std::string_view detail) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.headers.Get("Content-Type"), "application/problem+json");
    const json::object problem = Json(response);
    ASSERT_TRUE(problem.contains("code"));
    EXPECT_EQ(problem.at("code").as_string(), code);
    EXPECT_EQ(problem.at("status").as_int64(), status);
    EXPECT_THAT(std::string(problem.at("detail").as_string()), HasSubstr(std::string(detail)));
    EXPECT_EQ(CountInputs(), 0u);
    EXPECT_TRUE(TakeMessages().empty());
  }
};

TEST_F(Submitting, AFormBecomesABatchWithStoredPicturesAndMessages) {
  const auto response = PostForm({{"model", {}, "furniture"},
                                  {"a", "cat.png", Png()},
                                  {"b", "C:\\pictures\\dog.png", Png(5, 6)},
                                  {"top_k", {}, "3"},
                                  {"metadata", {}, R"({"order": 7})"}});
  ASSERT_EQ(response.status, 202) << response.body;
  const json::object body = Json(response);
  EXPECT_EQ(response.headers.Get("Location"), "/v1/batches/" + BatchIdOf(response).ToString());
  EXPECT_EQ(body.at("batch").at("size").as_int64(), 2);
  EXPECT_EQ(body.at("batch").at("counts").at("queued").as_int64(), 2);
  EXPECT_FALSE(body.at("batch").at("done").as_bool());
  const auto& second = body.at("jobs").at(1);
  EXPECT_EQ(second.at("index").as_int64(), 1);
  EXPECT_EQ(second.at("input").at("file_name").as_string(), "dog.png");
  EXPECT_EQ(second.at("input").at("content_type").as_string(), "image/png");
  EXPECT_EQ(second.at("input").at("width").as_int64(), 5);
  EXPECT_EQ(second.at("model").at("version").as_string(), "1.1");
  EXPECT_EQ(second.at("metadata").at("order").as_int64(), 7);
  EXPECT_TRUE(second.at("timeline").as_object().contains("queued"));

  EXPECT_EQ(CountInputs(), 2u);
  const auto stored = Run(inputs_->Get(InputKey(JobIdOf(response, 1)), std::nullopt)).value();
  EXPECT_EQ(stored->body, Png(5, 6));
  const auto messages = TakeMessages();
  ASSERT_EQ(messages.size(), 2u);
  const auto request = ParseJobRequest(messages[0]).value();
  EXPECT_EQ(request.job, JobIdOf(response, 0));
  EXPECT_EQ(request.top_k, 3);
  EXPECT_EQ(request.model.name, "furniture");
}

TEST_F(Submitting, TheGroupOfAMessageIsItsModel) {
  ASSERT_EQ(PostForm({{"model", {}, "furniture"}, {"a", "a.png", Png()}}).status, 202);
  const auto messages = Run(queues_[std::size_t(Priority::kNormal)]->Receive({})).value();
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].group, "furniture");
}

TEST_F(Submitting, AMessageNamesTheFileOfAPictureThatHasOne) {
  std::string large = Png();
  const std::size_t chunk = large.find("IDAT") - 4, chunk_size = 12 + 6;
  const std::string data = large.substr(chunk, chunk_size);
  for (int i = 0; i < 5000; ++i) large.insert(chunk, data);
  ASSERT_EQ(PostForm({{"a", "small.png", Png()}, {"b", "large.png", large}}).status, 202);
  const auto messages = TakeMessages();
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(ParseJobRequest(messages[0])->picture_file, "");
  const std::string path = engine_->objects_folder() + "/" + ParseJobRequest(messages[1])->picture_file;
  std::ostringstream bytes;
  bytes << std::ifstream(path).rdbuf();
  EXPECT_EQ(bytes.str(), large);
}

TEST_F(Submitting, MetadataComesBackAsItWasWritten) {
  const std::string metadata = R"({"order": 123456789012345678901234567890, "price": 1.10})";
  const auto answers = {PostForm({{"f", "a.png", Png()}, {"metadata", {}, metadata}}),
                        Post("/v1/jobs", "application/json",
                             R"({"metadata":)" + metadata + R"(,"image":{"data":")" + Base64(Png()) + "\"}}")};
  for (const auto& response : answers) {
    ASSERT_EQ(response.status, 202) << response.body;
    EXPECT_THAT(response.body, HasSubstr("\"metadata\":" + metadata));
    EXPECT_THAT(Get("/v1/jobs/" + JobIdOf(response).ToString()).body, HasSubstr("\"metadata\":" + metadata));
    EXPECT_THAT(Get("/v1/batches/" + BatchIdOf(response).ToString()).body, HasSubstr("\"metadata\":" + metadata));
    EXPECT_THAT(Get("/v1/jobs").body, HasSubstr("\"metadata\":" + metadata));
  }
}

TEST_F(Submitting, TransformsAndASeedOfItsOwnGoWithEachPicture) {
  const std::string spelled = R"([{"op":"crop","width":2,"height":3,"at":"random"}])";
  for (const std::string& spelling : {std::string("crop:2x3:random"), spelled}) {
    const auto response = PostForm(
        {{"a", "a.png", Png()}, {"b", "b.png", Png()}, {"transforms", {}, spelling}, {"seed", {}, "9007199254740991"}});
    ASSERT_EQ(response.status, 202) << response.body;
    const auto jobs = Json(response).at("jobs");
    EXPECT_EQ(jobs.at(0).at("transforms"), *ParseJson(spelled));
    EXPECT_EQ(jobs.at(0).at("seed").to_number<std::int64_t>(), 9007199254740991);
    EXPECT_EQ(jobs.at(1).at("seed").to_number<std::int64_t>(), 0) << "the next one, and there is none";
    const auto message = ParseJobRequest(TakeMessages().at(0)).value();
    EXPECT_EQ(message.transforms, spelled);
    EXPECT_EQ(message.seed, 9007199254740991);
  }
}

TEST_F(Submitting, ASeedIsDrawnAndTold) {
  const auto response = PostForm({{"a", "a.png", Png()}, {"transforms", {}, "noise:3"}});
  ASSERT_EQ(response.status, 202) << response.body;
  EXPECT_GT(Json(response).at("jobs").at(0).at("seed").to_number<std::int64_t>(), 0);
}

TEST_F(Submitting, ARawBodyTakesItsFieldsFromTheQuery) {
  const auto response = Post("/v1/jobs?priority=high&file_name=a%20cat.png&deadline_ms=1500", "image/jpeg", Png());
  ASSERT_EQ(response.status, 202) << response.body;
  const auto job = Json(response).at("jobs").at(0);
  EXPECT_EQ(response.headers.Get("Location"), "/v1/jobs/" + JobIdOf(response).ToString());
  EXPECT_EQ(job.at("input").at("file_name").as_string(), "a cat.png");
  EXPECT_EQ(job.at("input").at("content_type").as_string(), "image/png");
  EXPECT_EQ(job.at("priority").as_string(), "high");
  EXPECT_EQ(job.at("deadline").as_string(), FormatTime(clock_.Now() + 1500ms));
  EXPECT_EQ(TakeMessages(Priority::kHigh).size(), 1u);
  EXPECT_TRUE(TakeMessages(Priority::kNormal).empty());
}

TEST_F(Submitting, JsonCarriesPicturesAsBase64) {
  const std::string body =
      R"({"model":"furniture@1.0","top_k":2,"metadata":{"a":1},"images":[{"file_name":"x.png","data":")" +
      Base64(Png()) + R"("},{"data":")" + Base64(Png(7, 7)) + R"("}]})";
  const auto response = Post("/v1/jobs", "application/json; charset=utf-8", body);
  ASSERT_EQ(response.status, 202) << response.body;
  const auto jobs = Json(response).at("jobs").as_array();
  ASSERT_EQ(jobs.size(), 2u);
  EXPECT_EQ(jobs[0].at("input").at("file_name").as_string(), "x.png");
  EXPECT_EQ(jobs[0].at("model").at("version").as_string(), "1.0");
  EXPECT_EQ(jobs[0].at("top_k").as_int64(), 2);
  EXPECT_EQ(jobs[1].at("input").at("width").as_int64(), 7);
}

TEST_F(Submitting, ABadPictureFailsAloneAndItsNeighboursGoOn) {
  const auto response =
      PostForm({{"f", "good.png", Png()}, {"f", "bad.png", "no picture"}, {"f", "cut.png", Png(4, 3, false)}});
  ASSERT_EQ(response.status, 202) << response.body;
  const auto body = Json(response);
  EXPECT_EQ(body.at("jobs").at(0).at("state").as_string(), "queued");
  const auto& bad = body.at("jobs").at(1);
  EXPECT_EQ(bad.at("state").as_string(), "failed");
  EXPECT_EQ(bad.at("error").at("code").as_string(), "bad_image");
  EXPECT_THAT(std::string(bad.at("error").at("message").as_string()), HasSubstr("'bad.png'"));
  EXPECT_TRUE(bad.at("timeline").as_object().contains("settled"));
  EXPECT_EQ(body.at("batch").at("counts").at("failed").as_int64(), 2);
  EXPECT_EQ(TakeMessages().size(), 1u);
  EXPECT_EQ(CountInputs(), 1u);
  EXPECT_EQ(Get("/v1/jobs/" + JobIdOf(response, 1).ToString() + "/input").status, 404);
}

TEST_F(Submitting, WhenNoFileIsAPictureTheAnswerIsTheFirstOnesProblem) {
  ExpectProblem(PostForm({{"f", "a.txt", "text"}, {"f", "cut.png", Png(4, 3, false)}}), 415, "not_an_image", "'a.txt'");
  ExpectProblem(Post("/v1/jobs", "image/png", Png(4, 3, false)), 422, "image_truncated", "breaks off");
}

TEST_F(Submitting, PixelsAreCountedBeforeAnythingIsDecoded) {
  ExpectProblem(Post("/v1/jobs", "image/png", Png(10'000, 10'000)), 422, "too_many_pixels", "10000 x 10000");
  // The model's own limit, which is known only after the file: what was stored is removed again.
  ExpectProblem(Post("/v1/jobs", "image/png", Png(2'000, 2'000)), 422, "too_many_pixels", "1000000");
  EXPECT_EQ(Post("/v1/jobs?model=noop", "image/png", Png(2'000, 2'000)).status, 202);
}

TEST_F(Submitting, LimitsOfFilesAreNamed) {
  Open({.max_file_bytes = 200, .max_files = 2, .max_json_bytes = 500});
  const std::string large = Png() + std::string(300, 'x');
  ExpectProblem(Post("/v1/jobs", "image/png", large), 413, "too_large", "200 bytes");
  ExpectProblem(PostForm({{"f", "large.png", large}}), 413, "too_large", "'large.png'");
  ExpectProblem(PostForm({{"f", "1.png", Png()}, {"f", "2.png", Png()}, {"f", "3.png", Png()}}), 413, "too_many_files",
                "2 files");
  ExpectProblem(Post("/v1/jobs", "application/json", "{\"x\":\"" + std::string(600, 'x') + "\"}"), 413, "too_large",
                "500");
  const std::string base64 = R"({"image":{"data":")" + Base64(Png() + std::string(150, 'x')) + "\"}}";
  ExpectProblem(Post("/v1/jobs", "application/json", base64), 413, "too_large", "200 bytes");
  const auto mixed = PostForm({{"f", "large.png", large}, {"f", "2.png", Png()}});
  EXPECT_EQ(mixed.status, 202) << mixed.body;
  const auto failed = Json(mixed).at("jobs").at(0);
  EXPECT_EQ(failed.at("error").at("code").as_string(), "too_large");
  EXPECT_THAT(std::string(failed.at("error").at("message").as_string()), HasSubstr("the limit is 200 bytes"));
  EXPECT_EQ(failed.at("input").at("size").as_int64(), std::int64_t(large.size()));
  EXPECT_EQ(Get("/v1/jobs/" + JobIdOf(mixed, 0).ToString() + "/input").status, 404);
}

TEST_F(Submitting, WhatIsWrongIsNamed) {
  const Part file{"f", "a.png", Png()};
  ExpectProblem(PostForm({file, {"model", {}, "cats"}}), 422, "unknown_model", "there are: furniture, noop");
  ExpectProblem(PostForm({file, {"colour", {}, "red"}}), 400, "invalid_request", "'colour'");
  ExpectProblem(PostForm({file, {"modle", {}, ""}}), 400, "invalid_request", "'modle'");
  ExpectProblem(PostForm({file, {"top_k", {}, "0"}}), 400, "invalid_request", "from 1 to 1000");
  ExpectProblem(PostForm({file, {"top_k", {}, "1"}, {"top_k", {}, "1"}}), 400, "invalid_request", "twice");
  ExpectProblem(PostForm({{"model", {}, "furniture"}}), 400, "invalid_request", "no file");
  ExpectProblem(Post("/v1/jobs", kMultipart, "---x-\r\nbroken"), 400, "invalid_request", "body");
  ExpectProblem(Post("/v1/jobs", "text/plain", "hello"), 415, "unsupported_body", "'text/plain'");
  ExpectProblem(Post("/v1/jobs", "application/json", "{]"), 400, "invalid_request", "byte 1");
  ExpectProblem(Post("/v1/jobs", "application/json", R"({"images":[{"data":"%%"}]})"), 400, "invalid_request",
                "images[0].data");
  ExpectProblem(Post("/v1/jobs", "application/json", R"({"images":"x"})"), 400, "invalid_request", "an array");
  ExpectProblem(Post("/v1/jobs", "image/png", Png(), {{"Idempotency-Key", std::string(256, 'k')}}), 400,
                "invalid_request", "Idempotency-Key");
}

TEST_F(Submitting, AModelInQuarantineTakesNothing) {
  const Part file{"f", "a.png", Png()};
  for (int crash = 0; crash < 3; ++crash) {
    quarantine_.Crashed({"furniture", "1.1", ""}, Id::Make(clock_.Now()), "exited with status 1", clock_.Now());
  }
  ExpectProblem(
      PostForm({file}), 409, "model_quarantined",
      "the model furniture 1.1 is in quarantine: 3 workers crashed while they ran 3 jobs of it, the last exited "
      "with status 1; that ends when its package changes");
  EXPECT_EQ(Post("/", "image/png", Png()).status, 409);
  EXPECT_EQ(PostForm({file, {"model", {}, "furniture@1.0"}}).status, 202) << "another version is another model";
  quarantine_.Lift({"furniture", "1.1", ""});
  EXPECT_EQ(PostForm({file}).status, 202);
}

TEST_F(Submitting, ABodyThatEndsEarlyLeavesNothing) {
  const std::string form = Form({{"f", "a.png", Png()}, {"f", "b.png", Png()}});
  ExpectProblem(Post("/v1/jobs", kMultipart, form.substr(0, form.size() - 40)), 400, "invalid_request", "body");
}

// A body that comes in two pieces, with time going by in between.
class SlowBody final : public http::BodyReader {
 public:
  SlowBody(FakeClock& clock, std::string body, Duration pause) : clock_(clock), body_(std::move(body)), pause_(pause) {}
  Task<Result<std::string>> Read() override {
    if (std::exchange(begun_, true)) clock_.Advance(std::exchange(pause_, Duration(0)));
    std::string piece = body_.substr(0, body_.size() / 2 + 1);
    body_.erase(0, piece.size());
    co_return piece;
  }

 private:
  FakeClock& clock_;
  std::string body_;
  Duration pause_;
  bool begun_ = false;
};

TEST_F(Submitting, AnUploadThatTakesTooLongIsRefusedAndLeavesNothing) {
  Open({.max_upload = 1h});
  const auto upload = [this](Duration takes) {
    SlowBody body(clock_, Form({{"f", "a.png", Png()}, {"f", "b.png", Png()}}), takes);
    http::Request request;
    request.method = "POST";
    request.target = request.path = "/v1/jobs";
    request.headers.Set("Content-Type", std::string(kMultipart));
    request.body = &body;
    return Run(web_->handler()(request));
  };
  ExpectProblem(upload(61min), 408, "request_timeout", "1h");
  EXPECT_EQ(upload(59min).status, 202);
}

TEST_F(Submitting, ARetryWithItsKeyGetsTheFirstAnswer) {
  const http::Headers key{{"Idempotency-Key", "order 66"}};
  const auto first = PostForm({{"f", "a.png", Png()}, {"top_k", {}, "2"}}, key);
  ASSERT_EQ(first.status, 202) << first.body;
  const auto again = PostForm({{"top_k", {}, "2"}, {"f", "a.png", Png()}}, key);
  EXPECT_EQ(again.status, 202) << again.body;
  EXPECT_EQ(again.headers.Get("Idempotency-Replayed"), "true");
  EXPECT_EQ(BatchIdOf(again), BatchIdOf(first));
  EXPECT_EQ(JobIdOf(again), JobIdOf(first));
  EXPECT_EQ(CountInputs(), 1u) << "the second upload was to be removed";
  EXPECT_EQ(TakeMessages().size(), 1u);
}

TEST_F(Submitting, AKeyReusedForAnotherRequestIsAConflict) {
  const http::Headers key{{"Idempotency-Key", "k"}};
  ASSERT_EQ(PostForm({{"f", "a.png", Png()}}, key).status, 202);
  const auto other_file = PostForm({{"f", "a.png", Png(9, 9)}}, key);
  EXPECT_EQ(other_file.status, 409);
  EXPECT_EQ(Json(other_file).at("code").as_string(), "idempotency_key_reused");
  EXPECT_EQ(PostForm({{"f", "a.png", Png()}, {"top_k", {}, "1"}}, key).status, 409);
  EXPECT_EQ(CountInputs(), 1u);
}

TEST_F(Submitting, AFullQueueSaysWhenToComeAgain) {
  Open({.max_queued = 2});
  ASSERT_EQ(PostForm({{"f", "a.png", Png()}, {"f", "b.png", Png()}}).status, 202);
  const auto refused = Post("/v1/jobs", "image/png", Png());
  EXPECT_EQ(refused.status, 429);
  EXPECT_FALSE(refused.headers.Get("Retry-After").empty());
  EXPECT_EQ(Json(refused).at("limit").as_int64(), 2);
  Settle(JobIdOf(Get("/v1/jobs")));
  clock_.Advance(2s);
  EXPECT_EQ(Post("/v1/jobs", "image/png", Png()).status, 202);
}

// A queue that takes nothing.
class ClosedQueue final : public Queue {
 public:
  const std::string& name() const override { return name_; }
  Task<Result<std::vector<std::string>>> Send(std::vector<SendRequest>) override { co_return Closed(); }
  Task<Result<std::vector<Message>>> Receive(ReceiveOptions) override { co_return Closed(); }
  Task<Result<std::vector<bool>>> Extend(std::vector<std::string>, Duration) override { co_return Closed(); }
  Task<Status> Ack(std::vector<std::string>) override { co_return Closed(); }
  Task<Result<QueueStats>> Stats() override { co_return QueueStats(); }

 private:
  static std::unexpected<Error> Closed() { return Fail(Code::kUnavailable, "the queue is closed"); }
  const std::string name_ = "closed";
};

TEST_F(Submitting, JobsThatCouldNotBeSentAreStoredAndTheAnswerSaysSo) {
  ClosedQueue closed;
  normal_queue_ = &closed;
  Open({});
  const http::Headers key{{"Idempotency-Key", "k"}, {"Content-Type", "image/png"}};
  const auto response = Post("/v1/jobs", "image/png", Png(), key);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.Get("Retry-After"), "5");
  const auto problem = Json(response);
  EXPECT_EQ(problem.at("code").as_string(), "not_sent");
  EXPECT_THAT(std::string(problem.at("detail").as_string()), HasSubstr("the queue is closed"));
  const std::string batch(problem.at("batch").as_string());
  const auto jobs = Json(Get("/v1/jobs?batch=" + batch)).at("jobs").as_array();
  ASSERT_EQ(jobs.size(), 1u) << "what is stored stays, for the sweeper to send";
  EXPECT_EQ(jobs[0].at("state").as_string(), "queued");
  EXPECT_EQ(CountInputs(), 1u);
  EXPECT_EQ(Run(engine_->jobs().ListUnsent(clock_.Now() + 1s, 10)).value().size(), 1u) << "not marked as sent";

  normal_queue_ = nullptr;
  Open({});
  const auto again = Post("/v1/jobs", "image/png", Png(), key);
  EXPECT_EQ(again.status, 202) << again.body;
  EXPECT_EQ(BatchIdOf(again).ToString(), batch) << "with its key a retry makes no second job";
}

TEST_F(Submitting, WhatWasSentIsMarkedInTheBackground) {
  const auto response = Post("/v1/jobs", "image/png", Png());
  const Id job = JobIdOf(response);
  RunUntil([&] { return Run(engine_->jobs().Get(job)).value()->timeline.queued.has_value(); });
  EXPECT_TRUE(Run(engine_->jobs().ListUnsent(clock_.Now() + 1s, 10)).value().empty());
}

}  // namespace
}  // namespace darkroom::web
