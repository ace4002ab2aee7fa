// Credentials: an access key pair as AWS's signatures use it.
#pragma once

#include <string>

namespace darkroom::wire {

struct Credentials {
  std::string access_key;     // public: names the secret; "AKIA" + 16 of A-Z2-7 when AWS made it
  std::string secret_key;     // never logged, never sent
  std::string session_token;  // with temporary credentials; else empty
  bool operator==(const Credentials&) const = default;
};

// New random ones: "DKRM" + 16 characters (80 bits), and a secret of 40 characters (240 bits).
Credentials GenerateCredentials();

}  // namespace darkroom::wire
