#include "cli/hub.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "base/log.h"
#include "cli/names.h"
#include "cli/package_follower.h"
#include "cli/packages.h"
#include "cli/setting_flags.h"
#include "cli/staged_package.h"
#include "embedded/engine.h"
#include "gateway/gateway.h"
#include "gateway/keys.h"
#include "http/server.h"
#include "ledger/ledger.h"
#include "ledger/quarantine_orders.h"
#include "ledger/sweeper.h"
#include "model/package_watch.h"
#include "scaling/local_fleet.h"
#include "web/problem.h"
#include "web/web.h"
#include "worker/aftermath.h"

namespace darkroom::cli {
namespace {

// The longest there is: what waits for so long is sent again by the sweeper.
constexpr Duration kMessageRetention = 14 * 24h;

struct Queues {
  std::array<std::shared_ptr<Queue>, kPriorities.size()> requests;
  std::shared_ptr<Queue> dead_requests;
  std::shared_ptr<Queue> results;

  std::array<Queue*, kPriorities.size()> request_pointers() const {
    return {requests[0].get(), requests[1].get(), requests[2].get()};
  }
};

// Creates a queue, or gives the one that is there the config of today's settings.
Task<Result<std::shared_ptr<Queue>>> OpenQueue(QueueService& service, std::string name, QueueConfig config) {
  auto queue = co_await service.Create(name, config);
  if (queue || queue.error().code() != Code::kConflict) co_return queue;
  const auto set = co_await service.SetConfig(name, config);
  if (!set) co_return Fail(set.error());
  co_return co_await service.Open(name);
}

Task<Result<Queues>> OpenQueues(QueueService& service, const Settings& settings) {
  Queues queues;
  QueueConfig plain;
  plain.visibility = settings.lease;
  plain.retention = kMessageRetention;
  auto dead = co_await OpenQueue(service, std::string(kDeadRequests), plain);
  if (!dead) co_return Fail(dead.error());
  queues.dead_requests = *dead;
  auto results = co_await OpenQueue(service, std::string(kResults), plain);
  if (!results) co_return Fail(results.error());
  queues.results = *results;
  QueueConfig requests = plain;
  requests.dead_letter_queue = kDeadRequests;
  requests.max_receives = settings.max_receives;
  for (const Priority priority : kPriorities) {
    std::string name = RequestQueueName(priority);
    auto queue = co_await OpenQueue(service, std::move(name), requests);
    if (!queue) co_return Fail(queue.error());
    queues.requests[std::size_t(priority)] = *queue;
  }
  co_return queues;
}

// What a person can do about a port that cannot be had.
std::unexpected<Error> NameFlag(const Error& error, std::string_view flag) {
  if (error.code() != Code::kUnavailable) return Fail(error);
  return Fail(error.code(), fmt::format("{}; choose another with {}", error.message(), flag));
}

bool IsLoopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address == "localhost";
}

web::WebOptions WebOptionsOf(const Settings& settings) {
  web::WebOptions options;
  options.max_file_bytes = settings.max_file_bytes;
  options.max_files = settings.max_files;
  options.max_pixels = settings.max_pixels;
  options.max_queued = settings.max_queued;
  options.version = DARKROOM_VERSION;
  options.check_host = IsLoopback(settings.listen_address);
  options.allow_hosts = settings.allow_hosts;
  options.allow_origins = settings.allow_origins;
  return options;
}

// ONNX Runtime leaves files of its own where temporary files go; with the data they are in nobody's way. The workers'
// lane records are here too: leases of a hub that is gone are forgiven all alike, so nobody needs those of its workers.
std::string TemporaryFolder(const Settings& settings) { return settings.data + "/tmp"; }

void EmptyTemporaryFolder(const Settings& settings) {
  std::error_code ignored;  // nothing of ours depends on it
  std::filesystem::remove_all(TemporaryFolder(settings), ignored);
  std::filesystem::create_directory(TemporaryFolder(settings), ignored);
}

// How the hub starts a worker: all it needs to know in its arguments, so that it reads no settings of its own, and the
// keys, which other users of this machine must not see, in its environment.
scaling::Command WorkerCommand(const HubOptions& options, const std::string& endpoint, const std::string& objects,
                               const wire::Credentials& keys) {
  const std::string input_files = std::filesystem::absolute(objects);
  scaling::Command command{options.program,
                           {"worker", "--endpoint", endpoint, "--input-files", input_files, "--lane-records",
                            std::filesystem::absolute(TemporaryFolder(options.settings)), "--flags-only"},
                           {}};
  for (std::string& flag : FlagsFrom(options.settings, kWorkerSettings)) command.arguments.push_back(std::move(flag));
  command.environment = {"AWS_ACCESS_KEY_ID=" + keys.access_key, "AWS_SECRET_ACCESS_KEY=" + keys.secret_key,
                         "DARKROOM_PARENT=" + std::to_string(getpid()), "TMPDIR=" + TemporaryFolder(options.settings)};
  return command;
}

}  // namespace

