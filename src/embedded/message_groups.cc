#include "embedded/message_groups.h"

#include <algorithm>

namespace darkroom::embedded {
namespace {

constexpr int kWeight = 8;  // of what is known, against one new message

#define DARKROOM_GROUP "id, queue, name, visible, in_flight, delayed, turn, cost"

Group Read(const Query& query) {
  Group group;
  group.id = query.Int(0);
  group.queue = query.Int(1);
  group.name = query.Text(2);
  group.visible = query.Int(3);
  group.in_flight = query.Int(4);
  group.delayed = query.Int(5);
  group.turn = Duration(query.Int(6));
  group.cost = Duration(query.Int(7));
  return group;
}

Duration CostOf(const Group& group) { return group.cost > Duration(0) ? group.cost : kUnknownCost; }

}  // namespace

void Charge(Group& group, int messages) { group.turn += messages * CostOf(group); }

void Learn(Group& group, Duration held) {
  held = std::clamp(held, kShortestCost, kLongestCost);
  if (group.cost > Duration(0)) {
    group.cost = std::max(group.cost + (held - group.cost) / kWeight, kShortestCost);
  } else {
    group.turn += group.in_flight * (held - kUnknownCost);
    group.cost = held;
  }
}

int RunBefore(const Group& first, const Group& second, int most) {
  const Duration lead = second.turn - first.turn;
  // Rounded up: at the same turn the other goes.
  const auto run = (lead + CostOf(first) - Duration(1)) / CostOf(first);
  return int(std::clamp<std::int64_t>(run, 1, most));
}

Group& MessageGroups::Hold(Group group) {
  ids_[{group.queue, group.name}] = group.id;
  Held& held = held_[group.id];
  held.saved = group;
  held.now = std::move(group);
  return held.now;
}

Group& MessageGroups::Named(std::int64_t queue, const std::string& name) {
  if (const auto known = ids_.find({queue, name}); known != ids_.end()) return held_[known->second].now;
  Group group;
  {
    Query query = db_.Run("SELECT " DARKROOM_GROUP " FROM message_group WHERE queue = ?1 AND name = ?2", queue, name);
    if (query.Next()) group = Read(query);
  }
  if (group.id == 0) {
    db_.Exec("INSERT INTO message_group (queue, name) VALUES (?1, ?2)", queue, name);
    group.id = db_.last_insert_rowid();
    group.queue = queue;
    group.name = name;
  }
  return Hold(std::move(group));
}

Group& MessageGroups::Of(std::int64_t id) {
  if (const auto known = held_.find(id); known != held_.end()) return known->second.now;
  Group group;
  group.id = id;
  Query query = db_.Run("SELECT " DARKROOM_GROUP " FROM message_group WHERE id = ?1", id);
  if (query.Next()) group = Read(query);
  return Hold(std::move(group));
}

std::optional<MessageGroups::Turn> MessageGroups::Next(std::int64_t queue, int most) {
  Save();
  Group first, second;
  bool contested = false;
  {
    Query query = db_.Run("SELECT " DARKROOM_GROUP
                          " FROM message_group INDEXED BY message_group_waiting "
                          "WHERE queue = ?1 AND visible > 0 ORDER BY turn, id LIMIT 2",
                          queue);
    if (!query.Next()) return std::nullopt;
    first = Read(query);
    contested = query.Next();
    if (contested) second = Read(query);
  }
  const Turn turn{first.id, contested ? RunBefore(first, second, most) : most};
  Hold(std::move(first));
  return turn;
}

void MessageGroups::Save() {
  for (const auto& [id, held] : held_) {
    const Group& group = held.now;
    if (group == held.saved) continue;
    if (group.empty() && !group.name.empty()) {
      db_.Exec("DELETE FROM message_group WHERE id = ?1", id);
    } else {
      db_.Exec(
          "UPDATE message_group SET visible = ?2, in_flight = ?3, delayed = ?4, turn = ?5, cost = ?6 WHERE id = ?1", id,
          group.visible, group.in_flight, group.delayed, group.turn, group.cost);
    }
  }
  held_.clear();
  ids_.clear();
}

}  // namespace darkroom::embedded
