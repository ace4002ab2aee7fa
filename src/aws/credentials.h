// Where an AWS client gets its credentials from: given ones, the environment, or a profile of ~/.aws/credentials.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/async.h"
#include "base/result.h"
#include "wire/credentials.h"

namespace darkroom::aws {

// Threads: the loop's alone. Get may wait for a refresh. Errors: kDenied (there are none), kUnavailable.
class CredentialProvider {
 public:
  virtual ~CredentialProvider() = default;
  virtual Task<Result<wire::Credentials>> Get() = 0;
};

class StaticCredentials : public CredentialProvider {
 public:
  explicit StaticCredentials(wire::Credentials credentials) : credentials_(std::move(credentials)) {}
  Task<Result<wire::Credentials>> Get() override;

 private:
  const wire::Credentials credentials_;
};

using Environment = std::function<std::optional<std::string>(std::string_view name)>;
Environment ProcessEnvironment();

// AWS_ACCESS_KEY_ID and its companions, else the profile AWS_PROFILE (or "default") of AWS_SHARED_CREDENTIALS_FILE (or
// ~/.aws/credentials). kDenied, saying what was looked for, when there are none.
Result<wire::Credentials> FindCredentials(const Environment& environment);
// One section of the shared file; nullopt when it is not there. kInvalid when it lacks a key.
Result<std::optional<wire::Credentials>> ParseCredentialsFile(std::string_view text, std::string_view profile);

}  // namespace darkroom::aws
