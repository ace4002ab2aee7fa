// Resolving transforms and doing them. Reading and writing them: transform_parse.cc, transform_write.cc.
#include "imaging/transform.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "imaging/blur.h"
#include "imaging/decode.h"
#include "imaging/encode.h"
#include "imaging/frame.h"
#include "imaging/orient.h"
#include "imaging/tone.h"
#include "imaging/transform_fields.h"
#include "imaging/transform_random.h"
#include "imaging/transform_text.h"
#include "imaging/warp.h"

namespace darkroom::imaging {
namespace {

// Draws each range; what is no range stays. A fixed one uses its draw up too, so that it moves no other.
class Drawer {
 public:
  explicit Drawer(Draws& draws) : draws_(draws) {}

  void Span(std::string_view, Range& range, double, double, Need) {
    const double value = draws_.Between(range.min, range.max);
    if (range.min != range.max) range = {value, value};
  }
  void WholeSpan(std::string_view, Range& range, double, double, Need) {
    const double value = range.min + draws_.Below(static_cast<int>(range.max - range.min) + 1);
    range = {value, value};
  }
  template <class... Anything>
  void Whole(Anything&&...) {}
  template <class... Anything>
  void Number(Anything&&...) {}
  template <class... Anything>
  void Choice(Anything&&...) {}
  template <class... Anything>
  void Flag(Anything&&...) {}
  template <class... Anything>
  void Fill(Anything&&...) {}
  template <class... Anything>
  void List(Anything&&...) {}
  template <class... Anything>
  void Seed(Anything&&...) {}

