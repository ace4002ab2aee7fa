#include "mesh/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace darkroom::mesh {
namespace {

using testing::HasSubstr;

TEST(Npy, TheHeaderIsNumPys) {
  const std::vector<float> values = {0, 1, 2, 3, 4, -0.5f};
  const std::string file = *WriteNpy(values, std::array<std::int64_t, 2>{2, 3});
  // What numpy.save writes for numpy.array([[0, 1, 2], [3, 4, -0.5]], "float32").
  const std::string header = std::string("\x93NUMPY\x01\x00\x76\x00", 10) +
                             "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }" + std::string(58, ' ') +
                             "\n";
  ASSERT_EQ(header.size(), 128u);
  EXPECT_EQ(file.substr(0, 128), header);
  ASSERT_EQ(file.size(), 128u + 24);
  EXPECT_EQ(file.substr(128 + 16), std::string("\x00\x00\x80\x40\x00\x00\x00\xbf", 8));
}

TEST(Npy, EachTypeHasItsName) {
  const std::array<std::int64_t, 1> shape = {1};
  EXPECT_THAT(*WriteNpy(std::vector<std::uint8_t>{7}, shape), HasSubstr("'|u1'"));
  EXPECT_THAT(*WriteNpy(std::vector<std::int32_t>{7}, shape), HasSubstr("'<i4'"));
  EXPECT_THAT(*WriteNpy(std::vector<std::int64_t>{7}, shape), HasSubstr("'<i8'"));
}

TEST(Npy, OneDimensionAndNoneAreTuples) {
  EXPECT_THAT(*WriteNpy(std::vector<float>(3), std::array<std::int64_t, 1>{3}), HasSubstr("'shape': (3,), "));
  EXPECT_THAT(*WriteNpy(std::vector<float>(1), {}), HasSubstr("'shape': (), "));
  EXPECT_THAT(*WriteNpy(std::vector<float>(), std::array<std::int64_t, 2>{0, 4}), HasSubstr("'shape': (0, 4), "));
}

TEST(Npy, TheDataBeginsAtAMultipleOf64) {
  for (std::int64_t length = 1; length < 1'000'000; length *= 3) {
    const std::vector<std::uint8_t> values(static_cast<std::size_t>(length));
    const std::string file = *WriteNpy(values, std::array<std::int64_t, 1>{length});
    EXPECT_EQ((file.size() - values.size()) % 64, 0u) << length;
    EXPECT_EQ(file[file.size() - values.size() - 1], '\n') << length;
  }
}

TEST(Npy, MoreDimensionsThanNumPyReadsAreRefused) {
  const std::vector<std::int64_t> shape(33, 1);
  const auto file = WriteNpy(std::vector<float>(1), shape);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message(), "an array of 33 dimensions; .npy holds at most 32");
}

TEST(NpyDeathTest, AShapeOfAnotherSizeIsABug) {
  EXPECT_DEATH((void)WriteNpy(std::vector<float>(5), std::array<std::int64_t, 2>{2, 3}), "count == values.size");
}

}  // namespace
}  // namespace darkroom::mesh
