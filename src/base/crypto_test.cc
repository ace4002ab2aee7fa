#include "base/crypto.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace darkroom {
namespace {

TEST(Digests, AgreeWithPublishedVectors) {
  // FIPS 180-4 example, RFC 1321 A.5, RFC 4231 case 2, and the check value of CRC-32.
  EXPECT_EQ(Hex(AsView(Sha256("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(AsView(Md5("message digest"))), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(Hex(AsView(HmacSha256("Jefe", "what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Crc32("123456789"), 0xCBF43926u);
}

TEST(Sha256Stream, EqualsTheDigestOfTheWhole) {
  Sha256Stream stream;
  stream.Update("a");
  stream.Update("bc");
  EXPECT_EQ(stream.Finish(), Sha256("abc"));
}

TEST(ContentHash, AgreesWithXxhsum) {
  // printf abc | xxh128sum
  EXPECT_EQ(ContentHash("abc"), "06b05ab6733a618578af5f94892f3950");
}

TEST(Base64, ReadsBackWhatItWrote) {
  for (const std::string& text : std::vector<std::string>{"", "f", "fo", "foo", "foob", {"\0\xff\x80", 3}}) {
    EXPECT_EQ(FromBase64(Base64(text)), text);
  }
  EXPECT_EQ(Base64("foobar"), "Zm9vYmFy");
}

TEST(Base64, RefusesWhatIsNotBase64) {
  for (const char* text : {"Zg", "Zg=", "Z===", "Zm9v\n", "Zm9!", "=m9v", "Zm=v", " Zm9vYmE"}) {
    EXPECT_EQ(FromBase64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace darkroom
