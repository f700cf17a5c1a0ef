// The file service's command handlers. Each takes a batch and gives one outcome per command in
// their order.
#pragma once

#include <span>
#include <vector>

#include "libs/outbox/processor.hpp"
#include "services/file/domain/document.hpp"
#include "waybill/file/v1/commands.pb.h"

namespace waybill::file::commands {

template <class Message>
using Batch = std::span<const outbox::Command<Message>>;
using Outcomes = std::vector<outbox::Outcome>;

// A task takes its id from its command: creating twice is creating once. Its bytes are safe before;
// 503 for some that nobody has announced, or that were swept in the meantime.
Outcomes create_tasks(pg::Tx& tx, Batch<v1::CreateTask> batch, outbox::Writer& out);

// 404.
Outcomes delete_tasks(pg::Tx& tx, Batch<v1::DeleteTask> batch, outbox::Writer& out);

// A type takes its id from its command. 409 already-exists, limit-reached.
struct CreateTypes {
  domain::DocumentLimits limits;
  Outcomes operator()(pg::Tx& tx, Batch<v1::CreateDocumentType> batch, outbox::Writer& out) const;
};

// 404, 409 already-exists.
Outcomes update_types(pg::Tx& tx, Batch<v1::UpdateDocumentType> batch, outbox::Writer& out);

// 404, 409 not-empty.
Outcomes delete_types(pg::Tx& tx, Batch<v1::DeleteDocumentType> batch, outbox::Writer& out);

// A document takes its id from its command, as does the type where it is new. Bytes as of tasks.
// 404 (type), 409 already-exists, limit-reached.
struct CreateDocuments {
  domain::DocumentLimits limits;
  Outcomes operator()(pg::Tx& tx, Batch<v1::CreateDocument> batch, outbox::Writer& out) const;
};

// The same of bytes that were uploaded before; 422 upload-unknown. With `replace` a taken name gets
// a new version.
struct AddDocuments {
  domain::DocumentLimits limits;
  Outcomes operator()(pg::Tx& tx, Batch<v1::AddDocument> batch, outbox::Writer& out) const;
};

// 404, 409 already-exists, 412.
Outcomes update_documents(pg::Tx& tx, Batch<v1::UpdateDocument> batch, outbox::Writer& out);

// 404, 412.
Outcomes replace_content(pg::Tx& tx, Batch<v1::ReplaceContent> batch, outbox::Writer& out);
Outcomes delete_documents(pg::Tx& tx, Batch<v1::DeleteDocument> batch, outbox::Writer& out);

outbox::Handlers make_handlers(const domain::DocumentLimits& limits);

}  // namespace waybill::file::commands
