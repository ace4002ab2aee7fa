// How many jobs a worker holds leases on. Too few and its cores wait for the network between short jobs; too many and
// long jobs wait in one worker while another stands idle.
#pragma once

#include "base/time.h"

namespace darkroom::worker {

// At least one more than the lanes, so that the next picture is there when a lane is free, and as many as the lanes
// work off in about 100 ms: nothing waits longer in a worker's hands than that, while small jobs come in whole batches.
// `mean_run` is the measured time of a run, zero when not known yet. At most 64.
int DecidePrefetch(int lanes, Duration mean_run);

// How many of `prefetch` a worker lets go before it receives again: half of them, so that a call brings several
// messages and the lanes have the other half to go on with meanwhile. At least 1.
int DecideRefill(int prefetch);

// Mean of the last some runs: an exponentially weighted average with weight 1/8 (as RFC 6298 smooths round trips).
class MeanRun {
 public:
  void Add(Duration run) { mean_ = known_ ? mean_ + (run - mean_) / 8 : run, known_ = true; }
  Duration mean() const { return mean_; }

 private:
  Duration mean_{0};
  bool known_ = false;
};

}  // namespace darkroom::worker
