// What the file service is made of.
#pragma once

#include "libs/blob/settings.hpp"
#include "libs/runtime/backend.hpp"
#include "services/file/direct/direct_api.hpp"
#include "services/file/links/links.hpp"

namespace waybill::file {

struct FileService {
  struct Settings {
    blob::StoreSettings store;
    links::Options links;
    std::string tasks_access = "enforced";
    std::int64_t most_parts = 64;
    std::int64_t document_bytes = std::int64_t{1024} * 1024 * 1024;
    std::int64_t documents = 10'000;
    std::int64_t document_types = 200;
    std::chrono::milliseconds upload_life = std::chrono::hours{1};
    std::int64_t most_bytes = std::int64_t{2} * 1024 * 1024 * 1024;
    std::int64_t threads = 8;
    std::int64_t uploads = 32;
    std::int64_t downloads = 128;
    std::chrono::milliseconds orphan_age = std::chrono::hours{1};
    std::chrono::milliseconds sweep_interval = std::chrono::minutes{1};

    Settings() { links.base_url = "http://127.0.0.1:18080"; }
    void declare(config::Settings& settings);
  };

  FileService(runtime::Runtime& runtime, const Settings& settings);
  void start();
  void stop();

 private:
  const Settings settings_;
  const std::unique_ptr<blob::Store> store_;
  const links::Links links_;
  outbox::Handlers handlers_;
  runtime::Queries queries_;
  direct::DirectApi direct_;
  runtime::Backend backend_;  // intake
  runtime::Periodic sweeper_;
};

}  // namespace waybill::file
