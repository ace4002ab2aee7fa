#include "wire/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <pugixml.hpp>

#include "base/json.h"
#include "wire/xml.h"

namespace darkroom::wire {
namespace {

struct Known {
  std::string_view code;
  Code ours;
};

constexpr Known kKnown[] = {
    // SQS
    {"QueueDoesNotExist", Code::kNotFound},
    {"AWS.SimpleQueueService.NonExistentQueue", Code::kNotFound},
    {"QueueNameExists", Code::kConflict},
    {"QueueDeletedRecently", Code::kBusy},
    {"PurgeQueueInProgress", Code::kBusy},
    {"OverLimit", Code::kBusy},
    {"MessageNotInflight", Code::kConflict},
    {"ReceiptHandleIsInvalid", Code::kConflict},
    {"BatchRequestTooLong", Code::kTooLarge},
    // S3
    {"NoSuchBucket", Code::kNotFound},
    {"NoSuchKey", Code::kNotFound},
    {"BucketAlreadyExists", Code::kConflict},
    {"BucketAlreadyOwnedByYou", Code::kConflict},
    {"BucketNotEmpty", Code::kConflict},
    {"PreconditionFailed", Code::kConflict},
    {"ConditionalRequestConflict", Code::kBusy},
    {"OperationAborted", Code::kBusy},
    {"EntityTooLarge", Code::kTooLarge},
    {"InvalidRange", Code::kInvalid},
    {"SlowDown", Code::kBusy},
    {"RequestTimeout", Code::kUnavailable},
    // Both
    {"ServiceUnavailable", Code::kUnavailable},
    {"Throttling", Code::kBusy},
    {"ThrottlingException", Code::kBusy},
    {"RequestThrottled", Code::kBusy},
    {"AccessDenied", Code::kDenied},
    {"AccessDeniedException", Code::kDenied},
    {"InvalidAccessKeyId", Code::kDenied},
    {"InvalidClientTokenId", Code::kDenied},
    {"UnrecognizedClientException", Code::kDenied},
    {"SignatureDoesNotMatch", Code::kDenied},
    {"InvalidSignatureException", Code::kDenied},
    {"RequestTimeTooSkewed", Code::kDenied},
    {"ExpiredToken", Code::kDenied},
    {"ExpiredTokenException", Code::kDenied},
};

Code CodeOf(const AwsError& error) {
  const auto* known =
      std::find_if(std::begin(kKnown), std::end(kKnown), [&](const Known& entry) { return entry.code == error.code; });
  if (known != std::end(kKnown)) return known->ours;
  switch (error.status) {
    case 401:
    case 403:
      return Code::kDenied;
    case 404:
      return Code::kNotFound;
    case 409:
    case 412:
      return Code::kConflict;
    case 413:
      return Code::kTooLarge;
    case 429:
      return Code::kBusy;
    default:
      return error.status >= 500 ? Code::kUnavailable : Code::kInvalid;
  }
}

// The codes of SQS's older protocol where they are not the shape's name.
std::string QueryCode(std::string_view code) {
  static constexpr std::pair<std::string_view, std::string_view> kQueryCodes[] = {
      {"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"},
      {"QueueNameExists", "QueueAlreadyExists"},
      {"PurgeQueueInProgress", "AWS.SimpleQueueService.PurgeQueueInProgress"},
      {"MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight"},
      {"EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest"},
      {"TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"},
      {"BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"},
      {"InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId"},
      {"BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong"},
      {"UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation"}};
  for (const auto& [shape, query] : kQueryCodes) {
    if (shape == code) return std::string(query);
  }
  return std::string(code);
}

}  // namespace

http::Response SqsErrorResponse(const AwsError& error) {
  json::object body;
  body["__type"] = "com.amazonaws.sqs#" + error.code;
  body["message"] = error.message;
  auto response = http::Response::Json(error.status, json::serialize(body), "application/x-amz-json-1.0");
  response.headers.Set("x-amzn-query-error",
                       fmt::format("{};{}", QueryCode(error.code), error.status < 500 ? "Sender" : "Receiver"));
  return response;
}

http::Response S3ErrorResponse(const AwsError& error, std::string_view resource, bool with_body) {
  http::Response response;
  response.status = error.status;
  if (!with_body) return response;
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("Error");
  AddText(root, "Code", error.code);
  AddText(root, "Message", error.message);
  AddText(root, "Resource", resource);
  response.headers.Set("Content-Type", "application/xml");
  response.body = ToXml(document);
  return response;
}

AwsError ReadJsonError(int status, std::string_view body) {
  AwsError error{.status = status, .code = "", .message = fmt::format("status {}", status)};
  const auto object = ParseJsonObject(body);
  if (!object) return error;
  const auto text = [&](std::string_view key) {
    auto value = GetString(*object, key);
    return value && *value ? std::move(**value) : std::string();
  };
  const std::string type = text("__type");
  error.code = type.substr(type.find('#') + 1);  // npos + 1 is 0: all of it
  std::string message = text("message");
  if (message.empty()) message = text("Message");
  if (!message.empty()) error.message = std::move(message);
  return error;
}

AwsError ReadXmlError(int status, std::string_view body) {
  AwsError error{.status = status, .code = "", .message = fmt::format("status {}", status)};
  pugi::xml_document document;
  if (!ParseXml(body, document)) return error;
  const pugi::xml_node root = document.child("Error");
  error.code = root.child_value("Code");
  if (const std::string message = root.child_value("Message"); !message.empty()) error.message = message;
  return error;
}

Error ToError(const AwsError& error) {
  return {CodeOf(error), error.code.empty() ? error.message : fmt::format("{}: {}", error.code, error.message)};
}

bool IsTransient(const AwsError& error) {
  const Code code = CodeOf(error);
  return error.status == 429 || error.status >= 500 || code == Code::kBusy || code == Code::kUnavailable;
}

}  // namespace darkroom::wire
