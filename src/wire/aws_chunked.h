// Bodies in S3's "aws-chunked" framing, read piece by piece:
//
//   SIZE-IN-HEX[;chunk-signature=64HEX]\r\n BYTES\r\n … 0[;chunk-signature=64HEX]\r\n
//   [name:value\r\n … [x-amz-trailer-signature:64HEX\r\n]] \r\n
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html (and …-trailers)
// Memory: what of a frame's line is not complete (4 KiB at most), and one chunk when chunks are signed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "base/result.h"

namespace darkroom::wire {

// What the signatures of chunks go on from: the signature of the request's header.
struct ChunkSigning {
  Sha256Digest key{};
  std::string amz_date;
  std::string scope;
  std::string seed;  // the previous signature, hex
};

struct AwsChunkedOptions {
  std::uint64_t decoded_length = 0;     // x-amz-decoded-content-length: the body must have as many bytes
  std::optional<ChunkSigning> signing;  // chunks and trailer must be signed
  bool trailer = false;                 // header fields may follow the last chunk
};

class AwsChunkedDecoder {
 public:
  explicit AwsChunkedDecoder(AwsChunkedOptions options) : options_(std::move(options)) {}

  // Takes the next bytes off the wire and appends the body's to `body`. Bytes of a signed chunk appear when its
  // signature was right. Errors: kInvalid (framing, length), kDenied (a signature).
  Status Feed(std::string_view bytes, std::string& body);
  // After the last bytes: kInvalid when the framing is not at its end or bytes are missing.
  Status Finish() const;

  // Names in lower case, in order.
  const std::vector<std::pair<std::string, std::string>>& trailers() const { return trailers_; }

 private:
  enum class At { kHeader, kData, kDataEnd, kTrailer, kLastLine, kEnd };

  Status ReadLine(std::string_view line, std::string& body);
  Status ReadHeader(std::string_view line);
  Status ReadTrailer(std::string_view line);
  Status CheckChunk(std::string_view data);
  Status CheckTrailers(std::string_view signature);
  std::size_t TakeData(std::string_view bytes, std::string& body);

  AwsChunkedOptions options_;
  At at_ = At::kHeader;
  std::string line_;          // what there is of the present line
  std::uint64_t left_ = 0;    // bytes of the present chunk still to come
  std::uint64_t length_ = 0;  // bytes announced by the chunks so far
  std::string chunk_;         // the present chunk, when signed
  std::string chunk_signature_;
  std::vector<std::pair<std::string, std::string>> trailers_;
};

// How a signed chunk's and a trailer's signature come about; for clients and tests.
std::string SignChunk(const ChunkSigning& signing, std::string_view data);
std::string SignTrailer(const ChunkSigning& signing, std::string_view trailer_lines);

}  // namespace darkroom::wire
