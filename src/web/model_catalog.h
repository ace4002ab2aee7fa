// ModelCatalog: the model packages this service offers, and which of them is meant by a name. The web tier lists it and
// checks submissions against it, the workers load the networks.
//
// Threads: the loop's alone.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/package.h"

namespace darkroom::web {

class ModelCatalog {
 public:
  // `default_model` may be empty: then the first package that is not the built-in "noop", by name. kNotFound when
  // there is none of that name; the message lists those there are, and what is wrong with those that were left out.
  static Result<ModelCatalog> Make(model::FoundPackages found, std::string default_model);

  // From now on these count. The default stays what it was, and is not found when it is gone.
  void Replace(model::FoundPackages found);

  // "name" (its newest version) or "name@version"; empty: the default. nullptr when there is none. Who holds a package
  // keeps it when the catalog is replaced.
  std::shared_ptr<const model::Package> Find(std::string_view model) const;
  std::string Names() const;  // "furniture, noop": for messages

  // By name, then newest version first.
  const std::vector<std::shared_ptr<const model::Package>>& packages() const { return packages_; }
  const std::vector<Error>& errors() const { return errors_; }  // of packages that could not be loaded

 private:
  std::vector<std::shared_ptr<const model::Package>> packages_;
  std::vector<Error> errors_;
  std::string default_model_;
};

}  // namespace darkroom::web
