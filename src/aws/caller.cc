#include "aws/caller.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/crypto.h"
#include "wire/errors.h"

namespace darkroom::aws {
namespace {

// In [0, 1).
double Random() {
  std::uint64_t bits = 0;
  RandomBytes(&bits, sizeof bits);
  return double(bits >> 11) * 0x1.0p-53;
}

// Either protocol's error; both kinds of bodies are told apart by their first byte.
wire::AwsError ReadError(const http::ClientResponse& response) {
  return response.body.starts_with('{') ? wire::ReadJsonError(response.status, response.body)
                                        : wire::ReadXmlError(response.status, response.body);
}

// Whether the service said that it did not do what was asked.
bool Refused(const http::ClientResponse& response) { return response.status == 429 || response.status == 503; }

}  // namespace

Duration Backoff(const RetryPolicy& policy, int failed, double random) {
  const int doublings = std::clamp(failed - 1, 0, 20);
  const Duration ceiling = std::min(policy.base * (std::int64_t(1) << doublings), policy.longest);
  return Duration(std::int64_t(double(ceiling.count()) * random));
}

Result<std::shared_ptr<Caller>> Caller::Make(http::Client& http, Clock& clock, CredentialProvider& credentials,
                                             std::string service, ClientOptions options) {
  while (options.endpoint.ends_with('/')) options.endpoint.pop_back();
  const auto url = boost::urls::parse_uri(options.endpoint);
  const bool good = url && (url->scheme() == "http" || url->scheme() == "https") && !url->encoded_host().empty() &&
                    url->encoded_path().empty() && !url->has_query() && !url->has_userinfo();
  if (!good) {
    return Fail(Code::kInvalid, fmt::format("endpoint '{}': expected http://HOST:PORT or https://HOST without a path",
                                            options.endpoint));
  }
  std::shared_ptr<Caller> caller(new Caller(http, clock, credentials, std::move(service), options));
  caller->secure_ = url->scheme() == "https";
  caller->host_ = url->encoded_host_and_port();
  const std::string host = url->host();
  caller->loopback_ = host == "localhost" || host.starts_with("127.") || host == "[::1]" || host == "::1";
  return caller;
}

Caller::Caller(http::Client& http, Clock& clock, CredentialProvider& credentials, std::string service,
               ClientOptions options)
    : http_(http),
      clock_(clock),
      credentials_(credentials),
      service_(std::move(service)),
      options_(std::move(options)),
      signer_(options_.region, service_) {}

Task<Result<http::ClientResponse>> Caller::SendOnce(const Call& call) {
  auto credentials = co_await credentials_.Get();
  if (!credentials) co_return Fail(credentials.error().During("credentials"));
  http::ClientRequest request;
  request.method = call.method;
  request.url = fmt::format("{}{}{}{}", options_.endpoint, call.path, call.query.empty() ? "" : "?", call.query);
  request.headers = call.headers;
  request.headers.Set("Host", host_);
  request.timeout = options_.timeout + call.extra_time;
  const std::string hash = call.sign_body ? Hex(AsView(Sha256(call.body.view()))) : std::string(wire::kUnsignedPayload);
  signer_.Sign(call.method, call.path, call.query, request.headers, hash, *credentials, clock_.Now());
  request.body = {call.body};
  co_return co_await http_.Send(std::move(request));
}

Task<Result<http::ClientResponse>> Caller::Send(Call call) {
  for (int attempt = 1;; ++attempt) {
    auto response = co_await SendOnce(call);
    const bool may_have_had_effect = !response || !Refused(*response);
    const bool transient = response ? response->status >= 400 && wire::IsTransient(ReadError(*response))
                                    : Retryable(response.error().code());
    if (!transient || attempt >= options_.retry.attempts || (may_have_had_effect && !call.repeatable)) {
      if (!response) co_return Fail(response.error().During(fmt::format("{} {}", call.method, options_.endpoint)));
      co_return response;
    }
    co_await Pause(attempt);
  }
}

Task<void> Caller::Pause(int failed) {
  co_await SleepUntil(clock_, clock_.Now() + Backoff(options_.retry, failed, Random()));
}

Task<Result<std::string>> Caller::Presign(std::string method, std::string path, Duration expires) {
  auto credentials = co_await credentials_.Get();
  if (!credentials) co_return Fail(credentials.error().During("credentials"));
  const http::Headers headers{{"Host", host_}};
  const std::string query =
      signer_.Presign(method, path, "", headers, wire::kUnsignedPayload, *credentials, clock_.Now(), expires);
  co_return fmt::format("{}{}?{}", options_.endpoint, path, query);
}

Error ErrorOf(const http::ClientResponse& response) { return wire::ToError(ReadError(response)); }

}  // namespace darkroom::aws
