// Segmentation: which class each pixel is of, as a map and laid over the picture.
#include <fmt/format.h>

#include <algorithm>

#include "model/tasks/draw.h"
#include "model/tasks/postprocessor.h"

namespace darkroom::model {
namespace {

class Segmentation : public Postprocessor {
 public:
  Segmentation(const Package& package, const SegmentationSpec& spec)
      : package_(package), spec_(spec), names_(TensorsOf(package.output)) {}

  Status Check(const NamedTensors& tensors) const override {
    const Tensor& tensor = Pick(tensors, spec_.tensor);
    const auto classes = static_cast<std::int64_t>(spec_.labels.names.size());
    if (classes > 256) {
      return Fail(Code::kInvalid,
                  fmt::format("{}: expected at most 256 classes, found {}", spec_.labels.path.string(), classes));
    }
    if (tensor.type() == ElementType::kFloat32) {
      if (tensor.rank() == 4 && tensor.side(0) == 1 && tensor.side(1) == classes && tensor.elements() > 0) return {};
      return Fail(
          Unfit(package_, names_[0], tensors,
                fmt::format("scores 1×{}×H×W for the labels of {}", classes, spec_.labels.path.filename().string())));
    }
    const bool whole = tensor.type() != ElementType::kBool;
    const bool flat = (tensor.rank() == 3 && tensor.side(0) == 1) ||
                      (tensor.rank() == 4 && tensor.side(0) == 1 && tensor.side(1) == 1);
    if (whole && flat && tensor.elements() > 0) return {};
    return Fail(Unfit(package_, names_[0], tensors, "scores 1×C×H×W or classes 1×H×W"));
  }

  bool NeedsPicture() const override { return true; }

  Result<Answer> Run(const NamedTensors& tensors, const View& view) const override {
    const Tensor& tensor = Pick(tensors, spec_.tensor);
    const int height = static_cast<int>(tensor.side(tensor.rank() - 2));
    const int width = static_cast<int>(tensor.side(tensor.rank() - 1));
    auto classes = ClassesOf(tensor, static_cast<std::size_t>(width) * height);
    if (!classes) return Fail(classes.error());

    Answer answer;
    answer.result["classes"] = Shares(*classes, &answer.summary);
    // The map covers what the network saw.
    const Placement& at = view.placement;
    const Region region = {at.left, at.top, at.left + package_.input.width * at.across,
                           at.top + package_.input.height * at.down};
    auto drawn = DrawClasses(view.picture, {width, height, *classes}, region);
    if (!drawn) return Fail(drawn.error());
    answer.files.push_back({"classes.png", "image/png", std::move(drawn->map)});
    answer.files.push_back({"overlay.png", "image/png", std::move(drawn->overlay)});
    return answer;
  }

 private:
  // Scores that are no number never are the largest; a pixel of nothing else is of class 0.
  Result<std::vector<std::uint8_t>> ClassesOf(const Tensor& tensor, std::size_t pixels) const {
    std::vector<std::uint8_t> classes(pixels, 0);
    if (tensor.type() == ElementType::kFloat32) {
      if (Status finite = CheckFinite(package_, tensor.floats(), "its scores"); !finite) return Fail(finite.error());
      std::vector<float> best(tensor.floats().begin(), tensor.floats().begin() + static_cast<std::ptrdiff_t>(pixels));
      for (std::size_t c = 1; c < spec_.labels.names.size(); ++c) {
        const float* scores = tensor.floats().data() + c * pixels;
        for (std::size_t i = 0; i < pixels; ++i) {
          if (scores[i] <= best[i]) continue;
          best[i] = scores[i];
          classes[i] = static_cast<std::uint8_t>(c);
        }
      }
      return classes;
    }
    for (std::size_t i = 0; i < pixels; ++i) {
      const std::int64_t index = WholeAt(tensor, i);
      if (index < 0 || index >= static_cast<std::int64_t>(spec_.labels.names.size())) {
        return Fail(Code::kInternal, fmt::format("model {} {} answered with class {}, it has {}", package_.name,
                                                 package_.version, index, spec_.labels.names.size()));
      }
      classes[i] = static_cast<std::uint8_t>(index);
    }
    return classes;
  }

  static std::int64_t WholeAt(const Tensor& tensor, std::size_t i) {
    const std::byte* data = tensor.bytes().data();
    if (tensor.type() == ElementType::kUint8) return static_cast<std::int64_t>(data[i]);
    if (tensor.type() == ElementType::kInt32) return reinterpret_cast<const std::int32_t*>(data)[i];
    return reinterpret_cast<const std::int64_t*>(data)[i];
  }

  // The classes that are there, the largest first.
  json::array Shares(const std::vector<std::uint8_t>& classes, std::string* summary) const {
    std::array<std::size_t, 256> counts{};
    for (const std::uint8_t index : classes) ++counts[index];
    std::vector<int> order;
    for (int i = 0; i < 256; ++i) {
      if (counts[static_cast<std::size_t>(i)] > 0) order.push_back(i);
    }
    std::ranges::stable_sort(order, std::ranges::greater(), [&](int i) { return counts[static_cast<std::size_t>(i)]; });
    json::array shares;
    for (const int i : order) {
      const std::string& label = spec_.labels.names[static_cast<std::size_t>(i)];
      const float share = static_cast<float>(counts[static_cast<std::size_t>(i)]) / static_cast<float>(classes.size());
      const auto color = ColorOf(i);
      shares.push_back(json::object{{"label", label},
                                    {"index", i},
                                    {"share", Rounded(share)},
                                    {"color", fmt::format("#{:02x}{:02x}{:02x}", color[0], color[1], color[2])}});
      if (shares.size() <= 3)
        *summary += fmt::format("{}{} {:.0f} %", summary->empty() ? "" : ", ", label, share * 100);
    }
    return shares;
  }

  const Package& package_;
  const SegmentationSpec& spec_;
  const std::vector<TensorName> names_;
};

}  // namespace

std::unique_ptr<Postprocessor> MakeSegmentation(const Package& package, const SegmentationSpec& spec) {
  return std::make_unique<Segmentation>(package, spec);
}

}  // namespace darkroom::model
