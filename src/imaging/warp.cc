// Built without fused multiply-add (CMakeLists.txt), so that each machine rounds the same.
#include "imaging/warp.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace darkroom::imaging {
namespace {

constexpr double kPi = 3.14159265358979323846;

double Radians(double degrees) { return degrees * (kPi / 180); }

// To 15 decimals: so right angles give whole numbers, and what C libraries differ in is gone.
double Rounded(double value) { return std::nearbyint(value * 1e15) / 1e15; }

struct Point {
  double x;
  double y;
};

Point Through(const std::array<double, 9>& m, double x, double y) {
  return {m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5]};
}

Projection RotationAboutMiddle(Size size, double angle) {
  // The result's points are turned back.
  const double radians = -Radians(angle);
  const double cosine = Rounded(std::cos(radians)), sine = Rounded(std::sin(radians));
  Projection projection = {{cosine, sine, 0, -sine, cosine, 0, 0, 0, 1}};
  const double middle_x = size.width / 2.0, middle_y = size.height / 2.0;
  const Point offset = Through(projection.m, -middle_x, -middle_y);
  projection.m[2] = offset.x + middle_x;
  projection.m[5] = offset.y + middle_y;
  return projection;
}

void SetPixel(std::uint8_t* to, const std::uint8_t* from) { std::memcpy(to, from, 3); }

// Between a and b, in double as PIL does.
double Mix(double a, double b, double part) { return a + (b - a) * part; }

// `x` and `y` are within the source; pixel centres are at halves, and beyond the last one the edge repeats.
void Bilinear(const Image& source, double x, double y, std::uint8_t* to) {
  x -= 0.5;
  y -= 0.5;
  const double floor_x = std::floor(x), floor_y = std::floor(y);
  const double part_x = x - floor_x, part_y = y - floor_y;
  const int column = static_cast<int>(floor_x), row = static_cast<int>(floor_y);
  const std::size_t left = 3 * static_cast<std::size_t>(std::max(column, 0));
  const std::size_t right = 3 * static_cast<std::size_t>(std::min(column + 1, source.width() - 1));
  const std::uint8_t* upper = source.row(std::max(row, 0));
  const std::uint8_t* lower = source.row(std::min(row + 1, source.height() - 1));
  for (int c = 0; c < 3; ++c) {
    const double above = Mix(upper[left + c], upper[right + c], part_x);
    const double below = Mix(lower[left + c], lower[right + c], part_x);
    to[c] = static_cast<std::uint8_t>(Mix(above, below, part_y));
  }
}

