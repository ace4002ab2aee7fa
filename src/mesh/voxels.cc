#include "mesh/voxels.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <optional>

namespace darkroom::mesh {
namespace {

constexpr float kRounding = 1e-4f;

// Where the first value stands, and how far apart neighbours along a dimension of the tensor (outermost first) lie.
struct Walk {
  std::ptrdiff_t start = 0;
  std::array<std::ptrdiff_t, 3> steps = {};
};

std::optional<Walk> ReadAxes(std::string_view axes, std::ptrdiff_t side) {
  if (axes.size() != 3) return std::nullopt;
  Walk walk;
  std::array<bool, 3> seen = {};
  for (std::size_t i = 0; i < 3; ++i) {
    const char letter = static_cast<char>(std::tolower(static_cast<unsigned char>(axes[i])));
    if (letter < 'x' || letter > 'z' || seen[letter - 'x']) return std::nullopt;
    seen[letter - 'x'] = true;
    const std::ptrdiff_t step = letter == 'x' ? 1 : letter == 'y' ? side : side * side;
    const bool against = letter != axes[i];
    walk.steps[i] = against ? -step : step;
    if (against) walk.start += step * (side - 1);
  }
  return walk;
}

Status CheckValue(float value, int side, std::size_t index) {
  if (value >= -kRounding && value <= 1 + kRounding) return {};  // not for NaN
  const std::size_t n = static_cast<std::size_t>(side);
  return Fail(Code::kInvalid, fmt::format("voxel [{}, {}, {}] of the tensor is {}; expected a probability, from 0 to 1",
                                          index / n / n, index / n % n, index % n, value));
}

}  // namespace

Voxels::Voxels(int side) : side_(side) {
  DR_CHECK(side >= 1 && side <= kMostSide);
  values_.resize(static_cast<std::size_t>(side) * side * side);
}

Result<Voxels> Voxels::FromTensor(std::span<const float> tensor, int side, std::string_view axes) {
  if (side < 1) return Fail(Code::kInvalid, fmt::format("a grid of side {}; expected 1 to {}", side, kMostSide));
  if (side > kMostSide) {
    return Fail(Code::kTooLarge, fmt::format("a grid of side {}; the largest is {}", side, kMostSide));
  }
  const auto walk = ReadAxes(axes, side);
  if (!walk) {
    return Fail(Code::kInvalid, fmt::format("axes \"{}\": expected x, y and z once each, such as \"zyx\"; "
                                            "a capital where the tensor runs against the axis",
                                            axes));
  }
  Voxels voxels(side);
  if (tensor.size() != voxels.values_.size()) {
    return Fail(Code::kInvalid,
                fmt::format("{} values; a grid of side {} has {}", tensor.size(), side, voxels.values_.size()));
  }
  std::size_t from = 0;
  for (int i = 0; i < side; ++i) {
    for (int j = 0; j < side; ++j) {
      std::ptrdiff_t to = walk->start + i * walk->steps[0] + j * walk->steps[1];
      for (int k = 0; k < side; ++k, ++from, to += walk->steps[2]) {
        if (auto valid = CheckValue(tensor[from], side, from); !valid) return Fail(valid.error());
        voxels.values_[static_cast<std::size_t>(to)] = std::clamp(tensor[from], 0.0f, 1.0f);
      }
    }
  }
  return voxels;
}

std::size_t CountSolid(const Voxels& voxels, float threshold) {
  return static_cast<std::size_t>(
      std::ranges::count_if(voxels.values(), [&](float value) { return value > threshold; }));
}

}  // namespace darkroom::mesh
