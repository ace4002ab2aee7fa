// Digests, random bytes and the encodings that go with them, over OpenSSL. Threads: any.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace darkroom {

using Sha256Digest = std::array<std::uint8_t, 32>;
using Md5Digest = std::array<std::uint8_t, 16>;

Sha256Digest Sha256(std::string_view data);
Md5Digest Md5(std::string_view data);  // S3 and SQS ask for it on the wire; not for security
Sha256Digest HmacSha256(std::string_view key, std::string_view data);
std::uint32_t Crc32(std::string_view data, std::uint32_t so_far = 0);  // IEEE 802.3, as zlib's

// 32 hex digits that differ for different contents, short of somebody building two alike: XXH3, 128 bits
// (https://github.com/Cyan4973/xxHash). Thirty times faster than MD5; for etags and for telling a retry from another
// request, where nobody but the writer himself could be fooled.
std::string ContentHash(std::string_view data);

// A digest's bytes as text for keys and bodies.
template <std::size_t N>
std::string_view AsView(const std::array<std::uint8_t, N>& digest) {
  return {reinterpret_cast<const char*>(digest.data()), N};
}

std::string Hex(std::string_view bytes);  // lower-case
std::string Base64(std::string_view bytes);
// Standard alphabet, padding required; nullopt when it is not base64.
std::optional<std::string> FromBase64(std::string_view text);

// Cryptographically strong; ends the process when the system has none.
void RandomBytes(void* out, std::size_t size);
std::string RandomHex(std::size_t bytes);

// Compares in a time that does not depend on where they differ.
bool EqualSecrets(std::string_view a, std::string_view b);

// SHA-256 of what arrives in pieces.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&& other) noexcept : context_(other.context_) { other.context_ = nullptr; }
  Sha256Stream& operator=(Sha256Stream&&) = delete;
  void Update(std::string_view data);
  Sha256Digest Finish();  // once

 private:
  void* context_;
};

}  // namespace darkroom
