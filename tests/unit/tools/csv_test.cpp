#include "tools/waybill/retail/csv.hpp"

#include <catch2/catch.hpp>

using namespace waybill::tool::retail;
using Fields = std::vector<std::string>;

TEST_CASE("fields are split at commas, records at line ends of either kind", "[csv]") {
  const auto records = parse_csv("a,b\r\n1,2\n3,\n");
  REQUIRE(records.size() == 3);
  CHECK(records[0].fields == Fields{"a", "b"});
  CHECK(records[1].fields == Fields{"1", "2"});
  CHECK(records[2].fields == Fields{"3", ""});
}

TEST_CASE("the last record needs no line end, and empty lines are no records", "[csv]") {
  const auto records = parse_csv("a,b\n\n   \n1,2");
  REQUIRE(records.size() == 2);
  CHECK(records[1].fields == Fields{"1", "2"});
  CHECK(records[1].line == 4);
}

TEST_CASE("quoted fields keep commas, doubled quotes and line ends", "[csv]") {
  const auto records = parse_csv("a,b\n\"x, y\",\"7\"\" SINGLE\"\n\"two\nlines\",z\nlast,1\n");
  REQUIRE(records.size() == 4);
  CHECK(records[1].fields == Fields{"x, y", "7\" SINGLE"});
  CHECK(records[2].fields == Fields{"two\nlines", "z"});
  CHECK(records[2].line == 3);
  CHECK(records[3].line == 5);
}

TEST_CASE("a quote inside an unquoted field is a character", "[csv]") {
  const auto records = parse_csv("a,b\n7\" SINGLE,x\n\"q\"tail,y\n");
  CHECK(records[1].fields == Fields{"7\" SINGLE", "x"});
  CHECK(records[2].fields == Fields{"qtail", "y"});
}

TEST_CASE("a quote that is never closed costs its own line only", "[csv]") {
  const auto records = parse_csv("a,b\n1,\"open\n2,fine\n3,fine\n");
  REQUIRE(records.size() == 4);
  CHECK(records[1].unclosed_quote);
  CHECK(records[1].fields == Fields{"1", "open"});
  CHECK(records[2].fields == Fields{"2", "fine"});
}

TEST_CASE("a stray quote does not swallow the lines up to the next one", "[csv]") {
  const auto records = parse_csv("a,b,c\n1,\"open,x\n2,fine,x\n3,\"closed\",x\n");
  REQUIRE(records.size() == 4);
  CHECK(records[1].unclosed_quote);
  CHECK(records[2].fields == Fields{"2", "fine", "x"});
  CHECK(records[3].fields == Fields{"3", "closed", "x"});
}

TEST_CASE("UTF-8 stays, its byte order mark goes, anything else is Latin-1", "[csv]") {
  CHECK(to_utf8("\xEF\xBB\xBFz\xC3\xBC") == "z\xC3\xBC");
  CHECK(to_utf8("z\xFC \xA3") == "z\xC3\xBC \xC2\xA3");
  CHECK(to_utf8("\xED\xA0\x80") == "\xC3\xAD\xC2\xA0\xC2\x80");  // a surrogate is no UTF-8
}
