// Raw: the tensors of all stages as they are, for whoever goes on with them elsewhere.
#include <fmt/format.h>

#include <cctype>

#include "mesh/npy.h"
#include "model/tasks/postprocessor.h"

namespace darkroom::model {
namespace {

// A tensor's name as a file's: lower case letters, digits, '-' and '_'; what else there is becomes '_'.
std::string FileName(std::string_view tensor, std::size_t place) {
  std::string name;
  for (const char c : tensor.substr(0, 48)) {
    const auto byte = static_cast<unsigned char>(c);
    name += std::isalnum(byte) != 0 ? static_cast<char>(std::tolower(byte)) : c == '-' ? '-' : '_';
  }
  return name.empty() ? fmt::format("tensor{}", place) : name;
}

Result<std::string> Write(const Tensor& tensor) {
  const std::byte* data = tensor.bytes().data();
  const std::size_t size = tensor.elements();
  switch (tensor.type()) {
    case ElementType::kFloat32:
      return mesh::WriteNpy(tensor.floats(), tensor.shape());
    case ElementType::kInt32:
      return mesh::WriteNpy(std::span(reinterpret_cast<const std::int32_t*>(data), size), tensor.shape());
    case ElementType::kInt64:
      return mesh::WriteNpy(std::span(reinterpret_cast<const std::int64_t*>(data), size), tensor.shape());
    case ElementType::kUint8:
    case ElementType::kBool:
      break;
  }
  return mesh::WriteNpy(std::span(reinterpret_cast<const std::uint8_t*>(data), size), tensor.shape());
}

class Raw : public Postprocessor {
 public:
  Status Check(const NamedTensors&) const override { return {}; }

  Result<Answer> Run(const NamedTensors& tensors, const View&) const override {
    Answer answer;
    json::array listed;
    for (const NamedTensors::Named& named : tensors.all()) {
      if (named.name == kPicture) continue;
      std::string file = FileName(named.name, listed.size());
      for (const ProducedFile& other : answer.files) {
        if (other.name == file + ".npy") file += fmt::format("-{}", listed.size());
      }
      file += ".npy";
      auto array = Write(named.tensor);
      if (!array) return Fail(array.error());
      json::array shape;
      for (const std::int64_t side : named.tensor.shape()) shape.push_back(side);
      listed.push_back(json::object{
          {"name", named.name}, {"type", Name(named.tensor.type())}, {"shape", std::move(shape)}, {"file", file}});
      answer.files.push_back({file, "application/octet-stream", std::move(*array)});
    }
    answer.summary = fmt::format("{} tensor{}", listed.size(), listed.size() == 1 ? "" : "s");
    answer.result["tensors"] = std::move(listed);
    return answer;
  }
};

}  // namespace

std::unique_ptr<Postprocessor> MakeRaw(const Package&, const RawSpec&) { return std::make_unique<Raw>(); }

}  // namespace darkroom::model
