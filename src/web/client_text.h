// What clients wrote, made safe to show: in JSON, in messages, in headers.
#pragma once

#include <string>
#include <string_view>

namespace darkroom::web {

// Valid UTF-8 without control characters, those of text direction included: what is neither becomes U+FFFD. At most
// `max_bytes`, cut between characters.
std::string CleanText(std::string_view text, std::size_t max_bytes = 4096);

// The last part of a path as browsers of any system send it, clean, at most 255 bytes; may be empty.
std::string CleanFileName(std::string_view name);

// The name without its last ending: "cat.jpg" -> "cat".
std::string_view WithoutEnding(std::string_view file_name);

// `inline; filename="…"; filename*=UTF-8''…` (RFC 6266, RFC 8187): no byte of `file_name` can end the header.
std::string InlineDisposition(std::string_view file_name);

// The file name that a Content-Disposition header gives, in either form; empty when none.
std::string FileNameOf(std::string_view content_disposition);

}  // namespace darkroom::web
