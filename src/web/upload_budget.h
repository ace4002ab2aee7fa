// UploadBudget: how many bytes of uploads under way are held in memory, over all clients together. An upload that finds
// no room is refused instead of made to wait: two that are half done and wait for each other would wait for ever.
//
// What is counted are the bytes as they came, and those decoded from them. Threads: the loop's alone. Outlives its
// shares.
#pragma once

#include <cstdint>
#include <utility>

namespace darkroom::web {

class UploadBudget {
 public:
  explicit UploadBudget(std::int64_t limit) : limit_(limit) {}
  UploadBudget(const UploadBudget&) = delete;

  std::int64_t limit() const { return limit_; }
  std::int64_t held() const { return held_; }

  // What one upload holds; all of it is given back in the end.
  class Share {
   public:
    explicit Share(UploadBudget& budget) : budget_(budget) {}
    Share(const Share&) = delete;
    ~Share() { GiveBack(held_); }

    // False, and nothing taken, when that would be over the limit.
    [[nodiscard]] bool Take(std::int64_t bytes) {
      if (budget_.held_ + bytes > budget_.limit_) return false;
      budget_.held_ += bytes;
      held_ += bytes;
      return true;
    }
    void GiveBack(std::int64_t bytes) {
      budget_.held_ -= bytes;
      held_ -= bytes;
    }
    std::int64_t limit() const { return budget_.limit_; }

   private:
    UploadBudget& budget_;
    std::int64_t held_ = 0;
  };

 private:
  const std::int64_t limit_;
  std::int64_t held_ = 0;
};

}  // namespace darkroom::web
