#include "tools/waybill/retail/fields.hpp"

#include <catch2/catch.hpp>

using namespace waybill::tool::retail;

TEST_CASE("quantities are whole numbers, also as spreadsheets write them", "[retail]") {
  CHECK(parse_quantity("6") == 6);
  CHECK(parse_quantity("-12") == -12);
  CHECK(parse_quantity("6.0") == 6);
  CHECK(parse_quantity("0") == 0);
  for (const char* text : {"", "6.5", "six", "1e3", "--6", "6 000", "12345678", ".", "6."}) {
    CHECK_FALSE(parse_quantity(text));
  }
}

TEST_CASE("prices are pennies, exactly", "[retail]") {
  CHECK(parse_price("2.55") == 255);
  CHECK(parse_price("2.1") == 210);
  CHECK(parse_price("2.5500") == 255);
  CHECK(parse_price("0.0") == 0);
  CHECK(parse_price("-11062.06") == -1106206);
  CHECK(parse_price("607") == 60700);
  for (const char* text : {"", "0.001", "2,55", "GBP 2", "1e2", "123456789"}) {
    CHECK_FALSE(parse_price(text));
  }
}

TEST_CASE("a customer's number is the same with and without .0", "[retail]") {
  CHECK(parse_customer("17850") == "17850");
  CHECK(parse_customer("17850.0") == "17850");
  CHECK(parse_customer("") == "");
  for (const char* text : {"abc", "-1", "+1", "17850.5"}) CHECK_FALSE(parse_customer(text));
}

TEST_CASE("dates are ISO or month first, and must exist", "[retail]") {
  using namespace std::chrono;
  const auto expected = local_days{year{2010} / 12 / 1} + hours{8} + minutes{26};
  CHECK(parse_local_time("2010-12-01 08:26:00") == expected);
  CHECK(parse_local_time("2010-12-01T08:26") == expected);
  CHECK(parse_local_time("12/1/2010 8:26") == expected);
  for (const char* text :
       {"", "2010-12-01", "2010-13-01 08:26", "2010-02-30 08:26", "13/1/2010 8:26",
        "2010-12-01 24:00", "2010-12-01 08:60", "yesterday", "2010-12-01 08:26:00Z"}) {
    CHECK_FALSE(parse_local_time(text));
  }
}
