// The contract of ports/object_store.h: see contract.h.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ports/contract/contract.h"
#include "ports/object_store.h"

namespace darkroom::contract {

class ObjectFixture : public Fixture {
 public:
  virtual ObjectService& objects() = 0;
};

using MakeObjectFixture = std::function<std::unique_ptr<ObjectFixture>()>;

class ObjectStoreContract : public testing::TestWithParam<MakeObjectFixture> {
 protected:
  template <class T>
  T Run(Task<Result<T>> task) {
    return Must(fixture_->io().RunUntilDone(std::move(task)));
  }
  template <class T>
  Code Fails(Task<Result<T>> task) {
    return CodeOf(fixture_->io().RunUntilDone(std::move(task)));
  }

  ObjectInfo Put(const std::string& key, const std::string& body) { return Run(store_->Put(key, body, {})); }
  std::string Get(const std::string& key) { return Run(store_->Get(key, std::nullopt)).value().body; }
  std::string Get(const std::string& key, ByteRange range) { return Run(store_->Get(key, range)).value().body; }
  std::vector<std::string> Keys(const std::string& prefix, const std::string& after = "", int limit = 1000) {
    std::vector<std::string> keys;
    for (const ObjectInfo& info : Run(store_->List(prefix, after, limit)).objects) keys.push_back(info.key);
    return keys;
  }
  // Bytes of every value, none of them repeating within 251.
  static std::string Bytes(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = char(i % 251 + i / 65536);
    return bytes;
  }
  ObjectService& objects() { return fixture_->objects(); }

  std::unique_ptr<ObjectFixture> fixture_ = GetParam()();
  std::shared_ptr<ObjectStore> store_ = Run(objects().Create(Unique("bucket")));
};

TEST_P(ObjectStoreContract, GivesBackWhatWasPut) {
  for (const std::size_t size :
       {std::size_t(0), std::size_t(1), std::size_t(5'000), std::size_t(300'000), std::size_t(3'000'000)}) {
    const std::string body = Bytes(size);
    const ObjectInfo put = Put("key", body);
    EXPECT_EQ(put.size, std::int64_t(size));
    const auto object = Run(store_->Get("key", std::nullopt));
    ASSERT_TRUE(object.has_value());
    EXPECT_TRUE(object->body == body) << size;
    EXPECT_EQ(object->info.size, std::int64_t(size));
    EXPECT_EQ(object->info.etag, put.etag);
    EXPECT_EQ(object->first, 0);
  }
}

TEST_P(ObjectStoreContract, KeepsContentTypeAndMetadata) {
  PutOptions options;
  options.content_type = "image/png";
  options.metadata = {{"origin", "camera"}, {"note", "two words"}};
  const Time before = fixture_->clock().Now();
  Run(store_->Put("key", "x", options));
  const auto info = Run(store_->Head("key"));
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->key, "key");
  EXPECT_EQ(info->size, 1);
  EXPECT_EQ(info->content_type, "image/png");
  EXPECT_EQ(info->metadata, options.metadata);
  EXPECT_LT(std::chrono::abs(info->modified - before), 60s);
}

TEST_P(ObjectStoreContract, SaysWhatIsNotThere) {
  EXPECT_FALSE(Run(store_->Get("none", std::nullopt)).has_value());
  EXPECT_FALSE(Run(store_->Head("none")).has_value());
}

