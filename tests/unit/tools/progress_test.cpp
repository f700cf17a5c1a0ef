#include "tools/waybill/progress.hpp"

#include <catch2/catch.hpp>

using namespace waybill::tool;
using std::chrono::milliseconds;

TEST_CASE("progress tells rate and time left", "[progress]") {
  CHECK(format_progress("orders", 0, 100, 0, milliseconds{0}) == "orders 0/100");
  CHECK(format_progress("orders", 50, 100, 400, milliseconds{5000}) ==
        "orders 50/100, 400 rows, 10/s, ETA 5 s");
  CHECK(format_progress("orders", 1, 1000, 0, milliseconds{1000}) ==
        "orders 1/1000, 1/s, ETA 16 min 39 s");
  CHECK(format_progress("orders", 100, 100, 900, milliseconds{4000}) ==
        "orders 100/100, 900 rows, 25/s");
}
