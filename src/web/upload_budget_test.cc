#include "web/upload_budget.h"

#include <gmock/gmock.h>

#include "base/crypto.h"
#include "web/web_fixture.h"

namespace darkroom::web {
namespace {

TEST(UploadBudget, GivesNoMoreThanItHasAndTakesAllBack) {
  UploadBudget budget(10);
  {
    UploadBudget::Share one(budget);
    EXPECT_TRUE(one.Take(6));
    UploadBudget::Share two(budget);
    EXPECT_FALSE(two.Take(5));
    EXPECT_TRUE(two.Take(4));
    one.GiveBack(2);
    EXPECT_EQ(budget.held(), 8);
  }
  EXPECT_EQ(budget.held(), 0);
}

// Gives its first part, and the rest when the test says so.
class HaltingBody final : public http::BodyReader {
 public:
  HaltingBody(Clock& clock, std::string first, std::string rest)
      : go_(clock), parts_{std::move(first), std::move(rest)} {}
  Task<Result<std::string>> Read() override {
    if (at_ == 1 && !may_go_) co_await go_.Wait();
    co_return at_ < 2 ? parts_[at_++] : std::string();
  }
  void Go() {
    may_go_ = true;
    go_.NotifyAll();
  }
  bool halted() const { return at_ == 1 && !may_go_; }

 private:
  Signal go_;
  bool may_go_ = false;
  std::string parts_[2];
  std::size_t at_ = 0;
};

class Uploads : public WebFixture {
 protected:
  struct Upload {
    Upload(Clock& clock, std::string first, std::string rest) : body(clock, std::move(first), std::move(rest)) {}
    HaltingBody body;
    http::Request request;
    std::optional<http::Response> answer;
  };
  std::shared_ptr<Upload> Begin(std::string_view type, std::string first, std::string rest) {
    auto upload = std::make_shared<Upload>(clock_, std::move(first), std::move(rest));
    upload->request.method = "POST";
    upload->request.path = upload->request.target = "/v1/jobs";
    upload->request.headers = {{"Content-Type", std::string(type)}};
    upload->request.body = &upload->body;
    const auto answer = [](http::Handler handler, std::shared_ptr<Upload> self) -> Task<void> {
      self->answer = co_await handler(self->request);
    };
    io_.Spawn(answer(web_->handler(), upload));
    RunUntil([&] { return upload->body.halted() || upload->answer.has_value(); });
    return upload;
  }
  void End(const std::shared_ptr<Upload>& upload) {
    upload->body.Go();
    RunUntil([&] { return upload->answer.has_value(); });
  }
};

// Three files of 1000 bytes may be held: as many as one upload may need.
constexpr WebOptions kSmall{.max_file_bytes = 1000, .max_json_bytes = 1000, .max_upload_memory = 3000};

TEST_F(Uploads, OverTheBudgetAreRefusedAndThoseUnderWayGoOn) {
  Open(kSmall);
  const std::string picture = Png() + std::string(1000 - Png().size(), 'x');
  std::vector<std::shared_ptr<Upload>> under_way;
  for (int i = 0; i < 3; ++i) under_way.push_back(Begin("image/png", picture.substr(0, 900), picture.substr(900)));
  const auto refused = Begin("image/png", picture.substr(0, 900), picture.substr(900));
  ASSERT_TRUE(refused->answer.has_value());
  EXPECT_EQ(refused->answer->status, 503);
  EXPECT_EQ(refused->answer->headers.Get("Retry-After"), "2");
  EXPECT_EQ(Json(*refused->answer).at("code").as_string(), "busy");
  EXPECT_EQ(Json(*refused->answer).at("limit").as_int64(), 3000);
  for (const auto& upload : under_way) {
    End(upload);
    EXPECT_EQ(upload->answer->status, 202) << upload->answer->body;
  }
  EXPECT_EQ(Post("/v1/jobs", "image/png", picture).status, 202) << "there is room again";
  EXPECT_EQ(CountInputs(), 4u);
}

TEST_F(Uploads, PartsOfAFormAndJsonCountToo) {
  Open(kSmall);
  const std::string picture = Png() + std::string(900 - Png().size(), 'x');
  const std::string form = Form({{"f", "a.png", picture}});
  std::vector<std::shared_ptr<Upload>> under_way;
  for (int i = 0; i < 3; ++i) under_way.push_back(Begin(kMultipart, form.substr(0, 960), form.substr(960)));
  const std::string json = R"({"image":{"data":")" + Base64(Png()) + std::string(600, ' ') + "\"}}";
  EXPECT_EQ(Begin("application/json", json, "")->answer.value().status, 503);
  for (const auto& upload : under_way) {
    End(upload);
    EXPECT_EQ(upload->answer->status, 202) << upload->answer->body;
  }
}

// The files of one upload are held one after another.
TEST_F(Uploads, OfManyFilesMayBeLargerThanTheBudgetTogether) {
  Open(kSmall);
  std::vector<Part> parts;
  for (int i = 0; i < 20; ++i) {
    const std::string bytes = i % 2 == 0 ? Png() + std::string(900, 'x') : std::string(1200, 'x');
    parts.push_back({"f", std::to_string(i) + ".png", bytes});
  }
  EXPECT_EQ(PostForm(parts).status, 202);
  EXPECT_EQ(Post("/v1/jobs", "image/png", Png() + std::string(900, 'x')).status, 202);
}

TEST_F(Uploads, AJsonBodyMayNotBeAllValues) {
  const auto response = Post("/v1/jobs", "application/json", "{\"x\":[" + std::string(2'100'000, ',') + "]}");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, testing::HasSubstr("more than 1000000 values"));
}

class BrokenBody final : public http::BodyReader {
 public:
  explicit BrokenBody(Error error) : error_(std::move(error)) {}
  Task<Result<std::string>> Read() override { co_return Fail(error_); }

 private:
  const Error error_;
};

TEST_F(Uploads, ThatStallAreTimedOut) {
  for (const std::string_view type :
       {std::string_view("image/png"), kMultipart, std::string_view("application/json")}) {
    BrokenBody body(Error(Code::kUnavailable, "the client stopped sending the body"));
    http::Request request;
    request.method = "POST";
    request.path = request.target = "/v1/jobs";
    request.headers = {{"Content-Type", std::string(type)}};
    request.body = &body;
    const auto response = Run(web_->handler()(request));
    EXPECT_EQ(response.status, 408) << response.body;
    EXPECT_EQ(Json(response).at("code").as_string(), "request_timeout");
  }
}

}  // namespace
}  // namespace darkroom::web
