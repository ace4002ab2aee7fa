#include "imaging/exif.h"

#include <gtest/gtest.h>

#include <string>

#include "imaging/test_pictures.h"

namespace darkroom::imaging {
namespace {

TEST(ExifOrientation, IsReadInBothByteOrders) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    EXPECT_EQ(ExifOrientation(ExifWithOrientation(orientation, true)), orientation);
    EXPECT_EQ(ExifOrientation(ExifWithOrientation(orientation, false)), orientation);
  }
}

TEST(ExifOrientation, IsReadBehindJpegsPrefix) {
  EXPECT_EQ(ExifOrientation(std::string("Exif\0\0", 6) + ExifWithOrientation(6, true)), 6);
}

TEST(ExifOrientation, IsUprightWhenOutOfRange) {
  EXPECT_EQ(ExifOrientation(ExifWithOrientation(0, true)), 1);
  EXPECT_EQ(ExifOrientation(ExifWithOrientation(9, true)), 1);
}

TEST(ExifOrientation, IsUprightWhereverTheDataEnds) {
  const std::string whole = ExifWithOrientation(6, true);
  const std::size_t end_of_entry = 8 + 2 + 12;
  for (std::size_t size = 0; size < end_of_entry; ++size) {
    // A copy of its own, so that the address sanitizer sees a read past the end.
    const std::string cut(whole.data(), size);
    EXPECT_EQ(ExifOrientation(cut), 1) << size;
  }
}

TEST(ExifOrientation, DoesNotFollowADirectoryOutOfTheData) {
  std::string tiff = ExifWithOrientation(6, true);
  for (char offset : {'\x7f', '\xff'}) {
    tiff.replace(4, 4, std::string(4, offset));
    EXPECT_EQ(ExifOrientation(tiff), 1);
  }
}

}  // namespace
}  // namespace darkroom::imaging
