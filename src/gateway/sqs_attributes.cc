#include "gateway/sqs_attributes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/json.h"

namespace darkroom::gateway {
namespace {

constexpr std::string_view kAccount = "000000000000";
constexpr std::int64_t kMaxReceives = 1000;

std::unexpected<wire::AwsError> InvalidValue(std::string_view name) {
  return Refuse(400, "InvalidAttributeValue", fmt::format("Invalid value for the parameter {}.", name));
}

std::optional<std::int64_t> Number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string SecondsText(Duration d) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(d).count());
}

// {"deadLetterTargetArn":"arn:…","maxReceiveCount":4}, the count as a number or a string; empty text clears it.
AwsResult<QueueConfig> ApplyRedrivePolicy(QueueConfig config, std::string_view text) {
  config.dead_letter_queue.clear();
  config.max_receives = 0;
  if (text.empty()) return config;
  const auto policy = ParseJsonObject(text);
  if (!policy) return InvalidValue("RedrivePolicy");
  const json::value* arn = policy->if_contains("deadLetterTargetArn");
  const json::value* count = policy->if_contains("maxReceiveCount");
  if (arn == nullptr || !arn->is_string() || count == nullptr) return InvalidValue("RedrivePolicy");
  std::optional<std::int64_t> receives;
  if (count->is_int64()) receives = count->get_int64();
  if (count->is_string()) receives = Number(count->get_string());
  config.dead_letter_queue = QueueOfArn(arn->get_string());
  if (config.dead_letter_queue.empty() || !receives || *receives < 1 || *receives > kMaxReceives) {
    return InvalidValue("RedrivePolicy");
  }
  config.max_receives = int(*receives);
  return config;
}

struct DurationAttribute {
  std::string_view name;
  Duration QueueConfig::* member;
  Duration least, most;
};
constexpr DurationAttribute kDurations[] = {
    {"VisibilityTimeout", &QueueConfig::visibility, 0s, kMaxVisibility},
    {"DelaySeconds", &QueueConfig::delay, 0s, kMaxDelay},
    {"ReceiveMessageWaitTimeSeconds", &QueueConfig::wait, 0s, kMaxWait},
    {"MessageRetentionPeriod", &QueueConfig::retention, 60s, 14 * 24h},
};

}  // namespace

std::string QueueArn(std::string_view region, std::string_view queue) {
  return fmt::format("arn:aws:sqs:{}:{}:{}", region, kAccount, queue);
}

std::string QueueOfArn(std::string_view arn) {
  const std::string name(arn.substr(arn.rfind(':') + 1));
  return arn.starts_with("arn:aws:sqs:") && IsQueueName(name) ? name : "";
}

AwsResult<QueueConfig> ApplyAttributes(QueueConfig config, const AttributeMap& attributes) {
  for (const auto& [name, value] : attributes) {
    const auto* duration = std::find_if(std::begin(kDurations), std::end(kDurations),
                                        [&](const DurationAttribute& known) { return known.name == name; });
    if (duration != std::end(kDurations)) {
      const auto seconds = Number(value);
      if (!seconds || *seconds < 0 || *seconds > 14 * 24 * 3600) return InvalidValue(name);
      const Duration given = std::chrono::seconds(*seconds);
      if (given < duration->least || given > duration->most) return InvalidValue(name);
      config.*(duration->member) = given;
    } else if (name == "RedrivePolicy") {
      auto applied = ApplyRedrivePolicy(std::move(config), value);
      if (!applied) return applied;
      config = std::move(*applied);
    } else if (name == "MaximumMessageSize") {
      // Taken by AWS from 1 KiB up; here it is what it is.
      if (Number(value) != std::int64_t(kMaxMessageBytes)) return InvalidValue(name);
    } else {
      return Refuse(400, "InvalidAttributeName", fmt::format("The attribute {} is not served here.", name));
    }
  }
  return config;
}

AwsResult<AttributeMap> ListAttributes(const GetQueueAttributes& request, std::string_view region,
                                       const QueueConfig& config, const QueueStats& stats) {
  AttributeMap all{{"QueueArn", QueueArn(region, request.queue)},
                   {"MaximumMessageSize", std::to_string(kMaxMessageBytes)},
                   {"ApproximateNumberOfMessages", std::to_string(stats.visible)},
                   {"ApproximateNumberOfMessagesNotVisible", std::to_string(stats.in_flight)},
                   {"ApproximateNumberOfMessagesDelayed", std::to_string(stats.delayed)}};
  for (const DurationAttribute& known : kDurations) all.emplace(known.name, SecondsText(config.*(known.member)));
  if (!config.dead_letter_queue.empty()) {
    json::object policy;
    policy["deadLetterTargetArn"] = QueueArn(region, config.dead_letter_queue);
    policy["maxReceiveCount"] = config.max_receives;
    all.emplace("RedrivePolicy", json::serialize(policy));
  }
  // SQS has this as a CloudWatch metric alone; our client asks for it by name.
  if (stats.oldest_age) all.emplace("DarkroomOldestMessageAge", SecondsText(*stats.oldest_age));

  AttributeMap wanted;
  for (const std::string& name : request.names) {
    if (name == "All") return all;
    if (const auto found = all.find(name); found != all.end()) {
      wanted.insert(*found);
    } else if (name != "RedrivePolicy" && name != "DarkroomOldestMessageAge" && name != "Policy" &&
               name != "CreatedTimestamp" && name != "LastModifiedTimestamp") {
      return Refuse(400, "InvalidAttributeName", fmt::format("Unknown Attribute {}.", name));
    }
  }
  return wanted;
}

}  // namespace darkroom::gateway
