// The plain-text answers of POST /, which the workload generators people already have read as a whole.
#pragma once

#include <string>
#include <string_view>

#include "domain/job.h"
#include "http/message.h"
#include "web/problem.h"

namespace darkroom::web {

// The label with the highest score of a classification; empty when the result has none.
std::string TopLabel(const Job& job);

// "label", or "name:label" for generators that post the field `inputFile` and expect the file's name without ending.
std::string LabelLine(const Job& job, std::string_view form_field);

// The problem of a job that has ended without a result, or not yet.
Problem WhyNoLabel(const Job& job);

// A problem as one line of text.
http::Response ToTextResponse(const Problem& problem);

}  // namespace darkroom::web
