// SQS's JSON requests. Input: the operation in the first line, then the body.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "gateway/sqs_attributes.h"
#include "gateway/sqs_request.h"

using namespace darkroom;

namespace {

// What the gateway stores it must be able to read when it hands the message out.
void CheckSend(const gateway::SendMessages& send) {
  for (const gateway::SendEntry& entry : send.entries) {
    if (entry.wrong || entry.request.attributes.empty()) continue;
    const auto object = ParseJsonObject(entry.request.attributes);
    DR_CHECK(object.has_value());
    const auto attributes = wire::ReadMessageAttributes(*object);
    DR_CHECK(attributes.has_value());
    DR_CHECK(wire::Md5OfAttributes(*attributes) == entry.md5_of_attributes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(input.find('\n'), input.size());
  const auto request = gateway::ReadSqsRequest(input.substr(0, line), input.substr(std::min(line + 1, size)));
  if (!request) return 0;
  if (const auto* send = std::get_if<gateway::SendMessages>(&*request)) CheckSend(*send);
  if (const auto* create = std::get_if<gateway::CreateQueue>(&*request)) {
    DR_CHECK(IsQueueName(create->name));
    (void)gateway::ApplyAttributes({}, create->attributes);
  }
  if (const auto* set = std::get_if<gateway::SetQueueAttributes>(&*request)) {
    const auto config = gateway::ApplyAttributes({}, set->attributes);
    DR_CHECK(!config || config->dead_letter_queue.empty() == (config->max_receives == 0));
  }
  return 0;
}
