#include "model/occupancy.h"

#include <gtest/gtest.h>

#include <cstring>

#include "model/test_packages.h"

namespace darkroom::model {
namespace {

// The numbers of a .npy file of float32, version 1.0, that the reference wrote.
Tensor ReadNpy(const std::string& name, Shape shape) {
  const std::string bytes = ReadAll(std::filesystem::path(DARKROOM_MODEL_TESTDATA) / name);
  std::uint16_t header = 0;
  std::memcpy(&header, bytes.data() + 8, 2);
  Tensor tensor(ElementType::kFloat32, std::move(shape));
  DR_CHECK(bytes.size() == 10u + header + tensor.bytes().size());
  std::memcpy(tensor.bytes().data(), bytes.data() + 10 + header, tensor.bytes().size());
  return tensor;
}

TEST(DepthToOccupancy, AgreesWithTheReference) {
  const Tensor depth = ReadNpy("depth_to_occupancy_depth.npy", {1, 1, 48, 48});
  const Tensor pose = ReadNpy("depth_to_occupancy_pose.npy", {4});
  const Tensor expected = ReadNpy("depth_to_occupancy_out.npy", {1, 2, 16, 16, 16});
  const auto p = pose.floats();
  const Tensor out =
      DepthToOccupancy(depth, {p[0], p[1], p[2], p[3]}, {.field_of_view = 49.124, .resolution = 16, .cube = 32 / 29.5});
  ASSERT_EQ(out.shape(), expected.shape());
  for (std::size_t i = 0; i < out.elements(); ++i) {
    ASSERT_NEAR(std::as_const(out).floats()[i], expected.floats()[i], 1e-5) << i;
  }
}

TEST(DepthToOccupancy, BackgroundAndWhatIsNoNumberFillNothing) {
  Tensor depth(ElementType::kFloat32, {2, 2});
  const float values[] = {4, 9, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()};
  std::ranges::copy(values, depth.floats().begin());
  const Tensor out = DepthToOccupancy(depth, {.forward = 1.5}, {.resolution = 4});
  for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(out.floats()[i], 0);
}

}  // namespace
}  // namespace darkroom::model
