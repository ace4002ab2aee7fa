#include "cli/model_speed.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <latch>
#include <limits>
#include <mutex>
#include <thread>

#include "model/chain.h"
#include "model/session.h"

namespace darkroom::cli {
namespace {

constexpr double kAsGood = 0.95;                  // of the best rate: more threads than this needs are not worth theirs
constexpr double kGainThatCounts = 0.10;          // below it, waiting for a batch costs more than it brings
constexpr std::int64_t kWorker = 40'000'000;      // bytes of a worker without its model
constexpr std::size_t kLargestBatch = 512 << 20;  // bytes of an input tensor

double Ms(Duration duration) { return Seconds(duration) * 1000; }

// Nearest rank; `sorted` is not empty.
double Percentile(const std::vector<Duration>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return Ms(sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1]);
}

// What all threads of one measurement fill.
struct Gathered {
  std::mutex mutex;
  // Guarded by mutex:
  std::vector<Duration> latencies;
  StepsRow sums;
  Time first = Time::max(), last = Time::min();
  std::optional<Error> error;
};

void RunFor(const model::Model& model, const std::vector<std::string>& pictures, std::size_t first, Duration time,
            const Clock& clock, std::latch& ready, Gathered& gathered) {
  std::vector<Duration> latencies;
  StepsRow sums;
  std::optional<Error> error;
  if (auto warm = model.Run(pictures[first % pictures.size()], clock); !warm) error = warm.error();
  ready.arrive_and_wait();
  const Time start = clock.Now();
  Time now = start;
  for (std::size_t i = first; !error && (now - start < time || latencies.empty()); ++i) {
    const Time begin = now;
    const auto prediction = model.Run(pictures[i % pictures.size()], clock);
    now = clock.Now();
    if (!prediction) {
      error = prediction.error();
      break;
    }
    latencies.push_back(now - begin);
    sums.decode_ms += Ms(prediction->times.decoded - begin);
    sums.preprocess_ms += Ms(prediction->times.preprocessed - prediction->times.decoded);
    sums.network_ms += Ms(now - prediction->times.preprocessed);
  }
  const std::lock_guard lock(gathered.mutex);
  std::ranges::copy(latencies, std::back_inserter(gathered.latencies));
  gathered.sums.decode_ms += sums.decode_ms;
  gathered.sums.preprocess_ms += sums.preprocess_ms;
  gathered.sums.network_ms += sums.network_ms;
  gathered.first = std::min(gathered.first, start);
  gathered.last = std::max(gathered.last, now);
  if (error && !gathered.error) gathered.error = std::move(error);
}

// A tensor of noise in the range that networks are used to.
model::Tensor NoiseBatch(const model::Package& package, int batch) {
  model::Shape shape = model::InputShape(package);
  shape[0] = batch;
  model::Tensor tensor(package.input.type, std::move(shape));
  std::uint32_t state = 1;
  auto next = [&state] { return state = state * 1664525 + 1013904223; };
  if (tensor.type() == model::ElementType::kFloat32) {
    for (float& number : tensor.floats()) number = static_cast<float>(next() >> 8) / float(1 << 23) - 1;
  } else {
    for (std::byte& number : tensor.bytes()) number = static_cast<std::byte>(next() >> 24);
  }
  return tensor;
}

BatchRow MeasureBatch(const model::Session& session, const model::Tensor& input, Duration time, const Clock& clock) {
  BatchRow row{.batch = static_cast<int>(input.side(0)), .per_s = 0, .error = ""};
  const model::Tensor* const given[] = {&input};
  std::vector<std::size_t> wanted(session.outputs().size());
  for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = i;
  int runs = -1;  // the first is not counted
  Time start = clock.Now(), now = start;
  while (runs < 2 || now - start < time) {
    const auto answered = session.Run(given, wanted);
    if (!answered) return row.error = answered.error().message(), row;
    now = clock.Now();
    if (++runs == 0) start = now;
  }
  row.per_s = runs * row.batch / Seconds(now - start);
  return row;
}

}  // namespace

