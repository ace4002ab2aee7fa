// S3Api: S3's operations over an ObjectService. Each is thin: read the request, ask the port, write the answer.
//
// Threads: the loop's alone. The ObjectService outlives it.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "base/async.h"
#include "base/clock.h"
#include "gateway/answer.h"
#include "gateway/s3_request.h"
#include "http/message.h"
#include "ports/object_store.h"
#include "wire/sigv4.h"

namespace darkroom::gateway {

class S3Api {
 public:
  S3Api(IoContext& io, Clock& clock, ObjectService& objects, std::string region, std::size_t max_object)
      : io_(io), clock_(clock), objects_(objects), region_(std::move(region)), max_object_(max_object) {}

  // A request whose signature was found right.
  Task<http::Response> Handle(http::Request& request, wire::Verified verified);

 private:
  using Answer = AwsResult<http::Response>;
  // One request on its way through.
  struct Call {
    http::Request& http;
    wire::Verified verified;
    S3Request s3;
  };

  Task<Answer> Run(Call& call);
  Task<Answer> RunOnBucket(Call& call);
  Task<Answer> RunOnObject(Call& call);
  Task<Answer> ListBuckets();
  Task<Answer> CreateBucket(Call& call);
  Task<Answer> DeleteBucket(Call& call);
  Task<Answer> ListObjects(Call& call, bool v2);
  Task<Answer> DeleteObjects(Call& call);
  Task<Answer> PutObject(Call& call);
  Task<Answer> CopyObject(Call& call);
  Task<Answer> GetObject(Call& call);
  Task<Answer> HeadObject(Call& call);
  Task<Answer> DeleteObject(Call& call);

  Task<AwsResult<std::shared_ptr<ObjectStore>>> Open(std::string bucket);
  // The error as S3 names it; a bucket that is gone is forgotten.
  wire::AwsError Refusal(const Error& error, const std::string& bucket);

  IoContext& io_;
  Clock& clock_;
  ObjectService& objects_;
  const std::string region_;
  const std::size_t max_object_;
  // Opening asks the store; workers name the same two buckets thousands of times.
  std::unordered_map<std::string, std::shared_ptr<ObjectStore>> open_;
};

}  // namespace darkroom::gateway
