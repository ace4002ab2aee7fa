// SchemaCheck: holds JSON against a schema of the OpenAPI document: the part of JSON Schema 2020-12 that the document
// uses, and nothing else: a keyword that it does not know is a finding too. Stricter than the standard in one point: an
// object with `properties` may have no others unless `additionalProperties` says so, for a member that is not described
// is one that nobody can rely on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace darkroom::web {

class SchemaCheck {
 public:
  explicit SchemaCheck(json::value document) : document_(std::move(document)) {}

  // What is wrong with `value`, each finding with its place ("/jobs/0/state: …"); empty: nothing. `name` is one of
  // #/components/schemas.
  std::vector<std::string> Check(const json::value& value, std::string_view name) const;

 private:
  using Findings = std::vector<std::string>;
  void Check(const json::value& value, const json::object& schema, const std::string& place, Findings& findings) const;
  // One of `forms` exactly; when it is none, what is wrong is said by the one that it comes nearest to.
  void CheckForms(const json::value& value, const json::array& forms, const std::string& place,
                  Findings& findings) const;
  void CheckObject(const json::object& object, const json::object& schema, const std::string& place,
                   Findings& findings) const;
  const json::object& Resolve(std::string_view reference) const;

  const json::value document_;
};

}  // namespace darkroom::web
