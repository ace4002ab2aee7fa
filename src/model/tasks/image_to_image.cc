// Image to image: the network's tensor as a picture.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "imaging/encode.h"
#include "model/tasks/postprocessor.h"
#include "model/tasks/region.h"

namespace darkroom::model {
namespace {

class ImageToImage : public Postprocessor {
 public:
  ImageToImage(const Package& package, const ImageSpec& spec)
      : package_(package), spec_(spec), names_(TensorsOf(package.output)) {}

  Status Check(const NamedTensors& tensors) const override {
    const Tensor& tensor = Pick(tensors, spec_.tensor);
    const bool type = tensor.type() == ElementType::kFloat32 || tensor.type() == ElementType::kUint8;
    if (type && tensor.rank() == 4 && tensor.side(0) == 1 && tensor.elements() > 0) {
      const std::int64_t channels = tensor.side(channels_first() ? 1 : 3);
      const int wanted = spec_.color == Color::kGray ? 1 : 3;
      if (channels == wanted) return {};
    }
    return Fail(Unfit(package_, names_[0], tensors,
                      fmt::format("float32 or uint8 {} for color = \"{}\"", channels_first() ? "1×C×H×W" : "1×H×W×C",
                                  Name(spec_.color))));
  }

  Result<Answer> Run(const NamedTensors& tensors, const View& view) const override {
    const Tensor& tensor = Pick(tensors, spec_.tensor);
    const auto height = static_cast<int>(tensor.side(channels_first() ? 2 : 1));
    const auto width = static_cast<int>(tensor.side(channels_first() ? 3 : 2));
    const std::size_t channels = spec_.color == Color::kGray ? 1 : 3;
    if (tensor.type() == ElementType::kFloat32) {
      if (Status finite = CheckFinite(package_, tensor.floats(), "its picture"); !finite) return Fail(finite.error());
    }
    const std::size_t pixels = static_cast<std::size_t>(width) * height;
    std::vector<std::uint8_t> samples(pixels * channels);
    for (std::size_t i = 0; i < pixels; ++i) {
      for (std::size_t c = 0; c < channels; ++c) {
        const std::size_t from = channels_first() ? c * pixels + i : i * channels + c;
        const std::size_t to = spec_.color == Color::kBgr ? 2 - c : c;
        samples[i * channels + to] = SampleAt(tensor, from);
      }
    }
    auto png = imaging::EncodePng(imaging::PixelView(width, height, static_cast<int>(channels), samples));
    if (!png) return Fail(png.error());
    Answer answer;
    answer.result["picture"] = json::object{{"width", width}, {"height", height}};
    answer.result["region"] = RegionOf(package_, view.placement);
    answer.files.push_back({"image.png", "image/png", std::move(*png)});
    answer.summary = fmt::format("picture of {}×{}", width, height);
    return answer;
  }

 private:
  bool channels_first() const { return package_.input.layout == Layout::kNchw; }

  std::uint8_t SampleAt(const Tensor& tensor, std::size_t i) const {
    if (tensor.type() == ElementType::kUint8) return static_cast<std::uint8_t>(tensor.bytes()[i]);
    const auto [low, high] = spec_.range;
    return static_cast<std::uint8_t>(
        std::lround(std::clamp((tensor.floats()[i] - low) / (high - low), 0.f, 1.f) * 255));
  }

  const Package& package_;
  const ImageSpec& spec_;
  const std::vector<TensorName> names_;
};

}  // namespace

std::unique_ptr<Postprocessor> MakeImageToImage(const Package& package, const ImageSpec& spec) {
  return std::make_unique<ImageToImage>(package, spec);
}

}  // namespace darkroom::model
