#include "worker/quarantine_check.h"

#include "base/log.h"

namespace darkroom::worker {

Task<std::optional<Failure>> QuarantineCheck::Ask(ModelRef model) {
  std::string key = QuarantineKey(model);
  if (proven_.contains(key) || !IsObjectKey(key)) co_return std::nullopt;
  const auto object = co_await inputs_.Get(std::move(key), std::nullopt);
  if (object && !*object) co_return std::nullopt;
  Status understood = object ? Status() : Fail(object.error());
  if (understood) {
    const auto judged = ParseQuarantine((*object)->body);
    if (judged) co_return FailureOf(*judged);
    understood = Fail(judged.error());
  }
  spdlog::warn("cannot tell whether the model {} {} is in quarantine, and run it: {}", model.name, model.version,
               understood.error().message());
  co_return std::nullopt;
}

}  // namespace darkroom::worker
