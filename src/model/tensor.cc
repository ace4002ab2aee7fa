#include "model/tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace darkroom::model {

std::string_view Name(ElementType type) {
  switch (type) {
    case ElementType::kFloat32:
      return "float32";
    case ElementType::kUint8:
      return "uint8";
    case ElementType::kInt32:
      return "int32";
    case ElementType::kInt64:
      return "int64";
    case ElementType::kBool:
      return "bool";
  }
  return "unknown";
}

std::size_t SizeOf(ElementType type) {
  switch (type) {
    case ElementType::kFloat32:
    case ElementType::kInt32:
      return 4;
    case ElementType::kInt64:
      return 8;
    case ElementType::kUint8:
    case ElementType::kBool:
      break;
  }
  return 1;
}

namespace {

std::string DescribeAs(std::string_view type, const Shape& shape) {
  std::vector<std::string> sides;
  for (const std::int64_t side : shape) sides.push_back(side < 0 ? "N" : std::to_string(side));
  return fmt::format("{} {}", type, sides.empty() ? "scalar" : fmt::format("{}", fmt::join(sides, "×")));
}

}  // namespace

std::string Describe(ElementType type, const Shape& shape) { return DescribeAs(Name(type), shape); }

std::string Describe(const TensorSpec& spec) {
  const std::string_view type = spec.foreign_type.empty() ? Name(spec.type) : std::string_view(spec.foreign_type);
  return fmt::format("\"{}\" ({})", spec.name, DescribeAs(type, spec.shape));
}

std::string Describe(std::span<const TensorSpec> specs) {
  std::vector<std::string> each;
  for (const TensorSpec& spec : specs) each.push_back(Describe(spec));
  return fmt::format("{}", fmt::join(each, ", "));
}

std::string Describe(const Tensor& tensor) { return Describe(tensor.type(), tensor.shape()); }

std::size_t Elements(const Shape& shape) {
  std::size_t elements = 1;
  for (const std::int64_t side : shape) elements *= side < 0 ? 0 : static_cast<std::size_t>(side);
  return elements;
}

Tensor::Tensor(ElementType type, Shape shape) : type_(type), shape_(std::move(shape)), elements_(Elements(shape_)) {
  const auto memory = std::make_shared_for_overwrite<std::byte[]>(elements_ * SizeOf(type_));
  data_ = memory.get();
  owner_ = memory;
}

Tensor::Tensor(ElementType type, Shape shape, std::byte* data, std::shared_ptr<const void> owner)
    : type_(type), shape_(std::move(shape)), elements_(Elements(shape_)), data_(data), owner_(std::move(owner)) {}

std::span<const float> Tensor::floats() const {
  DR_CHECK(type_ == ElementType::kFloat32);
  return {reinterpret_cast<const float*>(data_), elements_};
}

std::span<float> Tensor::floats() {
  DR_CHECK(type_ == ElementType::kFloat32);
  return {reinterpret_cast<float*>(data_), elements_};
}

Tensor Tensor::Reshaped(Shape shape) const {
  DR_CHECK(Elements(shape) == elements_);
  return {type_, std::move(shape), data_, owner_};
}

void NamedTensors::Add(std::string name, Tensor tensor) {
  std::erase_if(named_, [&](const Named& other) { return other.name == name; });
  named_.push_back({std::move(name), std::move(tensor)});
}

const Tensor* NamedTensors::Find(std::string_view name) const {
  for (const Named& named : named_) {
    if (named.name == name) return &named.tensor;
  }
  return nullptr;
}

std::string NamedTensors::Describe() const {
  std::vector<std::string> each;
  for (const Named& named : named_)
    each.push_back(fmt::format("\"{}\" ({})", named.name, model::Describe(named.tensor)));
  return fmt::format("{}", fmt::join(each, ", "));
}

}  // namespace darkroom::model
