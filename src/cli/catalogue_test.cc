#include "cli/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace darkroom::cli {
namespace {

using testing::HasSubstr;

const std::string kDigest(64, 'a');

std::string Toml(const std::string& files) { return "[[model]]\nname = \"street\"\nversion = \"2\"\n" + files; }
std::string File(const std::string& path, const std::string& url = "https://h/f") {
  return "[[model.file]]\npath = \"" + path + "\"\nurl = \"" + url + "\"\nsha256 = \"" + kDigest + "\"\nsize = 7\n";
}
std::string ErrorOf(const std::string& text, std::string_view where = "catalogue.toml") {
  const auto models = ParseCatalogue(text, where);
  return models ? "" : models.error().message();
}

TEST(Catalogue, IsTomlOrJson) {
  const std::string json = R"({"model": [{"name": "street", "version": "2", "file": [
      {"path": "model.toml", "url": "https://h/f", "sha256": ")" +
                           kDigest + R"(", "size": 7}]}]})";
  for (const std::string& text : {Toml(File("model.toml")), json}) {
    const auto models = ParseCatalogue(text, "catalogue");
    ASSERT_TRUE(models) << models.error().message();
    ASSERT_EQ(models->size(), 1u);
    EXPECT_EQ(models->at(0).name, "street");
    EXPECT_EQ(models->at(0).version, "2");
    ASSERT_EQ(models->at(0).files.size(), 1u);
    EXPECT_EQ(models->at(0).files[0].path, "model.toml");
    EXPECT_EQ(models->at(0).files[0].sha256, kDigest);
    EXPECT_EQ(models->at(0).size(), 7u);
  }
}

TEST(Catalogue, NamesModelFileAndWhatWasExpected) {
  const std::string good = File("model.toml");
  EXPECT_THAT(ErrorOf("x ="), HasSubstr("catalogue.toml: line 1: "));
  EXPECT_THAT(ErrorOf("{"), HasSubstr("catalogue.toml: "));
  EXPECT_THAT(ErrorOf(""), HasSubstr("model: expected one or more [[model]], found nothing"));
  EXPECT_THAT(ErrorOf("[[model]]\nversion = \"1\"\n"), HasSubstr("model 1: name: expected text, found nothing"));
  EXPECT_THAT(ErrorOf("[[model]]\nname = \"a\"\nversion = 1\n"), HasSubstr("model 1: version: expected text, found 1"));
  EXPECT_THAT(ErrorOf(Toml("")), HasSubstr("model 1: file: expected one or more [[file]]"));
  EXPECT_THAT(ErrorOf(Toml(File("model.onnx"))), HasSubstr("model 1: file: expected model.toml among them"));
  EXPECT_THAT(ErrorOf(Toml(good + good)), HasSubstr("file 2: path: \"model.toml\" is there a second time"));
  EXPECT_THAT(ErrorOf(Toml(good) + "sha = 1\n"),
              HasSubstr("file 1: sha: expected only path, url, sha256, size, found 1"));
  EXPECT_THAT(ErrorOf(Toml(File("model.toml", "ftp://h/f"))), HasSubstr("url: expected an address of http or https"));
  EXPECT_THAT(ErrorOf(Toml(File("model.toml", "f"))), HasSubstr("url: expected an address of http or https"))
      << "relative to a file there is no address";
  std::string text = Toml(good);
  text.replace(text.find(kDigest), 64, std::string(63, 'a') + "g");
  EXPECT_THAT(ErrorOf(text), HasSubstr("file 1: sha256: expected 64 hex digits"));
  text = Toml(good);
  text.replace(text.find("size = 7"), 8, "size = -7");
  EXPECT_THAT(ErrorOf(text), HasSubstr("file 1: size: expected a number of bytes, found -7"));
}

TEST(Catalogue, HasNoFileOutsideOfThePackage) {
  for (const char* path :
       {"../model.toml", "/etc/passwd", "a/b/c", "a/../b", ".hidden", "a/.b", "", "a b", "a/", "c:x"}) {
    EXPECT_THAT(ErrorOf(Toml(File("model.toml") + File(path))),
                HasSubstr("file 2: path: expected a file of the package"))
        << path;
  }
  EXPECT_EQ(ErrorOf(Toml(File("model.toml") + File("samples/chair_1.jpg"))), "");
}

TEST(Catalogue, FindsTheNewestOrTheOneThatIsNamed) {
  std::vector<CatalogueModel> models(3);
  models[0] = {.name = "street", .version = "9", .description = "", .files = {}};
  models[1] = {.name = "street", .version = "10", .description = "", .files = {}};
  models[2] = {.name = "road", .version = "1", .description = "", .files = {}};
  EXPECT_EQ(FindInCatalogue(models, "street")->version, "10");
  EXPECT_EQ(FindInCatalogue(models, "street@9")->version, "9");
  const auto none = FindInCatalogue(models, "street@11");
  EXPECT_EQ(none.error().code(), Code::kNotFound);
  EXPECT_EQ(none.error().message(), "the catalogue has no 'street@11'; it has street@9, street@10, road@1");
}

TEST(ResolveUrl, IsRelativeToThePage) {
  EXPECT_EQ(ResolveUrl("https://h/a/b.toml?token=1", "c.onnx"), "https://h/a/c.onnx");
  EXPECT_EQ(ResolveUrl("https://h", "c.onnx"), "https://h/c.onnx");
  EXPECT_EQ(ResolveUrl("https://h:1/a/b", "/c/d"), "https://h:1/c/d");
  EXPECT_EQ(ResolveUrl("https://h/a", "//i/c"), "https://i/c");
  EXPECT_EQ(ResolveUrl("https://h/a", "http://i/c?x"), "http://i/c?x");
  for (const char* wrong : {"", "ftp://h/x", "file:///etc/passwd", "a b", "a\nb"}) {
    EXPECT_EQ(ResolveUrl("https://h/a", wrong), "") << wrong;
  }
  EXPECT_EQ(ResolveUrl("folder/catalogue.toml", "c.onnx"), "");
}

}  // namespace
}  // namespace darkroom::cli
