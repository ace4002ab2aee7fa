#include "web/input_writer.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "ports/bulk_objects.h"

namespace darkroom::web {

Task<void> InputWriter::Put(Id job, std::string bytes, std::string content_type) {
  const auto size = std::int64_t(bytes.size());
  while (puts_.size() >= kMaxPuts || (bytes_under_way_ > 0 && bytes_under_way_ + size > max_bytes_)) {
    co_await room_.Wait();
  }
  if (!status_) co_return;  // the submission fails anyway
  bytes_under_way_ += size;
  put_.push_back(job);
  puts_.Spawn(PutOne(this, job, std::move(bytes), std::move(content_type)));
}

Task<void> InputWriter::PutOne(InputWriter* self, Id job, std::string bytes, std::string content_type) {
  const auto size = std::int64_t(bytes.size());
  PutOptions options;
  options.content_type = std::move(content_type);
  std::string key = InputKey(job);
  auto info = co_await self->inputs_.Put(std::move(key), std::move(bytes), std::move(options));
  if (info && !info->file.empty()) self->files_[job] = std::move(info->file);
  if (!info && self->status_) self->status_ = Fail(info.error().During("store the picture"));
  self->bytes_under_way_ -= size;
  self->share_.GiveBack(size);
  self->room_.NotifyAll();
}

Task<Status> InputWriter::Finish() {
  co_await puts_.Join();
  co_return status_;
}

std::string InputWriter::FileOf(Id job) const {
  const auto found = files_.find(job);
  return found != files_.end() ? found->second : "";
}

Task<void> InputWriter::Remove(std::vector<Id> jobs) {
  std::vector<std::string> keys;
  for (const Id job : jobs) keys.push_back(InputKey(job));
  const std::size_t count = keys.size();
  const auto removed = co_await RemoveObjects(io_, clock_, inputs_, std::move(keys));
  if (!removed) {
    spdlog::warn("of {} pictures of a refused submission some were left behind: {}", count, removed.error().message());
  }
}

Task<void> InputWriter::RemoveAll() {
  std::vector<Id> put = std::exchange(put_, {});
  co_await Remove(std::move(put));
}

}  // namespace darkroom::web
