#include "imaging/transform.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>

#include "base/json_writer.h"
#include "imaging/orient.h"
#include "imaging/test_pictures.h"

namespace darkroom::imaging {
namespace {

TransformList Parsed(std::string_view text) {
  Result<TransformList> list = ParseTransforms(text);
  EXPECT_TRUE(list) << text << ": " << list.error().message();
  return list ? *list : TransformList();
}

std::string ErrorOf(std::string_view text) {
  const Result<TransformList> list = ParseTransforms(text);
  return list ? "(none)" : list.error().message();
}

std::string Canonical(const TransformList& list) { return WriteJson(ToJson(list)); }

constexpr Size kPicture = {120, 80};

std::string Resolved(std::string_view text, std::uint64_t seed = 1, Size picture = kPicture) {
  const Result<TransformList> list = Resolve(Parsed(text), seed, picture);
  return list ? Canonical(*list) : list.error().message();
}

// Both spellings of every transform, and what is written for them.
struct Spelling {
  const char* text;
  const char* json;
  const char* canonical;  // nullptr: the JSON
};

constexpr Spelling kSpellings[] = {
    {"resize:256x128", R"([{"op":"resize","width":256,"height":128}])",
     R"([{"op":"resize","width":256,"height":128,"filter":"bilinear"}])"},
    {"resize:shorter=64:filter=bicubic", R"([{"op":"resize","shorter":64,"filter":"bicubic"}])", nullptr},
    {"crop:50x70:random", R"([{"op":"crop","width":50,"height":70,"at":"random"}])", nullptr},
    {"crop:50x70:center", R"([{"op":"crop","width":50,"height":70}])",
     R"([{"op":"crop","width":50,"height":70,"at":"centre"}])"},
    {"crop:5x7:x=0:y=3", R"([{"op":"crop","width":5,"height":7,"x":0,"y":3}])", nullptr},
    {"pad:8x4:reflect", R"([{"op":"pad","left":8,"top":4,"right":8,"bottom":4,"mode":"reflect"}])",
     R"([{"op":"pad","left":8,"top":4,"right":8,"bottom":4,"mode":"reflect","fill":"#000000"}])"},
    {"pad:3:fill=#FF8000", R"([{"op":"pad","left":3,"top":3,"right":3,"bottom":3,"fill":[255,128,0]}])",
     R"([{"op":"pad","left":3,"top":3,"right":3,"bottom":3,"mode":"color","fill":"#ff8000"}])"},
    {"flip:horizontal:p=0.5", R"([{"op":"flip","direction":"horizontal","p":0.5}])", nullptr},
    {"rotate:-10..10:expand=true", R"([{"op":"rotate","angle":[-10,10],"expand":true}])",
     R"([{"op":"rotate","angle":[-10,10],"expand":true,"filter":"bilinear","fill":"#000000"}])"},
    {"affine:angle=5:scale=0.9..1.1", R"([{"op":"affine","angle":5,"scale":[0.9,1.1]}])",
     R"([{"op":"affine","angle":5,"dx":0,"dy":0,"scale":[0.9,1.1],"shear_x":0,"shear_y":0,"filter":"bilinear",)"
     R"("fill":"#000000"}])"},
    {"perspective:0.3", R"([{"op":"perspective","distortion":0.3}])",
     R"([{"op":"perspective","distortion":0.3,"filter":"bilinear","fill":"#000000"}])"},
    {"perspective:corners=0.1/0/1/0/1/1/0/0.9",
     R"([{"op":"perspective","corners":[0.1,0,1,0,1,1,0,0.9],"filter":"bilinear","fill":"#000000"}])", nullptr},
    {"brightness:0.8..1.2", R"([{"op":"brightness","factor":[0.8,1.2]}])", nullptr},
    {"contrast:2", R"([{"op":"contrast","factor":2}])", nullptr},
    {"saturation:0", R"([{"op":"saturation","factor":0}])", nullptr},
    {"hue:-0.1..0.1", R"([{"op":"hue","shift":[-0.1,0.1]}])", nullptr},
    {"grayscale", R"([{"op":"grayscale"}])", nullptr},
    {"blur:1.5", R"([{"op":"blur","sigma":1.5}])", nullptr},
    {"sharpen:factor=2", R"([{"op":"sharpen","factor":2}])", nullptr},
    {"noise:8:seed=9007199254740991", R"([{"op":"noise","sigma":8,"seed":9007199254740991}])", nullptr},
    {"jpeg:40..90", R"([{"op":"jpeg","quality":[40,90]}])", nullptr},
    {"cutout:16x8:4:fill=#808080", R"([{"op":"cutout","width":16,"height":8,"count":4,"fill":"#808080"}])", nullptr},
    {"cutout:16x8:boxes=0/1/2/3",
     R"([{"op":"cutout","width":16,"height":8,"count":2,"fill":"#000000","boxes":[0,1,2,3]}])", nullptr},
    {" crop : 5x5 , flip : vertical ",
     R"([{"op":"crop","width":5,"height":5,"at":"centre"},{"op":"flip","direction":"vertical"}])", nullptr},
    {"", "[]", nullptr},
};

TEST(ParseTransforms, UnderstandsBothSpellings) {
  for (const Spelling& spelling : kSpellings) {
    const TransformList list = Parsed(spelling.text);
    EXPECT_EQ(list, Parsed(spelling.json)) << spelling.text;
    const std::string canonical = spelling.canonical ? spelling.canonical : spelling.json;
    EXPECT_EQ(Canonical(list), canonical);
    EXPECT_EQ(Parsed(canonical), list) << canonical;
  }
}

TEST(ParseTransforms, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(ErrorOf("flip:vertical,rotte:5"), "transform 2: there is no transform 'rotte'; did you mean 'rotate'?");
  EXPECT_EQ(ErrorOf("rotate:5:expnd=true"),
            "transform 1 (rotate): there is no key 'expnd' here; did you mean 'expand'?");
  EXPECT_EQ(ErrorOf("rotate:angel=5"), "transform 1 (rotate): there is no key 'angel' here; did you mean 'angle'?");
  EXPECT_EQ(ErrorOf("rotate:400"),
            "transform 1 (rotate): 'angle' must be a number from -360 to 360, or a range [least, most] of such; "
            "found 400");
  EXPECT_EQ(ErrorOf("rotate:10..-10"),
            "transform 1 (rotate): 'angle' must be a number from -360 to 360, or a range [least, most] of such; "
            "found [10,-10]");
  EXPECT_EQ(ErrorOf(R"([{"op":"flip","direction":1}])"),
            "transform 1 (flip): 'direction' must be 'horizontal' or 'vertical'; found 1");
  EXPECT_EQ(ErrorOf("resize:9x9:cubic"),
            "transform 1 (resize): 'filter' must be 'bilinear', 'bicubic' or 'nearest'; found \"cubic\"");
  EXPECT_EQ(ErrorOf("crop:50"), "transform 1 (crop): expected a size like 640x480; found '50'");
  EXPECT_EQ(ErrorOf("crop:0x5"), "transform 1 (crop): 'width' must be a whole number from 1 to 16384; found 0");
  EXPECT_EQ(ErrorOf("brightness"), "transform 1 (brightness): 'factor' is missing");
  EXPECT_EQ(ErrorOf("grayscale:1"), "transform 1 (grayscale): '1' needs a name, as in key=1");
  EXPECT_EQ(ErrorOf("blur:1:sigma=2"), "transform 1 (blur): 'sigma' stands there twice");
  EXPECT_EQ(ErrorOf("pad:right=1:8"), "transform 1 (pad): 'size' stands there twice");
  EXPECT_EQ(ErrorOf("crop:5x5,"), "transform 2: its name is missing");
  EXPECT_EQ(ErrorOf("pad:1:fill=red"),
            "transform 1 (pad): 'fill' must be a color like '#ff8000', or three whole numbers from 0 to 255; "
            "found \"red\"");
  EXPECT_EQ(ErrorOf(R"([3])"), "transform 1: expected an object like {\"op\":\"crop\",...}; found 3");
  EXPECT_EQ(ErrorOf("[{"), "transforms: not valid JSON at byte 2: incomplete JSON");
}

TEST(ParseTransforms, ChecksWhatBelongsTogether) {
  EXPECT_EQ(ErrorOf("resize:width=5"), "transform 1 (resize): needs 'width' and 'height', or 'shorter' alone");
  EXPECT_EQ(ErrorOf("resize:5x5:shorter=5"), "transform 1 (resize): needs 'width' and 'height', or 'shorter' alone");
  EXPECT_EQ(ErrorOf("crop:5x5:random:x=1:y=1"),
            "transform 1 (crop): needs 'at', or 'x' and 'y', not more and not less");
  EXPECT_EQ(ErrorOf("crop:5x5:x=1"), "transform 1 (crop): needs 'at', or 'x' and 'y', not more and not less");
  EXPECT_EQ(ErrorOf("perspective"), "transform 1 (perspective): needs either 'distortion' or 'corners'");
  EXPECT_EQ(ErrorOf("perspective:corners=0/0/1/0/0/1/1/1"),
            "transform 1 (perspective): 'corners' must go around a convex shape: left upper, right upper, right lower, "
            "left lower");
  EXPECT_EQ(ErrorOf("cutout:5x5:3:boxes=0/0"), "transform 1 (cutout): 'boxes' must hold x and y for each of 'count'");
}

TEST(ParseTransforms, SendsNormalisingToTheModel) {
  EXPECT_EQ(ErrorOf("normalize:mean=5"),
            "transform 1: a picture of 8 bits cannot be normalised; a model's 'mean' and 'scale' do that, in its "
            "model.toml");
}

TEST(ParseTransforms, IsBounded) {
  std::string many = "grayscale";
  for (int i = 1; i < kMaxTransforms; ++i) many += ",grayscale";
  EXPECT_EQ(Parsed(many).size(), 32u);
  EXPECT_EQ(ErrorOf(many + ",grayscale"), "more than 32 transforms");
  EXPECT_EQ(ParseTransforms(std::string(kMaxTransformText + 1, 'a')).error().code(), Code::kTooLarge);
  // What is quoted is short and printable, whatever came.
  EXPECT_TRUE(ErrorOf(std::string(1000, '\xff'))
                  .starts_with("transform 1: there is no transform '" + std::string(40, '?') + "...'"));
}

TEST(Resolve, DrawsTheSameFromTheSameSeed) {
  constexpr std::string_view kList =
      "crop:50x40:random,rotate:-10..10,brightness:0.5..1.5,perspective:0.4,noise:1..9,jpeg:10..90,cutout:5x5:3";
  EXPECT_EQ(Resolved(kList, 7), Resolved(kList, 7));
  EXPECT_NE(Resolved(kList, 7), Resolved(kList, 8));
}

// Recorded lists must mean the same in each version.
TEST(Resolve, DrawsWhatItAlwaysDrew) {
  EXPECT_EQ(Resolved("crop:50x40:random,rotate:-10..10,noise:4,jpeg:10..90,cutout:5x5:2", 42),
            R"([{"op":"crop","width":50,"height":40,"x":67,"y":19},)"
            R"({"op":"rotate","angle":-3.826749,"expand":false,"filter":"bilinear","fill":"#000000"},)"
            R"({"op":"noise","sigma":4,"seed":2372991398647579},{"op":"jpeg","quality":48},)"
            R"({"op":"cutout","width":5,"height":5,"count":2,"fill":"#000000","boxes":[16,26,18,20]}])");
}

TEST(Resolve, IsDoneOnce) {
  const TransformList list = Parsed(
      "resize:shorter=60,crop:50x40:random,rotate:-10..10:p=0.5,perspective:0.4,noise:1..9,jpeg:10..90,cutout:5x5:3");
  const TransformList resolved = *Resolve(list, 7, kPicture);
  EXPECT_EQ(*Resolve(resolved, 8, kPicture), resolved);
  EXPECT_EQ(Parsed(Canonical(resolved)), resolved);
}

TEST(Resolve, ChangesToOneTransformLeaveTheOthersDrawsAlone) {
  const std::string with = Resolved("rotate:5,crop:50x40:random", 3),
                    without = Resolved("blur:0..3,crop:50x40:random", 3);
  EXPECT_EQ(with.substr(with.find("crop")), without.substr(without.find("crop")));
}

TEST(Resolve, KeepsWhatWasNotMetWithProbabilityZero) {
  int met = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const TransformList list = *Resolve(Parsed("flip:horizontal:p=0.3"), seed, kPicture);
    ASSERT_EQ(list.size(), 1u);
    met += list[0].p == 1;
    ASSERT_TRUE(list[0].p == 0 || list[0].p == 1);
  }
  EXPECT_NEAR(met, 300, 45);
  EXPECT_EQ(Resolved("crop:999x999:p=0"), R"([{"op":"crop","width":999,"height":999,"at":"centre","p":0}])");
}

TEST(Resolve, FollowsTheSizeOfThePicture) {
  EXPECT_EQ(*SizeAfter(*Resolve(Parsed("resize:shorter=40,pad:3x2,crop:60x30"), 0, kPicture), kPicture),
            (Size{60, 30}));
  EXPECT_EQ(*SizeAfter(*Resolve(Parsed("resize:shorter=40,pad:3x2"), 0, kPicture), kPicture), (Size{66, 44}));
  EXPECT_EQ(*SizeAfter(*Resolve(Parsed("rotate:90:expand=true"), 0, kPicture), kPicture), (Size{80, 120}));
  EXPECT_EQ(Resolved("resize:50x50,crop:50x51"),
            "transform 2 (crop): a crop of 50×51 does not fit into a picture of 50×50 pixels");
  EXPECT_EQ(Resolved("crop:50x50:x=71:y=0"),
            "transform 1 (crop): a crop at 71, 0 of 50×50 does not fit into a picture of 120×80 pixels");
  EXPECT_EQ(Resolved("cutout:121x1"),
            "transform 1 (cutout): a cutout of 121×1 does not fit into a picture of 120×80 pixels");
}

TEST(Resolve, RefusesPicturesThatGetTooLarge) {
  EXPECT_EQ(Resolved("resize:16384x16384"),
            "transform 1 (resize): the picture would have 16384×16384 pixels; a side may have 16384, all together "
            "50000000");
  EXPECT_EQ(Resolve(Parsed("pad:16384"), 0, kPicture, {.max_pixels = std::numeric_limits<std::int64_t>::max()})
                .error()
                .code(),
            Code::kTooLarge);
  EXPECT_FALSE(Resolve(Parsed("resize:10x11"), 0, kPicture, {.max_pixels = 109}));
  EXPECT_TRUE(Resolve(Parsed("resize:10x11"), 0, kPicture, {.max_pixels = 110}));
  EXPECT_FALSE(Resolve(Parsed("resize:shorter=16384"), 0, {65'535, 1}));
  constexpr int kMost = std::numeric_limits<int>::max();
  EXPECT_FALSE(Resolve(Parsed("pad:9,rotate:9:expand=true"), 0, {kMost, kMost}));
  EXPECT_TRUE(Resolve(Parsed("resize:9x9"), 0, {65'535, 65'535}));
}

TEST(Resolve, RefusesValuesThatNoParserLetThrough) {
  EXPECT_FALSE(Resolve({{.op = Blur{.sigma = {std::numeric_limits<double>::quiet_NaN(), 0}}}}, 0, kPicture));
  EXPECT_FALSE(Resolve({{.op = Crop{.width = -5, .height = 1}}}, 0, kPicture));
  EXPECT_FALSE(Resolve({{.op = Pad{.left = -5}}}, 0, kPicture));
  EXPECT_FALSE(Resolve({{.op = Flip{.direction = static_cast<Axis>(7)}}}, 0, kPicture));
  EXPECT_FALSE(Resolve(TransformList(33, {.op = Grayscale{}}), 0, kPicture));
}

TEST(Apply, DoesOneAfterTheOther) {
  const TransformList list = *Resolve(Parsed("resize:60x40,crop:20x10:x=3:y=4,flip:vertical"), 0, kPicture);
  const Image image = *Apply(Pattern(120, 80), list);
  const Image scaled = *Resample(Pattern(120, 80), {60, 40}, Filter::kBilinear);
  ASSERT_EQ(image.width(), 20);
  ASSERT_EQ(image.height(), 10);
  for (int y = 0; y < 10; ++y) EXPECT_EQ(std::memcmp(image.row(y), scaled.row(13 - y) + 9, 60), 0);
}

TEST(Apply, RepeatsItself) {
  const TransformList list = *Resolve(
      Parsed(
          "rotate:-20..20,affine:angle=0..9:dx=0..0.1,perspective:0.4,hue:-0.2..0.2,noise:0..9,jpeg:30..90,blur:0..2"),
      5, kPicture);
  EXPECT_EQ(LargestDifference(*Apply(Pattern(120, 80), list), *Apply(Pattern(120, 80), list)), 0);
  EXPECT_GT(LargestDifference(*Apply(Pattern(120, 80), list), Pattern(120, 80)), 100);
}

TEST(Apply, DoesNotCastDice) {
  for (const char* text : {"crop:5x5", "flip:vertical:p=0.5", "noise:3", "rotate:1..2", "resize:shorter=5"}) {
    const Result<Image> image = Apply(Pattern(20, 20), Parsed(text));
    ASSERT_FALSE(image) << text;
    EXPECT_EQ(image.error().code(), Code::kInvalid);
  }
  // Resolved, but for another picture.
  EXPECT_FALSE(Apply(Pattern(20, 20), *Resolve(Parsed("crop:50x40"), 0, kPicture)));
}

TEST(Apply, TakesThreeChannels) { EXPECT_FALSE(Apply(Pattern(4, 4, 4), {})); }

TEST(Apply, SurvivesThePictureOfOnePixel) {
  for (const char* text :
       {"resize:3x3:bicubic", "pad:2:reflect", "rotate:33:expand=true", "affine:scale=20", "blur:9", "sharpen:9",
        "perspective:0.6", "jpeg:1", "cutout:1x1:64", "contrast:3", "noise:9", "hue:0.2"}) {
    const Result<TransformList> list = Resolve(Parsed(text), 1, {1, 1});
    ASSERT_TRUE(list) << text;
    EXPECT_TRUE(Apply(Pattern(1, 1), *list)) << text;
  }
}

}  // namespace
}  // namespace darkroom::imaging
