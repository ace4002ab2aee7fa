#include "http/curl_thread.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "http/ascii.h"

namespace darkroom::http {
namespace {

constexpr long kMaxIdleConnections = 256;  // kept open, over all hosts
constexpr std::size_t kMaxIdleHandles = 64;
// Below the time after which servers (our own: 75 s) close idle connections, so that a request rarely meets a dying
// one.
constexpr long kMaxIdleSeconds = 60;
constexpr long kReadBuffer = 256 * 1024;  // a photograph in one or two reads
constexpr long kUploadBuffer = 256 * 1024;
constexpr int kPollMillis = 3'600'000;  // curl's own timers and the wake-up cut it short

// One exchange on its curl handle.
struct Running {
  std::unique_ptr<Exchange> exchange;
  CURL* easy = nullptr;
  curl_slist* fields = nullptr;
  std::array<char, CURL_ERROR_SIZE> error{};
  bool too_large = false;
  std::size_t body_size = 0;
  // The next byte of the body that curl has not read.
  std::size_t piece = 0;
  std::size_t offset = 0;

  ~Running() { curl_slist_free_all(fields); }
};

std::string_view HostOf(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == url.npos) return {};
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const auto at = url.rfind('@'); at != url.npos) url.remove_prefix(at + 1);
  if (url.starts_with('[')) return url.substr(0, url.find(']') + 1);
  return url.substr(0, url.find(':'));
}

bool IsLoopback(std::string_view host) { return host.starts_with("127.") || host == "localhost" || host == "[::1]"; }

bool IsClean(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

// Fields as they come; the answer of a "100 Continue" before the real one is dropped.
std::size_t OnField(char* data, std::size_t, std::size_t size, void* context) {
  auto& response = static_cast<Running*>(context)->exchange->response;
  const std::string_view line(data, size);
  if (line.starts_with("HTTP/")) {
    response.headers = {};
    return size;
  }
  const auto colon = line.find(':');
  if (colon == line.npos) return size;
  auto value = line.substr(colon + 1);
  while (value.ends_with('\r') || value.ends_with('\n')) value.remove_suffix(1);
  response.headers.Add(std::string(line.substr(0, colon)), std::string(Trim(value)));
  return size;
}

std::size_t OnBody(char* data, std::size_t, std::size_t size, void* context) {
  auto& running = *static_cast<Running*>(context);
  auto& exchange = *running.exchange;
  auto& body = exchange.response.body;
  if (body.empty()) {
    long status = 0;
    curl_easy_getinfo(running.easy, CURLINFO_RESPONSE_CODE, &status);
    if (exchange.on_body && status / 100 == 2) {
      return exchange.on_body({data, size}) == Exchange::Flow::kPause ? CURL_WRITEFUNC_PAUSE : size;
    }
    curl_off_t length = -1;
    curl_easy_getinfo(running.easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (length > 0) body.reserve(std::min(std::size_t(length), exchange.request.max_response));
  }
  if (size > exchange.request.max_response - body.size()) {
    running.too_large = true;
    return CURL_WRITEFUNC_ERROR;
  }
  body.append(data, size);
  return size;
}

// Fills curl's buffer from the pieces of the body.
std::size_t OnRead(char* buffer, std::size_t, std::size_t room, void* context) {
  auto& running = *static_cast<Running*>(context);
  const auto& pieces = running.exchange->request.body;
  std::size_t filled = 0;
  while (filled < room && running.piece < pieces.size()) {
    const auto left = pieces[running.piece].view().substr(running.offset);
    const std::size_t count = left.copy(buffer + filled, room - filled);
    filled += count;
    running.offset += count;
    if (count == left.size()) ++running.piece, running.offset = 0;
  }
  return filled;
}

// curl sends a body again, from its start, on a fresh connection when a kept one turned out to be dead.
int OnSeek(void* context, curl_off_t offset, int origin) {
  if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  auto& running = *static_cast<Running*>(context);
  running.piece = running.offset = 0;
  return CURL_SEEKFUNC_OK;
}

int OnProgress(void* context, curl_off_t, curl_off_t, curl_off_t total, curl_off_t sent) {
  const auto& on_sent = static_cast<Running*>(context)->exchange->request.on_sent;
  on_sent(std::uint64_t(sent), std::uint64_t(total));
  return 0;
}

// curl's milliseconds, where 0 means none.
long Millis(Duration timeout) {
  if (timeout <= Duration::zero() || timeout > 24h * 20) return 0;
  return std::max(1L, long(timeout.count() / 1000));
}

// What is sent besides what curl adds itself. False for fields that would break the header.
bool BuildFields(const ClientRequest& request, bool has_body, Running& running) {
  const auto add = [&](const std::string& line) { running.fields = curl_slist_append(running.fields, line.c_str()); };
  for (const auto& [name, value] : request.headers) {
    if (!IsClean(name) || !IsClean(value) || name.empty()) return false;
    add(value.empty() ? name + ";"
                      : name + ": " + value);  // with a colon, curl would take it for "leave this field out"
  }
  add("Expect:");  // waiting for 100 Continue costs a round trip or a second
  if (has_body && !request.headers.Find("Content-Type")) add("Content-Type:");
  return true;
}

void SetMethodAndBody(CURL* easy, Running& running, bool has_body) {
  const ClientRequest& request = running.exchange->request;
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    return;
  }
  if (has_body) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(running.body_size));
    if (request.body.size() <= 1) {  // goes out with the header in one piece; not copied: the exchange outlives its use
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body[0].view().data());
    } else {
      curl_easy_setopt(easy, CURLOPT_READFUNCTION, OnRead);
      curl_easy_setopt(easy, CURLOPT_READDATA, &running);
      curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, OnSeek);
      curl_easy_setopt(easy, CURLOPT_SEEKDATA, &running);
      curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, kUploadBuffer);
    }
  }
  if (request.method != (has_body ? "POST" : "GET")) {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

void SetTransport(CURL* easy, const ClientRequest& request) {
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, long(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, kMaxIdleSeconds);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, kReadBuffer);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, Millis(request.timeout));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, Millis(request.connect_timeout));
  if (IsLoopback(HostOf(request.url))) curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

