// Does transforms to pictures, for the comparison with other programs. Each line that it reads is
//   INPUT <tab> OUTPUT.png <tab> SEED <tab> TRANSFORMS
// and is answered by a line: the resolved transforms as JSON, or "error: " and what it is.
#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "imaging/decode.h"
#include "imaging/encode.h"
#include "imaging/transform.h"

namespace {

using darkroom::Fail;
using darkroom::Result;
namespace imaging = darkroom::imaging;

std::string_view NextField(std::string_view& line) {
  const std::size_t end = std::min(line.find('\t'), line.size());
  const std::string_view field = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return field;
}

Result<std::string> Answer(std::string_view line) {
  const std::string input(NextField(line)), output(NextField(line));
  const std::string_view seed_text = NextField(line);
  std::uint64_t seed = 0;
  std::from_chars(seed_text.data(), seed_text.data() + seed_text.size(), seed);

  std::ifstream file(input, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  Result<imaging::Image> image = imaging::Decode(bytes);
  if (!image) return Fail(image.error());
  const Result<imaging::TransformList> list = imaging::ParseTransforms(line);
  if (!list) return Fail(list.error());
  const Result<imaging::TransformList> resolved = imaging::Resolve(*list, seed, {image->width(), image->height()});
  if (!resolved) return Fail(resolved.error());
  const Result<imaging::Image> changed = imaging::Apply(*std::move(image), *resolved);
  if (!changed) return Fail(changed.error());
  const Result<std::string> png = imaging::EncodePng(*changed);
  if (!png) return Fail(png.error());
  std::ofstream(output, std::ios::binary) << *png;
  return darkroom::WriteJson(imaging::ToJson(*resolved));
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const Result<std::string> answer = Answer(line);
    std::cout << (answer ? *answer : "error: " + answer.error().message()) << std::endl;
  }
}
