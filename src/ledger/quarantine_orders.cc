#include "ledger/quarantine_orders.h"

#include "base/log.h"
#include "ports/bulk_objects.h"

namespace darkroom::ledger {

Task<Status> QuarantineOrders::LiftAll() {
  std::string prefix(kQuarantinePrefix);
  auto keys = co_await ListKeys(inputs_, std::move(prefix));
  if (!keys) co_return Fail(keys.error());
  co_return co_await RemoveObjects(io_, clock_, inputs_, std::move(*keys));
}

Task<void> QuarantineOrders::Crashed(ModelRef model, Id job, std::string end) {
  const auto judged = quarantine_.Crashed(model, job, end, clock_.Now());
  if (!judged) co_return;
  spdlog::error("{}; new jobs for it are refused until its package changes or the service starts anew",
                FailureOf(*judged).message);
  std::string key = QuarantineKey(model);
  std::string body = ToMessage(*judged);
  PutOptions options;
  options.content_type = "application/json";
  const auto put = co_await inputs_.Put(std::move(key), std::move(body), std::move(options));
  if (!put) {
    spdlog::error("could not tell the workers, which may run it on: {}", put.error().message());
    quarantine_.Lift(model);
    co_return;
  }
  QuarantinedModel notice = *judged;
  co_await notices_.Tell(std::move(notice));
}

Task<void> QuarantineOrders::Lift(std::vector<ModelRef> models) {
  for (const ModelRef& model : models) {
    if (!quarantine_.Lift(model)) continue;
    spdlog::info("the package of the model {} {} has changed, which lifts its quarantine", model.name, model.version);
    std::string key = QuarantineKey(model);
    const Status removed = co_await inputs_.Remove(std::move(key));
    if (!removed) spdlog::error("could not tell the workers, which fail its jobs: {}", removed.error().message());
  }
}

}  // namespace darkroom::ledger
