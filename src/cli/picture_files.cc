#include "cli/picture_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace darkroom::cli {
namespace {

// More than any service is set to take: a bound against what was named by mistake.
constexpr std::uint64_t kLargestFile = 1'000'000'000;

bool LooksLikePicture(const std::filesystem::path& path) {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return ending == ".jpg" || ending == ".jpeg" || ending == ".png" || ending == ".webp";
}

Status CheckFile(const std::string& path, const std::filesystem::file_status& status) {
  using std::filesystem::file_type;
  if (status.type() != file_type::regular && status.type() != file_type::fifo) {
    return Fail(Code::kInvalid, path + ": is neither a file nor a pipe");
  }
  if (access(path.c_str(), R_OK) != 0) return Fail(Code::kInvalid, fmt::format("{}: {}", path, strerror(errno)));
  std::error_code error;
  if (status.type() == file_type::regular && std::filesystem::file_size(path, error) > kLargestFile && !error) {
    return Fail(Code::kInvalid, path + ": is larger than a gigabyte");
  }
  return {};
}

Result<std::vector<std::string>> PicturesInside(const std::string& folder) {
  std::vector<std::string> inside;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    std::error_code gone;
    if (entry->is_regular_file(gone) && LooksLikePicture(entry->path())) inside.push_back(entry->path().string());
  }
  if (error) return Fail(Code::kInvalid, fmt::format("{}: {}", folder, error.message()));
  std::ranges::sort(inside);
  return inside;
}

}  // namespace

Result<std::vector<std::string>> ListPictures(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (status.type() == std::filesystem::file_type::not_found)
      return Fail(Code::kNotFound, fmt::format("{}: there is no such file", path));
    if (!std::filesystem::status_known(status))
      return Fail(Code::kInvalid, fmt::format("{}: {}", path, error.message()));
    std::vector<std::string> found{path};
    if (status.type() == std::filesystem::file_type::directory) {
      auto inside = PicturesInside(path);
      if (!inside) return inside;
      found = std::move(*inside);
    }
    for (std::string& file : found) {
      const Status good = CheckFile(file, std::filesystem::status(file, error));
      if (!good) return Fail(good.error());
      files.push_back(std::move(file));
    }
  }
  if (files.empty()) {
    return Fail(Code::kInvalid,
                fmt::format("{}: no pictures there (.jpg, .jpeg, .png, .webp)", fmt::join(paths, ", ")));
  }
  return files;
}

Result<std::string> ReadPicture(const std::string& path) {
  constexpr std::size_t kFirstPiece = 64 * 1024;
  std::ifstream file(path, std::ios::binary);
  std::string bytes;
  while (file && bytes.size() <= kLargestFile) {  // a pipe does not tell its size
    const std::size_t done = bytes.size();
    const std::size_t piece = std::max(done, kFirstPiece);
    bytes.resize_and_overwrite(done + piece, [&](char* to, std::size_t) {
      file.read(to + done, std::streamsize(piece));
      return done + std::size_t(file.gcount());
    });
  }
  if (bytes.size() > kLargestFile) return Fail(Code::kInvalid, path + ": is larger than a gigabyte");
  if (!file.eof()) return Fail(Code::kInvalid, path + ": cannot be read");
  return bytes;
}

}  // namespace darkroom::cli
