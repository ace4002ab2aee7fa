// Steps 3 and 4 of the signature: keys, and putting it into requests. The check is in sigv4_verify.cc.
#include "wire/sigv4.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "wire/uri.h"

namespace darkroom::wire {
namespace {

constexpr std::size_t kMaxSigningKeys = 64;

// Headers that a proxy or the transport may change or add on the way.
bool IsSignable(std::string_view lower_name) {
  static constexpr std::string_view kLeftOut[] = {"authorization", "user-agent",        "expect",         "connection",
                                                  "keep-alive",    "transfer-encoding", "x-amzn-trace-id"};
  return std::find(std::begin(kLeftOut), std::end(kLeftOut), lower_name) == std::end(kLeftOut);
}

std::vector<std::string> SignableNames(const http::Headers& headers) {
  std::vector<std::string> names;
  for (const auto& [name, value] : headers) {
    std::string lower = LowerCase(name);
    if (IsSignable(lower)) names.push_back(std::move(lower));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

const Sha256Digest& SigningKeys::Get(const Credentials& credentials, std::string_view date, std::string_view region,
                                     std::string_view service) {
  std::string id = fmt::format("{}\n{}\n{}\n{}", date, region, service, credentials.secret_key);
  if (const auto found = keys_.find(id); found != keys_.end()) return found->second;
  const Sha256Digest day = HmacSha256("AWS4" + credentials.secret_key, date);
  const Sha256Digest day_region = HmacSha256(AsView(day), region);
  const Sha256Digest day_region_service = HmacSha256(AsView(day_region), service);
  const Sha256Digest key = HmacSha256(AsView(day_region_service), "aws4_request");
  if (keys_.size() >= kMaxSigningKeys) keys_.clear();
  return keys_.emplace(std::move(id), key).first->second;
}

Signer::Signer(std::string region, std::string service) : Signer(region, service, SigningRules::For(service)) {}

Signer::Signer(std::string region, std::string service, SigningRules rules)
    : region_(std::move(region)), service_(std::move(service)), rules_(rules) {}

void Signer::Sign(std::string_view method, std::string_view path, std::string_view query, http::Headers& headers,
                  std::string_view payload_hash, const Credentials& credentials, Time now) {
  const std::string date = FormatAmzDate(now);
  const std::string_view day = std::string_view(date).substr(0, 8);
  const bool has_token = !credentials.session_token.empty();
  headers.Set("X-Amz-Date", date);
  if (rules_.content_sha256) headers.Set("x-amz-content-sha256", std::string(payload_hash));
  if (has_token && rules_.sign_session_token) headers.Set("X-Amz-Security-Token", credentials.session_token);

  const std::vector<std::string> names = SignableNames(headers);
  const std::string canonical = CanonicalRequest({.method = method, .path = path, .query = query, .headers = headers},
                                                 names, payload_hash, rules_);
  const std::string scope = fmt::format("{}/{}/{}/aws4_request", day, region_, service_);
  const Sha256Digest& key = keys_.Get(credentials, day, region_, service_);
  const Sha256Digest signature = HmacSha256(AsView(key), StringToSign(date, scope, canonical));
  headers.Set("Authorization",
              fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}", credentials.access_key,
                          scope, fmt::join(names, ";"), Hex(AsView(signature))));
  if (has_token && !rules_.sign_session_token) headers.Set("X-Amz-Security-Token", credentials.session_token);
}

std::string Signer::Presign(std::string_view method, std::string_view path, std::string_view query,
                            const http::Headers& headers, std::string_view payload_hash, const Credentials& credentials,
                            Time now, Duration expires) {
  const std::string date = FormatAmzDate(now);
  const std::string_view day = std::string_view(date).substr(0, 8);
  const std::string scope = fmt::format("{}/{}/{}/aws4_request", day, region_, service_);
  const std::vector<std::string> names = SignableNames(headers);
  std::string signed_query(query);
  if (!signed_query.empty()) signed_query += '&';
  signed_query += fmt::format(
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}&X-Amz-Date={}&X-Amz-Expires={}&X-Amz-SignedHeaders={}",
      UriEncode(credentials.access_key + "/" + scope), date,
      std::chrono::duration_cast<std::chrono::seconds>(expires).count(),
      UriEncode(fmt::format("{}", fmt::join(names, ";"))));
  const std::string token =
      credentials.session_token.empty() ? "" : "&X-Amz-Security-Token=" + UriEncode(credentials.session_token);
  if (rules_.sign_session_token) signed_query += token;
  const std::string canonical = CanonicalRequest(
      {.method = method, .path = path, .query = signed_query, .headers = headers}, names, payload_hash, rules_);
  const Sha256Digest& key = keys_.Get(credentials, day, region_, service_);
  const Sha256Digest signature = HmacSha256(AsView(key), StringToSign(date, scope, canonical));
  if (!rules_.sign_session_token) signed_query += token;
  return signed_query + "&X-Amz-Signature=" + Hex(AsView(signature));
}

}  // namespace darkroom::wire
