#include "wire/aws_chunked.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "http/ascii.h"
#include "wire/sigv4.h"
#include "wire/uri.h"

namespace darkroom::wire {
namespace {

constexpr std::size_t kMaxLine = 4096;
constexpr std::size_t kMaxTrailers = 16;
// A signed chunk is held until its signature was checked.
constexpr std::uint64_t kMaxSignedChunk = std::uint64_t(16) << 20;

std::unexpected<Error> Malformed(std::string what) { return Fail(Code::kInvalid, "aws-chunked body: " + what); }

}  // namespace

std::string SignChunk(const ChunkSigning& signing, std::string_view data) {
  const std::string text = fmt::format("AWS4-HMAC-SHA256-PAYLOAD\n{}\n{}\n{}\n{}\n{}", signing.amz_date, signing.scope,
                                       signing.seed, kEmptyPayloadHash, Hex(AsView(Sha256(data))));
  return Hex(AsView(HmacSha256(AsView(signing.key), text)));
}

std::string SignTrailer(const ChunkSigning& signing, std::string_view trailer_lines) {
  const std::string text = fmt::format("AWS4-HMAC-SHA256-TRAILER\n{}\n{}\n{}\n{}", signing.amz_date, signing.scope,
                                       signing.seed, Hex(AsView(Sha256(trailer_lines))));
  return Hex(AsView(HmacSha256(AsView(signing.key), text)));
}

Status AwsChunkedDecoder::Feed(std::string_view bytes, std::string& body) {
  while (!bytes.empty()) {
    if (at_ == At::kData) {
      bytes.remove_prefix(TakeData(bytes, body));
      continue;
    }
    if (at_ == At::kEnd) return Malformed("bytes after its end");
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);  // all of them when there is no line's end
    if (line_.size() + piece.size() > kMaxLine) return Malformed("a line is too long");
    line_ += piece;
    if (end == std::string_view::npos) return {};
    bytes.remove_prefix(end + 1);
    if (!line_.ends_with('\r')) return Malformed("a line does not end in CR LF");
    line_.pop_back();
    const std::string line = std::exchange(line_, {});
    if (auto read = ReadLine(line, body); !read) return read;
  }
  return {};
}

std::size_t AwsChunkedDecoder::TakeData(std::string_view bytes, std::string& body) {
  const auto taken = std::size_t(std::min<std::uint64_t>(left_, bytes.size()));
  (options_.signing ? chunk_ : body).append(bytes.substr(0, taken));
  left_ -= taken;
  if (left_ == 0) at_ = At::kDataEnd;
  return taken;
}

Status AwsChunkedDecoder::ReadLine(std::string_view line, std::string& body) {
  switch (at_) {
    case At::kHeader:
      return ReadHeader(line);
    case At::kDataEnd: {
      if (!line.empty()) return Malformed("a chunk is longer than it says");
      if (auto right = CheckChunk(chunk_); !right) return right;
      body += chunk_;
      chunk_.clear();
      at_ = At::kHeader;
      return {};
    }
    case At::kTrailer:
      return ReadTrailer(line);
    default:
      if (!line.empty()) return Malformed("bytes after its signature");
      at_ = At::kEnd;
      return {};
  }
}

Status AwsChunkedDecoder::ReadHeader(std::string_view line) {
  const std::size_t semicolon = std::min(line.find(';'), line.size());
  const std::string_view digits = line.substr(0, semicolon);
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
  if (error != std::errc() || end != digits.data() + digits.size())
    return Malformed("a chunk's size is not hexadecimal");
  if (size > options_.decoded_length - length_) return Malformed("more bytes than x-amz-decoded-content-length");
  if (options_.signing && size > kMaxSignedChunk) return Malformed("a signed chunk is over 16 MiB");
  length_ += size;
  left_ = size;
  chunk_signature_.clear();
  const std::string_view extension = line.substr(std::min(semicolon + 1, line.size()));
  if (extension.starts_with("chunk-signature=")) chunk_signature_ = extension.substr(16);
  if (size > 0) {
    at_ = At::kData;
    return {};
  }
  if (length_ != options_.decoded_length) return Malformed("fewer bytes than x-amz-decoded-content-length");
  at_ = At::kTrailer;
  return CheckChunk("");
}

Status AwsChunkedDecoder::CheckChunk(std::string_view data) {
  if (!options_.signing) return {};
  const std::string expected = SignChunk(*options_.signing, data);
  if (!EqualSecrets(expected, chunk_signature_)) return Fail(Code::kDenied, "the signature of a chunk does not match");
  options_.signing->seed = expected;
  return {};
}

Status AwsChunkedDecoder::ReadTrailer(std::string_view line) {
  if (line.empty()) {
    if (options_.signing && options_.trailer) return Malformed("the trailer is not signed");
    at_ = At::kEnd;
    return {};
  }
  if (!options_.trailer) return Malformed("a trailer that was not announced");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return Malformed("a trailer has no colon");
  const std::string_view value = http::Trim(line.substr(colon + 1));
  std::string name = LowerCase(line.substr(0, colon));
  if (options_.signing && name == "x-amz-trailer-signature") return CheckTrailers(value);
  if (trailers_.size() >= kMaxTrailers) return Malformed("too many trailers");
  trailers_.emplace_back(std::move(name), value);
  return {};
}

Status AwsChunkedDecoder::CheckTrailers(std::string_view signature) {
  std::string lines;
  for (const auto& [name, value] : trailers_) lines += fmt::format("{}:{}\n", name, value);
  if (!EqualSecrets(SignTrailer(*options_.signing, lines), signature)) {
    return Fail(Code::kDenied, "the signature of the trailer does not match");
  }
  at_ = At::kLastLine;
  return {};
}

Status AwsChunkedDecoder::Finish() const {
  if (at_ == At::kEnd) return {};
  // Clients differ in whether an empty line follows when there is nothing more to end.
  if (line_.empty() && (at_ == At::kLastLine || (at_ == At::kTrailer && !options_.trailer))) return {};
  return Malformed("it breaks off");
}

}  // namespace darkroom::wire
