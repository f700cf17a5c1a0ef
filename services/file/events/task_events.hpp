// Tasks as messages: what the inbox keeps of a created one, and the state in events.
#pragma once

#include <string>

#include "libs/outbox/writer.hpp"
#include "services/file/domain/task.hpp"
#include "waybill/file/v1/events.pb.h"

namespace waybill::file::events {

v1::Task to_message(const domain::Task& task);

// With ids of files and without links: these expire.
std::string representation(const domain::Task& task);

void tell_created(outbox::Writer& out, const domain::Task& task, const outbox::Cause& cause);
void tell_deleted(outbox::Writer& out, const domain::Task& task, const outbox::Cause& cause);

}  // namespace waybill::file::events
