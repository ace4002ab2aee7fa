// Quarantine: the models that crash their workers, and when a model is one. It is judged by crashes of workers that ran
// one job and nothing else, for of others nobody knows which job it was; what ran beside others runs alone the next
// time (worker/aftermath.h). Each such crash counts against the model of its job, and a job that succeeds wipes the
// count out. A job is given up after its second crash, so that a picture which the model cannot bear makes two: that is
// why several different jobs must have crashed.
//
// A model is one name and one version. It is in quarantine until it is lifted: its package has changed, or the process
// that judges has been started anew. Values, no I/O. Threads: the loop's alone.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "domain/job.h"

namespace darkroom {

struct QuarantinedModel {
  ModelRef model;      // no digest
  std::string reason;  // "5 workers crashed while they ran 3 jobs of it, the last ended by signal 11 (SIGSEGV)"
  Time since;
};
std::string ToMessage(const QuarantinedModel& model);  // docs/formats/messages.md
Result<QuarantinedModel> ParseQuarantine(std::string_view message);
// Of the jobs that are not run therefore: code "model_quarantined".
Failure FailureOf(const QuarantinedModel& model);
// In the input bucket, where workers ask: the message. Nothing there: the model may be run.
inline constexpr std::string_view kQuarantinePrefix = "quarantine/";
std::string QuarantineKey(const ModelRef& model);  // "quarantine/<name>/<version>"

inline constexpr std::size_t kFewestCrashingJobs = 3;

class Quarantine {
 public:
  // `after`: crashes without a success between them; 0: no model is ever put in quarantine.
  explicit Quarantine(int after) : after_(after) {}

  // A worker crashed while it ran that job alone; `end`: "ended by signal 11 (SIGSEGV)". The model, when it comes into
  // quarantine by this.
  std::optional<QuarantinedModel> Crashed(const ModelRef& model, Id job, std::string_view end, Time now);
  void Succeeded(const ModelRef& model);
  // Forgets the model's crashes. Whether it was in quarantine.
  bool Lift(const ModelRef& model);

  const QuarantinedModel* Find(const std::string& name, const std::string& version) const;  // nullptr: not in it
  const std::vector<QuarantinedModel>& models() const { return models_; }                   // in the order of coming

 private:
  using Key = std::pair<std::string, std::string>;  // name and version
  struct Crashes {
    int count = 0;
    std::set<Id> jobs;
  };
  const int after_;
  std::map<Key, Crashes> crashes_;  // since the last success
  std::vector<QuarantinedModel> models_;
};

}  // namespace darkroom