// In the order of their making; the last is destroyed first.
struct Hub::Parts {
  Parts(IoContext& io_context, Clock& the_clock, HubOptions the_options)
      : io(io_context),
        clock(the_clock),
        options(std::move(the_options)),
        web_options(WebOptionsOf(options.settings)),
        news(clock),
        releases(io, clock) {}

  Task<Status> Start();
  Task<Status> OpenStorage();
  Status StartGateway();
  void MakeFleet();
  Status StartWeb();
  void FollowPackages();
  void StartLedger();
  Task<void> Stop();
  void CountDeath();
  Task<void> TakeLeave(std::string member, MemberEnd end);
  Task<embedded::Receives> ClearUp(std::string member, MemberEnd end);
  web::ReportCounts CountReports() const;

  IoContext& io;
  Clock& clock;
  HubOptions options;
  const web::WebOptions web_options;
  wire::Credentials keys;
  JobNews news;
  int worker_deaths = 0;  // in a row, none becoming ready meanwhile
  std::unique_ptr<embedded::Engine> engine;
  Queues queues;
  std::shared_ptr<ObjectStore> inputs;
  std::shared_ptr<ObjectStore> outputs;
  std::optional<web::ModelCatalog> catalog;
  std::unique_ptr<PackageFollower> packages;
  std::optional<WorkerNotices> notices;
  std::optional<ledger::QuarantineOrders> quarantine;
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<ledger::Sweeper> sweeper;
  std::unique_ptr<gateway::Gateway> gateway;
  TaskGroup releases;
  std::unique_ptr<scaling::LocalFleet> fleet;
  std::unique_ptr<web::Web> web;
  std::unique_ptr<http::Server> server;
};

Task<Result<std::unique_ptr<Hub>>> Hub::Start(IoContext& io, Clock& clock, HubOptions options) {
  auto hub = std::unique_ptr<Hub>(new Hub(std::make_unique<Parts>(io, clock, std::move(options))));
  const auto started = co_await hub->parts_->Start();
  if (!started) {
    co_await hub->parts_->Stop();
    co_return Fail(started.error());
  }
  co_return hub;
}

