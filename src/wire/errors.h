// AWS's errors on the wire: their codes, how SQS and S3 write them, and which of ours they are.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace darkroom::wire {

// One error as AWS knows it. `code` is S3's, or the shape's name of a JSON service ("QueueDoesNotExist").
struct AwsError {
  int status = 400;
  std::string code;
  std::string message;
};

// SQS, JSON 1.0: {"__type":"com.amazonaws.sqs#Code","message":…} and x-amzn-query-error with the code of the older
// protocol, which SDKs show.
http::Response SqsErrorResponse(const AwsError& error);
// S3: <Error><Code>…; without a body for HEAD.
http::Response S3ErrorResponse(const AwsError& error, std::string_view resource, bool with_body = true);

// An answer's error, from either protocol; the code is empty when the body tells none.
AwsError ReadJsonError(int status, std::string_view body);
AwsError ReadXmlError(int status, std::string_view body);

// Ours for AWS's: by the code, else by the status.
Error ToError(const AwsError& error);
// Whether the same request may succeed later: throttling and the service's own failures.
bool IsTransient(const AwsError& error);

}  // namespace darkroom::wire
