// Gateway: serves a QueueService and an ObjectService over the wire protocols of Amazon SQS (JSON 1.0) and S3 on one
// loopback port, each request signature-checked. docs/formats/wire.md lists the operations and where they deviate.
//
// Life: construct, Start, Stop, destroy; the services outlive it. Threads: the loop's alone.
// Durability: as the ports promise; an answer 200 means that the port call has returned.
#pragma once

#include <memory>
#include <string>

#include "base/async.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/message.h"
#include "http/server.h"
#include "ports/object_store.h"
#include "ports/queue.h"
#include "wire/credentials.h"

namespace darkroom::gateway {

struct GatewayOptions {
  int port = 0;  // on 127.0.0.1; 0: any free one, see Gateway::port
  wire::Credentials credentials;
  std::string region = "us-east-1";
  std::size_t max_object = std::size_t(256) << 20;  // bytes of one object; it is held in memory while it is stored
};

class Gateway {
 public:
  Gateway(IoContext& io, Clock& clock, QueueService& queues, ObjectService& objects, GatewayOptions options);
  ~Gateway();

  Status Start();
  int port() const;
  std::string endpoint() const;  // "http://127.0.0.1:PORT"
  Task<void> Stop(Duration grace);

  // One request, for tests without a socket and for serving it from another server.
  Task<http::Response> Handle(http::Request& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace darkroom::gateway
