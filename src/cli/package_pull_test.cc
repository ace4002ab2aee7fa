// Pulling from a server of the test's own: what is promised arrives whole, and anything else leaves nothing behind.
#include "cli/package_pull.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "base/crypto.h"
#include "cli/catalogue.h"
#include "cli/download.h"
#include "http/server.h"
#include "model/test_packages.h"

namespace darkroom::cli {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PackagePull : public testing::Test {
 protected:
  PackagePull() : server_(io_, *clock_, {}, [this](http::Request& request) { return Serve(request); }) {
    const Status started = server_.Start();
    EXPECT_TRUE(started.has_value());
    const fs::path package = model::WritePackage(folder_.path() / "source", model::kMeansToml);
    for (const char* name : {"model.toml", "model.onnx", "labels.txt"}) {
      files_["/" + std::string(name)] = model::ReadAll(package / name);
    }
  }
  ~PackagePull() override { io_.RunUntilDone(server_.Stop(Duration(0))); }

  Task<http::Response> Serve(http::Request& request) {
    ++requests_;
    if (redirects_.contains(request.path)) {
      http::Response response = http::Response::Text(302, "elsewhere");
      response.headers.Set("Location", redirects_[request.path]);
      co_return response;
    }
    if (request.path == broken_) {
      http::Response response;
      response.headers.Set("Content-Length", std::to_string(files_[request.path].size()));
      response.stream = [](http::ResponseStream& stream) -> Task<void> {
        std::string part = "half";
        const Status written = co_await stream.Write(std::move(part));
        (void)written;
      };
      co_return response;
    }
    if (!files_.contains(request.path)) co_return http::Response::Text(404, "not here");
    co_return http::Response::Text(200, files_[request.path]);
  }

  std::string url(const std::string& path) const { return fmt::format("http://127.0.0.1:{}{}", server_.port(), path); }

  // The catalogue of what is served, as it is now.
  void WriteCatalogue(const std::string& name = "means", const std::string& version = "1") {
    std::string text = fmt::format("[[model]]\nname = \"{}\"\nversion = \"{}\"\n", name, version);
    for (const char* file : {"model.toml", "model.onnx", "labels.txt"}) {
      const std::string& bytes = files_["/" + std::string(file)];
      text += fmt::format("[[model.file]]\npath = \"{0}\"\nurl = \"{0}\"\nsha256 = \"{1}\"\nsize = {2}\n", file,
                          Hex(AsView(Sha256(bytes))), bytes.size());
    }
    files_["/catalogue.toml"] = text;
  }

  Result<PulledPackage> Pull(const std::string& wanted = "means", std::string catalogue = "") {
    http::Client client;
    PullOptions options{.wanted = wanted,
                        .catalogue = catalogue.empty() ? url("/catalogue.toml") : std::move(catalogue),
                        .models = models_};
    std::function<void(std::uint64_t, std::uint64_t)> on_bytes = [this](std::uint64_t done, std::uint64_t total) {
      done_ = done;
      total_ = total;
    };
    return io_.RunUntilDone(PullPackage(client, runtime_, std::move(options), std::move(on_bytes)));
  }
  std::string ErrorOf(const Result<PulledPackage>& pulled) { return pulled ? "" : pulled.error().message(); }

  std::vector<std::string> Inside() const {
    std::vector<std::string> names;
    if (!fs::exists(models_)) return names;
    for (const auto& entry : fs::recursive_directory_iterator(models_)) {
      names.push_back(entry.path().lexically_relative(models_).string());
    }
    std::ranges::sort(names);
    return names;
  }

  model::TemporaryFolder folder_;
  const fs::path models_ = folder_.path() / "models";
  IoContext io_;
  std::unique_ptr<Clock> clock_ = MakeSystemClock(io_);
  std::map<std::string, std::string> files_;  // by path
  std::map<std::string, std::string> redirects_;
  std::string broken_;
  int requests_ = 0;
  std::uint64_t done_ = 0, total_ = 0;
  model::Runtime runtime_;
  http::Server server_;
};

TEST_F(PackagePull, BringsThePackageThatTheCatalogueMeans) {
  WriteCatalogue();
  const auto pulled = Pull();
  ASSERT_TRUE(pulled) << pulled.error().message();
  EXPECT_EQ(pulled->home, models_ / "means" / "1");
  EXPECT_THAT(pulled->package.labels(), ElementsAre("red", "green", "blue"));
  EXPECT_EQ(done_, total_);
  EXPECT_EQ(total_, pulled->size);
  EXPECT_THAT(Inside(),
              ElementsAre("means", "means/1", "means/1/labels.txt", "means/1/model.onnx", "means/1/model.toml"));
  for (const auto& [path, bytes] : files_) {
    if (path == "/catalogue.toml") continue;
    EXPECT_EQ(model::ReadAll(pulled->home.string() + path), bytes) << path;
  }
}

TEST_F(PackagePull, TakesACatalogueFromAFileToo) {
  WriteCatalogue();
  std::string text = files_["/catalogue.toml"];
  for (auto at = text.find("url = \""); at != text.npos; at = text.find("url = \"", at + 8)) {
    text.insert(at + 7, url("/"));
  }
  const std::string path = folder_.path() / "catalogue.toml";
  std::ofstream(path) << text;
  const auto pulled = Pull("means@1", path);
  EXPECT_TRUE(pulled) << ErrorOf(pulled);
  EXPECT_THAT(ErrorOf(Pull("means", folder_.path() / "none.toml")), HasSubstr("--catalogue: "));
}

TEST_F(PackagePull, WhatIsThereIsNotFetchedAgainNorReplaced) {
  WriteCatalogue();
  ASSERT_TRUE(Pull());
  requests_ = 0;
  const auto again = Pull();
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->there_before);
  EXPECT_EQ(requests_, 1) << "the catalogue alone";
  files_["/labels.txt"] = "r\ng\nb\n";
  WriteCatalogue();
  const auto other = Pull();
  EXPECT_EQ(other.error().code(), Code::kConflict);
  EXPECT_THAT(ErrorOf(other), HasSubstr("its labels.txt is another; `darkroom model remove means@1`"));
  EXPECT_EQ(model::ReadAll(models_ / "means/1/labels.txt"), "red\ngreen\nblue\n");
}

