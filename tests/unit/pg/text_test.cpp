#include "libs/pg/text.hpp"

#include <catch2/catch.hpp>

#include "libs/pg/conninfo.hpp"
#include "libs/pg/pg.hpp"

using namespace waybill;

namespace {

std::string text(const pg::Param& param) {
  return param.text().value_or("(null)");
}

}  // namespace

TEST_CASE("timestamps keep their microseconds both ways", "[pg]") {
  const auto micros = GENERATE(std::int64_t{0}, 1, 1'769'851'800'123'456, 1'769'851'800'100'000,
                               951'782'399'999'999);
  const Instant at = from_unix_micros(micros);
  CHECK(pg::parse_timestamp(pg::format_timestamp(at)) == at);
  CHECK(text(pg::Param{at}) == pg::format_timestamp(at));
}

TEST_CASE("timestamps are read as PostgreSQL writes them", "[pg]") {
  CHECK(pg::parse_timestamp("1970-01-01 00:00:01+00") == from_unix_micros(1'000'000));
  CHECK(pg::parse_timestamp("1970-01-01 00:00:00.5+00") == from_unix_micros(500'000));
  CHECK(pg::parse_timestamp("2026-01-31 09:30:00.000001+00") ==
        from_unix_micros(1'769'851'800'000'001));
  CHECK_THROWS_AS(pg::parse_timestamp("2026-01-31 09:30:00+01"), pg::Error);
  CHECK_THROWS_AS(pg::parse_timestamp("infinity"), pg::Error);
}

TEST_CASE("bytes survive their hex form", "[pg]") {
  const std::string bytes = GENERATE(std::string{}, std::string{"\0\xff\x10 a", 5}, "text");
  CHECK(pg::from_hex(pg::to_hex(bytes)) == bytes);
  CHECK_THROWS_AS(pg::from_hex("abc"), pg::Error);
  CHECK_THROWS_AS(pg::from_hex("\\xag"), pg::Error);
}

TEST_CASE("an array literal quotes whatever its elements contain", "[pg]") {
  pg::Array array;
  CHECK(text(array) == "{}");
  array.add(1);
  array.add(std::nullopt);
  array.add("NULL");
  array.add("a,\"b\" {c} \\d");
  CHECK(array.size() == 4);
  CHECK(text(array) == R"({"1",NULL,"NULL","a,\"b\" {c} \\d"})");
}

TEST_CASE("parameters take their text form", "[pg]") {
  CHECK(text(pg::Param{true}) == "t");
  CHECK(text(pg::Param{-7}) == "-7");
  CHECK(text(pg::Param{std::optional<int>{}}) == "(null)");
  CHECK(text(pg::Param{std::optional<std::string>{"x"}}) == "x");
  CHECK(text(pg::bytes("a")) == "\\x61");
}

TEST_CASE("string literals double their quotes", "[pg]") {
  std::string sql;
  pg::append_literal(sql, "it's 'quoted' \\ ");
  CHECK(sql == "'it''s ''quoted'' \\ '");
}

TEST_CASE("connections get their limits and settings, and the URL has the last word", "[pg]") {
  pg::Options options;
  options.url = "postgresql://me:se'cret@db:5433/shop?connect_timeout=9&application_name=mine";
  options.lock_time = std::chrono::milliseconds{1500};
  const std::string info = pg::conninfo(options, {{"synchronous_commit", "off"}});
  for (const char* part :
       {"host='db'", "port='5433'", "dbname='shop'", "user='me'", "password='se\\'cret'",
        "connect_timeout='9'", "keepalives_idle='10'", "application_name='mine'",
        "-c lock_timeout=1500", "-c idle_in_transaction_session_timeout=15000",
        "-c plan_cache_mode=force_generic_plan", "-c synchronous_commit=off"}) {
    INFO(info);
    CHECK(info.find(part) != std::string::npos);
  }
}

TEST_CASE("a malformed URL is refused without its password", "[pg]") {
  pg::Options options;
  options.url = "postgresql://me:secret@[broken/shop";
  try {
    pg::conninfo(options, {});
    FAIL("accepted");
  } catch (const pg::Error& error) {
    CHECK(std::string{error.what()}.find("secret") == std::string::npos);
  }
}
