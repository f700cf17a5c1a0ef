// GET /v1/operations/{id}: what became of a write, asked from the service that got it.
#pragma once

#include "services/gateway/edge/call.hpp"
#include "services/gateway/queries/upstreams.hpp"

namespace waybill::gateway {

class Operations {
 public:
  explicit Operations(Upstreams& upstreams) : upstreams_{upstreams} {}

  web::awaitable<web::Response> answer(Call call);

 private:
  Upstreams& upstreams_;
};

}  // namespace waybill::gateway
