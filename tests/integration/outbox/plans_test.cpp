// The statements of every command and every event must use their indexes in the generic plans that
// connections are pinned to, also when the plan was made while the tables were empty.
#include <catch2/catch.hpp>

#include "libs/outbox/sql.hpp"
#include "libs/testing/testing.hpp"

using namespace waybill;

namespace {

// The generic plan that this connection has for the statement.
std::string plan_of(pg::Connection& connection, const pg::Statement& statement, int parameters) {
  pg::Tx tx{connection};
  const std::string name = "explained_" + std::string{statement.name};
  const std::string prepare = "PREPARE " + name + " AS " + statement.sql;
  tx.exec({("prepare_" + name).c_str(), prepare.c_str()});
  std::string explain = "EXPLAIN EXECUTE " + name;
  for (int i = 0; i < parameters; ++i) explain += i == 0 ? "(NULL" : ", NULL";
  if (parameters > 0) explain += ')';
  std::string plan;
  for (const pg::Row row : tx.exec({("explain_" + name).c_str(), explain.c_str()})) {
    plan += std::string{row.text(0)} + '\n';
  }
  tx.commit();
  return plan;
}

struct Case {
  const pg::Statement& statement;
  int parameters;
  const char* index;
};

}  // namespace

TEST_CASE("the hot statements use their indexes, even planned on empty tables", "[outbox][plan]") {
  const testing::FreshDatabase database{"common"};
  pg::Connection connection{database.options()};
  connection.work_by_key();
  const std::vector<Case> cases{{outbox::sql::find_commands, 1, "inbox_pk"},
                                {outbox::sql::find_answers, 1, "inbox_pk"},
                                {outbox::sql::delete_commands, 1, "inbox_pk"},
                                {outbox::sql::finish_commands, 3, "inbox_pk"},
                                {outbox::sql::complete_commands, 2, "inbox_pk"},
                                {outbox::sql::find_operation, 1, "inbox_pk"},
                                {outbox::sql::find_untold, 3, "outbox_pk"},
                                {outbox::sql::find_newest, 1, "outbox_pk"},
                                {outbox::sql::move_told, 2, "outbox_pk"},
                                {outbox::sql::forget_commands, 1, "inbox_at"}};
  for (const Case& hot : cases) {
    const std::string plan = plan_of(connection, hot.statement, hot.parameters);
    INFO(hot.statement.name << '\n' << plan);
    CHECK(plan.find(hot.index) != std::string::npos);
    CHECK(plan.find("Seq Scan") == std::string::npos);
    CHECK(plan.find("Bitmap") ==
          std::string::npos);  // finds the rows that are gone again and again
    CHECK(plan.find("Index Cond") != std::string::npos);  // a lookup, not a walk over the index
  }
}
