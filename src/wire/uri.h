// URI text as AWS's signatures want it: upper-case escapes, nothing but A-Za-z0-9-._~ unescaped.
#pragma once

#include <string>
#include <string_view>

namespace darkroom::wire {

// Escapes every byte but the unreserved ones and those of `keep`.
std::string UriEncode(std::string_view text, std::string_view keep = "");
// Undoes escapes, then encodes: "%7e" and "~" and "%7E" become "~". A "%" that starts no escape counts as itself.
std::string Reencode(std::string_view text, std::string_view keep = "");

// Undoes escapes; a "%" that starts none counts as itself, and so does "+".
std::string UriDecode(std::string_view text);

// ASCII only.
std::string LowerCase(std::string_view text);

}  // namespace darkroom::wire