 private:
  Draws& draws_;
};

std::unexpected<Error> DoesNotFit(std::string_view what, int width, int height, Size picture) {
  return Fail(Code::kInvalid, fmt::format("{} of {}×{} does not fit into a picture of {}×{} pixels", what, width,
                                          height, picture.width, picture.height));
}

// Settle: what is not a range but depends on chance or on the size of the picture that it meets.

template <class T>
Status Settle(T&, Size, Draws&) {
  return {};
}

Status Settle(Resize& t, Size picture, Draws&) {
  if (t.shorter == 0) return {};
  const Size size = ShorterSideTo(picture, t.shorter);
  t = {.width = size.width, .height = size.height, .shorter = 0, .filter = t.filter};
  return {};
}

Status Settle(Crop& t, Size picture, Draws& draws) {
  const Size size = {t.width, t.height};
  if (size.width > picture.width || size.height > picture.height) {
    return DoesNotFit("a crop", size.width, size.height, picture);
  }
  if (t.at == Place::kCentre) {
    const Rect centre = CentreOf(picture, size);
    t.x = centre.x;
    t.y = centre.y;
  } else if (t.at == Place::kRandom) {
    t.x = draws.Below(picture.width - size.width + 1);
    t.y = draws.Below(picture.height - size.height + 1);
  }
  t.at = Place::kGiven;
  if (t.x > picture.width - size.width || t.y > picture.height - size.height) {
    return DoesNotFit(fmt::format("a crop at {}, {}", t.x, t.y), size.width, size.height, picture);
  }
  return {};
}

Status Settle(Perspective& t, Size, Draws& draws) {
  if (!t.corners.empty()) return {};
  constexpr double kSquare[] = {0, 0, 1, 0, 1, 1, 0, 1};
  for (const double corner : kSquare) {
    const double inwards = draws.Between(0, t.distortion / 2);
    t.corners.push_back(corner == 0 ? inwards : 1 - inwards);
  }
  t.distortion = 0;
  return {};
}

Status Settle(Noise& t, Size, Draws& draws) {
  if (!t.seed) t.seed = draws.Seed();
  return {};
}

Status Settle(Cutout& t, Size picture, Draws& draws) {
  if (t.width > picture.width || t.height > picture.height) return DoesNotFit("a cutout", t.width, t.height, picture);
  if (!t.boxes.empty()) return {};
  for (int i = 0; i < t.count; ++i) {
    t.boxes.push_back(draws.Below(picture.width - t.width + 1));
    t.boxes.push_back(draws.Below(picture.height - t.height + 1));
  }
  return {};
}

// ResultSize: what a settled op makes of a picture of this size; 64-bit sums are not needed, since no side and no
// padding is above 2^14.

template <class T>
Size ResultSize(const T&, Size picture) {
  return picture;
}
Size ResultSize(const Resize& t, Size) { return {t.width, t.height}; }
Size ResultSize(const Crop& t, Size) { return {t.width, t.height}; }
Size ResultSize(const Pad& t, Size picture) {
  return {t.left + picture.width + t.right, t.top + picture.height + t.bottom};
}
Size ResultSize(const Rotate& t, Size picture) { return t.expand ? RotatedSize(picture, t.angle.min) : picture; }

// Do: one op on pixels. Settled, and fit for the image.

Result<Image> Do(const Resize& t, Image image) { return Resample(image, {t.width, t.height}, t.filter); }
Result<Image> Do(const Crop& t, Image image) { return Cropped(image, {t.x, t.y, t.width, t.height}); }
Result<Image> Do(const Pad& t, Image image) { return Padded(image, t); }
Result<Image> Do(const Flip& t, Image image) {
  return Orient(std::move(image), t.direction == Axis::kHorizontal ? 2 : 4);  // EXIF's numbers for mirrored pictures
}
Result<Image> Do(const Rotate& t, Image image) {
  const Size size = {image.width(), image.height()};
  return Warp(image, ResultSize(t, size), RotationOf(size, t.angle.min, t.expand), t.filter, t.fill);
}
Result<Image> Do(const Affine& t, Image image) {
  const Size size = {image.width(), image.height()};
  return Warp(image, size, AffineOf(size, t), t.filter, t.fill);
}
Result<Image> Do(const Perspective& t, Image image) {
  const Size size = {image.width(), image.height()};
  return Warp(image, size, PerspectiveOf(size, t.corners), t.filter, t.fill);
}
Result<Image> Do(const Brightness& t, Image image) {
  Brighten(image, static_cast<float>(t.factor.min));
  return image;
}
Result<Image> Do(const Contrast& t, Image image) {
  ChangeContrast(image, static_cast<float>(t.factor.min));
  return image;
}
Result<Image> Do(const Saturation& t, Image image) {
  Saturate(image, static_cast<float>(t.factor.min));
  return image;
}
Result<Image> Do(const Hue& t, Image image) {
  TurnHue(image, t.shift.min);
  return image;
}
Result<Image> Do(const Grayscale&, Image image) {
  MakeGray(image);
  return image;
}
Result<Image> Do(const Blur& t, Image image) { return GaussianBlur(std::move(image), static_cast<float>(t.sigma.min)); }
Result<Image> Do(const Sharpen& t, Image image) { return Sharpened(image, static_cast<float>(t.factor.min)); }
Result<Image> Do(const Noise& t, Image image) {
  AddNoise(image, t.sigma.min, static_cast<std::uint64_t>(*t.seed));
  return image;
}
Result<Image> Do(const Jpeg& t, Image image) {
  const Result<std::string> bytes = EncodeJpeg(image, static_cast<int>(t.quality.min));
  if (!bytes) return Fail(bytes.error());
  return Decode(*bytes, {.max_pixels = std::int64_t{image.width()} * image.height()});
}
Result<Image> Do(const Cutout& t, Image image) {
  for (std::size_t i = 0; i < t.boxes.size(); i += 2) {
    Paint(image, {t.boxes[i], t.boxes[i + 1], t.width, t.height}, t.fill);
  }
  return image;
}

Status CheckSize(Size size, const TransformLimits& limits) {
  const std::int64_t pixels = std::int64_t{size.width} * size.height;
  if (size.width > kMaxTransformedSide || size.height > kMaxTransformedSide || pixels > limits.max_pixels) {
    return Fail(Code::kTooLarge, fmt::format("the picture would have {}×{} pixels; a side may have {}, all together {}",
                                             size.width, size.height, kMaxTransformedSide, limits.max_pixels));
  }
  return {};
}

// Settles one transform for a picture of `size`, which becomes that of its result.
Status SettleOne(Transform& transform, std::size_t index, std::uint64_t seed, Size& size,
                 const TransformLimits& limits) {
  Draws draws(seed, index);
  const bool met = draws.Uniform() < transform.p;
  if (transform.p < 1) transform.p = met ? 1 : 0;
  if (transform.p == 0) return {};
  return std::visit(
      [&](auto& t) -> Status {
        Drawer drawer(draws);
        Fields(drawer, t);
        if (Status settled = Settle(t, size, draws); !settled) return settled;
        size = ResultSize(t, size);
        return CheckSize(size, limits);
      },
      transform.op);
}

}  // namespace

Result<TransformList> Resolve(const TransformList& list, std::uint64_t seed, Size picture,
                              const TransformLimits& limits) {
  if (picture.width < 1 || picture.height < 1) return Fail(Code::kInvalid, "a picture without pixels");
  if (picture.width > kMaxPictureSide || picture.height > kMaxPictureSide) {
    return Fail(Code::kTooLarge, fmt::format("a picture with a side of more than {} pixels", kMaxPictureSide));
  }
  // Lists need not have been parsed: what the parser refuses or changes is out of bounds.
  Result<TransformList> resolved = ParseTransforms(ToJson(list));
  if (!resolved) return resolved;
  if (*resolved != list) return Fail(Code::kInvalid, "transforms with values that are out of bounds");
  for (std::size_t i = 0; i < resolved->size(); ++i) {
    Transform& transform = (*resolved)[i];
    if (Status settled = SettleOne(transform, i, seed, picture, limits); !settled) {
      return Fail(settled.error().During(TransformName(i, kOps[transform.op.index()].name)));
    }
  }
  return resolved;
}

Result<Size> SizeAfter(const TransformList& resolved, Size picture, const TransformLimits& limits) {
  const Result<TransformList> checked = Resolve(resolved, 0, picture, limits);
  if (!checked) return Fail(checked.error());
  if (*checked != resolved) return Fail(Code::kInvalid, "transforms that are not resolved for this picture");
  for (const Transform& transform : resolved) {
    if (transform.p != 0) picture = std::visit([&](const auto& t) { return ResultSize(t, picture); }, transform.op);
  }
  return picture;
}

Result<Image> Apply(Image image, const TransformList& resolved, const TransformLimits& limits) {
  if (image.channels() != 3) return Fail(Code::kInvalid, "transforms are for pictures of three channels");
  if (Result<Size> size = SizeAfter(resolved, {image.width(), image.height()}, limits); !size) {
    return Fail(size.error());
  }
  for (std::size_t i = 0; i < resolved.size(); ++i) {
    const Transform& transform = resolved[i];
    if (transform.p == 0) continue;
    Result<Image> changed = std::visit([&](const auto& t) { return Do(t, std::move(image)); }, transform.op);
    if (!changed) return Fail(changed.error().During(TransformName(i, kOps[transform.op.index()].name)));
    image = *std::move(changed);
  }
  return image;
}

}  // namespace darkroom::imaging
