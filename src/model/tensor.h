// Tensor: numbers between two stages of a model, with their type and shape. Knows nothing of ONNX Runtime, and may
// stand on memory that ONNX Runtime owns, so that what one network answers is handed to the next as it lies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace darkroom::model {

enum class ElementType { kFloat32, kUint8, kInt32, kInt64, kBool };
std::string_view Name(ElementType type);  // "float32"; static storage
std::size_t SizeOf(ElementType type);     // bytes of an element

// Sides, outermost first; a picture is N×C×H×W or N×H×W×C.
using Shape = std::vector<std::int64_t>;

// What a network says of a tensor before it runs.
struct TensorSpec {
  std::string name;
  ElementType type = ElementType::kFloat32;
  Shape shape;                    // -1: any
  std::string foreign_type = {};  // the type's name when it is none of ElementType, as "float16"
};
// "float32 N×3×224×224"; a free side is an N.
std::string Describe(ElementType type, const Shape& shape);
// "\"data\" (float32 N×3×224×224)", and several with commas between.
std::string Describe(const TensorSpec& spec);
std::string Describe(std::span<const TensorSpec> specs);

// Elements lie without gaps, the last side fastest. Owns its memory together with those it was copied from: a copy is
// another view of the same numbers. Threads: as a value; who writes must be alone with the memory.
class Tensor {
 public:
  Tensor() = default;
  // Elements are left as they come.
  Tensor(ElementType type, Shape shape);
  // Stands on `data`, which `owner` keeps.
  Tensor(ElementType type, Shape shape, std::byte* data, std::shared_ptr<const void> owner);

  ElementType type() const { return type_; }
  const Shape& shape() const { return shape_; }
  std::int64_t side(std::size_t axis) const { return shape_[axis]; }
  std::size_t rank() const { return shape_.size(); }
  std::size_t elements() const { return elements_; }
  std::span<const std::byte> bytes() const { return {data_, elements_ * SizeOf(type_)}; }
  std::span<std::byte> bytes() { return {data_, elements_ * SizeOf(type_)}; }
  // Only for a tensor of this type.
  std::span<const float> floats() const;
  std::span<float> floats();

  // The same numbers in another shape of as many elements.
  Tensor Reshaped(Shape shape) const;

 private:
  ElementType type_ = ElementType::kFloat32;
  Shape shape_;
  std::size_t elements_ = 0;
  std::byte* data_ = nullptr;
  std::shared_ptr<const void> owner_;
};
std::string Describe(const Tensor& tensor);  // "float32 1×1000"

// Number of elements; 0 for a shape with an empty or a free side.
std::size_t Elements(const Shape& shape);

// The tensors of one run, by name, in the order in which they came to be.
class NamedTensors {
 public:
  // Of two with one name the later counts.
  void Add(std::string name, Tensor tensor);
  const Tensor* Find(std::string_view name) const;  // nullptr: none
  const Tensor& last() const { return named_.back().tensor; }
  const std::string& last_name() const { return named_.back().name; }
  bool empty() const { return named_.empty(); }
  std::string Describe() const;  // "\"picture\" (float32 1×3×8×8), …"

  struct Named {
    std::string name;
    Tensor tensor;
  };
  const std::vector<Named>& all() const { return named_; }

 private:
  std::vector<Named> named_;
};

}  // namespace darkroom::model
