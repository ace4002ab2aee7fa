#include "mesh/preview.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "base/result.h"
#include "mesh/raster.h"

namespace darkroom::mesh {
namespace {

constexpr int kSamples = 2;       // along each side of a pixel
constexpr float kFilled = 0.9f;   // of the picture, by the mesh
constexpr float kHalfView = 15;   // degrees, to the side of the sphere around the mesh
constexpr int kEncodings = 4096;  // steps of linear light
constexpr float kNearestEdge = 1e-6f;

float Radians(float degrees) { return degrees * std::numbers::pi_v<float> / 180; }

// Where the eye is: axes of length 1, right-handed, `back` from what is looked at to the eye.
struct Eye {
  Vec3 target;
  Vec3 right;
  Vec3 up;
  Vec3 back;
  float distance = 1;
};

Eye EyeFor(const Bounds& bounds, const PreviewOptions& options) {
  const float turned = Radians(options.turned);
  const float raised = Radians(options.raised);
  Eye eye;
  eye.target = 0.5f * (bounds.min + bounds.max);
  eye.back = {std::sin(turned) * std::cos(raised), std::sin(raised), std::cos(turned) * std::cos(raised)};
  eye.right = {std::cos(turned), 0, -std::sin(turned)};
  eye.up = Cross(eye.back, eye.right);
  const float radius = std::max(0.5f * Length(bounds.max - bounds.min), kNearestEdge);
  eye.distance = radius / std::sin(Radians(kHalfView));
  return eye;
}

// Puts what the eye sees into the middle of the raster.
std::vector<RasterVertex> Project(const Mesh& mesh, const Eye& eye, int width, int height) {
  std::vector<Vec3> seen(mesh.positions.size());  // x and y on a plane at distance 1, z is 1 / distance
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const Vec3 p = mesh.positions[i] - eye.target;
    const float nearness = 1 / (eye.distance - Dot(p, eye.back));
    seen[i] = {Dot(p, eye.right) * nearness, Dot(p, eye.up) * nearness, nearness};
  }
  const Bounds bounds = BoundsOf(seen);
  const float across = std::max(bounds.max.x - bounds.min.x, kNearestEdge);
  const float down = std::max(bounds.max.y - bounds.min.y, kNearestEdge);
  const float scale =
      kFilled * RasterVertex::kUnits * std::min(static_cast<float>(width) / across, static_cast<float>(height) / down);
  const Vec3 middle = 0.5f * (bounds.min + bounds.max);
  std::vector<RasterVertex> vertices(seen.size());
  for (std::size_t i = 0; i < seen.size(); ++i) {
    vertices[i].x = static_cast<std::int32_t>(std::lround(scale * (seen[i].x - middle.x)));
    vertices[i].y = static_cast<std::int32_t>(std::lround(scale * (middle.y - seen[i].y)));
    vertices[i].x += width * RasterVertex::kUnits / 2;
    vertices[i].y += height * RasterVertex::kUnits / 2;
    vertices[i].nearness = seen[i].z;
  }
  return vertices;
}

// Light from above left, behind the eye, which reaches a little around the thing, and from the sky and the ground.
class Light {
 public:
  explicit Light(const Eye& eye)
      : key_(Normalized(-0.5f * eye.right + 0.8f * eye.up + 0.7f * eye.back, {0, 1, 0})), back_(eye.back) {}

  // How bright white is.
  float On(Vec3 normal) const {
    const float key = std::max(0.0f, (Dot(normal, key_) + 0.2f) / 1.2f);
    const float fill = std::max(0.0f, Dot(normal, back_));
    const float sky = 0.5f + 0.5f * normal.y;
    return 0.8f * key + 0.12f * fill + 0.03f + 0.15f * sky;
  }

 private:
  Vec3 key_;
  Vec3 back_;
};

float DecodeSrgb(std::uint8_t value) {
  const float v = static_cast<float>(value) / 255;
  return v <= 0.04045f ? v / 12.92f : std::pow((v + 0.055f) / 1.055f, 2.4f);
}

std::vector<std::uint8_t> SrgbTable() {
  std::vector<std::uint8_t> table(kEncodings + 1);
  for (int i = 0; i <= kEncodings; ++i) {
    const float v = static_cast<float>(i) / kEncodings;
    const float encoded = v <= 0.0031308f ? 12.92f * v : 1.055f * std::pow(v, 1 / 2.4f) - 0.055f;
    table[i] = static_cast<std::uint8_t>(std::lround(255 * encoded));
  }
  return table;
}

// What the samples of a pixel saw.
struct Seen {
  float covered = 0;     // share of the samples
  float brightness = 0;  // mean of those
};

class Shading {
 public:
  Shading(const Mesh& mesh, const std::vector<RasterVertex>& vertices, const Raster& raster, const Light& light)
      : mesh_(mesh), vertices_(vertices), raster_(raster), light_(light) {}

