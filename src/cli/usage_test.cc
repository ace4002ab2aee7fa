#include "cli/usage.h"

#include <gtest/gtest.h>

#include "cli/commands.h"
#include "cli/server_flag.h"

namespace darkroom::cli {
namespace {

// What a wrong command line is answered; empty when it is right. No command is run.
std::string Explain(const std::string& line) {
  CLI::App app("", "darkroom");
  CLI::App* up = app.add_subcommand("up");
  app.add_subcommand("status");
  CLI::App* model = app.add_subcommand("model");
  model->require_subcommand(1);
  model->add_subcommand("check");
  int workers = 0;
  std::string server;
  up->add_option("--workers", workers);
  up->add_option("--log", workers);
  AddServerFlag(*up, server);
  try {
    app.parse(line);
  } catch (const CLI::ParseError& error) {
    return ExplainUsageError(app, error);
  }
  return "";
}

TEST(Usage, GuessesWhatWasMeant) {
  EXPECT_EQ(Explain("stauts"), "there is no command 'stauts'; did you mean 'status'? See `darkroom --help`.");
  EXPECT_EQ(Explain("up --worker=3"),
            "there is no flag '--worker=3'; did you mean '--workers'? See `darkroom up --help`.");
}

TEST(Usage, NamesCommandsWithinCommands) {
  EXPECT_EQ(Explain("model chek"), "there is no command 'chek'; did you mean 'check'? See `darkroom model --help`.");
  EXPECT_EQ(Explain("model check --foo"), "there is no flag '--foo'. See `darkroom model check --help`.");
  EXPECT_EQ(Explain("model check a"), "'a' is one argument too many. See `darkroom model check --help`.");
}

TEST(Usage, GuessesNothingWhenNothingIsNear) {
  EXPECT_EQ(Explain("bogus"), "there is no command 'bogus'. See `darkroom --help`.");
  EXPECT_EQ(Explain("up --foo"), "there is no flag '--foo'. See `darkroom up --help`.")
      << "the hyphens do not make it like --log";
}

TEST(ServerFlag, TakesWebAddressesAlone) {
  EXPECT_EQ(*ParseServer("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
  EXPECT_EQ(*ParseServer("https://darkroom.example/"), "https://darkroom.example");
  EXPECT_EQ(*ParseServer("http://[::1]:80"), "http://[::1]:80");
  for (const char* wrong : {"", "ftp://host", "http://", "host:8080", "http://host/path", "http://host?q", "http://h:0",
                            "http://h:x", "http://a b", "http://host\n"}) {
    EXPECT_FALSE(ParseServer(wrong)) << wrong;
  }
}

TEST(ServerFlag, SaysWhatIsWrongAndIsNotTakenForAnother) {
  EXPECT_EQ(Explain("up --server http://h/"), "");
  EXPECT_EQ(Explain("up --server ftp://h"),
            "--server: 'ftp://h' is not the address of a service; write one like http://127.0.0.1:8080, without a "
            "path. See `darkroom up --help`.");
}

}  // namespace
}  // namespace darkroom::cli
