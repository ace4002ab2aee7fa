#include "aws/credentials.h"

#include <gtest/gtest.h>

#include <map>

namespace darkroom::aws {
namespace {

Environment Given(std::map<std::string, std::string> variables) {
  return [variables](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(std::string(name));
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

constexpr std::string_view kFile =
    "# mine\n[default]\naws_access_key_id = A\naws_secret_access_key=S = s\n\n"
    "[ work ]\r\naws_access_key_id=B\r\naws_secret_access_key=T\r\naws_session_token=token\r\n[half]\nregion=x\n";

TEST(Credentials, ComeFromTheEnvironmentFirst) {
  const auto found = FindCredentials(Given({{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "S"}}));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(*found, (wire::Credentials{.access_key = "A", .secret_key = "S", .session_token = ""}));
}

TEST(Credentials, SayWhatWasLookedForWhenThereAreNone) {
  const auto found = FindCredentials(Given({{"HOME", "/nowhere"}, {"AWS_ACCESS_KEY_ID", "A"}}));
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code(), Code::kDenied);
  EXPECT_NE(found.error().message().find("/nowhere/.aws/credentials"), std::string::npos);
}

TEST(Credentials, AreReadFromAProfile) {
  const auto usual = ParseCredentialsFile(kFile, "default");
  ASSERT_TRUE(usual && *usual);
  EXPECT_EQ((*usual)->secret_key, "S = s");
  const auto work = ParseCredentialsFile(kFile, "work");
  ASSERT_TRUE(work && *work);
  EXPECT_EQ(**work, (wire::Credentials{.access_key = "B", .secret_key = "T", .session_token = "token"}));
  EXPECT_FALSE(ParseCredentialsFile(kFile, "other")->has_value());
  EXPECT_FALSE(ParseCredentialsFile(kFile, "half").has_value());
}

}  // namespace
}  // namespace darkroom::aws
