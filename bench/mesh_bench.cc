// Microbenchmarks of what becomes of a grid of probabilities: a chair of 32³ and of 64³ voxels to surface, file and
// picture.
#include <benchmark/benchmark.h>

#include "mesh/binvox.h"
#include "mesh/glb.h"
#include "mesh/preview.h"
#include "mesh/specks.h"
#include "mesh/surface.h"
#include "mesh/test_solids.h"

namespace darkroom::mesh {
namespace {

Voxels ChairOf(const benchmark::State& state) { return Chair(static_cast<int>(state.range(0))); }

void BM_Specks(benchmark::State& state) {
  const Voxels chair = ChairOf(state);
  for (auto _ : state) {
    Voxels voxels = chair;
    benchmark::DoNotOptimize(RemoveSpecks(voxels, 0.5f, 0.02f));
  }
}
BENCHMARK(BM_Specks)->Arg(32)->Arg(64)->Unit(benchmark::kMillisecond);

void BM_Surface(benchmark::State& state) {
  const Voxels chair = ChairOf(state);
  std::size_t triangles = 0;
  for (auto _ : state) {
    auto mesh = Surface(chair, {});
    triangles = mesh->triangles.size();
    benchmark::DoNotOptimize(mesh);
  }
  state.counters["triangles"] = static_cast<double>(triangles);
}
BENCHMARK(BM_Surface)->Arg(32)->Arg(64)->Unit(benchmark::kMillisecond);

void BM_Glb(benchmark::State& state) {
  const Mesh mesh = *Surface(ChairOf(state), {});
  for (auto _ : state) benchmark::DoNotOptimize(WriteGlb(mesh));
}
BENCHMARK(BM_Glb)->Arg(32)->Arg(64)->Unit(benchmark::kMillisecond);

void BM_Binvox(benchmark::State& state) {
  const Voxels chair = ChairOf(state);
  for (auto _ : state) benchmark::DoNotOptimize(WriteBinvox(chair, 0.5f, {}));
}
BENCHMARK(BM_Binvox)->Arg(32)->Arg(64)->Unit(benchmark::kMillisecond);

// A picture of 512×512.
void BM_Preview(benchmark::State& state) {
  const Mesh mesh = *Surface(ChairOf(state), {});
  for (auto _ : state) benchmark::DoNotOptimize(Preview(mesh));
}
BENCHMARK(BM_Preview)->Arg(32)->Arg(64)->Unit(benchmark::kMillisecond);

// Surface, .glb and picture, as for a job.
void BM_All(benchmark::State& state) {
  const Voxels chair = ChairOf(state);
  for (auto _ : state) {
    Voxels voxels = chair;
    RemoveSpecks(voxels, 0.5f, 0.02f);
    const Mesh mesh = *Surface(voxels, {});
    benchmark::DoNotOptimize(WriteGlb(mesh));
    benchmark::DoNotOptimize(Preview(mesh));
  }
}
BENCHMARK(BM_All)->Arg(32)->Arg(64)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace darkroom::mesh

BENCHMARK_MAIN();
