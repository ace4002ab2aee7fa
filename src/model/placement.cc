#include "model/placement.h"

namespace darkroom::model {

Placement PlacementOf(imaging::Size picture, const InputSpec& input, const PreprocessSpec& spec) {
  const imaging::Size target = {input.width, input.height};
  imaging::Size scaled = target;
  int x = 0, y = 0;  // of the input's corner on the scaled picture
  if (spec.resize == Resize::kShorter) {
    scaled = imaging::ShorterSideTo(picture, spec.resize_to);
    const imaging::Rect crop = imaging::CentreOf(scaled, target);
    x = crop.x;
    y = crop.y;
  } else if (spec.resize == Resize::kFit) {
    scaled = imaging::FitInto(picture, target);
    const imaging::Rect place = imaging::CentreOf(target, scaled);
    x = -place.x;
    y = -place.y;
  }
  const double across = static_cast<double>(picture.width) / scaled.width;
  const double down = static_cast<double>(picture.height) / scaled.height;
  return {x * across, y * down, across, down};
}

}  // namespace darkroom::model
