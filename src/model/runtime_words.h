// ONNX Runtime tells what is wrong by words alone, which say much about its insides and little about what to do.
#pragma once

#include <string>
#include <string_view>

namespace darkroom::model {

// Its message without the places in its sources, the file that the caller names anyway, and the line's end.
std::string PlainWords(std::string_view message);

// What to do about a network that it refused to load with this message; empty for words that are not known. Begins as
// what follows the file's name: "is no ONNX file…".
std::string_view LoadAdvice(std::string_view message);

}  // namespace darkroom::model
