// What a process is asked, counted and per second.
#include "libs/metrics/requests.hpp"

#include <catch2/catch.hpp>

using namespace waybill::metrics;

TEST_CASE("the rate is the mean of the ten whole seconds before", "[metrics]") {
  LastSeconds last;
  for (std::int64_t second = 100; second < 110; ++second) last.add(second, 7);
  CHECK(last.rate(110) == Approx(7));
}

TEST_CASE("the second that is not over does not count yet", "[metrics]") {
  LastSeconds last;
  last.add(110, 50);
  CHECK(last.rate(110) == Approx(0));
  CHECK(last.rate(111) == Approx(5));
}

TEST_CASE("what is older than ten seconds is forgotten", "[metrics]") {
  LastSeconds last;
  last.add(100, 50);
  CHECK(last.rate(110) == Approx(5));
  CHECK(last.rate(111) == Approx(0));
}

TEST_CASE("a long silence leaves nothing behind", "[metrics]") {
  LastSeconds last;
  last.add(100, 50);
  last.add(100 + 11 * 1000, 20);  // the same slot
  CHECK(last.rate(101 + 11 * 1000) == Approx(2));
}

TEST_CASE("requests of a kind are told with the service's name", "[metrics]") {
  name_process("shop");
  Requests first{"http"};
  Requests second{"http"};
  first.add();
  second.add(2);
  const std::string text = exposition();
  CHECK(text.find("service_requests_total{kind=\"http\",service=\"shop\"} 3") != std::string::npos);
  CHECK(text.find("service_rps{kind=\"http\",service=\"shop\"}") != std::string::npos);
}

TEST_CASE("what is looked up before an exposition is in it", "[metrics]") {
  before_exposition([] { gauge("looked_up", "Known when asked.").set(4); });
  CHECK(exposition().find("looked_up 4") != std::string::npos);
}
