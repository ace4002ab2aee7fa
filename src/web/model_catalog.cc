#include "web/model_catalog.h"

#include <algorithm>

namespace darkroom::web {

Result<ModelCatalog> ModelCatalog::Make(model::FoundPackages found, std::string default_model) {
  ModelCatalog catalog;
  catalog.Replace(std::move(found));
  if (default_model.empty()) {
    const auto real = std::ranges::find_if(catalog.packages_, [](const auto& p) { return !p->stages.empty(); });
    if (real != catalog.packages_.end()) default_model = (*real)->name;
    if (default_model.empty() && !catalog.packages_.empty()) default_model = catalog.packages_.front()->name;
  }
  catalog.default_model_ = std::move(default_model);
  if (catalog.default_model_.empty() || catalog.Find("") != nullptr) return catalog;
  std::string why =
      "there is no model '" + catalog.default_model_ + "' to be the default; there are: " + catalog.Names();
  for (const Error& error : catalog.errors_) why += "; left out: " + error.message();
  return Fail(Code::kNotFound, std::move(why));
}

void ModelCatalog::Replace(model::FoundPackages found) {
  packages_.clear();
  for (model::Package& package : found.packages) {
    packages_.push_back(std::make_shared<const model::Package>(std::move(package)));
  }
  std::ranges::stable_sort(packages_, [](const auto& a, const auto& b) {
    return a->name != b->name ? a->name < b->name : model::CompareVersions(a->version, b->version) > 0;
  });
  errors_ = std::move(found.errors);
}

std::shared_ptr<const model::Package> ModelCatalog::Find(std::string_view model) const {
  if (model.empty()) model = default_model_;
  const auto at = model.rfind('@');
  const std::string_view name = model.substr(0, at);
  const std::string_view version = at == model.npos ? "" : model.substr(at + 1);
  for (const auto& package : packages_) {
    if (package->name == name && (at == model.npos || package->version == version)) return package;
  }
  return nullptr;
}

std::string ModelCatalog::Names() const {
  std::string names;
  for (std::size_t i = 0; i < packages_.size(); ++i) {
    if (i > 0 && packages_[i]->name == packages_[i - 1]->name) continue;
    names.append(names.empty() ? "" : ", ").append(packages_[i]->name);
  }
  return names.empty() ? "none" : names;
}

}  // namespace darkroom::web
