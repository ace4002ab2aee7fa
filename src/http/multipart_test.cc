#include "http/multipart.h"

#include <gmock/gmock.h>

#include <random>

namespace darkroom::http {
namespace {

using testing::HasSubstr;

// A body whose Read says what it is told to.
class BreakingBody : public BodyReader {
 public:
  explicit BreakingBody(std::string first) : first_(std::move(first)) {}
  Task<Result<std::string>> Read() override {
    if (!first_.empty()) co_return std::exchange(first_, {});
    co_return Fail(Code::kUnavailable, "the client broke off the body");
  }

 private:
  std::string first_;
};

// All parts as "name(file;type)=content," and how it ended.
std::string ReadParts(std::string_view bytes, std::size_t chunk,
                      std::string_view content_type = "multipart/form-data; boundary=XX") {
  IoContext io;
  StringBody body(std::string(bytes), chunk);
  auto reader = MultipartReader::Open(content_type, body);
  if (!reader) return reader.error().message();
  auto read = [](MultipartReader& from) -> Task<std::string> {
    std::string all;
    while (true) {
      auto part = co_await from.Next();
      if (!part) co_return all + "!" + part.error().message();
      if (!part->has_value()) co_return all;
      auto content = co_await from.ReadAll(1 << 20);
      if (!content) co_return all + "!" + content.error().message();
      const auto& header = **part;
      all += header.name + "(" + header.file_name.value_or("-") + ";" + header.content_type + ")=" + *content + ",";
    }
  };
  return io.RunUntilDone(read(*reader));
}

std::string Part(std::string_view disposition, std::string_view content) {
  return "--XX\r\nContent-Disposition: form-data; " + std::string(disposition) + "\r\n\r\n" + std::string(content) +
         "\r\n";
}

TEST(Multipart, ReadsPartsWhereverTheBodyIsCut) {
  const std::string body =
      "a preamble\r\nof two lines\r\n--XX  \t\r\n"
      "content-disposition: FORM-DATA; name=\"field\"\r\n\r\nvalue\r\n--XX\r\n"
      "Content-Type: image/png\r\nContent-Disposition: form-data; name=file; filename=\"a.png\"\r\nX-Other: 1\r\n\r\n"
      "\x89PNG\r\n\r\n--X\r\n--Y\r-\r\n--X\r\n--XX\r\n"
      "Content-Disposition: form-data; name=\"empty\"; filename=\"\"\r\n\r\n\r\n--XX--\r\nan epilogue\r\n--XX\r\n";
  const std::string expected = "field(-;)=value,file(a.png;image/png)=\x89PNG\r\n\r\n--X\r\n--Y\r-\r\n--X,empty(;)=,";
  for (std::size_t chunk = 1; chunk <= body.size(); ++chunk) EXPECT_EQ(ReadParts(body, chunk), expected) << chunk;
}

TEST(Multipart, TakesNamesAsBrowsersAndOthersWriteThem) {
  const auto one = [](std::string_view disposition) { return ReadParts(Part(disposition, "") + "--XX--", 7); };
  EXPECT_EQ(one("name=\"a%22b\"; filename=\"c%0D%0ad%20e%25.jpg\""), "a\"b(c\r\nd%20e%25.jpg;)=,");
  EXPECT_EQ(one("name=\"a\\\"b\"; filename=\"x\\\\y\""), "a\"b(x\\y;)=,");
  EXPECT_EQ(one("name=\"f\"; filename=\"C:\\photos\\cat.jpg\""), "f(C:\\photos\\cat.jpg;)=,");
  EXPECT_EQ(one("name=\"f\"; filename=\"a;b=c.jpg\"; "), "f(a;b=c.jpg;)=,");
  EXPECT_EQ(one("name=\"f\"; filename=\"x\"; filename*=UTF-8''%E2%82%AC%20rates"), "f(\xe2\x82\xac rates;)=,");
  EXPECT_EQ(one("name=\"f\"; filename=\"x\"; filename*=ISO-8859-1''%A3"), "f(x;)=,");
  EXPECT_EQ(one("NAME=\"\xc3\xa4\""), "\xc3\xa4(-;)=,");
}

TEST(Multipart, ReadsAnEmptyPartWithAndWithoutItsOwnLineEnd) {
  EXPECT_EQ(ReadParts("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n--XX--", 1), "a(-;)=,");
  EXPECT_EQ(ReadParts("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--XX--", 1), "a(-;)=,");
}

TEST(Multipart, ReadsABodyWithoutParts) { EXPECT_EQ(ReadParts("--XX--\r\n", 1), ""); }

TEST(Multipart, RefusesMalformedBodies) {
  const struct {
    std::string body, complaint;
  } cases[] = {
      {"", "ends before the closing boundary"},
      {"no boundary at all", "ends before the closing boundary"},
      {"--XX", "ends within a part's header"},
      {"--XXY\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--XX--", "neither a line end nor two hyphens"},
      {"--XX\nContent-Disposition: form-data; name=a\n\nb\n--XX--", "ends within a part's header"},
      {"--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nb", "ends before the closing boundary"},
      {"--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--XX", "ends within a part's header"},
      {"--XX\r\nContent-Type: text/plain\r\n\r\nb\r\n--XX--", "no Content-Disposition"},
      {"--XX\r\n\r\nb\r\n--XX--", "no Content-Disposition"},
      {"--XX\r\nContent-Disposition: attachment; name=a\r\n\r\nb\r\n--XX--", "not form-data"},
      {"--XX\r\nContent-Disposition: form-data\r\n\r\nb\r\n--XX--", "gives no name"},
      {"--XX\r\nContent-Disposition: form-data; name=\"a\r\n\r\nb\r\n--XX--", "cannot be read"},
      {"--XX\r\nContent-Disposition: form-data; name=\"a\"x\r\n\r\nb\r\n--XX--", "cannot be read"},
      {"--XX\r\nno colon\r\n\r\nb\r\n--XX--", "without a colon"},
      {"--XX\r\nContent-Disposition: form-data; name=a\nX: y\r\n\r\nb\r\n--XX--", "lone line break"},
      {Part("name=a\r\nContent-Disposition: form-data; name=b", "") + "--XX--", "two Content-Dispositions"},
      {Part("name=a\r\nContent-Transfer-Encoding: base64", "") + "--XX--", "Content-Transfer-Encoding"},
  };
  for (const auto& [body, complaint] : cases) {
    EXPECT_THAT(ReadParts(body, 1), HasSubstr(complaint)) << body;
    EXPECT_EQ(ReadParts(body, 1), ReadParts(body, 1000)) << body;
  }
}

TEST(Multipart, BoundsAPartsHeaderTheSameWhereverItIsCut) {
  for (const std::size_t size : {8000u, 8100u, 8120u, 8130u, 8140u, 8150u, 8192u, 9000u}) {
    const auto body = Part("name=a\r\nX: " + std::string(size, 'x'), "b") + "--XX--";
    const auto whole = ReadParts(body, body.size());
    EXPECT_EQ(whole.contains("8 KiB"), size > 8140) << size;
    for (const std::size_t chunk : {1u, 3u, 1000u}) EXPECT_EQ(ReadParts(body, chunk), whole) << size << " " << chunk;
  }
  EXPECT_THAT(ReadParts("--XX\r\n" + std::string(100'000, 'x'), 4096), HasSubstr("8 KiB"));
}

TEST(Multipart, OpensOnlyWhatItCanRead) {
  StringBody body("");
  for (const std::string type : {"", "text/plain", "multipart/mixed; boundary=a", "multipart/form-data",
                                 "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a",
                                 "multipart/form-data; boundary=\"a \""}) {
    EXPECT_EQ(MultipartReader::Open(type, body).error().code(), Code::kInvalid) << type;
  }
  EXPECT_FALSE(MultipartReader::Open("multipart/form-data; boundary=" + std::string(71, 'a'), body).has_value());
  EXPECT_TRUE(MultipartReader::Open("multipart/form-data; boundary=" + std::string(70, 'a'), body).has_value());
  EXPECT_EQ(ReadParts("--a b;\r\nContent-Disposition: form-data; name=n\r\n\r\nv\r\n--a b;--", 3,
                      "Multipart/Form-Data; charset=utf-8; Boundary=\"a b;\""),
            "n(-;)=v,");
}

TEST(Multipart, SkipsWhatIsLeftOfAPart) {
  IoContext io;
  StringBody body(Part("name=large", std::string(1000, 'x')) + Part("name=small", "y") + "--XX--", 100);
  auto reader = MultipartReader::Open("multipart/form-data; boundary=XX", body);
  auto read = [](MultipartReader& from) -> Task<void> {
    const auto early = co_await from.Read();
    EXPECT_EQ(early.value(), "") << "there is no part before Next";
    auto part = co_await from.Next();
    const auto large = co_await from.ReadAll(500);
    EXPECT_EQ(large.error().code(), Code::kTooLarge);
    part = co_await from.Next();
    EXPECT_EQ(part->value().name, "small");
    part = co_await from.Next();
    EXPECT_FALSE(part->has_value());
    part = co_await from.Next();
    EXPECT_FALSE(part->has_value());
  };
  io.RunUntilDone(read(*reader));
}

TEST(Multipart, HandsOnTheErrorsOfTheBody) {
  IoContext io;
  BreakingBody body("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nsome of it, cut off in the middle");
  auto reader = MultipartReader::Open("multipart/form-data; boundary=XX", body);
  auto read = [](MultipartReader& from) -> Task<void> {
    const auto part = co_await from.Next();
    EXPECT_TRUE(part.has_value());
    const auto content = co_await from.ReadAll(1000);
    EXPECT_EQ(content.error().code(), Code::kUnavailable);
  };
  io.RunUntilDone(read(*reader));
}

// The parser against a writer, over contents made to look like boundaries.
TEST(Multipart, ReadsBackRandomParts) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::string alphabet[] = {"\r", "\n", "-", "X", "\r\n--X", "\r\n--", "a", "\r\n"};
  for (int round = 0; round < 300; ++round) {
    std::string body, expected;
    for (unsigned part = random() % 4; part > 0; --part) {
      std::string content;
      for (unsigned i = random() % 30; i > 0; --i) content += alphabet[random() % 8];
      if (("\r\n" + content).contains("\r\n--XX")) continue;
      body += Part("name=n", content);
      expected += "n(-;)=" + content + ",";
    }
    EXPECT_EQ(ReadParts(body + "--XX--", 1 + random() % 20), expected) << body;
  }
}

}  // namespace
}  // namespace darkroom::http
