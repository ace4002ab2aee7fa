#include "wire/checksum.h"

#include <gtest/gtest.h>

namespace darkroom::wire {
namespace {

constexpr std::string_view kCheck = "123456789";  // the check input of the catalogue of CRCs

TEST(Checksum, AgreesWithTheCatalogueOfCrcs) {
  EXPECT_EQ(Crc32c(kCheck), 0xE3069283u);
  EXPECT_EQ(Crc64Nvme(kCheck), 0xAE8B14860A799888u);
}

TEST(Checksum, WritesBase64OfTheBigEndianBytes) {
  EXPECT_EQ(Checksum(ChecksumKind::kCrc32, kCheck), "y/Q5Jg==");
  EXPECT_EQ(Checksum(ChecksumKind::kCrc32c, kCheck), "4waSgw==");
  EXPECT_EQ(Checksum(ChecksumKind::kCrc64Nvme, kCheck), "rosUhgp5mIg=");
  EXPECT_EQ(Checksum(ChecksumKind::kSha1, "abc"), "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
  EXPECT_EQ(Checksum(ChecksumKind::kSha256, "abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

TEST(Checksum, KnowsItsKindsByName) {
  for (const auto kind : {ChecksumKind::kCrc32, ChecksumKind::kCrc32c, ChecksumKind::kCrc64Nvme, ChecksumKind::kSha1,
                          ChecksumKind::kSha256}) {
    EXPECT_EQ(ParseChecksumKind(Name(kind)), kind);
  }
  EXPECT_FALSE(ParseChecksumKind("md5").has_value());
}

}  // namespace
}  // namespace darkroom::wire
