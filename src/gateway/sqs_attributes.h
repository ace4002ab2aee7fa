// Queue attributes of SQS and the ports' QueueConfig, either way. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/answer.h"
#include "gateway/sqs_request.h"
#include "ports/queue.h"

namespace darkroom::gateway {

// "arn:aws:sqs:us-east-1:000000000000:name".
std::string QueueArn(std::string_view region, std::string_view queue);
// The name in an ARN; empty when it is none.
std::string QueueOfArn(std::string_view arn);

// `config` with what `attributes` name changed. Unknown names and values out of bounds are refused, naming them.
AwsResult<QueueConfig> ApplyAttributes(QueueConfig config, const AttributeMap& attributes);

// The attributes asked for; "All" is all of them.
AwsResult<AttributeMap> ListAttributes(const GetQueueAttributes& request, std::string_view region,
                                       const QueueConfig& config, const QueueStats& stats);

}  // namespace darkroom::gateway
