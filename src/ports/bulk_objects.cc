#include "ports/bulk_objects.h"

#include <algorithm>
#include <utility>

namespace darkroom {
namespace {

constexpr std::size_t kAtOnce = 64;

struct Removal {
  ObjectStore& store;
  std::vector<std::string> keys;
  std::size_t next = 0;
  Status status;
};

Task<void> RemoveOneAfterAnother(Removal* removal) {
  while (removal->next < removal->keys.size()) {
    std::string key = std::move(removal->keys[removal->next++]);
    const auto removed = co_await removal->store.Remove(std::move(key));
    if (!removed && removal->status) removal->status = Fail(removed.error());
  }
}

}  // namespace

Task<Result<std::vector<std::string>>> ListKeys(ObjectStore& store, std::string prefix) {
  constexpr int kPage = 1000;
  std::vector<std::string> keys;
  while (true) {
    std::string after = keys.empty() ? std::string() : keys.back();
    const auto list = co_await store.List(prefix, std::move(after), kPage);
    if (!list) co_return Fail(list.error());
    for (const ObjectInfo& object : list->objects) keys.push_back(object.key);
    if (!list->truncated) co_return keys;
  }
}

Task<Status> RemoveObjects(IoContext& io, Clock& clock, ObjectStore& store, std::vector<std::string> keys) {
  Removal removal{store, std::move(keys), 0, {}};
  TaskGroup group(io, clock);
  for (std::size_t i = std::min(kAtOnce, removal.keys.size()); i > 0; --i) {
    group.Spawn(RemoveOneAfterAnother(&removal));
  }
  co_await group.Join();
  co_return removal.status;
}

}  // namespace darkroom
