#include "wire/credentials.h"

#include <array>
#include <cstdint>

#include "base/crypto.h"

namespace darkroom::wire {

Credentials GenerateCredentials() {
  static constexpr char kBase32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::array<std::uint8_t, 16> letters;
  RandomBytes(letters.data(), letters.size());
  Credentials made{.access_key = "DKRM", .secret_key = "", .session_token = ""};
  for (const std::uint8_t letter : letters) made.access_key += kBase32[letter % 32];
  std::string secret(30, '\0');
  RandomBytes(secret.data(), secret.size());
  made.secret_key = Base64(secret);
  return made;
}

}  // namespace darkroom::wire
