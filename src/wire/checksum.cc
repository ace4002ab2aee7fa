#include "wire/checksum.h"

#include <openssl/evp.h>

#include <array>
#include <utility>

#include "base/crypto.h"
#include "base/result.h"

namespace darkroom::wire {
namespace {

constexpr std::pair<std::string_view, ChecksumKind> kNames[] = {{"crc32", ChecksumKind::kCrc32},
                                                                {"crc32c", ChecksumKind::kCrc32c},
                                                                {"crc64nvme", ChecksumKind::kCrc64Nvme},
                                                                {"sha1", ChecksumKind::kSha1},
                                                                {"sha256", ChecksumKind::kSha256}};

// Table for a reflected CRC; `polynomial` with its bits reversed.
template <class T>
constexpr std::array<T, 256> MakeTable(T polynomial) {
  std::array<T, 256> table{};
  for (unsigned i = 0; i < 256; ++i) {
    T value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? (value >> 1) ^ polynomial : value >> 1;
    table[i] = value;
  }
  return table;
}

constexpr auto kCrc32cTable = MakeTable<std::uint32_t>(0x82F63B78);             // Castagnoli, RFC 3720
constexpr auto kCrc64NvmeTable = MakeTable<std::uint64_t>(0x9A6C9329AC4BC9B5);  // NVM Express base specification

template <class T>
T Crc(const std::array<T, 256>& table, std::string_view data) {
  T crc = ~T(0);
  for (const char c : data) crc = table[(crc ^ static_cast<unsigned char>(c)) & 0xFF] ^ (crc >> 8);
  return ~crc;
}

template <class T>
std::string BigEndian(T value) {
  std::string bytes(sizeof(T), '\0');
  for (std::size_t i = sizeof(T); i-- > 0; value >>= 8) bytes[i] = char(value & 0xFF);
  return bytes;
}

std::string Sha1(std::string_view data) {
  std::string digest(20, '\0');
  DR_CHECK(EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, EVP_sha1(),
                      nullptr) == 1);
  return digest;
}

std::string RawChecksum(ChecksumKind kind, std::string_view data) {
  switch (kind) {
    case ChecksumKind::kCrc32:
      return BigEndian(Crc32(data));
    case ChecksumKind::kCrc32c:
      return BigEndian(Crc32c(data));
    case ChecksumKind::kCrc64Nvme:
      return BigEndian(Crc64Nvme(data));
    case ChecksumKind::kSha1:
      return Sha1(data);
    case ChecksumKind::kSha256:
      break;
  }
  return std::string(AsView(Sha256(data)));
}

}  // namespace

std::optional<ChecksumKind> ParseChecksumKind(std::string_view name) {
  for (const auto& [text, kind] : kNames) {
    if (text == name) return kind;
  }
  return std::nullopt;
}

std::string_view Name(ChecksumKind kind) { return kNames[std::size_t(kind)].first; }

std::string Checksum(ChecksumKind kind, std::string_view data) { return Base64(RawChecksum(kind, data)); }

std::uint32_t Crc32c(std::string_view data) { return Crc(kCrc32cTable, data); }

std::uint64_t Crc64Nvme(std::string_view data) { return Crc(kCrc64NvmeTable, data); }

}  // namespace darkroom::wire
