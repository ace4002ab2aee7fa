#include "http/response_head.h"

#include <gtest/gtest.h>

namespace darkroom::http {
namespace {

constexpr AnswerContext kGet{.head = false, .http_1_0 = false, .keep_alive = true};

std::string Head(const Response& response, AnswerContext context = kGet) {
  std::string out;
  AppendHead(response, context, "today", out);
  return out;
}

TEST(AppendHead, WritesStatusFieldsAndLength) {
  EXPECT_EQ(Head(Response::Text(202, "hello")),
            "HTTP/1.1 202 Accepted\r\nServer: darkroom\r\nDate: today\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "Content-Length: 5\r\n\r\n");
}

TEST(AppendHead, LeavesOutFieldsThatWouldSplitTheAnswer) {
  Response response;
  response.headers.Add("X-Name", "a\r\nSet-Cookie: b");
  response.headers.Add("X\r\nEvil", "c");
  response.headers.Add("X-Good", "d");
  const auto head = Head(response);
  EXPECT_FALSE(head.contains("Cookie") || head.contains("Evil")) << head;
  EXPECT_TRUE(head.contains("X-Good: d\r\n")) << head;
}

TEST(AppendHead, TakesTheLengthOfWhatIsSentAndNotTheHandlersWord) {
  auto response = Response::Text(200, "hello");
  response.headers.Set("Content-Length", "99");
  EXPECT_TRUE(Head(response).contains("Content-Length: 5\r\n"));
}

TEST(AppendHead, KeepsTheDeclaredLengthForHead) {
  Response response;
  response.headers.Set("Content-Length", "99");
  std::string out;
  const auto plan = AppendHead(response, {.head = true, .http_1_0 = false, .keep_alive = true}, "today", out);
  EXPECT_TRUE(out.contains("Content-Length: 99\r\n")) << out;
  EXPECT_EQ(plan.body, AnswerPlan::Body::kNone);
}

TEST(AppendHead, ChunksAStreamOfUnknownLengthUnlessTheClientIsTooOld) {
  Response response;
  response.stream = [](ResponseStream&) -> Task<void> { co_return; };
  EXPECT_TRUE(Head(response).contains("Transfer-Encoding: chunked\r\n"));
  const auto old = Head(response, {.head = false, .http_1_0 = true, .keep_alive = true});
  EXPECT_FALSE(old.contains("chunked")) << old;
  EXPECT_TRUE(old.contains("Connection: close\r\n")) << old;
}

TEST(AppendHead, GivesNoLengthToAnswersWithoutABody) {
  EXPECT_FALSE(Head(Response::Text(204, "")).contains("Content-Length"));
  EXPECT_FALSE(Head(Response::Text(304, "")).contains("Content-Length"));
}

TEST(AppendHead, ClosesWhenTheHandlerSaysSo) {
  auto response = Response::Text(200, "");
  response.headers.Set("Connection", "close");
  std::string out;
  EXPECT_FALSE(AppendHead(response, kGet, "today", out).keep_alive);
  EXPECT_TRUE(out.contains("Connection: close\r\n"));
}

TEST(DateField, IsWrittenAsRfc9110Says) {
  DateField date;
  EXPECT_EQ(date.At(FromMicros(784'111'777'000'000)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(date.At(FromMicros(784'111'778'999'999)), "Sun, 06 Nov 1994 08:49:38 GMT");
}

}  // namespace
}  // namespace darkroom::http
