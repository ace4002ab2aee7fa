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

Task<void> WorkerNotices::Stop(std::string worker, Id job) {
  std::string name = NoticeQueueName(worker);
  if (!IsQueueName(name)) co_return;  // no worker of ours has such a name
  auto queue = co_await queues_.Open(std::move(name));
  if (queue && *queue == nullptr) co_return;
  Status sent = queue ? Status() : Fail(queue.error());
  if (sent) {
    std::vector<SendRequest> requests{{.body = ToMessage(StopNotice{job})}};
    const auto ids = co_await (*queue)->Send(std::move(requests));
    if (!ids && ids.error().code() != Code::kNotFound) sent = Fail(ids.error());
  }
  if (!sent)
    spdlog::warn("could not tell {} that job {} has ended: {}", worker, job.ToString(), sent.error().message());
}

}  // namespace darkroom
