#include "imaging/resample.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "imaging/normalize.h"
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

// Rows of every kind, one after the other, without what lies behind their samples.
std::string Rows(const Image& source, const Resampling& resampling, RowLayout layout, Instructions instructions) {
  RowResampler rows = *RowResampler::Create(source, resampling, layout, instructions);
  std::vector<std::uint8_t> row(rows.row_bytes());
  std::string all;
  for (int y = 0; y < resampling.crop.height; ++y) {
    rows.Next(row.data());
    const char* samples = reinterpret_cast<const char*>(row.data());
    const std::size_t width = static_cast<std::size_t>(resampling.crop.width);
    const std::size_t channels = static_cast<std::size_t>(source.channels());
    if (layout == RowLayout::kInterleaved) {
      all.append(samples, width * channels);
    } else {
      for (std::size_t x = 0; x < width * channels; ++x) all += samples[x % channels * rows.plane() + x / channels];
    }
  }
  return all;
}

// The fast passes and the portable ones are the same function; only one of them runs above.
TEST(RowResampler, GivesTheSameBitsWithAllInstructionsAndInBothLayouts) {
  std::minstd_rand random(42);
  auto between = [&](int least, int most) { return std::uniform_int_distribution<int>(least, most)(random); };
  for (int round = 0; round < 400; ++round) {
    const int most = round % 4 == 0 ? 9 : 150;
    const Image source = Pattern(between(1, most), between(1, most), between(3, 4));
    const Size size = {between(1, most), between(1, most)};
    const int width = between(1, size.width), height = between(1, size.height);
    const Rect crop = {between(0, size.width - width), between(0, size.height - height), width, height};
    const Resampling resampling = {size, crop, static_cast<Filter>(round % 3)};
    const std::string expected = Rows(source, resampling, RowLayout::kInterleaved, Instructions::kPortable);
    for (Instructions instructions : InstructionsOfThisCpu()) {
      for (RowLayout layout : {RowLayout::kInterleaved, RowLayout::kPlanar}) {
        ASSERT_EQ(Rows(source, resampling, layout, instructions), expected)
            << source.width() << "×" << source.height() << "×" << source.channels() << " to " << size.width << "×"
            << size.height << ", crop " << crop.x << "," << crop.y << " " << width << "×" << height << ", filter "
            << round % 3 << ", instructions " << static_cast<int>(instructions);
      }
    }
  }
}

// Weights of many taps leave no room for a product that is cut off or carried wrongly.
TEST(RowResampler, SumsUpWhiteToWhiteHoweverManyTapsThereAre) {
  for (const int side : {1, 2, 5, 6, 9, 100, 3000}) {
    Image white = *Image::Allocate(side, side, 3);
    std::memset(white.data(), 255, white.size());
    for (Filter filter : {Filter::kNearest, Filter::kBilinear, Filter::kBicubic}) {
      for (Instructions instructions : InstructionsOfThisCpu()) {
        const Resampling resampling = {{2, 3}, {0, 0, 2, 3}, filter};
        ASSERT_EQ(Rows(white, resampling, RowLayout::kPlanar, instructions), std::string(18, '\xFF')) << side;
      }
    }
  }
}

struct ReducedReference {
  Size stored;  // pixels there are
  Reduction reduction;
  Size to;
  Filter filter;
  const char* digest;
};

constexpr ReducedReference kReducedReferences[] = {
#include "imaging/testdata/resample_reduced_reference.inc"
};

// A picture decoded at reduced scale, whose last (or, turned, first) pixels reach beyond its edge.
TEST(Resample, TakesAReducedPictureAsPilDoesABoxOfIt) {
  for (const ReducedReference& reference : kReducedReferences) {
    Image source = Pattern(reference.stored.width, reference.stored.height);
    source.set_reduction(reference.reduction);
    EXPECT_EQ(Digest(*Resample(source, reference.to, reference.filter)), reference.digest)
        << reference.stored.width << "×" << reference.stored.height << " for " << reference.reduction.picture.width
        << "×" << reference.reduction.picture.height << ", filter " << static_cast<int>(reference.filter);
  }
}

TEST(Normalize, GivesTheSameBitsWithAllInstructions) {
  std::vector<std::uint8_t> bytes(263);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  for (std::size_t count : {0, 1, 7, 8, 9, 263}) {
    std::vector<float> expected(count);
    for (std::size_t i = 0; i < count; ++i) expected[i] = (static_cast<float>(bytes[i]) - 123.675f) * 0.0171f;
    for (Instructions instructions : InstructionsOfThisCpu()) {
      std::vector<float> floats(count);
      Normalize(bytes.data(), count, 123.675f, 0.0171f, floats.data(), instructions);
      EXPECT_EQ(floats, expected) << count;
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
