#include <catch2/catch.hpp>

#include "tests/unit/tools/retail_builders.hpp"

using namespace waybill;
using namespace waybill::tool::retail;

TEST_CASE("columns are found by name, in any order and beside others", "[retail]") {
  const SourceFile file{
      "x.csv",
      "Country,note,UnitPrice,Customer ID,invoiceno,Quantity,StockCode,InvoiceDate,"
      "Description\nFrance,n,2.55,12583.0,536370,24,85123a,2010-12-01 08:45:00, HEART \n"};
  const RowSet set = read_rows({file}, "Europe/London");
  REQUIRE(set.rows.size() == 1);
  const Row& row = set.rows[0];
  CHECK(row.problem.empty());
  CHECK(row.invoice == "536370");
  CHECK(row.code == "85123A");
  CHECK(row.description == "HEART");
  CHECK(row.quantity == 24);
  CHECK(row.price == 255);
  CHECK(row.customer == "12583");
  CHECK(row.country == "France");
  CHECK(to_rfc3339(row.at) == "2010-12-01T08:45:00.000Z");
  CHECK(row.line == 2);
}

TEST_CASE("local time becomes UTC by the zone's rules, at its edges too", "[retail]") {
  const auto at = [](const std::string& time) {
    return to_rfc3339(rows_of({"1,A,x,1," + time + ",1,,UK"}).rows[0].at);
  };
  CHECK(at("2010-07-01 12:00:00") == "2010-07-01T11:00:00.000Z");
  CHECK(at("2010-10-31 01:30:00") == "2010-10-31T00:30:00.000Z");  // comes twice: the first
  CHECK(at("2010-03-28 01:30:00") == "2010-03-28T01:00:00.000Z");  // left out: the end of the gap
}

TEST_CASE("a row that can't be read says everything that is wrong with it", "[retail]") {
  const Row row = rows_of({"536365,85123A,HEART,six,today,2.551,abc,UK"}).rows[0];
  CHECK(row.problem ==
        "CustomerID 'abc' is no number; Quantity 'six' is no whole number; UnitPrice '2.551' is no "
        "amount of whole pennies; InvoiceDate 'today' is no date and time");
}

TEST_CASE("of a malformed row whatever can be read still counts", "[retail]") {
  const Row row = rows_of({"536365,85123A,HEART,6,today,2.55,17850,UK"}).rows[0];
  CHECK_FALSE(row.problem.empty());
  CHECK(row.amount() == 6 * 255);
}

TEST_CASE("a row with too few or too many columns is malformed", "[retail]") {
  const RowSet set = rows_of({"536365,85123A", "1,A,x,1,2010-12-01 08:26,1,,UK,more"});
  CHECK(set.rows[0].problem == "2 columns instead of 8");
  CHECK(set.rows[0].invoice == "536365");
  CHECK(set.rows[1].problem == "9 columns instead of 8");
}

TEST_CASE("a file without a column, without a header or with a strange zone is refused",
          "[retail]") {
  CHECK_THROWS_WITH(read_rows({{"x.csv", "InvoiceNo,StockCode\n"}}, "UTC"),
                    "x.csv: the header has no column Description");
  CHECK_THROWS_WITH(read_rows({{"x.csv", "\n"}}, "UTC"), "x.csv: the file is empty");
  CHECK_THROWS_AS(read_rows({file_of({})}, "Mars/Olympus"), FileError);
}

TEST_CASE("the digest is of the set, not of names and order", "[retail]") {
  const auto a = file_of({"1,A,x,1,2010-12-01 08:26,1,,UK"}, "a.csv");
  const auto b = file_of({"2,A,x,1,2010-12-01 08:26,1,,UK"}, "b.csv");
  const auto renamed = SourceFile{"elsewhere/c.csv", a.content};
  const std::string digest = read_rows({a, b}, "UTC").digest;
  CHECK(read_rows({b, a}, "UTC").digest == digest);
  CHECK(read_rows({b, renamed}, "UTC").digest == digest);
  CHECK(read_rows({a}, "UTC").digest != digest);
}
