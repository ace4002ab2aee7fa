// ModelCache: the models of a worker, loaded when their first job comes and kept within a bound of memory; and the
// taking up of packages that have changed, without a pause.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "domain/job.h"
#include "model/model.h"

namespace darkroom::worker {

struct LoadedModel {
  std::unique_ptr<const model::Model> model;
  ModelRef ref;             // digest included
  json::object provenance;  // what result.json says of how it came to be: digests of files, version of the runtime
  std::int64_t bytes = 0;   // what loading it added to this process, about
};

// Threads: any.
class ModelCache {
 public:
  using Find = std::function<model::FoundPackages()>;

  // `find` looks for the packages there are, now and with every Refresh. `runtime` must outlive the cache and every
  // model it hands out. `most_bytes`: when models need more, the one that was asked for least recently goes, but never
  // the one that is being asked for.
  ModelCache(Find find, model::Runtime& runtime, std::int64_t most_bytes);

  // Of several packages of one name, one without a version is the newest. Loads it when it is not; others who want the
  // same meanwhile wait, those who want others do not. A failure is not remembered. Of a model that is not known yet it
  // looks for packages once more: the hub may have seen them first. Who holds the answer keeps the model, whatever
  // becomes of its package. Errors: kNotFound: no such package. kInternal: it could not be loaded; the message says
  // why.
  Result<std::shared_ptr<const LoadedModel>> Get(const ModelRef& wanted);

  // From now on the packages that `find` finds count. One that is loaded and has changed is loaded anew before it takes
  // the place of the old one; when it cannot be, the old one stays. Blocks for as long as that takes.
  void Refresh();

  std::int64_t bytes() const;  // of all that are loaded

 private:
  using Key = std::pair<std::string, std::string>;  // name and version
  struct Entry {
    explicit Entry(model::Package its_package);
    const model::Package package;
    const std::string stamp;
    std::mutex loading;                         // held by who loads it
    std::shared_ptr<const LoadedModel> loaded;  // guarded by mutex_
    std::uint64_t used = 0;                     // guarded by mutex_: when it was asked for, in the order of all calls
  };
  std::shared_ptr<Entry> EntryOf(const ModelRef& wanted) const;  // mutex_ is held
  void Evict(const Entry& keep);                                 // mutex_ is held
  // What takes the place of `old`, which may be null.
  std::shared_ptr<Entry> Renew(std::shared_ptr<Entry> old, model::Package package);
  Result<std::shared_ptr<const LoadedModel>> Load(const model::Package& package) const;

  const Find find_;
  model::Runtime& runtime_;
  const std::int64_t most_bytes_;
  std::mutex refreshing_;  // held by Refresh, before mutex_
  mutable std::mutex mutex_;
  std::map<Key, std::shared_ptr<Entry>> entries_;  // guarded by mutex_
  std::uint64_t calls_ = 0;                        // guarded by mutex_
};

}  // namespace darkroom::worker
