// Web: the HTTP API of Darkroom (docs/api.md, /openapi.json), its event streams, metrics, and the page.
//
// A web node keeps no state that counts: clients may submit through one and ask another. Life: construct, serve with
// handler(), Stop (lets waiting clients go, finishes what was begun in the background), stop the server, destroy.
// Threads: the loop's alone.
#pragma once

#include <memory>

#include "base/async.h"
#include "http/message.h"
#include "http/router.h"
#include "web/options.h"

namespace darkroom::web {

class Web {
 public:
  Web(WebDeps deps, WebOptions options);
  ~Web();

  http::Handler handler();
  const http::Router& router() const;

  // Clients that wait are answered now with what is known. Returns when nothing is under way in the background.
  Task<void> Stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace darkroom::web
