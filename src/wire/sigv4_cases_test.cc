// AWS's 38 public cases (shared/sigv4): canonical request, string to sign and signature of each, in both forms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "wire/sigv4.h"

namespace darkroom::wire {
namespace {

namespace fs = std::filesystem;

fs::path CasesFolder() {
  const char* shared = std::getenv("DARKROOM_SHARED");
  return fs::path(shared != nullptr ? shared : DARKROOM_SHARED_DEFAULT) / "sigv4";
}

std::string ReadFile(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Case {
  std::string method, path, query, body;
  http::Headers headers;
  Credentials credentials;
  Time time;
  Duration expires{0};
  SigningRules rules;
};

void ReadRequest(const std::string& text, Case& out) {
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  const std::size_t space = line.find(' ');
  const std::size_t version = line.rfind(" HTTP/");
  out.method = line.substr(0, space);
  const std::string target = line.substr(space + 1, version - space - 1);
  out.path = target.substr(0, target.find('?'));
  if (target.size() > out.path.size()) out.query = target.substr(out.path.size() + 1);
  std::string name;
  std::string value;
  while (std::getline(lines, line) && !line.empty()) {
    if (line.front() == ' ') {  // a header over several lines
      value += "\n" + line;
      continue;
    }
    if (!name.empty()) out.headers.Add(name, value);
    name = line.substr(0, line.find(':'));
    value = line.substr(line.find(':') + 1);
  }
  if (!name.empty()) out.headers.Add(name, value);
  std::getline(lines, out.body, '\0');
}

Case ReadCase(const fs::path& folder) {
  Case out;
  const auto context = ParseJsonObject(ReadFile(folder / "context.json")).value();
  const auto& keys = context.at("credentials").as_object();
  out.credentials.access_key = keys.at("access_key_id").as_string().c_str();
  out.credentials.secret_key = keys.at("secret_access_key").as_string().c_str();
  if (keys.contains("token")) out.credentials.session_token = keys.at("token").as_string().c_str();
  out.time = ParseTime(context.at("timestamp").as_string().c_str()).value();
  out.expires = std::chrono::seconds(context.at("expiration_in_seconds").as_int64());
  out.rules = {
      .normalize_path = context.at("normalize").as_bool(),
      .content_sha256 = context.at("sign_body").as_bool(),
      .sign_session_token = !context.contains("omit_session_token") || !context.at("omit_session_token").as_bool()};
  ReadRequest(ReadFile(folder / "request.txt"), out);
  return out;
}

std::vector<std::string> Names(std::string_view list) {
  std::vector<std::string> names;
  std::istringstream text{std::string(list)};
  for (std::string name; std::getline(text, name, ';');) names.push_back(name);
  return names;
}

std::string Between(const std::string& text, std::string_view begin, std::string_view end) {
  const std::size_t at = text.find(begin) + begin.size();
  return text.substr(at, text.find(end, at) - at);
}

void CheckHeaderForm(const fs::path& folder, const Case& one) {
  Signer signer("us-east-1", "service", one.rules);
  http::Headers headers = one.headers;
  const std::string hash = Hex(AsView(Sha256(one.body)));
  signer.Sign(one.method, one.path, one.query, headers, hash, one.credentials, one.time);

  const std::string authorization(headers.Get("Authorization"));
  EXPECT_THAT(authorization, testing::EndsWith(ReadFile(folder / "header-signature.txt")));
  const std::string canonical =
      CanonicalRequest({.method = one.method, .path = one.path, .query = one.query, .headers = headers},
                       Names(Between(authorization, "SignedHeaders=", ",")), hash, one.rules);
  EXPECT_EQ(canonical, ReadFile(folder / "header-canonical-request.txt"));
  EXPECT_EQ(StringToSign("20150830T123600Z", "20150830/us-east-1/service/aws4_request", canonical),
            ReadFile(folder / "header-string-to-sign.txt"));
}

void CheckQueryForm(const fs::path& folder, const Case& one) {
  Signer signer("us-east-1", "service", one.rules);
  const std::string hash = Hex(AsView(Sha256(one.body)));
  const std::string query =
      signer.Presign(one.method, one.path, one.query, one.headers, hash, one.credentials, one.time, one.expires);
  EXPECT_THAT(query, testing::EndsWith("&X-Amz-Signature=" + ReadFile(folder / "query-signature.txt")));
}

// The gateway's side: what AWS says is signed rightly must pass, and not with another secret.
void CheckVerifier(const Case& one) {
  Credentials known = one.credentials;
  Verifier verifier([&](std::string_view access_key) { return access_key == known.access_key ? &known : nullptr; });
  Signer signer("us-east-1", "service", one.rules);
  http::Headers headers = one.headers;
  const std::string hash = Hex(AsView(Sha256(one.body)));
  signer.Sign(one.method, one.path, one.query, headers, hash, one.credentials, one.time);
  const RequestParts parts{.method = one.method, .path = one.path, .query = one.query, .headers = headers};
  if (one.rules.normalize_path) {
    EXPECT_TRUE(verifier.Verify(parts, hash, one.time + 1min).has_value());
  }
  known.secret_key += "x";
  const auto refused = verifier.Verify(parts, hash, one.time + 1min);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().failure, AuthFailure::kMismatch);
}

TEST(SigV4Cases, AgreeWithAws) {
  if (!fs::exists(CasesFolder())) GTEST_SKIP() << "AWS's signing cases are not at " << CasesFolder();
  int cases = 0;
  for (const auto& entry : fs::directory_iterator(CasesFolder())) {
    if (!fs::exists(entry.path() / "context.json")) continue;
    SCOPED_TRACE(entry.path().filename());
    const Case one = ReadCase(entry.path());
    CheckHeaderForm(entry.path(), one);
    CheckQueryForm(entry.path(), one);
    CheckVerifier(one);
    ++cases;
  }
  EXPECT_EQ(cases, 38);
}

}  // namespace
}  // namespace darkroom::wire
