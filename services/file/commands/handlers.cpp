#include "services/file/commands/commands.hpp"

namespace waybill::file::commands {

outbox::Handlers make_handlers(const domain::DocumentLimits& limits) {
  outbox::Handlers handlers;
  handlers.on<v1::CreateTask>(create_tasks);
  handlers.on<v1::DeleteTask>(delete_tasks);
  handlers.on<v1::CreateDocumentType>(CreateTypes{limits});
  handlers.on<v1::UpdateDocumentType>(update_types);
  handlers.on<v1::DeleteDocumentType>(delete_types);
  handlers.on<v1::CreateDocument>(CreateDocuments{limits});
  handlers.on<v1::AddDocument>(AddDocuments{limits});
  handlers.on<v1::UpdateDocument>(update_documents);
  handlers.on<v1::ReplaceContent>(replace_content);
  handlers.on<v1::DeleteDocument>(delete_documents);
  return handlers;
}

}  // namespace waybill::file::commands
