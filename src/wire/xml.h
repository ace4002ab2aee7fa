// XML as S3 speaks it, over pugixml: small documents, no DTDs (pugixml expands no entities but XML's own five).
#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace darkroom::wire {

inline constexpr const char* kS3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

// <name>text</name> under `parent`.
void AddText(pugi::xml_node parent, const char* name, std::string_view text);
// With the declaration in front, unindented.
std::string ToXml(const pugi::xml_document& document);
// kInvalid with the place where it went wrong.
Status ParseXml(std::string_view text, pugi::xml_document& document);

}  // namespace darkroom::wire
