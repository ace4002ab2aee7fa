// Multipart bodies (RFC 7578, RFC 2046 5.1), read part by part as they arrive. Memory: one part's header (8 KiB) and
// one chunk. Everything is bounded; nothing is guessed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace darkroom::http {

struct PartHeader {
  std::string name;                      // of the form field
  std::optional<std::string> file_name;  // the client's word, may be a path; nullopt: a plain field
  std::string content_type;              // empty: none given
};

class MultipartReader {
 public:
  // kInvalid unless `content_type` is multipart/form-data with a boundary of 1 to 70 characters. `body` must outlive
  // it.
  static Result<MultipartReader> Open(std::string_view content_type, BodyReader& body);

  // The next part's header, skipping what is left of the present one; nullopt after the last. kInvalid for a body that
  // breaks off or is malformed, with what was expected.
  Task<Result<std::optional<PartHeader>>> Next();
  // The next bytes of the present part; empty at its end.
  Task<Result<std::string>> Read();
  // The rest of the present part; kTooLarge past `limit`: the rest is then skipped by Next.
  Task<Result<std::string>> ReadAll(std::size_t limit);

 private:
  MultipartReader(std::string boundary, BodyReader& body);
  Task<Status> Fill();
  // Bytes of the preamble or the present part; empty when its delimiter has been passed.
  Task<Result<std::string>> ReadOn();

  std::string delimiter_;  // "\r\n--" + boundary
  BodyReader* body_;
  std::string buffer_;
  enum class At { kPreamble, kPart, kPartEnd, kEnd } at_ = At::kPreamble;
  bool input_ended_ = false;
};

}  // namespace darkroom::http
