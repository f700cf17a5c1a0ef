// Planted passwords and tokens are looked for wherever they must not be: in every table, in what
// was told, in the log.
#include <cstdio>
#include <fstream>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "libs/log/log.hpp"
#include "tests/integration/identity/process.hpp"

using namespace waybill;
using namespace waybill::identity;
using namespace waybill::identity::test;
namespace json = boost::json;

namespace {

// Everything that is logged while it lives.
class LogFile {
 public:
  LogFile() : before_{dup(STDERR_FILENO)} {
    const int file = open_file();
    dup2(file, STDERR_FILENO);
    close(file);
    log::start("identity", log::Level::debug);
  }
  ~LogFile() { end(); }

  std::string end() {
    if (before_ < 0) return "";
    log::stop();
    std::fflush(stderr);
    dup2(before_, STDERR_FILENO);
    close(before_);
    before_ = -1;
    std::ifstream in{path_};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    std::remove(path_.c_str());
    return text;
  }

 private:
  int open_file() { return mkstemp(path_.data()); }

  std::string path_ = "/tmp/waybill-log-XXXXXX";
  int before_;
};

// Tables with a row that has the text, as it is or in the hex form of bytea.
std::vector<std::string> tables_with(pg::Connection& connection, const std::string& text) {
  static constexpr pg::Statement tables{"list_tables", R"(
    SELECT table_name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE')"};
  std::vector<std::string> found;
  pg::Session session{connection};
  for (const pg::Row row : session.exec(tables)) {
    const std::string name{row.text(0)};
    const std::string sql = "SELECT count(*) FROM " + name +
                            " AS t WHERE position($1 IN t::text) > 0 OR " +
                            "position(encode($1::bytea, 'hex') IN t::text) > 0";
    const std::string statement = "search_" + name;
    const pg::Statement search{statement.c_str(), sql.c_str()};
    if (session.exec(search, text)[0].integer(0) > 0) found.push_back(name);
  }
  return found;
}

}  // namespace

TEST_CASE("no password and no token is found anywhere but as a hash", "[auth][secrets]") {
  testing::FreshDatabase database{"identity"};
  const std::string first = "canary-" + new_id().to_string(), second = first + "-second",
                    wrong = first + "-wrong";
  std::vector<std::string> planted{first, second, wrong};
  std::string log;
  {
    LogFile file;
    Process process{test_policy(), {}, database.options()};
    process.relays().start();
    const Account account = register_somebody(process, first);
    const Fields key{{"Idempotency-Key", "canary"}};
    const json::object body = registration(fresh_email(), first);
    process.post("/v1/auth/register", body, {}, key);
    process.post("/v1/auth/register", registration(fresh_email(), second), {}, key);
    sign_in(process, account.email, wrong);
    const Pair pair = pair_of(sign_in(process, account.email, first));
    const Pair next = pair_of(refresh(process, pair.refresh));
    refresh(process, pair.refresh);
    process.post("/v1/auth/revoke", {{"token", next.access}});
    process.post("/v1/auth/revoke", {{"token", next.refresh}});
    process.post("/v1/auth/password", {{"current_password", wrong}, {"new_password", second}},
                 account.caller());
    process.post("/v1/auth/password", {{"current_password", first}, {"new_password", second}},
                 account.caller());
    process.post("/v1/users",
                 {{"email", fresh_email()}, {"username", fresh_name()}, {"password", first}},
                 kStaff);
    for (const std::string& token : {pair.access, pair.refresh, next.access, next.refresh}) {
      planted.push_back(token);
      planted.push_back(token.substr(token.rfind('.') + 1));
    }
    // All of it was told: what went to Kafka stands in outbox_sent.
    CHECK(testing::eventually(seconds{10}, [&] {
      pg::Session session{process.connection()};
      static constexpr pg::Statement waiting{"count_outbox", "SELECT count(*) FROM outbox"};
      return session.exec(waiting)[0].integer(0) == 0;
    }));
    process.relays().stop();
    log = file.end();
  }
  CHECK(log.find("auth.login") != std::string::npos);
  CHECK(log.find("auth.refresh_reused") != std::string::npos);
  pg::Connection connection{database.options()};
  CHECK(tables_with(connection, "@example.org").size() >= 2);  // the search finds things
  for (const std::string& secret : planted) {
    INFO(secret);
    CHECK(tables_with(connection, secret) == std::vector<std::string>{});
    CHECK(log.find(secret) == std::string::npos);
  }
}
