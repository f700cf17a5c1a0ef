// The id of an operation says everything that is needed to find it, so that any gateway can answer:
// "<service>.<command id>.<created at, Unix milliseconds in base 36>.<mark of the caller>".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libs/core/clock.hpp"
#include "libs/core/id.hpp"

namespace waybill::gateway {

struct OperationId {
  std::string service;
  Id command;
  Instant created_at;
  std::string caller;  // caller_mark()

  std::string to_string() const;
  static std::optional<OperationId> parse(std::string_view text);
};

}  // namespace waybill::gateway
