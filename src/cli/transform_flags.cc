#include "cli/transform_flags.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "imaging/transform.h"

namespace darkroom::cli {

void TransformFlags::AddTo(CLI::App& command) {
  command
      .add_option(
          "--transform", transforms,
          "done to each picture first: crop:50x70:random,resize:256x256 (docs/transforms.md); with --model none "
          "the picture is the answer")
      ->type_name("LIST")
      ->check([](const std::string& text) {
        const auto parsed = imaging::ParseTransforms(text);
        return parsed ? std::string() : parsed.error().message();
      });
  command.add_option("--seed", seed, "what transforms leave to chance is drawn from it; drawn when it is left out")
      ->check(CLI::NonNegativeNumber);
}

void TransformFlags::AddTo(Fields& fields) const {
  if (!transforms.empty()) fields.emplace_back("transforms", fmt::format("{}", fmt::join(transforms, ",")));
  if (seed) fields.emplace_back("seed", std::to_string(*seed));
}

}  // namespace darkroom::cli
