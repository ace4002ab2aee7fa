// The two passes of resampling, a row at a time: across, from a row of the picture to a row as wide as the target, and
// down, from such rows to a row of the target. Written out for each instruction set; all give the same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "imaging/resample_weights.h"

namespace darkroom::imaging {

// How the samples of a scaled row lie: pixel by pixel, or one channel after the other.
enum class RowLayout { kInterleaved, kPlanar };

struct PassPlan {
  // Rows are made and read in whole vectors and groups: what lies behind their samples is undefined.
  static constexpr std::size_t kVector = 64;
  static constexpr std::size_t kGroup = 8;  // pixels

  Weights across;
  Weights down;
  int channels = 3;  // 3 or 4
  RowLayout layout = RowLayout::kInterleaved;

  int width() const { return static_cast<int>(across.first.size()); }
  int height() const { return static_cast<int>(down.first.size()); }
  // From one channel to the next of a planar row.
  std::size_t plane() const { return (static_cast<std::size_t>(width()) + kGroup - 1) / kGroup * kGroup; }
  // What a row's buffer has room for.
  std::size_t row_bytes() const { return (channels * plane() / kVector + 2) * kVector; }
};

// Threads: const members from any.
class Passes {
 public:
  explicit Passes(PassPlan plan) : plan_(std::move(plan)) {}
  virtual ~Passes() = default;
  Passes(const Passes&) = delete;

  const PassPlan& plan() const { return plan_; }

  // kRows rows of the picture at once, which share the reading of weights. Of each up to 16 bytes behind the last pixel
  // are read too; a target has plan().row_bytes().
  static constexpr int kRows = 4;
  virtual void Across(const std::uint8_t* const* sources, std::uint8_t* const* targets) const = 0;
  // Row `y` of the target, from plan().down.used[y] rows that Across has made. Writes up to 63 bytes behind the last
  // sample.
  virtual void Down(int y, const std::uint8_t* const* rows, std::uint8_t* target) const = 0;

 private:
  const PassPlan plan_;
};

enum class Instructions { kPortable, kAvx2, kVnni };
// Those that this machine runs, the fastest last.
std::vector<Instructions> InstructionsOfThisCpu();

// `instructions` must be of this machine.
std::unique_ptr<Passes> MakePasses(PassPlan plan, Instructions instructions);

}  // namespace darkroom::imaging
