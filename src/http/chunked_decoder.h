// ChunkedDecoder: the chunked transfer coding (RFC 9112 7.1) back into the bytes of the body. Strict about line ends;
// extensions and trailers are skipped, within a bound. Input may be cut anywhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace darkroom::http {

class ChunkedDecoder {
 public:
  static constexpr std::size_t kMaxLine = 4096;       // a chunk's size with its extensions
  static constexpr std::size_t kMaxTrailers = 16384;  // all of them

  enum class Outcome { kNeedMore, kDone, kBad };

  // Appends the body's bytes in `input` to `out`. All of `input` is used up unless kDone: what stands behind `used` is
  // the next request then.
  Outcome Decode(std::string_view input, std::size_t& used, std::string& out);

 private:
  enum class At {
    kSize,
    kExtension,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailer,
    kInTrailer,
    kTrailerLf,
    kLastLf,
    kDone,
    kBad
  };
  At Step(char c);

  At at_ = At::kSize;
  int digits_ = 0;
  std::uint64_t left_ = 0;  // bytes of the present chunk
  std::size_t overhead_ = 0;
};

}  // namespace darkroom::http
