// How many jobs a worker takes into its hands. Too few and its cores wait for the network between short jobs; too many
// and jobs wait in one worker while another stands idle, short ones of one model behind long ones of another.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace darkroom::worker {

inline constexpr Duration kHold = 100ms;   // a job may wait for a lane for so long
inline constexpr Duration kForever = 12h;  // of a job that may take any time
inline constexpr int kMostHeld = 64;

// What a worker has learned of how long runs take, by model: a mean of the last some runs, exponentially weighted by
// 1/8 (as RFC 6298 smooths round trips).
class RunTimes {
 public:
  void Add(const std::string& model, Duration run, Time now);
  // kForever when it never ran here.
  Duration Of(const std::string& model) const;
  // The longest of the models that ran within the last ten minutes; kForever when none did. A job to come may be of any
  // of them.
  Duration Slowest(Time now) const;

 private:
  struct Known {
    Duration mean{0};
    Time last;
  };
  std::map<std::string, Known> known_;
};

// What is left of a run after `elapsed`. One that overstays its mean may go on for as long again as it has overstayed.
Duration RestOf(Duration mean, Duration elapsed);

struct Room {
  int jobs = 0;         // how many more will begin within kHold, up to kMostHeld
  Duration next_in{0};  // when there are none: how long until there is one, should the lanes go on as expected
};
// `lanes`: how long each is busy yet; `waiting`: how long what waits for one will take, in its order; `next`: how long
// each of the jobs to come. None of them is long: the kForever of an unknown one fills its lane.
Room DecideRoom(std::vector<Duration> lanes, const std::vector<Duration>& waiting, Duration next);

// How many of `room`, what a worker with nothing to do would take, it lets go before it receives again: half of them,
// so that a call brings several messages and the lanes have the other half to go on with meanwhile. At least 1.
int DecideRefill(int room);

}  // namespace darkroom::worker
