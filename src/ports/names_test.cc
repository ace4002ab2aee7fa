#include <gtest/gtest.h>

#include <string>

#include "ports/object_store.h"
#include "ports/queue.h"

namespace darkroom {
namespace {

TEST(QueueNames, AreOneToEightyLettersDigitsHyphensAndUnderscores) {
  EXPECT_TRUE(IsQueueName("requests-High_2"));
  EXPECT_TRUE(IsQueueName(std::string(80, 'q')));
  for (const std::string& name : {std::string(), std::string(81, 'q'), std::string("a.b"), std::string("a/b")}) {
    EXPECT_FALSE(IsQueueName(name)) << name;
  }
}

TEST(GroupNames, AreWhatSqsTakes) {
  EXPECT_TRUE(IsGroupName("furniture"));
  EXPECT_TRUE(IsGroupName("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"));
  EXPECT_TRUE(IsGroupName(std::string(128, 'g')));
  for (const std::string& name : {std::string(), std::string(129, 'g'), std::string("a b"), std::string("\xC3\xBC")}) {
    EXPECT_FALSE(IsGroupName(name)) << name;
  }
}

TEST(BucketNames, AreThoseOfS3) {
  EXPECT_TRUE(IsBucketName("darkroom-input"));
  EXPECT_TRUE(IsBucketName("a.b"));
  for (const std::string name : {"ab", "-ab", "ab-", "a..b", "Abc", "a_b"}) EXPECT_FALSE(IsBucketName(name)) << name;
  EXPECT_FALSE(IsBucketName(std::string(64, 'b')));
}

TEST(ObjectKeys, AreUtf8) {
  for (const std::string key : {"input/1", "ü", "日本", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"}) {
    EXPECT_TRUE(IsObjectKey(key)) << key;
  }
  EXPECT_TRUE(IsObjectKey(std::string(1024, 'k')));
  EXPECT_FALSE(IsObjectKey(""));
  EXPECT_FALSE(IsObjectKey(std::string(1025, 'k')));
}

TEST(ObjectKeys, WhatOnlyLooksLikeUtf8IsRefused) {
  for (const std::string key : {
           "\x80",              // a continuation alone
           "\xC3",              // cut off
           "\xC0\xAF",          // overlong, of '/'
           "\xE0\x80\x80",      // overlong
           "\xED\xA0\x80",      // a surrogate
           "\xF0\x80\x80\x80",  // overlong
           "\xF4\x90\x80\x80",  // above U+10FFFF
           "\xFF",
       }) {
    EXPECT_FALSE(IsObjectKey(key));
  }
}

}  // namespace
}  // namespace darkroom
