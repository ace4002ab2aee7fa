#include "ports/worker_notices.h"

#include "base/log.h"

namespace darkroom {
namespace {

// Who has not heard of it by then has left, or has ended the run.
constexpr Duration kNoticeRetention = 5min;

Status UnlessGone(const Status& status) {
  if (!status && status.error().code() == Code::kNotFound) return {};
  return status;
}

}  // namespace

std::string NoticeQueueName(std::string_view worker) { return std::string(kNoticePrefix) + std::string(worker); }

Task<Result<std::shared_ptr<Queue>>> OpenNotices(QueueService& queues, std::string worker) {
  QueueConfig config;
  config.retention = kNoticeRetention;
  std::string name = NoticeQueueName(worker);
  co_return co_await queues.Create(std::move(name), std::move(config));
}

Task<Status> RemoveNotices(QueueService& queues, std::string worker) {
  std::string name = NoticeQueueName(worker);
  const Status removed = co_await queues.Remove(std::move(name));
  co_return UnlessGone(removed);
}

Task<Status> RemoveAllNotices(QueueService& queues) {
  std::string prefix(kNoticePrefix);
  const auto names = co_await queues.List(std::move(prefix));
  if (!names) co_return Fail(names.error());
  for (const std::string& name : *names) {
    const Status removed = co_await queues.Remove(name);
    const Status gone = UnlessGone(removed);
    if (!gone) co_return gone;
  }
  co_return Status();
}

// A queue that is not there is no error: its worker has left.
Task<Status> WorkerNotices::Send(std::string name, std::string notice) {
  auto queue = co_await queues_.Open(std::move(name));
  if (!queue) co_return Fail(queue.error());
  if (*queue == nullptr) co_return Status();
  std::vector<SendRequest> requests(1);
  requests[0].body = std::move(notice);
  const auto ids = co_await (*queue)->Send(std::move(requests));
  if (!ids && ids.error().code() != Code::kNotFound) co_return Fail(ids.error());
  co_return Status();
}

Task<void> WorkerNotices::Stop(std::string worker, Id job) {
  std::string name = NoticeQueueName(worker);
  if (!IsQueueName(name)) co_return;  // no worker of ours has such a name
  std::string notice = ToMessage(StopNotice{job});
  const Status sent = co_await Send(std::move(name), std::move(notice));
  if (!sent)
    spdlog::warn("could not tell {} that job {} has ended: {}", worker, job.ToString(), sent.error().message());
}

Task<void> WorkerNotices::Tell(QuarantinedModel model) {
  std::string prefix(kNoticePrefix);
  const auto names = co_await queues_.List(std::move(prefix));
  Status sent = names ? Status() : Fail(names.error());
  for (std::size_t i = 0; sent && i < names->size(); ++i) {
    std::string name = (*names)[i];
    std::string notice = ToMessage(model);
    sent = co_await Send(std::move(name), std::move(notice));
  }
  if (!sent)
    spdlog::warn("could not tell workers of the quarantine of {}: {}", model.model.name, sent.error().message());
}

}  // namespace darkroom