TEST_P(ObjectStoreContract, APutReplacesTheObject) {
  const auto first = Put("key", Bytes(200'000));
  const auto second = Put("key", "small");
  EXPECT_NE(first.etag, second.etag);
  EXPECT_EQ(Get("key"), "small");
  Put("key", Bytes(150'000));
  EXPECT_TRUE(Get("key") == Bytes(150'000));
  EXPECT_EQ(Keys("").size(), 1u);
}

TEST_P(ObjectStoreContract, EtagsAreQuotedAndFollowTheBytes) {
  const auto a = Put("a", "same");
  const auto b = Put("b", "same");
  EXPECT_EQ(a.etag, b.etag);
  EXPECT_EQ(a.etag.front(), '"');
  EXPECT_EQ(a.etag.back(), '"');
  EXPECT_NE(Put("c", "other").etag, a.etag);
}

TEST_P(ObjectStoreContract, GivesRanges) {
  for (const std::size_t size : {std::size_t(1'000), std::size_t(200'000)}) {
    const std::string body = Bytes(size);
    Put("key", body);
    EXPECT_EQ(Get("key", {0, 0}), body.substr(0, 1));
    EXPECT_EQ(Get("key", {10, 19}), body.substr(10, 10));
    EXPECT_EQ(Get("key", {std::int64_t(size) - 5, std::nullopt}), body.substr(size - 5));
    EXPECT_EQ(Get("key", {-5, std::nullopt}), body.substr(size - 5));
    EXPECT_EQ(Get("key", {std::int64_t(size) - 5, std::int64_t(size) + 100}), body.substr(size - 5));
    EXPECT_TRUE(Get("key", {-std::int64_t(size) - 100, std::nullopt}) == body);
    const auto object = Run(store_->Get("key", ByteRange{10, 19}));
    EXPECT_EQ(object->first, 10);
    EXPECT_EQ(object->info.size, std::int64_t(size));
  }
}

TEST_P(ObjectStoreContract, RefusesARangeWithoutAByte) {
  Put("key", "0123456789");
  EXPECT_EQ(Fails(store_->Get("key", ByteRange{10, std::nullopt})), Code::kInvalid);
}

TEST_P(ObjectStoreContract, RemovesAndIsContentWhenThereIsNothing) {
  Put("small", "x");
  Put("large", Bytes(200'000));
  for (const char* key : {"small", "large", "small"}) {
    Run(store_->Remove(key));
    EXPECT_FALSE(Run(store_->Head(key)).has_value());
  }
  EXPECT_TRUE(Keys("").empty());
}

TEST_P(ObjectStoreContract, PutsOnlyWhenAbsent) {
  PutOptions options;
  options.if_absent = true;
  Run(store_->Put("key", "first", options));
  EXPECT_EQ(Fails(store_->Put("key", "second", options)), Code::kConflict);
  EXPECT_EQ(Fails(store_->Put("key", Bytes(200'000), options)), Code::kConflict);
  EXPECT_EQ(Get("key"), "first");
}

TEST_P(ObjectStoreContract, PutsOnlyWhenTheEtagMatches) {
  const auto first = Put("key", "first");
  PutOptions options;
  options.if_match = first.etag;
  const auto second = Run(store_->Put("key", "second", options));
  EXPECT_EQ(Fails(store_->Put("key", "third", options)), Code::kConflict);
  EXPECT_EQ(Get("key"), "second");
  options.if_match = second.etag;
  Run(store_->Put("key", "fourth", options));
  EXPECT_EQ(Get("key"), "fourth");
}

TEST_P(ObjectStoreContract, OneOfManyPutsWhenAbsentWins) {
  TaskGroup group(fixture_->io(), fixture_->clock());
  int won = 0, lost = 0;
  auto put = [&](std::string body) -> Task<void> {
    PutOptions options;
    options.if_absent = true;
    const auto done = co_await store_->Put("key", std::move(body), std::move(options));
    ++(done ? won : lost);
  };
  for (int i = 0; i < 5; ++i) group.Spawn(put("body " + std::to_string(i)));
  fixture_->io().RunUntilDone(group.Join());
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, 4);
}

TEST_P(ObjectStoreContract, ListsByPrefixInTheOrderOfBytes) {
  for (const char* key : {"b", "a/2", "a/10", "a/1", "A", "a0", "a/\xC3\xA9"}) Put(key, "x");
  EXPECT_EQ(Keys(""), (std::vector<std::string>{"A", "a/1", "a/10", "a/2", "a/\xC3\xA9", "a0", "b"}));
  EXPECT_EQ(Keys("a/"), (std::vector<std::string>{"a/1", "a/10", "a/2", "a/\xC3\xA9"}));
  EXPECT_EQ(Keys("a/1"), (std::vector<std::string>{"a/1", "a/10"}));
  EXPECT_TRUE(Keys("none").empty());
}

TEST_P(ObjectStoreContract, ListsPageByPage) {
  for (int i = 0; i < 7; ++i) Put("k" + std::to_string(i), "x");
  const auto page = Run(store_->List("k", "", 3));
  EXPECT_EQ(page.objects.size(), 3u);
  EXPECT_TRUE(page.truncated);
  EXPECT_EQ(page.objects[0].size, 1);
  EXPECT_EQ(Keys("k", "k2", 3), (std::vector<std::string>{"k3", "k4", "k5"}));
  const auto last = Run(store_->List("k", "k5", 3));
  EXPECT_EQ(last.objects.size(), 1u);
  EXPECT_FALSE(last.truncated);
}

TEST_P(ObjectStoreContract, TakesAnyKeyForWhatItIs) {
  const std::vector<std::string> keys{"with space", "a+b", "50%25", "q?x=1&y=2",   "#",
                                      "a//b",       "..",  "../up", "\xE2\x82\xAC"};
  for (const std::string& key : keys) Put(key, "body of " + key);
  for (const std::string& key : keys) EXPECT_EQ(Get(key), "body of " + key);
  EXPECT_EQ(Keys("").size(), keys.size());
}

TEST_P(ObjectStoreContract, RefusesAKeyThatIsNone) {
  EXPECT_EQ(Fails(store_->Put("", "x", {})), Code::kInvalid);
  EXPECT_EQ(Fails(store_->Put(std::string(1025, 'k'), "x", {})), Code::kInvalid);
}

TEST_P(ObjectStoreContract, BucketsDoNotShareKeys) {
  const auto other = Run(objects().Create(Unique("other")));
  Put("key", "here");
  EXPECT_FALSE(Run(other->Head("key")).has_value());
  EXPECT_EQ(Run(objects().Open(store_->bucket()))->bucket(), store_->bucket());
}

TEST_P(ObjectStoreContract, CreatesABucketOnceAndListsIt) {
  Put("key", "x");
  const auto again = Run(objects().Create(store_->bucket()));
  EXPECT_TRUE(Run(again->Head("key")).has_value());
  const auto names = Run(objects().List());
  EXPECT_EQ(std::count(names.begin(), names.end(), store_->bucket()), 1);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
}

TEST_P(ObjectStoreContract, RemovesABucketOnlyWhenItIsEmpty) {
  Put("key", "x");
  EXPECT_EQ(Fails(objects().Remove(store_->bucket())), Code::kConflict);
  Run(store_->Remove("key"));
  Run(objects().Remove(store_->bucket()));
  EXPECT_EQ(Run(objects().Open(store_->bucket())), nullptr);
  EXPECT_EQ(Fails(store_->Put("key", "x", {})), Code::kNotFound);
  EXPECT_EQ(Fails(store_->Get("key", std::nullopt)), Code::kNotFound);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ObjectStoreContract);

}  // namespace darkroom::contract
