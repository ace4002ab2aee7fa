// Problem: an answer that says what went wrong (RFC 9457, application/problem+json). The one place where errors of the
// ports become HTTP; handlers return problems and never write an error answer themselves.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "http/message.h"

namespace darkroom::web {

// The kinds of problems there are: each is a stable word that clients may branch on.
struct ProblemKind {
  std::string_view code;  // "queue_full"; its page is /problems/queue_full
  int status;
  std::string_view title;
  std::string_view advice;  // what it means and what to do, in a sentence or two
};
std::span<const ProblemKind> ProblemKinds();
const ProblemKind* FindProblemKind(std::string_view code);

struct Problem {
  // `code` is one of ProblemKinds; `detail` says what is wrong, where, and the limit.
  Problem(std::string_view code, std::string detail, json::object members = {});
  // NOLINTNEXTLINE(google-explicit-constructor): so that `return Refuse(result.error())` reads as what it is.
  Problem(const Error& error);

  const ProblemKind* kind;
  std::string detail;
  json::object members;   // beside those of the RFC: "limit", "file_name", …
  http::Headers headers;  // Retry-After, …
};

// not_found of "job" or "batch".
Problem NoSuch(std::string_view thing);

// `instance`: the path that was asked for, repeated up to 200 bytes; empty: not known.
http::Response ToResponse(const Problem& problem, std::string_view instance);

// What the HTTP server refuses by itself (http::ServerOptions::refusal): the first of ProblemKinds with that status.
http::Response Refusal(int status, std::string_view reason);

template <class T>
using OrProblem = std::expected<T, Problem>;

inline std::unexpected<Problem> Refuse(Problem problem) { return std::unexpected(std::move(problem)); }
inline std::unexpected<Problem> Refuse(std::string_view code, std::string detail, json::object members = {}) {
  return std::unexpected(Problem(code, std::move(detail), std::move(members)));
}

}  // namespace darkroom::web
