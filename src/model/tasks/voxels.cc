// Image to voxels: what the network thinks fills space, as a mesh, as voxels, and drawn.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "imaging/encode.h"
#include "mesh/binvox.h"
#include "mesh/glb.h"
#include "mesh/npy.h"
#include "mesh/preview.h"
#include "mesh/specks.h"
#include "mesh/surface.h"
#include "mesh/voxels.h"
#include "model/tasks/draw.h"
#include "model/tasks/postprocessor.h"

namespace darkroom::model {
namespace {

// Solids with a smaller share of the largest one's voxels are the network's doubts.
constexpr float kSpeck = 0.02f;

class ImageToVoxels : public Postprocessor {
 public:
  ImageToVoxels(const Package& package, const VoxelSpec& spec)
      : package_(package), spec_(spec), names_(TensorsOf(package.output)) {}

  Status Check(const NamedTensors& tensors) const override {
    const Tensor& grid = Pick(tensors, spec_.tensor);
    const std::int64_t side = grid.rank() == 0 ? 0 : grid.shape().back();
    const bool cube =
        static_cast<std::int64_t>(grid.elements()) == side * side * side && side > 0 && side <= mesh::Voxels::kMostSide;
    if (!cube || grid.type() != ElementType::kFloat32) {
      return Fail(Unfit(package_, names_[0], tensors, "a cube of float32, as 1×1×D×D×D, of at most 256"));
    }
    if (spec_.depth.empty()) return {};
    const Tensor& depth = Pick(tensors, spec_.depth);
    const bool flat =
        depth.rank() >= 2 && depth.type() == ElementType::kFloat32 &&
        static_cast<std::int64_t>(depth.elements()) == depth.side(depth.rank() - 1) * depth.side(depth.rank() - 2);
    return flat && depth.elements() > 0 ? Status() : Fail(Unfit(package_, names_[1], tensors, "float32 1×1×H×W"));
  }

  Result<Answer> Run(const NamedTensors& tensors, const View&) const override {
    const Tensor& grid = Pick(tensors, spec_.tensor);
    const auto side = static_cast<int>(grid.shape().back());
    if (Status finite = CheckFinite(package_, grid.floats(), "its voxels"); !finite) return Fail(finite.error());
    auto voxels = mesh::Voxels::FromTensor(grid.floats(), side, spec_.axes);
    if (!voxels) return Fail(Code::kInternal, fmt::format("model {}: {}", package_.name, voxels.error().message()));
    mesh::RemoveSpecks(*voxels, spec_.threshold, kSpeck);

    const mesh::Frame frame = mesh::Frame::OfSide(spec_.side);
    mesh::SurfaceOptions options;
    options.threshold = spec_.threshold;
    options.frame = frame;
    const auto surface = mesh::Surface(*voxels, options);
    if (!surface) return Fail(Code::kInternal, fmt::format("model {}: {}", package_.name, surface.error().message()));

    Answer answer;
    const std::size_t solid = CountSolid(*voxels, spec_.threshold);
    answer.result["voxels"] = json::object{
        {"side", side}, {"solid", solid}, {"threshold", Rounded(spec_.threshold)}, {"metres", Rounded(spec_.side)}};
    answer.result["mesh"] =
        json::object{{"vertices", surface->positions.size()}, {"triangles", surface->triangles.size()}};
    answer.files.push_back({"mesh.glb", "model/gltf-binary", mesh::WriteGlb(*surface, {.name = package_.name})});
    answer.files.push_back(
        {"voxels.binvox", "application/octet-stream", mesh::WriteBinvox(*voxels, spec_.threshold, frame)});
    if (Status drawn = Draw(tensors, *voxels, *surface, &answer.files); !drawn) return Fail(drawn.error());
    answer.summary = fmt::format("{} voxels, {} triangles", solid, surface->triangles.size());
    return answer;
  }

 private:
  Status Draw(const NamedTensors& tensors, const mesh::Voxels& voxels, const mesh::Mesh& surface,
              std::vector<ProducedFile>* files) const {
    const std::int64_t shape[] = {voxels.side(), voxels.side(), voxels.side()};
    auto array = mesh::WriteNpy(voxels.values(), shape);
    if (!array) return Fail(array.error());
    files->push_back({"voxels.npy", "application/octet-stream", std::move(*array)});
    const mesh::Picture preview = mesh::Preview(surface);
    auto png = imaging::EncodePng(imaging::PixelView(preview.width, preview.height, 4, preview.rgba));
    if (!png) return Fail(png.error());
    files->push_back({"preview.png", "image/png", std::move(*png)});
    if (spec_.depth.empty()) return {};

    const Tensor& depth = Pick(tensors, spec_.depth);
    if (Status finite = CheckFinite(package_, depth.floats(), "its depths"); !finite) return finite;
    const auto [near, far] = std::ranges::minmax(depth.floats());
    auto drawn = DrawGray(static_cast<int>(depth.side(depth.rank() - 1)),
                          static_cast<int>(depth.side(depth.rank() - 2)), depth.floats(), far, near);
    if (!drawn) return Fail(drawn.error());
    files->push_back({"depth.png", "image/png", std::move(*drawn)});
    return {};
  }

  const Package& package_;
  const VoxelSpec& spec_;
  const std::vector<TensorName> names_;
};

}  // namespace

std::unique_ptr<Postprocessor> MakeImageToVoxels(const Package& package, const VoxelSpec& spec) {
  return std::make_unique<ImageToVoxels>(package, spec);
}

}  // namespace darkroom::model