// Method and URL for messages; never the query, which may carry a signature.
std::string What(const ClientRequest& request) {
  return request.method + " " + request.url.substr(0, request.url.find('?'));
}

Result<ClientResponse> Settle(Running& running, CURLcode result) {
  auto& exchange = *running.exchange;
  long status = 0;
  curl_easy_getinfo(running.easy, CURLINFO_RESPONSE_CODE, &status);
  exchange.response.status = int(status);
  if (result == CURLE_OK) return std::move(exchange.response);
  auto what = What(exchange.request);
  if (running.too_large) {
    return Fail(Code::kTooLarge,
                what + ": the answer is larger than " + std::to_string(exchange.request.max_response) + " bytes");
  }
  const bool bad_url = result == CURLE_URL_MALFORMAT || result == CURLE_UNSUPPORTED_PROTOCOL;
  const std::string why = running.error[0] != 0 ? running.error.data() : curl_easy_strerror(result);
  return Fail(bad_url ? Code::kInvalid : Code::kUnavailable, what + ": " + why);
}

void InitCurlOnce() {
  static std::once_flag once;
  std::call_once(once, [] { DR_CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK); });
}

}  // namespace

struct CurlThread::State {
  explicit State(std::string agent) : user_agent(std::move(agent)) {
    InitCurlOnce();
    multi = curl_multi_init();
    DR_CHECK(multi != nullptr);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, kMaxIdleConnections);
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, long(CURLPIPE_NOTHING));
  }
  ~State() {
    for (auto* easy : idle) curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
  }

  void Post(std::move_only_function<void()> command);
  void Run();
  // On the curl thread:
  bool RunCommands();
  void Start(Ticket ticket, std::unique_ptr<Exchange> exchange);
  void Finish(Ticket ticket, CURLcode result);
  void CancelAll();
  void Release(Running& running);

  const std::string user_agent;
  CURLM* multi;
  std::atomic<Ticket> last_ticket = 0;
  std::mutex mutex;
  std::vector<std::move_only_function<void()>> commands;  // guarded by mutex
  bool stopping = false;                                  // guarded by mutex
  // The curl thread's own:
  std::unordered_map<Ticket, std::unique_ptr<Running>> running;
  std::vector<CURL*> idle;
  std::thread thread;
};

CurlThread::CurlThread(std::string user_agent) : state_(std::make_unique<State>(std::move(user_agent))) {
  state_->thread = std::thread([state = state_.get()] { state->Run(); });
}

