// MessageGroups: which of a queue's groups (ports/queue.h) is served next, and the counts of each, kept in the
// transaction that changes their messages.
//
// Start-time fair queueing (Goyal, Vin, Cheng: https://doi.org/10.1145/248156.248171) of the consumers' time. A message
// costs as long as its consumer holds it, from receive to ack. A group's `turn` is where it stands in time so shared:
// the smallest is served, and goes on by what its messages cost in the mean. A group that begins to wait starts where
// the one served last stood: before all that have a backlog, and without a claim on times when it had nothing to do.
// What the messages of a new group cost nobody knows: each is taken for a long one, and the first ack gives back what
// was too much. So the first of it is served at once, and a flood of it does not take all consumers before it is known.
//
// Life: one step of a transaction; Save ends it. Before, nothing is written but new groups. Threads: the writer's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/time.h"
#include "embedded/sqlite.h"

namespace darkroom::embedded {

inline constexpr Duration kUnknownCost = 30s;
// What was held for longer says little of the next, and for less too: one that costs nothing would go before all.
inline constexpr Duration kLongestCost = 10min;
inline constexpr Duration kShortestCost = 1ms;

struct Group {
  std::int64_t id = 0;
  std::int64_t queue = 0;
  std::string name;  // empty: the messages of no group, which together are one more
  std::int64_t visible = 0, in_flight = 0, delayed = 0;
  Duration turn{0};
  Duration cost{0};  // mean of what its messages cost; zero: none was acked yet
  bool operator==(const Group&) const = default;

  bool empty() const { return visible + in_flight + delayed == 0; }
};

// `messages` of the group are handed out.
void Charge(Group& group, int messages);
// One that is in flight is acked, after it was held for so long.
void Learn(Group& group, Duration held);
// How many of `first` go before the first of `second`: at least 1, at most `most`.
int RunBefore(const Group& first, const Group& second, int most);

class MessageGroups {
 public:
  explicit MessageGroups(Connection& connection) : db_(connection) {}

  // References hold until Save. Of a name that is new a group is made.
  Group& Named(std::int64_t queue, const std::string& name);
  Group& Of(std::int64_t id);

  struct Turn {
    std::int64_t group = 0;
    int messages = 0;  // that go before those of any other group, up to `most`
  };
  // nullopt: no message is visible. Saves what has changed.
  std::optional<Turn> Next(std::int64_t queue, int most);

  // Groups without messages go, but for the one without name: a queue that uses no groups keeps it.
  void Save();

 private:
  struct Held {
    Group now, saved;
  };
  Group& Hold(Group group);

  Connection& db_;
  std::map<std::int64_t, Held> held_;
  std::map<std::pair<std::int64_t, std::string>, std::int64_t> ids_;  // of those held, by queue and name
};

}  // namespace darkroom::embedded
