// Caller: one signed request to a service at a time: endpoint, signature, retries. What the clients of this room share.
//
// Threads: the loop's alone; any number of calls may be under way. The http::Client, the Clock and the provider
// outlive it.
#pragma once

#include <memory>
#include <string>

#include "aws/credentials.h"
#include "base/async.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/client.h"
#include "wire/sigv4.h"

namespace darkroom::aws {

// Exponential backoff with full jitter
// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
struct RetryPolicy {
  int attempts = 4;       // the first included
  Duration base = 50ms;   // doubled with each further attempt
  Duration longest = 5s;  // of one pause
};
// The pause after the `failed`-th attempt (1 is the first), for a random number in [0, 1).
Duration Backoff(const RetryPolicy& policy, int failed, double random);

struct ClientOptions {
  std::string endpoint;  // "http://127.0.0.1:9000", "https://sqs.eu-central-1.amazonaws.com"; no path
  std::string region = "us-east-1";
  RetryPolicy retry{};
  Duration timeout = 60s;  // of one attempt, on top of what a long poll waits
};

struct Call {
  std::string method = "POST";
  std::string path = "/";  // percent-encoded
  std::string query;
  http::Headers headers;
  http::SharedBytes body;  // kept for another attempt
  bool sign_body = true;   // S3 over plain HTTP on loopback leaves it out
  bool repeatable = true;  // false: not tried again when an attempt may have had effect
  Duration extra_time{0};  // a long poll's
};

class Caller {
 public:
  // Errors: kInvalid for an endpoint that is no URL.
  static Result<std::shared_ptr<Caller>> Make(http::Client& http, Clock& clock, CredentialProvider& credentials,
                                              std::string service, ClientOptions options);

  // Sends it until there is an answer other than "try again" (429, 5xx, throttling, no connection) or the attempts are
  // used up; then that last answer or error. A status is for the caller to read.
  Task<Result<http::ClientResponse>> Send(Call call);

  // The pause before trying again what failed `failed` times, for parts of a batch.
  Task<void> Pause(int failed);

  // A URL that lets anyone make the request for `expires`.
  Task<Result<std::string>> Presign(std::string method, std::string path, Duration expires);

  // Whether bytes on the way to the endpoint stay on this machine.
  bool loopback() const { return loopback_; }
  bool secure() const { return secure_; }  // over TLS

 private:
  Caller(http::Client& http, Clock& clock, CredentialProvider& credentials, std::string service, ClientOptions options);
  Task<Result<http::ClientResponse>> SendOnce(const Call& call);

  http::Client& http_;
  Clock& clock_;
  CredentialProvider& credentials_;
  const std::string service_;
  const ClientOptions options_;
  std::string host_;  // Host header
  bool secure_ = false;
  bool loopback_ = false;
  wire::Signer signer_;
};

// An answer of 400 and above as an error of ours.
Error ErrorOf(const http::ClientResponse& response);

}  // namespace darkroom::aws
