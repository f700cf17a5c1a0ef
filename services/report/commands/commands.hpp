// The commands of the report service.
#pragma once

#include <span>
#include <vector>

#include "libs/core/zone.hpp"
#include "libs/outbox/processor.hpp"
#include "waybill/report/v1/commands.pb.h"

namespace waybill::report::commands {

template <class Message>
using Batch = std::span<const outbox::Command<Message>>;

// Asks for a day's report; the outcome is deferred until the projection has seen the end of its
// topic and the report is done (runs/). 400 for what is no day, and for a day that has not begun.
struct GenerateReports {
  Zone zone;
  std::vector<outbox::Outcome> operator()(pg::Tx& tx, Batch<v1::GenerateReport> batch,
                                          outbox::Writer& out) const;
};

// All of them by message type.
outbox::Handlers make_handlers(const Zone& zone);

}  // namespace waybill::report::commands
