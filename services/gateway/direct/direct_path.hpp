// What goes to a service's HTTP API and not through a broker: credentials, which must never lie in
// a queue, and bytes, which pass through as they come. Bodies of these routes are in no log and in
// no trace.
#pragma once

#include "services/gateway/edge/call.hpp"
#include "services/gateway/queries/upstreams.hpp"

namespace waybill::gateway {

class DirectPath {
 public:
  explicit DirectPath(Upstreams& upstreams) : upstreams_{upstreams} {}

  // Sends the request on with the same method and target, its body as JSON, and answers what the
  // service answers. The service learns the caller (Waybill-Caller) and the client's address
  // (Waybill-Client-Address). It is asked once: a write that got no answer is not repeated.
  web::awaitable<web::Response> answer(Call call, const boost::json::value* body);
  // The same for x-stream: the bodies are read and written while they come, both ways.
  web::awaitable<web::Response> answer_stream(Call call);

 private:
  Upstreams& upstreams_;
};

}  // namespace waybill::gateway
