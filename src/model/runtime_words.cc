#include "model/runtime_words.h"

namespace darkroom::model {
namespace {

struct Advice {
  std::string_view words;  // some of the message's
  std::string_view advice;
};

constexpr std::string_view kNoOnnx =
    "is no ONNX file, or not all of one; what PyTorch, TensorFlow or Keras have saved must be exported to ONNX";
constexpr std::string_view kOperator =
    "needs an operator that ONNX Runtime lacks; export it without that operator, out of those that ONNX defines";
constexpr std::string_view kTooNew =
    "is in a newer version of ONNX than this ONNX Runtime reads; export it with an older opset, or name a newer "
    "runtime with --onnxruntime";
constexpr std::string_view kWeights =
    "has weights in a file of their own, which is not beside it; copy that file too, under the name that it was "
    "exported with";

// In this order: a message may have the words of several.
constexpr Advice kAdvice[] = {
    {"rotobuf parsing failed", kNoOnnx},
    {"ModelProto does not have a graph", kNoOnnx},
    {"No graph was found in the protobuf", kNoOnnx},
    {"Unsupported model IR version", kTooNew},
    {"is under development", kTooNew},
    {"No Op registered for", kOperator},
    {"is not a registered function/op", kOperator},
    {"No opset import for domain", kOperator},
    {"Could not find an implementation for", kOperator},
    {"xternal data", kWeights},
    {"xternal initializer", kWeights},
    {"No such file or directory", kWeights},
};

// "/onnxruntime_src/onnxruntime/core/graph/model.cc:202 Model::Model(const X&) " and the like: how long it is where
// `text` begins with one, else 0.
std::size_t PlaceLength(std::string_view text) {
  if (!text.starts_with("/onnxruntime_src/")) return 0;
  const std::size_t begin = text.find('(');
  int depth = 0;
  for (std::size_t at = begin; at < text.size(); ++at) {
    depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
    if (depth > 0) continue;
    const std::size_t behind = text.find(' ', at);
    return behind == text.npos ? text.size() : behind + 1;
  }
  return 0;
}

}  // namespace

std::string PlainWords(std::string_view message) {
  constexpr std::string_view kLoad = "Load model from ", kFailed = " failed:";
  if (message.starts_with(kLoad)) {
    const std::size_t failed = message.find(kFailed);
    if (failed != message.npos) message.remove_prefix(failed + kFailed.size());
  }
  std::string plain;
  while (!message.empty()) {
    if (const std::size_t place = PlaceLength(message)) {
      message.remove_prefix(place);
    } else {
      plain += message.front();
      message.remove_prefix(1);
    }
  }
  while (plain.ends_with('\n') || plain.ends_with(' ')) plain.pop_back();
  return plain;
}

std::string_view LoadAdvice(std::string_view message) {
  for (const Advice& known : kAdvice) {
    if (message.contains(known.words)) return known.advice;
  }
  return {};
}

}  // namespace darkroom::model