Hub::Hub(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Hub::~Hub() = default;

std::string Hub::url() const {
  const std::string& address = parts_->options.settings.listen_address;
  const bool any = address == "0.0.0.0" || address == "::";
  std::string host = any ? "127.0.0.1" : address;
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return fmt::format("http://{}:{}", host, parts_->server->port());
}

std::string Hub::gateway_endpoint() const { return parts_->gateway->endpoint(); }

Task<void> Hub::Stop() { return parts_->Stop(); }

// Each part may use those before it; the workers come last, when all they call is there.
Task<Status> Hub::Parts::Start() {
  auto made = web::ModelCatalog::Make(options.packages, options.settings.model);
  if (!made) co_return Fail(made.error());
  catalog.emplace(std::move(*made));
  const auto opened = co_await OpenStorage();
  if (!opened) co_return opened;
  const auto serving = StartGateway();
  if (!serving) co_return serving;
  MakeFleet();
  const auto listening = StartWeb();
  if (!listening) co_return listening;
  StartLedger();
  FollowPackages();
  co_return co_await fleet->SetSize(options.settings.workers);
}

Task<Status> Hub::Parts::OpenStorage() {
  embedded::EngineOptions engine_options;
  engine_options.data_dir = options.settings.data;
  engine_options.on_fatal = options.on_fatal;
  auto opened = embedded::Engine::Open(std::move(engine_options), io, clock);
  if (!opened) co_return Fail(opened.error());
  engine = std::move(*opened);  // from here on the directory is ours
  EmptyTemporaryFolder(options.settings);
  for (const std::string& folder : options.settings.models) SweepAbandoned(folder);
  auto opened_queues = co_await OpenQueues(engine->queues(), options.settings);
  if (!opened_queues) co_return Fail(opened_queues.error());
  queues = std::move(*opened_queues);
  // Workers end with their hub, and so did the ledger: nobody holds what is leased.
  const auto let_go = co_await engine->queues().ReleaseAll();
  if (!let_go) co_return Fail(let_go.error());
  const auto forgotten = co_await RemoveAllNotices(engine->queues());
  if (!forgotten) co_return Fail(forgotten.error());
  notices.emplace(engine->queues());
  auto input_bucket = co_await engine->objects().Create(std::string(kInputBucket));
  if (!input_bucket) co_return Fail(input_bucket.error());
  inputs = *input_bucket;
  quarantine.emplace(io, clock, *inputs, *notices, options.settings.quarantine_after);
  const auto lifted = co_await quarantine->LiftAll();
  if (!lifted) co_return Fail(lifted.error());
  auto output_bucket = co_await engine->objects().Create(std::string(kOutputBucket));
  if (!output_bucket) co_return Fail(output_bucket.error());
  outputs = *output_bucket;
  co_return Status();
}

Status Hub::Parts::StartGateway() {
  const auto loaded = gateway::LoadOrCreateKeys(options.settings.data + "/keys.json");
  if (!loaded) return Fail(loaded.error());
  keys = *loaded;
  gateway::GatewayOptions gateway_options;
  gateway_options.credentials = keys;
  gateway_options.port = options.settings.gateway_port;
  gateway = std::make_unique<gateway::Gateway>(io, clock, engine->queues(), engine->objects(), gateway_options);
  const Status serving = gateway->Start();
  if (!serving) return NameFlag(serving.error().During("gateway"), "--gateway-port");
  return {};
}

void Hub::Parts::MakeFleet() {
  const Settings& settings = options.settings;
  scaling::LocalFleetOptions fleet_options;
  fleet_options.worker = WorkerCommand(options, gateway->endpoint(), engine->objects_folder(), keys);
  fleet_options.grace = settings.grace;
  fleet_options.lost_after = std::max<Duration>(settings.lease, 10s);  // by then its jobs have gone to others
  fleet_options.on_ready = [this](const std::string&) { worker_deaths = 0; };
  fleet_options.on_failed_start = [this] { CountDeath(); };
  fleet_options.on_exit = [this](const std::string& member, MemberEnd end) {
    CountDeath();
    releases.Spawn(TakeLeave(member, end));
  };
  fleet = std::make_unique<scaling::LocalFleet>(io, clock, std::move(fleet_options));
}

void Hub::Parts::CountDeath() {
  ++worker_deaths;
  if (options.on_worker_death) options.on_worker_death(worker_deaths);
}

// Whether what else it held counts as tried. When it died and ran nothing, or nobody can tell what it ran, it may have
// died of anything that it held.
Task<embedded::Receives> Hub::Parts::ClearUp(std::string member, MemberEnd end) {
  const std::string file = LaneRecordPath(TemporaryFolder(options.settings), member);
  auto ran = worker::ReadLaneRecord(file);
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  if (worker::CauseOf(end) == worker::Cause::kNone) co_return embedded::Receives::kForgiven;
  if (!ran) spdlog::warn("{}: {}", member, ran.error().message());
  if (!ran || ran->empty()) co_return embedded::Receives::kCount;
  if (auto cause = worker::SureCause(*ran, end)) {
    std::string how = worker::Describe(end);
    co_await quarantine->Crashed(std::move(cause->model), cause->job, std::move(how));
  }
  worker::AftermathPorts ports{queues.request_pointers(), queues.results.get()};
  const auto done = co_await worker::ClearUp(ports, std::move(*ran), member, end, options.settings.max_receives);
  if (done) co_return embedded::Receives::kForgiven;
  spdlog::warn("could not say what {} ran: {}", member, done.error().message());
  co_return embedded::Receives::kCount;
}

Task<void> Hub::Parts::TakeLeave(std::string member, MemberEnd end) {
  engine->queues().EndReceives(member);  // or they would be given what is sent again
  const auto receives = co_await ClearUp(member, end);
  const auto released = co_await engine->queues().ReleaseConsumer(member, receives);
  if (!released)
    spdlog::warn("could not let go of what {} held: {}", member, released.error().message());
  else if (*released > 0)
    spdlog::info("{} jobs of {} go to other workers", *released, member);
  const auto removed = co_await RemoveNotices(engine->queues(), member);
  if (!removed) spdlog::warn("could not remove the notices of {}: {}", member, removed.error().message());
}

Status Hub::Parts::StartWeb() {
  const web::WebDeps deps{io,
                          clock,
                          engine->jobs(),
                          *inputs,
                          *outputs,
                          queues.request_pointers(),
                          news,
                          *catalog,
                          fleet.get(),
                          [this] { return CountReports(); },
                          &*notices,
                          &quarantine->quarantine()};
  web = std::make_unique<web::Web>(deps, web_options);
  http::ServerOptions server_options;
  server_options.address = options.settings.listen_address;
  server_options.port = options.settings.listen_port;
  server_options.refusal = web::Refusal;
  server = std::make_unique<http::Server>(io, clock, server_options, web->handler());
  const Status listening = server->Start();
  if (!listening) return NameFlag(listening.error(), "--listen");
  return {};
}

void Hub::Parts::StartLedger() {
  const Settings& settings = options.settings;
  ledger = std::make_unique<ledger::Ledger>(
      io, clock,
      ledger::LedgerPorts{queues.results.get(), queues.dead_requests.get(), &engine->jobs(), outputs.get(), &news,
                          &*notices, &*quarantine});
  ledger->Start();
  ledger::SweeperOptions sweep;
  sweep.interval = settings.sweep_interval;
  sweep.grace = settings.sweep_interval;
  sweep.orphan_age = 2 * web_options.max_upload;
  sweep.message_retention = kMessageRetention;
  sweep.retention = settings.retention;
  sweeper = std::make_unique<ledger::Sweeper>(
      io, clock, ledger::SweeperPorts{queues.request_pointers(), &engine->jobs(), inputs.get(), outputs.get(), &news},
      sweep);
  sweeper->Start();
}

// What the API offers follows the packages on disk, as the workers do by themselves.
void Hub::Parts::FollowPackages() {
  auto take_up = [this, known = options.packages.packages,
                  stamps = model::StampsOf(options.packages.packages)]() mutable {
    auto found = model::Renewed(known, FindAllPackages(options.package_directories));
    known = found.packages;
    model::Stamps now = model::StampsOf(known);
    std::vector<ModelRef> replaced;
    for (const auto& [name, version] : model::Replaced(stamps, now)) replaced.push_back({name, version, ""});
    stamps = std::move(now);
    for (const Error& error : found.errors) spdlog::warn("model package: {}", error.message());
    io.Post([this, found = std::move(found), replaced = std::move(replaced)]() mutable {
      catalog->Replace(std::move(found));
      releases.Spawn(quarantine->Lift(std::move(replaced)));
      spdlog::info("model packages have changed; there are: {}", catalog->Names());
    });
  };
  packages = std::make_unique<PackageFollower>(io, clock, options.package_directories, std::move(take_up));
  packages->Start();
}

web::ReportCounts Hub::Parts::CountReports() const {
  if (!ledger) return {};
  const ledger::LedgerCounters& counters = ledger->counters();
  return {.repeated = counters.repeated, .gave_up = counters.gave_up, .unreadable = counters.unreadable};
}

Task<void> Hub::Parts::Stop() {
  const Time deadline = clock.Now() + options.settings.grace;
  constexpr Duration kLastWords = 2s;  // for calls at the gateway once the workers have left
  TaskGroup closing(io, clock);
  if (packages) co_await packages->Stop();
  if (server) closing.Spawn(server->Stop(options.settings.grace));
  if (fleet) co_await fleet->Stop(deadline);
  co_await releases.Join();
  // What the workers said last is settled now rather than at the next start, and told to the clients that wait.
  while (ledger) {
    const auto taken = co_await ledger->TakeReports(Duration(0));
    if (!taken || *taken == 0) break;
  }
  if (web) co_await web->Stop();
  co_await closing.Join();
  if (sweeper) sweeper->Stop();
  if (ledger) ledger->Stop();
  if (engine) engine->CancelWaits();  // the ledger's receives, and those that workers left open at the gateway
  if (gateway) co_await gateway->Stop(kLastWords);
  // Each is in the middle of a few calls on the engine, which answers every one: nothing to set a time for.
  if (sweeper) co_await sweeper->Join();
  if (ledger) co_await ledger->Join();
}

}  // namespace darkroom::cli
