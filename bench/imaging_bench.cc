// What a worker does to a picture before the network sees it: microbenchmarks with 1280×720 pixels, and then with
// 500×375 the two bars of docs/performance.md, whose parts are measured in turns, so that they share the machine's
// moods.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <jpeglib.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "imaging/decode.h"
#include "imaging/resample.h"
#include "model/preprocess.h"

namespace darkroom::imaging {
namespace {

constexpr Size kSource = {1280, 720};
constexpr Size kSmall = {500, 375};

// Smooth shapes with some grain, the more the lower `grain`: compresses to about as much as a photograph.
Image Picture(Size size = kSource, int grain = 28) {
  Image image = *Image::Allocate(size.width, size.height, 3);
  std::uint32_t noise = 1;
  for (int y = 0; y < size.height; ++y) {
    std::uint8_t* to = image.row(y);
    for (int i = 0; i < size.width * 3; ++i) {
      noise = noise * 1664525 + 1013904223;
      to[i] = static_cast<std::uint8_t>(128 + 95 * std::sin(i * 0.01) * std::cos(y * 0.02) + (noise >> grain));
    }
  }
  return image;
}

std::string Jpeg(Image image) {
  jpeg_compress_struct jpeg = {};
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &out, &size);
  jpeg.image_width = static_cast<JDIMENSION>(image.width());
  jpeg.image_height = static_cast<JDIMENSION>(image.height());
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, 85, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  for (int y = 0; y < image.height(); ++y) {
    JSAMPROW row = image.row(y);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  std::string bytes(reinterpret_cast<char*>(out), size);
  jpeg_destroy_compress(&jpeg);
  std::free(out);
  return bytes;
}

void BM_Probe(benchmark::State& state) {
  const std::string bytes = Jpeg(Picture());
  for (auto _ : state) benchmark::DoNotOptimize(Probe(bytes));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(BM_Probe)->Unit(benchmark::kMicrosecond);

void BM_DecodeJpeg(benchmark::State& state) {
  const std::string bytes = Jpeg(Picture());
  for (auto _ : state) benchmark::DoNotOptimize(Decode(bytes));
}
BENCHMARK(BM_DecodeJpeg)->Unit(benchmark::kMillisecond);

void ShorterAndCrop(benchmark::State& state, Filter filter) {
  const Image image = Picture();
  const Size size = ShorterSideTo(kSource, 256);
  for (auto _ : state) benchmark::DoNotOptimize(ResampleCrop(image, size, CentreOf(size, {224, 224}), filter));
}
void BM_Bilinear(benchmark::State& state) { ShorterAndCrop(state, Filter::kBilinear); }
void BM_Bicubic(benchmark::State& state) { ShorterAndCrop(state, Filter::kBicubic); }
BENCHMARK(BM_Bilinear)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Bicubic)->Unit(benchmark::kMillisecond);

// To a picture decoded in full by libjpeg-turbo and nothing else.
void DecodeAlone(const std::string& bytes) {
  jpeg_decompress_struct jpeg = {};
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  jpeg.out_color_space = JCS_RGB;
  jpeg_start_decompress(&jpeg);
  Image image = *Image::Allocate(static_cast<int>(jpeg.output_width), static_cast<int>(jpeg.output_height), 3);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = image.row(static_cast<int>(jpeg.output_scanline));
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  benchmark::DoNotOptimize(image.data());
}

// CPU time of this thread: what others run meanwhile is not counted.
double Microseconds(const std::function<void()>& run) {
  auto now = [] {
    timespec time = {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
  };
  const double begin = now();
  run();
  return now() - begin;
}

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + std::ssize(values) / 2, values.end());
  return values[values.size() / 2];
}

struct Bar {
  const char* what;
  model::PreprocessSpec spec;
};

// The usual normalisation into NCHW floats.
model::PreprocessSpec SpecOf(model::Resize resize, Filter filter) {
  return {.resize = resize,
          .resize_to = 256,
          .filter = filter,
          .mean = {123.675F, 116.28F, 103.53F},
          .scale = {0.0171F, 0.0175F, 0.0174F}};
}

void MeasureBars(Size size, int grain, int rounds) {
  const model::InputSpec input = {
      .name = "", .layout = model::Layout::kNchw, .type = model::ElementType::kFloat32, .width = 224, .height = 224};
  const std::string bytes = Jpeg(Picture(size, grain));
  const Image image = *Decode(bytes);
  std::vector<float> tensor(static_cast<std::size_t>(224) * 224 * 3);
  const std::span<std::byte> to = std::as_writable_bytes(std::span(tensor));
  for (const Bar& bar :
       {Bar{"shorter side to 256, middle, bilinear", SpecOf(model::Resize::kShorter, Filter::kBilinear)},
        Bar{"stretched, bilinear", SpecOf(model::Resize::kStretch, Filter::kBilinear)},
        Bar{"shorter side to 256, middle, bicubic", SpecOf(model::Resize::kShorter, Filter::kBicubic)}}) {
    std::vector<double> alone, preprocess, whole;
    for (int round = 0; round < rounds; ++round) {
      alone.push_back(Microseconds([&] { DecodeAlone(bytes); }));
      for (int i = 0; i < 5; ++i) {
        preprocess.push_back(Microseconds([&] { (void)model::Preprocess(image, input, bar.spec, to); }));
      }
      whole.push_back(Microseconds([&] {
        const Image decoded = *Decode(bytes, {.shrink_to = model::ShrunkSize(size, input, bar.spec)});
        (void)model::Preprocess(decoded, input, bar.spec, to);
      }));
    }
    fmt::print(
        "{}x{} ({} kB) to 224x224, {}: preprocess {:.0f} us; decode and preprocess {:.0f} us, {:.2f} of "
        "libjpeg-turbo's full-size decode, {:.0f} us\n",
        size.width, size.height, bytes.size() / 1000, bar.what, Median(preprocess), Median(whole),
        Median(whole) / Median(alone), Median(alone));
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace darkroom::imaging

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  fmt::print("\nMedians of CPU time, runs in turns; the bars are 150 us and 1.10 for 500x375:\n");
  darkroom::imaging::MeasureBars(darkroom::imaging::kSmall, 26, 501);
  darkroom::imaging::MeasureBars({4032, 3024}, 28, 5);
}
