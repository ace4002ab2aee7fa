// The checksums that S3's clients send along with a body (x-amz-checksum-*, Content-MD5).
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace darkroom::wire {

enum class ChecksumKind { kCrc32, kCrc32c, kCrc64Nvme, kSha1, kSha256 };

// From and to the ending of the header's name: "crc32", "crc32c", "crc64nvme", "sha1", "sha256".
std::optional<ChecksumKind> ParseChecksumKind(std::string_view name);
std::string_view Name(ChecksumKind kind);

// As it stands in the header: base64 of the big-endian bytes.
std::string Checksum(ChecksumKind kind, std::string_view data);

std::uint32_t Crc32c(std::string_view data);
std::uint64_t Crc64Nvme(std::string_view data);

}  // namespace darkroom::wire
