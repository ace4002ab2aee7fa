#include "web/picture.h"

#include <fmt/format.h>

#include "imaging/probe.h"

namespace darkroom::web {
namespace {

Problem About(std::string_view code, const InputInfo& input, int index, const std::string& words) {
  const std::string name =
      input.file_name.empty() ? fmt::format("file {}", index) : fmt::format("'{}'", input.file_name);
  return {code, fmt::format("{}: {}", name, words), {{"file_name", input.file_name}, {"index", index}}};
}

}  // namespace

std::optional<Problem> CheckPixels(const InputInfo& input, int index, std::int64_t limit) {
  const std::int64_t pixels = std::int64_t(input.width) * input.height;
  if (pixels <= limit && input.width <= imaging::kMaxSide && input.height <= imaging::kMaxSide) return std::nullopt;
  auto problem = About("too_many_pixels", input, index,
                       fmt::format("{} x {} pixels; the limit is {} pixels and {} a side", input.width, input.height,
                                   limit, imaging::kMaxSide));
  problem.members["limit"] = limit;
  return problem;
}

Picture JudgePicture(const UploadedFile& file, int index, PictureLimits limits) {
  Picture picture;
  picture.input.file_name = file.file_name;
  picture.input.size = file.size;
  if (file.too_large) {
    picture.problem = About("too_large", picture.input, index,
                            fmt::format("{} bytes are too many; the limit is {} bytes", file.size, limits.bytes));
    picture.problem->members["limit"] = limits.bytes;
    return picture;
  }
  const auto info = imaging::Probe(file.bytes);
  if (!info) {
    picture.problem = About("not_an_image", picture.input, index, info.error().message());
    return picture;
  }
  picture.input.content_type = "image/" + std::string(imaging::Name(info->format));
  picture.input.width = info->width;
  picture.input.height = info->height;
  picture.problem = CheckPixels(picture.input, index, limits.pixels);
  if (!picture.problem && !info->complete) {
    picture.problem =
        About("image_truncated", picture.input, index,
              fmt::format("the {} data breaks off after {} bytes", imaging::Name(info->format), picture.input.size));
  }
  return picture;
}

}  // namespace darkroom::web
