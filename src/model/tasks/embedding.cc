// Embedding: the picture as a vector.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mesh/npy.h"
#include "model/tasks/postprocessor.h"

namespace darkroom::model {
namespace {

class Embedding : public Postprocessor {
 public:
  Embedding(const Package& package, const EmbeddingSpec& spec)
      : package_(package), spec_(spec), names_(TensorsOf(package.output)) {}

  Status Check(const NamedTensors& tensors) const override {
    const Tensor& tensor = Pick(tensors, spec_.tensor);
    std::int64_t longest = 0;
    for (const std::int64_t side : tensor.shape()) longest = std::max(longest, side);
    const bool vector = static_cast<std::int64_t>(tensor.elements()) == longest && longest > 0;
    if (vector && tensor.type() == ElementType::kFloat32) return {};
    return Fail(Unfit(package_, names_[0], tensors, "a vector of float32, as 1×D or 1×D×1×1"));
  }

  Result<Answer> Run(const NamedTensors& tensors, const View&) const override {
    const std::span<const float> given = Pick(tensors, spec_.tensor).floats();
    if (Status finite = CheckFinite(package_, given, "its vector"); !finite) return Fail(finite.error());
    std::vector<float> vector(given.begin(), given.end());
    double square = 0;
    for (const float number : vector) square += static_cast<double>(number) * number;
    const double length = std::sqrt(square);
    if (spec_.normalise && length > 0) {
      for (float& number : vector) number = static_cast<float>(number / length);
    }
    Answer answer;
    json::array numbers;
    for (const float number : vector) numbers.push_back(Rounded(number));
    answer.result["embedding"] = std::move(numbers);
    answer.result["length"] = Rounded(static_cast<float>(length));
    const std::int64_t shape[] = {static_cast<std::int64_t>(vector.size())};
    auto array = mesh::WriteNpy(vector, shape);
    if (!array) return Fail(array.error());
    answer.files.push_back({"embedding.npy", "application/octet-stream", std::move(*array)});
    answer.summary = fmt::format("vector of {}", vector.size());
    return answer;
  }

 private:
  const Package& package_;
  const EmbeddingSpec& spec_;
  const std::vector<TensorName> names_;
};

}  // namespace

std::unique_ptr<Postprocessor> MakeEmbedding(const Package& package, const EmbeddingSpec& spec) {
  return std::make_unique<Embedding>(package, spec);
}

}  // namespace darkroom::model