TEST_F(PackagePull, AWrongDigestLeavesNothingBehind) {
  WriteCatalogue();
  files_["/model.onnx"][7] ^= 1;
  EXPECT_THAT(ErrorOf(Pull()), HasSubstr("/model.onnx: its SHA-256 is "));
  EXPECT_THAT(Inside(), IsEmpty());
}

TEST_F(PackagePull, AWrongSizeLeavesNothingBehind) {
  WriteCatalogue();
  files_["/labels.txt"] += "yellow\n";
  EXPECT_THAT(ErrorOf(Pull()), HasSubstr("/labels.txt: is larger than the 15 bytes promised"));
  files_["/labels.txt"] = "red\n";
  EXPECT_THAT(ErrorOf(Pull()), HasSubstr("/labels.txt: 15 bytes were promised, 4 came"));
  EXPECT_THAT(Inside(), IsEmpty());
}

TEST_F(PackagePull, ABrokenConnectionLeavesNothingBehind) {
  WriteCatalogue();
  broken_ = "/model.onnx";
  const auto pulled = Pull();
  ASSERT_FALSE(pulled);
  EXPECT_EQ(pulled.error().code(), Code::kUnavailable) << ErrorOf(pulled);
  EXPECT_THAT(Inside(), IsEmpty());
}

TEST_F(PackagePull, AMissingFileNamesItsAddress) {
  WriteCatalogue();
  files_.erase("/labels.txt");
  const auto pulled = Pull();
  EXPECT_EQ(pulled.error().code(), Code::kNotFound);
  EXPECT_THAT(ErrorOf(pulled), HasSubstr("/labels.txt: answered 404"));
  EXPECT_THAT(Inside(), IsEmpty());
  EXPECT_THAT(ErrorOf(Pull("street")), HasSubstr("the catalogue has no 'street'; it has means@1"));
}

TEST_F(PackagePull, AnotherPackageThanTheCatalogueSaysIsNotAdded) {
  WriteCatalogue("means", "2");
  EXPECT_THAT(ErrorOf(Pull()), HasSubstr("says means 2, its model.toml means 1"));
  EXPECT_THAT(Inside(), IsEmpty());
  files_["/model.toml"] = "[model]\n";
  WriteCatalogue();
  EXPECT_THAT(ErrorOf(Pull()), HasSubstr("what was downloaded is no package"));
  EXPECT_THAT(Inside(), IsEmpty());
}

TEST_F(PackagePull, APackageThatDoesNotLoadLeavesNothingBehind) {
  files_["/labels.txt"] += "yellow\n";
  WriteCatalogue();
  const auto pulled = Pull();
  EXPECT_EQ(pulled.error().code(), Code::kInvalid);
  EXPECT_THAT(ErrorOf(pulled), HasSubstr("does not load: means@1/labels.txt: expected 3 labels, as many as output"));
  EXPECT_THAT(Inside(), IsEmpty());
}

TEST_F(PackagePull, FollowsRedirectsButNotForEver) {
  WriteCatalogue();
  redirects_["/model.onnx"] = "/stored/model.onnx?token=secret";
  files_["/stored/model.onnx"] = files_["/model.onnx"];
  EXPECT_EQ(ErrorOf(Pull()), "");
  fs::remove_all(models_);
  redirects_["/stored/model.onnx"] = "/model.onnx";
  EXPECT_THAT(ErrorOf(Pull()), HasSubstr("more than 5 redirects"));
  redirects_["/model.onnx"] = "file:///etc/passwd";
  EXPECT_THAT(ErrorOf(Pull()), HasSubstr("leads to 'file:///etc/passwd', which is not followed"));
  EXPECT_THAT(Inside(), IsEmpty());
}

TEST_F(PackagePull, ACatalogueIsBounded) {
  files_["/catalogue.toml"] = std::string((16 << 20) + 1, ' ');
  EXPECT_THAT(ErrorOf(Pull()), HasSubstr("/catalogue.toml: is larger than 16777216 bytes"));
}

TEST_F(PackagePull, ACancelledPullLeavesNothingBehind) {
  WriteCatalogue();
  http::Client client;
  PullOptions options{.wanted = "means", .catalogue = url("/catalogue.toml"), .models = models_};
  std::function<void(std::uint64_t, std::uint64_t)> on_bytes = [&](std::uint64_t, std::uint64_t) {
    client.CancelAll();
  };
  files_["/model.onnx"] = std::string(50'000'000, 'x');
  WriteCatalogue();
  const auto pulled = io_.RunUntilDone(PullPackage(client, runtime_, std::move(options), std::move(on_bytes)));
  ASSERT_FALSE(pulled);
  EXPECT_EQ(pulled.error().code(), Code::kCancelled) << ErrorOf(pulled);
  EXPECT_THAT(Inside(), IsEmpty());
}

}  // namespace
}  // namespace darkroom::cli
