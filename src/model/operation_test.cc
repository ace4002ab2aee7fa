#include "model/operation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace darkroom::model {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;

Tensor Of(Shape shape, std::vector<float> numbers) {
  Tensor tensor(ElementType::kFloat32, std::move(shape));
  std::ranges::copy(numbers, tensor.floats().begin());
  return tensor;
}

std::vector<float> Floats(const Result<Tensor>& tensor) {
  if (!tensor) return ADD_FAILURE() << tensor.error().message(), std::vector<float>();
  const auto floats = tensor->floats();
  return {floats.begin(), floats.end()};
}

Result<Tensor> Do(const Operation& operation, const Tensor& tensor) {
  const Tensor* given[] = {&tensor};
  return Apply(operation, given);
}

TEST(Operation, ResizesAsTorchInterpolates) {
  // torch.nn.functional.interpolate(torch.tensor([[[[0., 2.], [4., 6.]]]]), (4, 3), mode="bilinear")
  EXPECT_THAT(Floats(Do(ResizeOperation{3, 4}, Of({1, 1, 2, 2}, {0, 2, 4, 6}))),
              ElementsAre(0, 1, 2, 1, 2, 3, 3, 4, 5, 4, 5, 6));
  EXPECT_THAT(Floats(Do(ResizeOperation{1, 1}, Of({1, 2, 1, 2}, {0, 2, 4, 6}))), ElementsAre(1, 5));
}

TEST(Operation, CropsTheMiddleOrWhereItIsTold) {
  const Tensor picture = Of({1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  EXPECT_THAT(Floats(Do(CropOperation{1, 1}, picture)), ElementsAre(5));
  EXPECT_THAT(Floats(Do(CropOperation{2, 2, 1, 0}, picture)), ElementsAre(2, 3, 5, 6));
  EXPECT_THAT(Do(CropOperation{4, 1}, picture).error().message(),
              HasSubstr("needs a picture that holds 4×1, was given float32 1×1×3×3"));
  EXPECT_FALSE(Do(CropOperation{2, 2, 2, 0}, picture));
}

TEST(Operation, NormalisesEachChannel) {
  EXPECT_THAT(Floats(Do(NormaliseOperation{{1, 2, 3}, {1, 10, 100}}, Of({1, 3, 1, 1}, {2, 3, 4}))),
              ElementsAre(1, 10, 100));
}

TEST(Operation, MakesAMaskOfAlpha) {
  EXPECT_THAT(Floats(Do(AlphaToMaskOperation{0.5f}, Of({1, 4, 1, 2}, {9, 9, 9, 9, 9, 9, 0.5f, 0.6f}))),
              ElementsAre(0, 1));
}

TEST(Operation, FindsTheLargestAlongAnAxis) {
  const auto places = Do(ArgmaxOperation{1}, Of({1, 3, 2}, {1, 9, 5, 2, 3, 4}));
  ASSERT_TRUE(places);
  EXPECT_EQ(places->shape(), (Shape{1, 2}));
  const auto* indices = reinterpret_cast<const std::int64_t*>(places->bytes().data());
  EXPECT_EQ(indices[0], 1);
  EXPECT_EQ(indices[1], 0);
}

TEST(Operation, SoftmaxSumsToOneAlongItsAxis) {
  EXPECT_THAT(Floats(Do(SoftmaxOperation{1}, Of({1, 2, 2}, {0, 1000, 0, 1000}))), ElementsAre(0.5f, 0.5f, 0.5f, 0.5f));
  EXPECT_FALSE(Do(SoftmaxOperation{3}, Of({1, 2}, {0, 0})));
}

TEST(Operation, ThresholdAndSigmoidGoNumberByNumber) {
  EXPECT_THAT(Floats(Do(ThresholdOperation{2}, Of({3}, {1, 2, 3}))), ElementsAre(0, 0, 1));
  EXPECT_THAT(Floats(Do(SigmoidOperation{}, Of({2}, {0, -100}))), ElementsAre(0.5f, FloatNear(0, 1e-6f)));
}

TEST(Operation, NmsKeepsTheBestBoxes) {
  const Tensor boxes = Of({1, 3, 4}, {0, 0, 4, 4, 0, 0, 4, 5, 8, 8, 9, 9});
  const Tensor scores = Of({1, 3, 2}, {0.9f, 0, 0.8f, 0.3f, 0, 0.2f});
  const Tensor* given[] = {&boxes, &scores};
  const auto kept = Apply(NmsOperation{0.25f, 0.5f, 10}, given);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->shape(), (Shape{1, 2, 6}));
  EXPECT_THAT(Floats(kept), ElementsAre(0, 0, 4, 4, 0.9f, 0, 0, 0, 4, 5, 0.3f, 1));
}

}  // namespace
}  // namespace darkroom::model
