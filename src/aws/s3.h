// The ObjectStore ports over Amazon S3, path style, or anything that speaks it: Darkroom's gateway, moto.
//
// Integrity: over TLS or to another machine each upload carries its SHA-256 in the signature; over plain HTTP on
// loopback it does not (UNSIGNED-PAYLOAD): hashing an image twice costs more than sending it.
// Threads: the loop's alone. The http::Client, the Clock and the provider outlive these and their stores.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "aws/caller.h"
#include "ports/object_store.h"

namespace darkroom::aws {

struct S3Options : ClientOptions {
  bool always_sign_bodies = false;  // on loopback too
};

class S3ObjectStore : public ObjectStore {
 public:
  S3ObjectStore(std::shared_ptr<Caller> caller, std::string bucket, bool sign_bodies);

  const std::string& bucket() const override { return bucket_; }
  // A conditional put whose answer was lost is not repeated: kUnavailable, and the caller reads what is there.
  Task<Result<ObjectInfo>> Put(std::string key, std::string body, PutOptions options) override;
  Task<Result<std::optional<Object>>> Get(std::string key, std::optional<ByteRange> range) override;
  Task<Result<std::optional<ObjectInfo>>> Head(std::string key) override;
  Task<Status> Remove(std::string key) override;
  Task<Result<ObjectList>> List(std::string prefix, std::string after, int limit) override;

  // URLs that let anyone read or write the object, for at most 7 days.
  Task<Result<std::string>> PresignGet(std::string key, Duration expires);
  Task<Result<std::string>> PresignPut(std::string key, Duration expires);

 private:
  std::string Path(std::string_view key) const;

  const std::shared_ptr<Caller> caller_;
  const std::string bucket_;
  const bool sign_bodies_;
};

class S3ObjectService : public ObjectService {
 public:
  // kInvalid: the endpoint.
  static Result<std::unique_ptr<S3ObjectService>> Make(http::Client& http, Clock& clock,
                                                       CredentialProvider& credentials, S3Options options);

  Task<Result<std::shared_ptr<ObjectStore>>> Create(std::string bucket) override;
  Task<Result<std::shared_ptr<ObjectStore>>> Open(std::string bucket) override;
  Task<Result<std::vector<std::string>>> List() override;
  Task<Status> Remove(std::string bucket) override;

 private:
  S3ObjectService(std::shared_ptr<Caller> caller, std::string region, bool sign_bodies)
      : caller_(std::move(caller)), region_(std::move(region)), sign_bodies_(sign_bodies) {}

  const std::shared_ptr<Caller> caller_;
  const std::string region_;
  const bool sign_bodies_;
};

}  // namespace darkroom::aws
