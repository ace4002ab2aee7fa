#include "http/chunked_decoder.h"

#include <algorithm>

#include "http/ascii.h"

namespace darkroom::http {

ChunkedDecoder::Outcome ChunkedDecoder::Decode(std::string_view input, std::size_t& used, std::string& out) {
  used = 0;
  while (at_ != At::kDone && at_ != At::kBad && used < input.size()) {
    if (at_ == At::kData) {
      const auto take = std::size_t(std::min<std::uint64_t>(left_, input.size() - used));
      out.append(input.substr(used, take));
      used += take;
      left_ -= take;
      if (left_ == 0) at_ = At::kDataCr;
    } else {
      at_ = Step(input[used]);
      ++used;
    }
  }
  if (at_ == At::kBad) return Outcome::kBad;
  return at_ == At::kDone ? Outcome::kDone : Outcome::kNeedMore;
}

ChunkedDecoder::At ChunkedDecoder::Step(char c) {
  const bool in_trailers = at_ == At::kTrailer || at_ == At::kInTrailer || at_ == At::kTrailerLf;
  if (++overhead_ > (in_trailers ? kMaxTrailers : kMaxLine)) return At::kBad;
  switch (at_) {
    case At::kSize:
      if (const int value = HexValue(c); value >= 0) {
        left_ = left_ * 16 + std::uint64_t(value);
        return ++digits_ <= 15 ? At::kSize : At::kBad;
      }
      if (digits_ == 0) return At::kBad;
      if (c == '\r') return At::kSizeLf;
      return c == ';' || c == ' ' || c == '\t' ? At::kExtension : At::kBad;
    case At::kExtension:
      if (c == '\n') return At::kBad;
      return c == '\r' ? At::kSizeLf : At::kExtension;
    case At::kSizeLf:
      overhead_ = 0;
      digits_ = 0;
      if (c != '\n') return At::kBad;
      return left_ == 0 ? At::kTrailer : At::kData;
    case At::kDataCr:
      return c == '\r' ? At::kDataLf : At::kBad;
    case At::kDataLf:
      overhead_ = 0;
      return c == '\n' ? At::kSize : At::kBad;
    case At::kTrailer:
      if (c == '\n') return At::kBad;
      return c == '\r' ? At::kLastLf : At::kInTrailer;
    case At::kInTrailer:
      if (c == '\n') return At::kBad;
      return c == '\r' ? At::kTrailerLf : At::kInTrailer;
    case At::kTrailerLf:
      return c == '\n' ? At::kTrailer : At::kBad;
    case At::kLastLf:
      return c == '\n' ? At::kDone : At::kBad;
    case At::kData:
    case At::kDone:
    case At::kBad:
      break;
  }
  return At::kBad;
}

}  // namespace darkroom::http
