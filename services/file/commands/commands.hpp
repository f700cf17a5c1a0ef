// The file service's command handlers. Each takes a batch and gives one outcome per command in
// their order.
#pragma once

#include <span>
#include <vector>

#include "libs/outbox/processor.hpp"
#include "waybill/file/v1/commands.pb.h"

namespace waybill::file::commands {

template <class Message>
using Batch = std::span<const outbox::Command<Message>>;

// A task takes its id from its command: creating twice is creating once. Its bytes are safe before;
// 503 for some that nobody has announced, or that were swept in the meantime.
std::vector<outbox::Outcome> create_tasks(pg::Tx& tx, Batch<v1::CreateTask> batch,
                                          outbox::Writer& out);

// 404.
std::vector<outbox::Outcome> delete_tasks(pg::Tx& tx, Batch<v1::DeleteTask> batch,
                                          outbox::Writer& out);

outbox::Handlers make_handlers();

}  // namespace waybill::file::commands