Result<ThreadsRow> MeasureThreads(const model::Model& model, const std::vector<std::string>& pictures, int threads,
                                  Duration time, const Clock& clock, StepsRow* steps) {
  Gathered gathered;
  std::latch ready(threads);
  {
    std::vector<std::jthread> pool;
    for (int t = 0; t < threads; ++t) {
      pool.emplace_back([&, t] { RunFor(model, pictures, static_cast<std::size_t>(t), time, clock, ready, gathered); });
    }
  }
  if (gathered.error) return Fail(*gathered.error);
  std::ranges::sort(gathered.latencies);
  const auto count = static_cast<double>(gathered.latencies.size());
  if (steps != nullptr) {
    *steps = {gathered.sums.decode_ms / count, gathered.sums.preprocess_ms / count, gathered.sums.network_ms / count};
  }
  return ThreadsRow{.threads = threads,
                    .per_s = count / Seconds(gathered.last - gathered.first),
                    .p50_ms = Percentile(gathered.latencies, 0.5),
                    .p99_ms = Percentile(gathered.latencies, 0.99)};
}

Result<std::optional<std::vector<BatchRow>>> MeasureBatches(const model::Package& package, model::Runtime& runtime,
                                                            Duration time, const Clock& clock, std::string* why) {
  if (package.stages.size() != 1 || package.stages[0].network.empty()) {
    *why = "it has several stages";
    return std::nullopt;
  }
  const auto session = model::Session::Load(package.stages[0].network, runtime);
  if (!session) return Fail(session.error());
  const auto& inputs = (*session)->inputs();
  if (inputs.size() != 1 || inputs[0].shape.empty() || inputs[0].shape[0] >= 0) {
    *why = fmt::format("the network was exported with a batch of 1: {}", model::Describe(inputs));
    return std::nullopt;
  }
  for (const model::TensorSpec& output : (*session)->outputs()) {
    if (output.foreign_type.empty()) continue;
    *why = fmt::format("its output {} cannot be read", model::Describe(output));
    return std::nullopt;
  }
  std::vector<BatchRow> rows;
  for (const int batch : {1, 2, 4, 8, 16}) {
    const std::size_t bytes = model::Elements(model::InputShape(package)) * SizeOf(package.input.type);
    if (bytes * static_cast<std::size_t>(batch) > kLargestBatch) break;
    rows.push_back(MeasureBatch(**session, NoiseBatch(package, batch), time, clock));
    if (!rows.back().error.empty()) break;
  }
  return rows;
}

std::int64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

std::int64_t AvailableBytes() {
  std::ifstream meminfo("/proc/meminfo");
  std::string key;
  std::int64_t kilobytes = 0;
  while (meminfo >> key >> kilobytes) {
    if (key == "MemAvailable:") return kilobytes * 1024;
    meminfo.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return 0;
}

Proposal Propose(const std::vector<ThreadsRow>& rows, const std::vector<BatchRow>& batches, const Memory& memory) {
  const double best = std::ranges::max_element(rows, {}, &ThreadsRow::per_s)->per_s;
  const ThreadsRow* enough = nullptr;
  for (const ThreadsRow& row : rows) {
    if (row.per_s >= kAsGood * best && (enough == nullptr || row.threads < enough->threads)) enough = &row;
  }
  Proposal proposal{.workers = enough->threads, .lanes = 1, .why = "", .batch = 1, .batch_gain = 0};
  const std::int64_t needed = enough->threads * (kWorker + memory.model);
  const auto mb = [](std::int64_t bytes) { return std::max<std::int64_t>(1, bytes / 1'000'000); };
  if (memory.available > 0 && needed > memory.available / 2) {
    proposal.workers = 1;
    proposal.lanes = enough->threads;
    proposal.why = fmt::format(
        "{} workers would take {} MB of the {} MB that are free; threads of one worker share the "
        "model",
        enough->threads, mb(needed), mb(memory.available));
  } else {
    proposal.why =
        fmt::format("a worker for each thread takes one job along when it dies, and all together {} MB", mb(needed));
  }
  if (batches.empty() || batches[0].per_s <= 0) return proposal;
  const BatchRow& top = *std::ranges::max_element(batches, {}, &BatchRow::per_s);
  proposal.batch_gain = top.per_s / batches[0].per_s - 1;
  if (proposal.batch_gain >= kGainThatCounts) proposal.batch = top.batch;
  return proposal;
}

}  // namespace darkroom::cli
