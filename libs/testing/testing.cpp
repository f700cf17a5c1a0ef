#include "libs/testing/testing.hpp"

#include <cstdlib>
#include <stdexcept>

#include "libs/core/id.hpp"

namespace waybill::testing {
namespace {

// The URI of another database of the same server: postgresql://…/postgres?… →
// postgresql://…/<name>?…
std::string with_database(const std::string& uri, const std::string& name) {
  const std::size_t authority = uri.find("://");
  if (authority == std::string::npos) throw std::runtime_error("a server's URL is no URI");
  const std::size_t path = uri.find('/', authority + 3);
  if (path == std::string::npos) throw std::runtime_error("a server's URL names no database");
  const std::size_t query = uri.find('?', path);
  return uri.substr(0, path + 1) + name + (query == std::string::npos ? "" : uri.substr(query));
}

void administrate(const std::string& server, const std::string& sql) {
  pg::Options options;
  options.url = server;
  options.statement_time = seconds{60};
  pg::Connection connection{options};
  pg::Session session{connection};
  const pg::Statement statement{"administrate", sql.c_str()};
  session.exec(statement);
}

void migrate(const std::string& service, const std::string& url) {
  const std::string command =
      "deploy/local/migrate-url.sh " + service + " '" + url + "' >/dev/null";
  if (std::system(command.c_str()) != 0) {
    throw std::runtime_error("migrations failed: " + command +
                             " (run tests from the project's root)");
  }
}

}  // namespace

bool eventually(milliseconds most, const std::function<bool()>& fact) {
  const auto end = std::chrono::steady_clock::now() + most;
  auto step = milliseconds{1};
  while (!fact()) {
    if (std::chrono::steady_clock::now() >= end) return fact();
    std::this_thread::sleep_for(step);
    step = std::min(step * 2, milliseconds{50});
  }
  return true;
}

std::string environment(const std::string& name) {
  if (const char* value = std::getenv(name.c_str())) return value;
  throw std::runtime_error(
      name +
      " is not set: run `make test`, or start servers and load their environment with "
      "eval \"$(deploy/local/env.sh test)\"");
}

FreshDatabase::FreshDatabase(const std::string& service, std::string server)
    : server_{server.empty() ? environment("WAYBILL_PG_ADMIN_URL") : std::move(server)},
      name_{"test_" + service + "_" + new_id().to_string().substr(19, 17)} {
  std::erase(name_, '-');
  administrate(server_, "CREATE DATABASE " + name_);
  url_ = with_database(server_, name_);
  migrate(service, url_);
}

FreshDatabase::~FreshDatabase() {
  try {
    administrate(server_, "DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const std::exception&) {
    // Left behind in an instance that goes with the tests.
  }
}

pg::Options FreshDatabase::options() const {
  pg::Options options;
  options.url = url_;
  return options;
}

}  // namespace waybill::testing
