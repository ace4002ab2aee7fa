// The states of a fleet's members in the words of the API.
#pragma once

#include <array>
#include <string_view>

#include "ports/fleet.h"

namespace darkroom::web {

inline constexpr std::array kMemberStates{MemberState::kStarting, MemberState::kReady, MemberState::kDraining};

constexpr std::string_view Name(MemberState state) {
  constexpr std::array<std::string_view, kMemberStates.size()> kNames{"starting", "ready", "draining"};
  return kNames[std::size_t(state)];
}

}  // namespace darkroom::web
