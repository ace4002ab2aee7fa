#include "imaging/resample.h"

#include <gtest/gtest.h>

#include <string>

#include "base/crypto.h"
#include "imaging/resample_kernels.h"
#include "imaging/test_pictures.h"

namespace darkroom::imaging {
namespace {

std::string Digest(const Image& image) {
  return Hex(AsView(Sha256({reinterpret_cast<const char*>(image.data()), image.size()})));
}

struct Reference {
  Size from;
  Size to;
  Filter filter;
  int channels;
  const char* digest;
};

constexpr Reference kReferences[] = {
#include "imaging/testdata/resample_reference.inc"
};

TEST(Resample, AgreesWithPilBitForBit) {
  for (const Reference& reference : kReferences) {
    const Image source = Pattern(reference.from.width, reference.from.height, reference.channels);
    Result<Image> image = Resample(source, reference.to, reference.filter);
    ASSERT_TRUE(image);
    EXPECT_EQ(Digest(*image), reference.digest)
        << reference.from.width << "×" << reference.from.height << " to " << reference.to.width << "×"
        << reference.to.height << ", filter " << static_cast<int>(reference.filter) << ", channels "
        << reference.channels;
  }
}

TEST(ResampleCrop, IsTheCropOfTheWhole) {
  const Image source = Pattern(211, 143);
  const Size size = {97, 64};
  for (Filter filter : {Filter::kNearest, Filter::kBilinear, Filter::kBicubic}) {
    const Image whole = *Resample(source, size, filter);
    for (const Rect& crop : {Rect{0, 0, 97, 64}, Rect{10, 7, 50, 33}, Rect{96, 63, 1, 1}, Rect{0, 63, 97, 1}}) {
      const Image part = *ResampleCrop(source, size, crop, filter);
      for (int y = 0; y < crop.height; ++y) {
        ASSERT_TRUE(std::equal(part.row(y), part.row(y) + part.stride(), whole.row(crop.y + y) + 3 * crop.x));
      }
    }
  }
}

// The fast kernels and the portable one are the same function; only one of them runs above.
TEST(Kernels, AllAgree) {
  const std::vector<Kernels> all = AllKernels();
  for (int channels : {3, 4}) {
    const Image source = Pattern(83, 7, channels);
    // Weights as of a bicubic filter: negative ones, sums that leave 0..255 on both sides.
    Weights weights = {.taps = 5, .first = {0, 3, 40, 78}, .values = {}};
    const std::int32_t one = 1 << Weights::kBits;
    for (int i = 0; i < 4; ++i) {
      weights.values.insert(weights.values.end(), {-one / 7, one / 2 + i, one - i * 1000, -one / 5, one / 3});
    }
    std::string expected;
    for (const Kernels& kernels : all) {
      Image across = *Image::Allocate(4, 7, channels);
      kernels.horizontal(source.data(), source.stride(), 7, channels, weights, across.data(), across.stride());
      Image down = *Image::Allocate(83, 1, channels);
      kernels.vertical(source.data(), source.stride(), 5, &weights.values[5], source.stride(), down.data());
      const std::string digest = Digest(across) + Digest(down);
      if (expected.empty()) expected = digest;
      EXPECT_EQ(digest, expected) << channels;
    }
  }
}

TEST(ShorterSideTo, KeepsTheProportions) {
  EXPECT_EQ(ShorterSideTo({1280, 720}, 256), (Size{455, 256}));
  EXPECT_EQ(ShorterSideTo({720, 1280}, 256), (Size{256, 455}));
  EXPECT_EQ(ShorterSideTo({500, 500}, 256), (Size{256, 256}));
  EXPECT_EQ(ShorterSideTo({65'535, 1}, 256), (Size{65'535 * 256, 256}));
}

TEST(FitInto, StaysWithinTheBox) {
  EXPECT_EQ(FitInto({1000, 500}, {100, 100}), (Size{100, 50}));
  EXPECT_EQ(FitInto({500, 1000}, {100, 100}), (Size{50, 100}));
  EXPECT_EQ(FitInto({10, 5}, {100, 100}), (Size{100, 50}));
  EXPECT_EQ(FitInto({60'000, 1}, {100, 100}), (Size{100, 1}));
}

TEST(CentreOf, RoundsHalvesToEven) {
  EXPECT_EQ(CentreOf({455, 256}, {224, 224}).x, 116);  // 115.5
  EXPECT_EQ(CentreOf({341, 256}, {224, 224}).x, 58);   // 58.5
  EXPECT_EQ(CentreOf({455, 256}, {224, 224}).y, 16);
}

}  // namespace
}  // namespace darkroom::imaging
