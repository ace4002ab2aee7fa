// Microbenchmarks of what a worker does to a picture before the network sees it: 1280×720 to 224×224.
#include <benchmark/benchmark.h>
#include <jpeglib.h>

#include <cmath>
#include <cstdlib>
#include <string>

#include "imaging/decode.h"
#include "imaging/resample.h"

namespace darkroom::imaging {
namespace {

constexpr Size kSource = {1280, 720};

// Smooth shapes with some grain: compresses to about as much as a photograph.
Image Picture() {
  Image image = *Image::Allocate(kSource.width, kSource.height, 3);
  std::uint32_t noise = 1;
  for (int y = 0; y < kSource.height; ++y) {
    std::uint8_t* to = image.row(y);
    for (int i = 0; i < kSource.width * 3; ++i) {
      noise = noise * 1664525 + 1013904223;
      to[i] = static_cast<std::uint8_t>(128 + 100 * std::sin(i * 0.01) * std::cos(y * 0.02) + (noise >> 28));
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

}  // namespace
}  // namespace darkroom::imaging

BENCHMARK_MAIN();
