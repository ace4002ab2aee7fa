// Feeds a multipart body to the reader twice, whole and in pieces whose sizes the input chooses, and demands the same
// parts and the same end. Input: a byte that seeds the sizes, then the body, with boundary "XX".
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

#include "http/multipart.h"

namespace {

using darkroom::IoContext;
using darkroom::Result;
using darkroom::Task;
namespace http = darkroom::http;

class RandomPieces : public http::BodyReader {
 public:
  RandomPieces(std::string bytes, unsigned seed) : bytes_(std::move(bytes)), random_(seed) {}
  Task<Result<std::string>> Read() override {
    auto piece = bytes_.substr(at_, 1 + random_() % 40);
    at_ += piece.size();
    co_return piece;
  }

 private:
  std::string bytes_;
  std::minstd_rand random_;
  std::size_t at_ = 0;
};

Task<std::string> ReadParts(http::MultipartReader& reader) {
  std::string all;
  while (true) {
    auto part = co_await reader.Next();
    if (!part) co_return all + "!" + part.error().message();
    if (!part->has_value()) co_return all;
    const auto& header = **part;
    all += header.name + "\1" + header.file_name.value_or("\2") + "\1" + header.content_type + "\1";
    auto content = co_await reader.ReadAll(1 << 20);
    if (!content) co_return all + "!" + content.error().message();
    all += *content + "\3";
  }
}

std::string Read(http::BodyReader& body) {
  IoContext io;
  auto reader = http::MultipartReader::Open("multipart/form-data; boundary=XX", body);
  if (!reader) std::abort();
  return io.RunUntilDone(ReadParts(*reader));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  http::StringBody whole(bytes);
  RandomPieces pieces(bytes, data[0]);
  if (Read(whole) != Read(pieces)) std::abort();
  // The Content-Type is the client's too.
  http::StringBody nothing("");
  (void)http::MultipartReader::Open(bytes, nothing);
  return 0;
}
