#include "imaging/resample_passes.h"

#include <algorithm>
#include <utility>

#include "imaging/resample_avx2.h"
#include "imaging/resample_vnni.h"

namespace darkroom::imaging {
namespace {

constexpr std::int32_t kHalf = 1 << (Weights::kBits - 1);

// Fixed point to a pixel's value; a bicubic filter overshoots.
std::uint8_t ToPixel(std::int32_t sum) { return static_cast<std::uint8_t>(std::clamp(sum >> Weights::kBits, 0, 255)); }

class PortablePasses : public Passes {
 public:
  using Passes::Passes;

  void Across(const std::uint8_t* const* sources, std::uint8_t* const* targets) const override {
    for (int row = 0; row < kRows; ++row) AcrossRow(sources[row], targets[row]);
  }

  void Down(int y, const std::uint8_t* const* rows, std::uint8_t* target) const override {
    const bool planar = plan().layout == RowLayout::kPlanar;
    const std::size_t size = plan().channels * (planar ? plan().plane() : static_cast<std::size_t>(plan().width()));
    const std::int32_t* weight = plan().down.of(y);
    constexpr std::size_t kBlock = 16;
    for (std::size_t x = 0; x < size; x += kBlock) {
      std::int32_t sums[kBlock];
      std::fill_n(sums, kBlock, kHalf);
      for (int i = 0; i < plan().down.used[y]; ++i) {
        for (std::size_t j = 0; j < kBlock; ++j) sums[j] += rows[i][x + j] * weight[i];
      }
      for (std::size_t j = 0; j < kBlock; ++j) target[x + j] = ToPixel(sums[j]);
    }
  }

 private:
  void AcrossRow(const std::uint8_t* source, std::uint8_t* target) const {
    const Weights& weights = plan().across;
    const int channels = plan().channels;
    const bool planar = plan().layout == RowLayout::kPlanar;
    const std::size_t next_pixel = planar ? 1 : channels;
    const std::size_t next_channel = planar ? plan().plane() : 1;
    for (int x = 0; x < plan().width(); ++x, target += next_pixel) {
      const std::uint8_t* from = source + static_cast<std::ptrdiff_t>(weights.first[x]) * channels;
      const std::int32_t* weight = weights.of(x);
      std::int32_t sums[4] = {kHalf, kHalf, kHalf, kHalf};
      for (int i = 0; i < weights.used[x]; ++i, from += channels) {
        for (int c = 0; c < channels; ++c) sums[c] += from[c] * weight[i];
      }
      for (int c = 0; c < channels; ++c) target[c * next_channel] = ToPixel(sums[c]);
    }
  }
};

}  // namespace

std::vector<Instructions> InstructionsOfThisCpu() {
  std::vector<Instructions> all = {Instructions::kPortable};
  if (Avx2Runs()) all.push_back(Instructions::kAvx2);
  if (Avx2Runs() && VnniRuns()) all.push_back(Instructions::kVnni);
  return all;
}

std::unique_ptr<Passes> MakePasses(PassPlan plan, Instructions instructions) {
  switch (instructions) {
    case Instructions::kAvx2:
      return MakeAvx2Passes(std::move(plan));
    case Instructions::kVnni:
      return MakeVnniPasses(std::move(plan));
    case Instructions::kPortable:
      break;
  }
  return std::make_unique<PortablePasses>(std::move(plan));
}

}  // namespace darkroom::imaging