CurlThread::~CurlThread() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  curl_multi_wakeup(state_->multi);
  state_->thread.join();
}

CurlThread::Ticket CurlThread::Submit(std::unique_ptr<Exchange> exchange) {
  const Ticket ticket = ++state_->last_ticket;
  state_->Post([state = state_.get(), ticket, exchange = std::move(exchange)]() mutable {
    state->Start(ticket, std::move(exchange));
  });
  return ticket;
}

void CurlThread::Resume(Ticket ticket) {
  state_->Post([state = state_.get(), ticket] {
    const auto at = state->running.find(ticket);
    if (at != state->running.end()) curl_easy_pause(at->second->easy, CURLPAUSE_CONT);
  });
}

void CurlThread::End(Ticket ticket) {
  state_->Post([state = state_.get(), ticket] { state->Finish(ticket, CURLE_OK); });
}

void CurlThread::CancelAll() {
  state_->Post([state = state_.get()] { state->CancelAll(); });
}

void CurlThread::State::Post(std::move_only_function<void()> command) {
  bool first = false;
  {
    const std::lock_guard lock(mutex);
    first = commands.empty();
    commands.push_back(std::move(command));
  }
  if (first) curl_multi_wakeup(multi);  // with others before it, the thread has been woken already
}

bool CurlThread::State::RunCommands() {
  std::vector<std::move_only_function<void()>> batch;
  bool go_on = true;
  {
    const std::lock_guard lock(mutex);
    batch.swap(commands);
    go_on = !stopping;
  }
  for (auto& command : batch) command();
  return go_on;
}

void CurlThread::State::Run() {
  pthread_setname_np(pthread_self(), "curl");
  sigset_t all;  // signals are the main thread's; OpenSSL's writes may raise SIGPIPE
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  while (RunCommands()) {
    int active = 0;
    curl_multi_perform(multi, &active);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const auto result = message->data.result;
      void* ticket = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &ticket);
      Finish(Ticket(reinterpret_cast<std::uintptr_t>(ticket)), result);
    }
    curl_multi_poll(multi, nullptr, 0, kPollMillis, nullptr);
  }
  RunCommands();  // what was submitted and not begun is cancelled with the rest
  CancelAll();
}

void CurlThread::State::Start(Ticket ticket, std::unique_ptr<Exchange> exchange) {
  auto one = std::make_unique<Running>();
  one->exchange = std::move(exchange);
  const auto& request = one->exchange->request;
  for (const SharedBytes& piece : request.body) one->body_size += piece.size();
  const bool has_body =
      one->body_size > 0 || request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (!IsClean(request.method) || !IsClean(request.url) || !BuildFields(request, has_body, *one)) {
    one->exchange->on_done(Fail(Code::kInvalid, "a request's method, URL or fields contain a line break"));
    return;
  }
  if (idle.empty()) {
    one->easy = curl_easy_init();
  } else {
    one->easy = idle.back();
    idle.pop_back();
    curl_easy_reset(one->easy);
  }
  CURL* easy = one->easy;
  DR_CHECK(easy != nullptr);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, reinterpret_cast<void*>(std::uintptr_t(ticket)));
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, one->error.data());
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_USERAGENT, user_agent.c_str());
  SetTransport(easy, request);
  SetMethodAndBody(easy, *one, has_body);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, one->fields);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, OnField);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, one.get());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, OnBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, one.get());
  if (request.on_sent) {
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, OnProgress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, one.get());
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  }
  running.emplace(ticket, std::move(one));
  curl_multi_add_handle(multi, easy);
}

void CurlThread::State::Finish(Ticket ticket, CURLcode result) {
  auto node = running.extract(ticket);
  if (!node) return;
  auto& one = *node.mapped();
  auto settled = Settle(one, result);
  Release(one);
  one.exchange->on_done(std::move(settled));
}

void CurlThread::State::Release(Running& one) {
  curl_multi_remove_handle(multi, one.easy);
  if (idle.size() < kMaxIdleHandles) {
    idle.push_back(one.easy);
  } else {
    curl_easy_cleanup(one.easy);
  }
}

void CurlThread::State::CancelAll() {
  for (auto& [ticket, one] : std::exchange(running, {})) {
    Release(*one);
    one->exchange->on_done(
        Fail(Code::kCancelled, What(one->exchange->request) + ": given up, this process is stopping"));
  }
}

}  // namespace darkroom::http