  // A triangle is lit once in a pixel, at the first sample that sees it: normals change little within one.
  Seen Pixel(int x, int y) const {
    int hits = 0;
    float sum = 0;
    float last = 0;
    std::uint32_t lit = Raster::kNothing;
    for (int sample = 0; sample < kSamples * kSamples; ++sample) {
      const int sx = kSamples * x + sample % kSamples;
      const int sy = kSamples * y + sample / kSamples;
      const std::uint32_t triangle = raster_.at(sx, sy);
      if (triangle == Raster::kNothing) continue;
      if (triangle != lit) last = light_.On(NormalAt(triangle, sx, sy));
      lit = triangle;
      sum += last;
      ++hits;
    }
    if (hits == 0) return {};
    return {static_cast<float>(hits) / (kSamples * kSamples), sum / static_cast<float>(hits)};
  }

 private:
  Vec3 NormalAt(std::uint32_t triangle, int x, int y) const {
    const auto& [a, b, c] = mesh_.triangles[triangle];
    const auto weights = Raster::Weights(vertices_[a], vertices_[b], vertices_[c], x, y);
    const Vec3 sum = weights[0] * mesh_.normals[a] + weights[1] * mesh_.normals[b] + weights[2] * mesh_.normals[c];
    return Normalized(sum, {0, 1, 0});
  }

  const Mesh& mesh_;
  const std::vector<RasterVertex>& vertices_;
  const Raster& raster_;
  const Light& light_;
};

// From what was seen to bytes, over a background or over nothing.
class Ink {
 public:
  explicit Ink(const PreviewOptions& options) : options_(options), table_(SrgbTable()) {
    if (!options.background) return;
    for (int i = 0; i < 3; ++i) behind_[i] = DecodeSrgb((*options.background)[i]);
  }

  std::array<std::uint8_t, 4> operator()(const Seen& seen) const {
    std::array<std::uint8_t, 4> pixel = {};
    if (seen.covered == 0) {
      if (options_.background)
        pixel = {(*options_.background)[0], (*options_.background)[1], (*options_.background)[2], 255};
      return pixel;
    }
    const float share = options_.background ? seen.covered : 1;
    for (int i = 0; i < 3; ++i) {
      const float front = std::clamp(options_.colour[i] * seen.brightness, 0.0f, 1.0f);
      const float linear = share * front + (1 - share) * behind_[i];
      pixel[i] = table_[static_cast<std::size_t>(linear * kEncodings + 0.5f)];
    }
    pixel[3] = options_.background ? 255 : static_cast<std::uint8_t>(255 * seen.covered + 0.5f);
    return pixel;
  }

 private:
  const PreviewOptions& options_;
  const std::vector<std::uint8_t> table_;
  std::array<float, 3> behind_ = {};
};

}  // namespace

Picture Preview(const Mesh& mesh, const PreviewOptions& options) {
  DR_CHECK(options.width >= 1 && options.width <= 4096 && options.height >= 1 && options.height <= 4096);
  DR_CHECK(mesh.normals.size() == mesh.positions.size());
  Raster raster(kSamples * options.width, kSamples * options.height);
  Eye eye;
  std::vector<RasterVertex> vertices;
  if (!mesh.triangles.empty()) {
    eye = EyeFor(BoundsOf(mesh.positions), options);
    vertices = Project(mesh, eye, kSamples * options.width, kSamples * options.height);
    raster.Draw(vertices, mesh.triangles);
  }
  const Light light(eye);
  const Shading shading(mesh, vertices, raster, light);
  const Ink ink(options);
  Picture picture{options.width, options.height, {}};
  picture.rgba.resize(static_cast<std::size_t>(options.width) * options.height * 4);
  auto to = picture.rgba.begin();
  for (int y = 0; y < options.height; ++y) {
    for (int x = 0; x < options.width; ++x) to = std::ranges::copy(ink(shading.Pixel(x, y)), to).out;
  }
  return picture;
}

}  // namespace darkroom::mesh
