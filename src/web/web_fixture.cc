#include "web/web_fixture.h"

#include <unistd.h>

#include "base/crypto.h"
#include "domain/message.h"

namespace darkroom::web {
namespace {

std::string BigEndian(std::uint32_t value) {
  return {char(value >> 24), char(value >> 16), char(value >> 8), char(value)};
}

std::string PngChunk(const std::string& type, const std::string& data) {
  return BigEndian(std::uint32_t(data.size())) + type + data + BigEndian(Crc32(type + data));
}

model::Package Furniture(std::string version) {
  model::Package package;
  package.name = "furniture";
  package.version = std::move(version);
  package.description = "ten kinds of furniture";
  package.license = "Apache-2.0";
  package.input.width = package.input.height = 96;
  model::ClassificationSpec::Head head;
  head.labels.names = {"chair", "table"};
  package.output = model::ClassificationSpec{{head}};
  package.max_pixels = 1'000'000;
  return package;
}

}  // namespace

std::string Png(int width, int height, bool whole) {
  const std::string header =
      BigEndian(std::uint32_t(width)) + BigEndian(std::uint32_t(height)) + std::string("\x08\x02\x00\x00\x00", 5);
  const std::string picture = "\x89PNG\r\n\x1a\n" + PngChunk("IHDR", header) + PngChunk("IDAT", "pixels");
  return whole ? picture + PngChunk("IEND", "") : picture.substr(0, picture.size() - 6);
}

std::string Form(const std::vector<Part>& parts) {
  std::string body;
  for (const Part& part : parts) {
    body += "---x-\r\nContent-Disposition: form-data; name=\"" + part.name + "\"";
    if (part.file_name) body += "; filename=\"" + *part.file_name + "\"";
    body += "\r\n\r\n" + part.bytes + "\r\n";
  }
  return body + "---x---\r\n";
}

Task<Status> TextStream::Write(std::string bytes) {
  if (gone) co_return Fail(Code::kUnavailable, "the client has gone");
  text += bytes;
  co_return Status();
}

WebFixture::~WebFixture() {
  if (web_) Run(web_->Stop());
  web_.reset();
  queues_.clear();
  inputs_.reset();
  outputs_.reset();
  engine_.reset();
  std::filesystem::remove_all(folder_);
}

void WebFixture::OpenEngine() {
  std::string name = std::filesystem::temp_directory_path() / "darkroom-web-XXXXXX";
  DR_CHECK(mkdtemp(name.data()) != nullptr);
  folder_ = name;
  embedded::EngineOptions options;
  options.data_dir = folder_;
  auto engine = embedded::Engine::Open(std::move(options), io_, clock_);
  DR_CHECK(engine.has_value());
  engine_ = std::move(*engine);
  notices_.emplace(engine_->queues());
  inputs_ = Run(engine_->objects().Create("input")).value();
  outputs_ = Run(engine_->objects().Create("output")).value();
  for (const Priority priority : kPriorities) {
    std::string queue = "requests-" + std::string(Name(priority));
    queues_.push_back(Run(engine_->queues().Create(std::move(queue), QueueConfig())).value());
  }
  model::FoundPackages found;
  found.packages = {Furniture("1.0"), Furniture("1.1"), model::NoopPackage()};
  found.errors.emplace_back(Code::kInvalid, "models/broken/model.toml:3: [input] width must be a number");
  models_ = ModelCatalog::Make(std::move(found), "").value();
}

void WebFixture::Open(WebOptions options) {
  if (!engine_) OpenEngine();
  if (web_) Run(web_->Stop());
  web_.reset();
  Queue* normal = normal_queue_ != nullptr ? normal_queue_ : queues_[1].get();
  const WebDeps deps{io_,
                     clock_,
                     engine_->jobs(),
                     *inputs_,
                     *outputs_,
                     {queues_[0].get(), normal, queues_[2].get()},
                     news_,
                     *models_,
                     fleet_,
                     [this] { return reports_; },
                     &*notices_,
                     &quarantine_};
  web_ = std::make_unique<Web>(deps, std::move(options));
}

std::shared_ptr<WebFixture::Asked> WebFixture::Begin(Call call) {
  auto asked = std::make_shared<Asked>();
  http::Request& request = asked->request;
  request.method = call.method;
  request.target = call.target;
  const auto mark = call.target.find('?');
  request.path = call.target.substr(0, mark);
  request.raw_query = mark == std::string::npos ? "" : call.target.substr(mark + 1);
  request.query = http::ParseQuery(request.raw_query);
  request.headers = std::move(call.headers);
  request.content_length = call.body.size();
  asked->body.emplace(std::move(call.body), 1000);
  request.body = &*asked->body;
  const auto answer = [](http::Handler handler, std::shared_ptr<Asked> asking) -> Task<void> {
    asking->answer = co_await handler(asking->request);
  };
  io_.Spawn(answer(web_->handler(), asked));
  return asked;
}

http::Response WebFixture::Ask(Call call) {
  const auto asked = Begin(std::move(call));
  RunUntil([&] { return asked->answer.has_value(); });
  return asked->answer.value_or(http::Response());
}

http::Response WebFixture::Post(std::string target, std::string_view type, std::string body, http::Headers headers) {
  headers.Set("Content-Type", std::string(type));
  return Ask({.method = "POST", .target = std::move(target), .headers = std::move(headers), .body = std::move(body)});
}

http::Response WebFixture::PostForm(const std::vector<Part>& parts, http::Headers headers) {
  return Post("/v1/jobs", kMultipart, Form(parts), std::move(headers));
}

json::object WebFixture::Json(const http::Response& response) {
  auto object = ParseJsonObject(response.static_body.empty() ? response.body : response.static_body);
  EXPECT_TRUE(object.has_value()) << response.status << " " << response.body;
  return object ? *object : json::object();
}

std::shared_ptr<WebFixture::Streamed> WebFixture::Follow(Call call) {
  auto streamed = std::make_shared<Streamed>();
  streamed->response = Ask(std::move(call));
  if (!streamed->response.stream) return streamed;
  const auto run = [](std::shared_ptr<Streamed> s) -> Task<void> {
    co_await s->response.stream(s->stream);
    s->ended = true;
  };
  io_.Spawn(run(streamed));
  return streamed;
}

Id WebFixture::JobIdOf(const http::Response& response, int index) {
  const json::object body = Json(response);
  if (!body.contains("jobs")) return {};
  const auto& jobs = body.at("jobs").as_array();
  return Id::Parse(std::string(jobs.at(std::size_t(index)).at("id").as_string())).value();
}

Id WebFixture::BatchIdOf(const http::Response& response) {
  const json::object body = Json(response);
  if (!body.contains("batch")) return {};
  return Id::Parse(std::string(body.at("batch").at("id").as_string())).value();
}

void WebFixture::StartJob(Id job) {
  std::vector<JobStart> starts{{.job = job, .attempt = 1, .worker = "w1", .at = clock_.Now()}};
  news_.Publish(Run(engine_->jobs().MarkStarted(std::move(starts))).value());
}

void WebFixture::Publish(Outcome outcome) {
  outcome.run = "a1";
  outcome.attempt = 1;
  outcome.worker = "w1";
  outcome.model = {"furniture", "1.1", "sha256:00"};
  std::vector<Outcome> outcomes{std::move(outcome)};
  news_.Publish(Run(engine_->jobs().Settle(std::move(outcomes), clock_.Now())).value());
}

void WebFixture::Settle(Id job, std::string label) {
  Outcome outcome;
  outcome.job = job;
  outcome.state = JobState::kSucceeded;
  outcome.result = R"({"task":"classification","labels":[{"label":")" + label +
                   R"(","index":0,"score":0.9}],"image":{"width":4,"height":3,"format":"png"}})";
  outcome.timeline.started = clock_.Now();
  Publish(std::move(outcome));
}

void WebFixture::SettleFailed(Id job, Failure failure) {
  Outcome outcome;
  outcome.job = job;
  outcome.failure = std::move(failure);
  Publish(std::move(outcome));
}

std::vector<std::string> WebFixture::TakeMessages(Priority priority) {
  std::vector<std::string> bodies;
  ReceiveOptions options;
  options.max = kMaxReceive;
  const auto messages = Run(queues_[std::size_t(priority)]->Receive(options)).value();
  for (const Message& message : messages) bodies.push_back(message.body);
  return bodies;
}

std::size_t WebFixture::CountInputs() { return Run(inputs_->List("", "", 1000)).value().objects.size(); }

}  // namespace darkroom::web
