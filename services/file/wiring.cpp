#include "services/file/wiring.hpp"

#include "services/file/commands/commands.hpp"
#include "services/file/queries/queries.hpp"
#include "services/file/timers/sweep.hpp"

namespace waybill::file {
namespace {

constexpr std::size_t fewest_secret_bytes = 16;

// Throws config::SettingsError.
FileService::Settings checked(const FileService::Settings& settings) {
  if (settings.links.secret.reveal().size() < fewest_secret_bytes) {
    throw config::SettingsError{
        "files.link-secret is not set or shorter than 16 characters: put a random text into "
        "WAYBILL_FILES_LINK_SECRET, and keep it"};
  }
  if (settings.tasks_access != "open" && settings.tasks_access != "enforced") {
    throw config::SettingsError{"tasks.access '" + settings.tasks_access +
                                "' is neither enforced nor open"};
  }
  for (const std::int64_t number :
       {settings.most_parts, settings.most_bytes, settings.threads, settings.uploads,
        settings.downloads, settings.document_bytes, settings.documents, settings.document_types}) {
    if (number < 1) {
      throw config::SettingsError{"tasks.max-*, documents.max-* and files.* must be positive"};
    }
  }
  return settings;
}

domain::DocumentLimits document_limits(const FileService::Settings& settings) {
  return {settings.documents, settings.document_types};
}

outbox::Handlers make_handlers(const FileService::Settings& settings, const links::Links& links) {
  outbox::Handlers handlers = commands::make_handlers(document_limits(settings));
  queries::add_message_queries(handlers, links);
  return handlers;
}

direct::Options direct_options(const FileService::Settings& settings) {
  direct::Options options;
  options.tasks_are_open = settings.tasks_access == "open";
  options.form.parts = static_cast<std::size_t>(settings.most_parts);
  options.form.bytes = static_cast<std::uint64_t>(settings.most_bytes);
  options.document_bytes = static_cast<std::uint64_t>(settings.document_bytes);
  options.documents = document_limits(settings);
  options.upload_life = settings.upload_life;
  options.threads = static_cast<std::size_t>(settings.threads);
  options.uploads = static_cast<std::size_t>(settings.uploads);
  options.downloads = static_cast<std::size_t>(settings.downloads);
  return options;
}

}  // namespace

void FileService::Settings::declare(config::Settings& settings) {
  store.declare(settings);
  settings.add("files.public-base-url", links.base_url,
               "what links begin with: the gateway's address as clients know it");
  settings.add("files.link-secret", links.secret,
               "what links are signed with; at least 16 characters");
  settings.add("files.link-secret-before", links.secret_before,
               "the one before, whose links still hold; empty: none");
  settings.add("files.link-ttl", links.life, "how long a link holds");
  settings.add("files.orphan-age", orphan_age,
               "how long bytes are kept that nothing refers to, and unfinished uploads");
  settings.add("files.sweep-interval", sweep_interval, "how often such bytes are looked for");
  settings.add("files.threads", threads, "threads that read and write bytes");
  settings.add("files.uploads", uploads, "uploads under way, at most");
  settings.add("files.downloads", downloads, "downloads under way, at most");
  settings.add("files.upload-life", upload_life,
               "how long an upload waits for the command that is to use it");
  settings.add("documents.max-size", document_bytes, "bytes of a document, at most");
  settings.add("documents.max-per-owner", documents, "documents of an account, at most");
  settings.add("documents.max-types", document_types, "types of documents of an account, at most");
  settings.add("tasks.access", tasks_access,
               "enforced: tasks are created by who is signed in; open: by everybody");
  settings.add("tasks.max-parts", most_parts, "parts of the form of a task, at most");
  settings.add("tasks.max-bytes", most_bytes, "bytes of the form of a task, at most");
}

FileService::FileService(runtime::Runtime& runtime, const Settings& settings)
    : settings_{checked(settings)},
      store_{settings.store.open()},
      links_{settings.links},
      handlers_{make_handlers(settings, links_)},
      queries_{queries::make_queries(links_)},
      direct_{runtime.io(),
              direct_options(settings),
              links_,
              *store_,
              runtime.database(),
              [this](pg::Connection& connection, const outbox::DirectCommand& command,
                     const auto& work) { return backend_.run_direct(connection, command, work); }},
      backend_{runtime, handlers_, queries_, &direct_},
      sweeper_{"file.sweep", settings.sweep_interval, runtime.database(),
               [this](pg::Connection& connection) {
                 return timers::sweep(connection, *store_, now() - settings_.orphan_age);
               }} {}

void FileService::start() {
  backend_.start();
  sweeper_.start();
}

void FileService::stop() {
  sweeper_.stop();
  backend_.stop();
}

}  // namespace waybill::file
