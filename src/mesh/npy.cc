#include "mesh/npy.h"

#include <fmt/format.h>

#include <algorithm>

#include "mesh/little_endian.h"

namespace darkroom::mesh {
namespace {

constexpr std::size_t kMostDimensions = 32;
constexpr std::size_t kAlignment = 64;

// A tuple as Python writes it: "()", "(3,)", "(3, 4)".
std::string Tuple(std::span<const std::int64_t> shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) text += fmt::format("{}{}", i == 0 ? "" : ", ", shape[i]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

std::string Header(std::string_view type, std::span<const std::int64_t> shape) {
  constexpr std::string_view kMagic("\x93NUMPY\x01\x00", 8);
  const std::size_t before = kMagic.size() + sizeof(std::uint16_t);
  std::string dict = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", type, Tuple(shape));
  const std::size_t used = before + dict.size() + 1;
  dict.append((kAlignment - used % kAlignment) % kAlignment, ' ');
  dict += '\n';
  std::string header(kMagic);
  Append(header, static_cast<std::uint16_t>(dict.size()));
  return header + dict;
}

template <class T>
Result<std::string> Write(std::string_view type, std::span<const T> values, std::span<const std::int64_t> shape) {
  if (shape.size() > kMostDimensions) {
    return Fail(Code::kInvalid,
                fmt::format("an array of {} dimensions; .npy holds at most {}", shape.size(), kMostDimensions));
  }
  std::size_t count = 1;
  for (std::int64_t length : shape) {
    DR_CHECK(length >= 0);
    DR_CHECK(!__builtin_mul_overflow(count, static_cast<std::size_t>(length), &count));
  }
  DR_CHECK(count == values.size());
  std::string out = Header(type, shape);
  out.reserve(out.size() + values.size_bytes());
  AppendAll(out, values);
  return out;
}

}  // namespace

Result<std::string> WriteNpy(std::span<const float> values, std::span<const std::int64_t> shape) {
  return Write("<f4", values, shape);
}
Result<std::string> WriteNpy(std::span<const std::uint8_t> values, std::span<const std::int64_t> shape) {
  return Write("|u1", values, shape);
}
Result<std::string> WriteNpy(std::span<const std::int32_t> values, std::span<const std::int64_t> shape) {
  return Write("<i4", values, shape);
}
Result<std::string> WriteNpy(std::span<const std::int64_t> values, std::span<const std::int64_t> shape) {
  return Write("<i8", values, shape);
}

}  // namespace darkroom::mesh