// Nearest pixels of an affine transform with a turn or shear in PIL's 16.16 fixed point. False when that cannot hold
// the coordinates.
bool WarpFixed(const Image& source, const std::array<double, 9>& m, Image* target) {
  for (const double x : {0.0, static_cast<double>(target->width())}) {
    for (const double y : {0.0, static_cast<double>(target->height())}) {
      const Point corner = Through(m, x, y);
      if (!(std::abs(corner.x) < 32'768 && std::abs(corner.y) < 32'768)) return false;
    }
  }
  auto fixed = [](double value) { return static_cast<std::int64_t>(std::floor(value * 65'536 + 0.5)); };
  const std::int64_t right_x = fixed(m[0]), down_x = fixed(m[1]), right_y = fixed(m[3]), down_y = fixed(m[4]);
  std::int64_t row_x = fixed(m[2] + m[0] * 0.5 + m[1] * 0.5);
  std::int64_t row_y = fixed(m[5] + m[3] * 0.5 + m[4] * 0.5);
  for (int y = 0; y < target->height(); ++y, row_x += down_x, row_y += down_y) {
    std::uint8_t* to = target->row(y);
    std::int64_t at_x = row_x, at_y = row_y;
    for (int x = 0; x < target->width(); ++x, to += 3, at_x += right_x, at_y += right_y) {
      const std::int64_t column = at_x >> 16, row = at_y >> 16;
      if (column < 0 || column >= source.width() || row < 0 || row >= source.height()) continue;
      SetPixel(to, source.row(static_cast<int>(row)) + 3 * column);
    }
  }
  return true;
}

// Nearest pixels of an affine transform without a turn or shear, step by step along each axis as PIL goes.
void WarpStraight(const Image& source, const std::array<double, 9>& m, Image* target) {
  // For each position of the target's axis the source's, or -1.
  auto positions = [](double step, double offset, int count, int size) {
    std::vector<int> found;
    double at = offset + step * 0.5;
    for (int i = 0; i < count; ++i, at += step) found.push_back(at >= 0 && at < size ? static_cast<int>(at) : -1);
    return found;
  };
  const std::vector<int> columns = positions(m[0], m[2], target->width(), source.width());
  const std::vector<int> rows = positions(m[4], m[5], target->height(), source.height());
  for (int y = 0; y < target->height(); ++y) {
    for (int x = 0; x < target->width() && rows[y] >= 0; ++x) {
      if (columns[x] >= 0) SetPixel(target->row(y) + 3 * x, source.row(rows[y]) + 3 * columns[x]);
    }
  }
}

}  // namespace

Size RotatedSize(Size size, double angle) {
  if (std::abs(std::fmod(angle, 180)) == 90) return {size.height, size.width};  // else half pixels would count as whole
  const Projection projection = RotationAboutMiddle(size, angle);
  double left = 0, right = 0, top = 0, bottom = 0;
  bool first = true;
  for (const double x : {0.0, static_cast<double>(size.width)}) {
    for (const double y : {0.0, static_cast<double>(size.height)}) {
      const Point corner = Through(projection.m, x, y);
      left = first ? corner.x : std::min(left, corner.x);
      right = first ? corner.x : std::max(right, corner.x);
      top = first ? corner.y : std::min(top, corner.y);
      bottom = first ? corner.y : std::max(bottom, corner.y);
      first = false;
    }
  }
  return {static_cast<int>(std::ceil(right) - std::floor(left)), static_cast<int>(std::ceil(bottom) - std::floor(top))};
}

Projection RotationOf(Size size, double angle, bool expand) {
  Projection projection = RotationAboutMiddle(size, angle);
  if (expand) {
    const Size grown = RotatedSize(size, angle);
    const Point offset = Through(projection.m, -(grown.width - size.width) / 2.0, -(grown.height - size.height) / 2.0);
    projection.m[2] = offset.x;
    projection.m[5] = offset.y;
  }
  return projection;
}

Projection AffineOf(Size size, const Affine& affine) {
  // Forward: turn · shear along y · shear along x · scale, as torchvision composes them (whose angle is clockwise).
  const double radians = -Radians(affine.angle.min);
  const double tan_x = Rounded(std::tan(Radians(affine.shear_x.min)));
  const double tan_y = Rounded(std::tan(Radians(affine.shear_y.min)));
  const double cosine = Rounded(std::cos(radians)), sine = Rounded(std::sin(radians));
  const double a = cosine + sine * tan_y, b = -a * tan_x - sine;
  const double c = sine - cosine * tan_y, d = -c * tan_x + cosine;
  // Its inverse; the determinant is scale².
  const double scale = affine.scale.min;
  Projection projection = {{d / scale, -b / scale, 0, -c / scale, a / scale, 0, 0, 0, 1}};
  // Whole pixels, so that a shift alone does not blur.
  const double middle_x = size.width / 2.0, middle_y = size.height / 2.0;
  const double shift_x = std::nearbyint(affine.dx.min * size.width);
  const double shift_y = std::nearbyint(affine.dy.min * size.height);
  const Point offset = Through(projection.m, -middle_x - shift_x, -middle_y - shift_y);
  projection.m[2] = offset.x + middle_x;
  projection.m[5] = offset.y + middle_y;
  return projection;
}

Projection PerspectiveOf(Size size, std::span<const double> corners) {
  DR_CHECK(IsConvex(corners));
  double x[4], y[4];
  for (int i = 0; i < 4; ++i) {
    x[i] = corners[2 * i] * size.width;
    y[i] = corners[2 * i + 1] * size.height;
  }
  // From the unit square to the corners (Heckbert, Fundamentals of texture mapping and image warping, 1989, 2.2.3).
  const double right_x = x[1] - x[2], right_y = y[1] - y[2], left_x = x[3] - x[2], left_y = y[3] - y[2];
  const double sum_x = x[0] - x[1] + x[2] - x[3], sum_y = y[0] - y[1] + y[2] - y[3];
  const double determinant = right_x * left_y - left_x * right_y;
  const double g = (sum_x * left_y - left_x * sum_y) / determinant;
  const double h = (right_x * sum_y - sum_x * right_y) / determinant;
  const double a = x[1] - x[0] + g * x[1], b = x[3] - x[0] + h * x[3], c = x[0];
  const double d = y[1] - y[0] + g * y[1], e = y[3] - y[0] + h * y[3], f = y[0];
  // Back, by the adjugate: factors do not matter, since the third coordinate divides them away.
  const double w = size.width, v = size.height;
  return {{w * (e - f * h), w * (c * h - b), w * (b * f - c * e),  //
           v * (f * g - d), v * (a - c * g), v * (c * d - a * f),  //
           d * h - e * g, b * g - a * h, a * e - b * d}};
}

bool IsConvex(std::span<const double> corners) {
  if (corners.size() != 8) return false;
  int turns = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const double *at = &corners[2 * i], *next = &corners[2 * ((i + 1) % 4)], *last = &corners[2 * ((i + 2) % 4)];
    const double turn = (next[0] - at[0]) * (last[1] - next[1]) - (next[1] - at[1]) * (last[0] - next[0]);
    turns += turn >= 1e-3 ? 1 : turn <= -1e-3 ? -1 : 0;
  }
  return turns == 4 || turns == -4;
}

Result<Image> Warp(const Image& source, Size size, const Projection& projection, Filter filter, const Color& fill) {
  DR_CHECK(source.channels() == 3);
  Result<Image> target = Image::Allocate(size.width, size.height, 3);
  if (!target) return target;
  const std::uint8_t color[] = {fill.red, fill.green, fill.blue};
  for (std::size_t i = 0; i < target->size(); i += 3) SetPixel(target->data() + i, color);

  const std::array<double, 9>& m = projection.m;
  if (filter == Filter::kNearest && projection.affine()) {
    if (m[1] == 0 && m[3] == 0) {
      WarpStraight(source, m, &*target);
      return target;
    }
    if (WarpFixed(source, m, &*target)) return target;
  }

  for (int y = 0; y < size.height; ++y) {
    std::uint8_t* to = target->row(y);
    for (int x = 0; x < size.width; ++x, to += 3) {
      Point from = Through(m, x + 0.5, y + 0.5);
      if (!projection.affine()) {
        const double divisor = m[6] * (x + 0.5) + m[7] * (y + 0.5) + m[8];
        from = {from.x / divisor, from.y / divisor};
      }
      // Also false for what a divisor of 0 leaves.
      if (!(from.x >= 0 && from.x < source.width() && from.y >= 0 && from.y < source.height())) continue;
      if (filter == Filter::kNearest) {
        SetPixel(to, source.row(static_cast<int>(from.y)) + 3 * static_cast<std::size_t>(from.x));
      } else {
        Bilinear(source, from.x, from.y, to);
      }
    }
  }
  return target;
}

}  // namespace darkroom::imaging
