// Numbers as files hold them: little-endian, appended to a string of bytes.
#pragma once

#include <bit>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>

namespace darkroom::mesh {

// Arrays are copied as they lie in memory.
static_assert(std::endian::native == std::endian::little);

template <class T>
  requires std::is_trivially_copyable_v<T>
void AppendAll(std::string& out, std::span<const T> values) {
  if (!values.empty()) out.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}

template <class T>
  requires std::is_arithmetic_v<T>
void Append(std::string& out, T value) {
  AppendAll(out, std::span<const T>(&value, 1));
}

}  // namespace darkroom::mesh
