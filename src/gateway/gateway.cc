#include "gateway/gateway.h"

#include <fmt/format.h>

#include "base/crypto.h"
#include "gateway/s3_api.h"
#include "gateway/sqs_api.h"
#include "wire/errors.h"
#include "wire/sigv4.h"

namespace darkroom::gateway {
namespace {

// A message of 1 MiB in JSON: each byte may come as an escape of six.
constexpr std::size_t kMaxSqsBody = std::size_t(6) << 20;
constexpr std::string_view kSqsTarget = "AmazonSQS.";

wire::RequestParts Parts(const http::Request& request) {
  return {.method = request.method, .path = request.path, .query = request.raw_query, .headers = request.headers};
}

// As SQS names what is wrong with a signature.
wire::AwsError SqsRefusal(const wire::AuthError& error) {
  switch (error.failure) {
    case wire::AuthFailure::kMissing:
      return {.status = 403, .code = "MissingAuthenticationToken", .message = error.message};
    case wire::AuthFailure::kMalformed:
      return {.status = 400, .code = "IncompleteSignature", .message = error.message};
    case wire::AuthFailure::kUnknownKey:
      return {.status = 403, .code = "InvalidClientTokenId", .message = error.message};
    case wire::AuthFailure::kMismatch:
    case wire::AuthFailure::kSkewed:
      return {.status = 403, .code = "SignatureDoesNotMatch", .message = error.message};
    case wire::AuthFailure::kExpired:
      break;
  }
  return {.status = 403, .code = "RequestExpired", .message = error.message};
}

// As S3 does.
wire::AwsError S3Refusal(const wire::AuthError& error) {
  switch (error.failure) {
    case wire::AuthFailure::kMalformed:
      return {.status = 400, .code = "AuthorizationHeaderMalformed", .message = error.message};
    case wire::AuthFailure::kUnknownKey:
      return {.status = 403, .code = "InvalidAccessKeyId", .message = error.message};
    case wire::AuthFailure::kMismatch:
      return {.status = 403, .code = "SignatureDoesNotMatch", .message = error.message};
    case wire::AuthFailure::kSkewed:
      return {.status = 403, .code = "RequestTimeTooSkewed", .message = error.message};
    case wire::AuthFailure::kMissing:
    case wire::AuthFailure::kExpired:
      break;
  }
  return {.status = 403, .code = "AccessDenied", .message = error.message};
}

wire::AuthError OtherService(std::string_view signed_for, std::string_view wanted) {
  return {wire::AuthFailure::kMismatch, fmt::format("signed for the service '{}', not '{}'", signed_for, wanted)};
}

}  // namespace

struct Gateway::State {
  State(IoContext& io, Clock& clock_in, QueueService& queues, ObjectService& objects, GatewayOptions options_in)
      : clock(clock_in),
        options(std::move(options_in)),
        verifier([this](std::string_view key) {
          return key == options.credentials.access_key ? &options.credentials : nullptr;
        }),
        sqs(queues, options.region),
        s3(io, clock_in, objects, options.region, options.max_object),
        server(io, clock_in, {.address = "127.0.0.1", .port = options.port},
               [this](http::Request& request) { return Handle(request); }) {}

  Task<http::Response> Handle(http::Request& request) {
    if (request.headers.Get("X-Amz-Target").starts_with(kSqsTarget)) return HandleSqs(request);
    return HandleS3(request);
  }
  Task<http::Response> HandleSqs(http::Request& request);
  Task<http::Response> HandleS3(http::Request& request);

  Clock& clock;
  const GatewayOptions options;
  wire::Verifier verifier;
  SqsApi sqs;
  S3Api s3;
  http::Server server;
};

// The signature covers the body's hash, so the body comes first.
Task<http::Response> Gateway::State::HandleSqs(http::Request& request) {
  auto body = co_await request.body->ReadAll(kMaxSqsBody);
  if (!body) {
    const bool long_body = body.error().code() == Code::kTooLarge;
    co_return wire::SqsErrorResponse({.status = long_body ? 413 : 400,
                                      .code = long_body ? "RequestTooLarge" : "IncompleteBody",
                                      .message = body.error().message()});
  }
  const std::string hash = Hex(AsView(Sha256(*body)));
  auto verified = verifier.Verify(Parts(request), hash, clock.Now());
  if (!verified) co_return wire::SqsErrorResponse(SqsRefusal(verified.error()));
  if (verified->service != "sqs") {
    co_return wire::SqsErrorResponse(SqsRefusal(OtherService(verified->service, "sqs")));
  }
  if (verified->payload_hash != hash) {
    const wire::AuthError error{wire::AuthFailure::kMismatch, "x-amz-content-sha256 is not the hash of the body"};
    co_return wire::SqsErrorResponse(SqsRefusal(error));
  }
  std::string operation(request.headers.Get("X-Amz-Target").substr(kSqsTarget.size()));
  std::string host(request.headers.Get("Host"));
  std::string consumer(request.headers.Get("Darkroom-Worker"));
  co_return co_await sqs.Handle(std::move(operation), std::move(*body), std::move(host), std::move(consumer));
}

// Without a hash in the request the body is taken to be empty; S3's clients always name one.
Task<http::Response> Gateway::State::HandleS3(http::Request& request) {
  auto verified = verifier.Verify(Parts(request), wire::kEmptyPayloadHash, clock.Now());
  if (verified && verified->service != "s3") verified = std::unexpected(OtherService(verified->service, "s3"));
  if (!verified) {
    const bool with_body = request.method != "HEAD";
    co_return wire::S3ErrorResponse(S3Refusal(verified.error()), request.path, with_body);
  }
  co_return co_await s3.Handle(request, std::move(*verified));
}

Gateway::Gateway(IoContext& io, Clock& clock, QueueService& queues, ObjectService& objects, GatewayOptions options)
    : state_(std::make_unique<State>(io, clock, queues, objects, std::move(options))) {}

Gateway::~Gateway() = default;

Status Gateway::Start() { return state_->server.Start(); }

int Gateway::port() const { return state_->server.port(); }

std::string Gateway::endpoint() const { return fmt::format("http://127.0.0.1:{}", port()); }

Task<void> Gateway::Stop(Duration grace) { return state_->server.Stop(grace); }

Task<http::Response> Gateway::Handle(http::Request& request) { return state_->Handle(request); }

}  // namespace darkroom::gateway
