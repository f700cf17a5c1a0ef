#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include "tools/waybill/audit/finding.hpp"
#include "tools/waybill/audit/history.hpp"
#include "tools/waybill/audit/sorted_file.hpp"
#include "tools/waybill/audit/topic_file.hpp"

using namespace waybill;
using namespace waybill::tool::audit;

namespace {

std::vector<std::string> read_all(SortedFile& file) {
  std::vector<std::string> lines;
  for (std::string line; file.next(line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("a sorted file gives back all lines in order, however little memory it has",
          "[tools][audit]") {
  rc::prop("equals std::sort", [](std::vector<std::string> lines) {
    for (std::string& line : lines) std::replace(line.begin(), line.end(), '\n', ' ');
    SortedFile file{200};
    for (const std::string& line : lines) file.add(line);
    std::sort(lines.begin(), lines.end());
    RC_ASSERT(read_all(file) == lines);
  });
}

TEST_CASE("a sorted file that is being read takes no more", "[tools][audit]") {
  SortedFile file;
  std::string line;
  CHECK_FALSE(file.next(line));
  CHECK_THROWS_AS(file.add("late"), std::logic_error);
}

TEST_CASE("lines of a topic sort by key, version and offset", "[tools][audit]") {
  const auto line = [](const char* key, std::int64_t version, std::int64_t offset) {
    return to_line({.key = key, .version = version, .partition = 1, .offset = offset});
  };
  CHECK(line("a", 2, 9) < line("a", 10, 1));
  CHECK(line("a", 2, 9) < line("a", 2, 10));
  CHECK(line("a", 10, 1) < line("b", 1, 0));
  CHECK(line("a", 2, 9) < to_line({.key = "a", .version = 2, .waiting = true}));

  const TopicLine read = parse_line(to_line({.key = "a",
                                             .version = 7,
                                             .partition = 3,
                                             .offset = 42,
                                             .body = "b",
                                             .facts = "f",
                                             .late = true}));
  CHECK(read.key == "a");
  CHECK(read.version == 7);
  CHECK(read.partition == 3);
  CHECK(read.offset == 42);
  CHECK(read.body == "b");
  CHECK(read.facts == "f");
  CHECK(read.late);
  CHECK_FALSE(read.waiting);
}

TEST_CASE("md5 is PostgreSQL's", "[tools][audit]") {
  CHECK(md5("deleted") == "da602f0b162fccbf6b150cfcfc7a7379");
  CHECK(md5("") == "d41d8cd98f00b204e9800998ecf8427e");
}

TEST_CASE("a line of a history says what a client knows", "[tools][audit]") {
  const std::string id = "0190f5fe-0000-7000-8000-000000000001";
  const auto parse = [&](const std::string& rest) {
    return parse_history_line("{\"key\": \"k\", " + rest + "}");
  };
  CHECK(parse("\"status\": 201, \"id\": \"" + id + "\"")->answer == Answer::done);
  CHECK(parse("\"status\": 201, \"id\": \"" + id + "\"")->command_id == id);
  CHECK(parse("\"status\": 202")->answer == Answer::accepted);
  CHECK(parse("\"status\": 409")->answer == Answer::refused);
  for (const char* status : {"0", "408", "429", "500", "503"}) {
    CHECK(parse(std::string{"\"status\": "} + status)->answer == Answer::error);
  }
  CHECK(
      parse("\"method\": \"PATCH\", \"status\": 200, \"command_id\": \"" + id + "\"")->command_id ==
      id);
}

TEST_CASE("what can't be looked up is no line of a history", "[tools][audit]") {
  const char* id = "\"id\": \"0190f5fe-0000-7000-8000-000000000001\"";
  CHECK_FALSE(parse_history_line("nonsense"));
  CHECK_FALSE(parse_history_line("[]"));
  CHECK_FALSE(parse_history_line("{\"status\": 201}"));
  CHECK_FALSE(parse_history_line("{\"key\": \"k\"}"));
  CHECK_FALSE(parse_history_line("{\"key\": \"k\", \"status\": 201}"));
  CHECK_FALSE(parse_history_line("{\"key\": \"k\", \"status\": 201, \"id\": \"7\"}"));
  CHECK_FALSE(parse_history_line(
      fmt::format("{{\"key\": \"k\", \"method\": \"PATCH\", \"status\": 200, {}}}", id)));
}

TEST_CASE("a report counts all and names some", "[tools][audit]") {
  Report report{2};
  report.begin("a check", "order");
  for (int i = 0; i < 5; ++i) report.add({"some-code", "order", {{"order_id", i}}, "differs"});
  CHECK(report.total() == 5);
  CHECK(report.count("some-code") == 5);
  CHECK(report.findings().size() == 2);
  CHECK(report.to_table().find("… and 3 more") != std::string::npos);
  CHECK(report.to_table().find("NOT clean, 5 differences: some-code 5") != std::string::npos);
  CHECK(report.to_json().at("counts").at("some-code") == 5);
  CHECK(report.to_json().at("differences").as_array().size() == 2);
}
