// The names of queues and buckets that the tiers share.
#pragma once

#include <string>
#include <string_view>

#include "domain/job.h"

namespace darkroom::cli {

inline constexpr std::string_view kResults = "results";
inline constexpr std::string_view kDeadRequests = "requests-dead";
inline constexpr std::string_view kInputBucket = "darkroom-input";
inline constexpr std::string_view kOutputBucket = "darkroom-output";

// Of a worker on this machine (worker/lane_record.h).
inline std::string LaneRecordPath(const std::string& folder, const std::string& worker) {
  return folder + "/" + worker + ".lanes";
}

inline std::string RequestQueueName(Priority priority) { return "requests-" + std::string(Name(priority)); }

}  // namespace darkroom::cli
