#include "http/request_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>

#include "http/ascii.h"

namespace darkroom::http {
namespace {

namespace beast = boost::beast;
using ErrorCode = boost::system::error_code;

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

// Writes straight into a Request, without Beast's own containers between.
class Grammar final : public beast::http::basic_parser<true> {
 public:
  explicit Grammar(Request& request) : request_(request) {
    header_limit(RequestParser::kMaxHeader);
    body_limit(boost::none);  // bodies are read elsewhere
  }

  bool http_1_0 = false;

 private:
  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version,
                       ErrorCode&) override {
    request_.method = View(method);
    request_.target = View(target);
    http_1_0 = version == 10;
  }
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value, ErrorCode&) override {
    request_.headers.Add(std::string(View(name)), std::string(View(value)));
  }
  void on_response_impl(int, beast::string_view, int, ErrorCode&) override {}
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(beast::string_view bytes, ErrorCode&) override { return bytes.size(); }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, ErrorCode&) override { return bytes.size(); }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, ErrorCode&) override {}
  void on_finish_impl(ErrorCode&) override {}

  Request& request_;
};

// Takes the scheme and the authority off a target in the absolute form, as proxies send it, and returns the authority:
// it counts, whatever the Host field says (RFC 9112 3.2.2). nullopt for other forms.
std::optional<std::string_view> TakeAuthority(std::string_view& target) {
  const auto colon = target.find("://");
  const auto scheme = target.substr(0, colon);
  if (colon == target.npos || !(EqualsIgnoringCase(scheme, "http") || EqualsIgnoringCase(scheme, "https"))) {
    return std::nullopt;
  }
  target.remove_prefix(colon + 3);
  const auto authority = target.substr(0, target.find_first_of("/?"));
  target.remove_prefix(authority.size());
  return authority;
}

}  // namespace

struct RequestParser::State {
  std::optional<Grammar> grammar;
  Request* request = nullptr;
  std::size_t head_bytes = 0;
  int bad_status = 0;
  std::string bad_reason;

  Outcome Bad(int status, std::string_view reason) {
    bad_status = status;
    bad_reason = reason;
    return Outcome::kBad;
  }
  Outcome Bad(ErrorCode why) {
    using beast::http::error;
    if (why == error::header_limit) return Bad(431, "the request's header is larger than 16 KiB");
    if (why == error::bad_version) return Bad(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    return Bad(400, "the request is malformed: " + why.message());
  }
  Outcome FinishHead();
};

RequestParser::RequestParser() : state_(std::make_unique<State>()) {}
RequestParser::~RequestParser() = default;

void RequestParser::Reset(Request& request) {
  state_->request = &request;
  state_->grammar.emplace(request);
  state_->head_bytes = 0;
}

int RequestParser::bad_status() const { return state_->bad_status; }
std::string_view RequestParser::bad_reason() const { return state_->bad_reason; }
bool RequestParser::keep_alive() const { return state_->grammar->keep_alive(); }
bool RequestParser::chunked() const { return state_->grammar->chunked(); }
bool RequestParser::http_1_0() const { return state_->grammar->http_1_0; }

RequestParser::Outcome RequestParser::ParseHead(std::string_view input, std::size_t& used) {
  auto& grammar = *state_->grammar;
  ErrorCode error;
  used = grammar.put(boost::asio::const_buffer(input.data(), input.size()), error);
  state_->head_bytes += used;
  if (error && error != beast::http::error::need_more) return state_->Bad(error);
  // Beast bounds the request line and the fields each by itself.
  const auto held = grammar.is_header_done() ? 0 : input.size() - used;
  if (state_->head_bytes + held > kMaxHeader) return state_->Bad(make_error_code(beast::http::error::header_limit));
  return grammar.is_header_done() ? state_->FinishHead() : Outcome::kNeedMore;
}

RequestParser::Outcome RequestParser::State::FinishHead() {
  const auto& headers = request->headers;
  const auto hosts = std::count_if(headers.begin(), headers.end(),
                                   [](const auto& field) { return EqualsIgnoringCase(field.first, "Host"); });
  if (hosts > 1) return Bad(400, "the request has more than one Host field");
  if (hosts == 0 && !grammar->http_1_0) return Bad(400, "the request has no Host field");
  if (const auto coding = headers.Find("Transfer-Encoding")) {
    if (grammar->http_1_0) return Bad(400, "HTTP/1.0 has no Transfer-Encoding");
    // Anything but chunked alone: whoever stands in front of us may see another end of the body than we do.
    if (!grammar->chunked() || !EqualsIgnoringCase(Trim(*coding), "chunked")) {
      return Bad(501, "no Transfer-Encoding but chunked is understood");
    }
  }
  std::string_view target = request->target;
  if (const auto authority = TakeAuthority(target)) {
    if (authority->empty() || authority->contains('@')) return Bad(400, "the request's target names no host");
    request->headers.Set("Host", std::string(*authority));
  } else if (!target.starts_with('/') && target != "*") {
    return Bad(400, "a request's target begins with a slash");
  }
  const auto question = target.find('?');
  request->path = target.substr(0, question);
  if (request->path.empty()) request->path = "/";
  if (question != target.npos) {
    request->raw_query = target.substr(question + 1);
    request->query = ParseQuery(request->raw_query);
  }
  if (const auto length = grammar->content_length()) request->content_length = *length;
  return Outcome::kDone;
}

}  // namespace darkroom::http
