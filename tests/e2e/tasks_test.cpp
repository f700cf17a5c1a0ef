// Study tasks through the gateway: created by one form with files, found by code, read by links.
#include <catch2/catch.hpp>

#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
namespace json = boost::json;

namespace {

Call task_call(const std::string& note) {
  return form_call("/v1/tasks",
                   {{"exam", "ege"},
                    {"subject", "math"},
                    {"exam_task_number", "7"},
                    {"condition", "1 + 1?"},
                    {"answer", "2"},
                    {"difficult", "easy"}},
                   {"request_file_files", "note.txt", note});
}

std::string path_of(const json::value& link) {
  const std::string text{link.as_string()};
  return text.substr(text.find("/v1/"));
}

}  // namespace

TEST_CASE("a task is created by one form, found by its code, and its files by links",
          "[e2e][files][tasks]") {
  const Account anna = make_account();
  const std::string note = unique("note") + std::string(2'000'000, 'x');
  const Reply made = call(as(anna.token, task_call(note)));
  INFO(made.text);
  REQUIRE(made.status == 201);
  CHECK(made.headers.get("Location") == "/v1/tasks/" + made.id());
  const Reply found =
      call(as("", {"GET", "/v1/tasks?find_code=" + made.member("find_code"), {}, {}}));
  REQUIRE(found.status == 200);
  CHECK(found.id() == made.id());
  CHECK_FALSE(found.body().as_object().contains("answer"));
  CHECK(get("/v1/tasks/" + made.id()).member("answer") == "2");

  const std::string link = path_of(found.body().at("task_file_urls").at(0));
  const Reply file = call(as("", {"GET", link, {}, {}}));
  CHECK(file.status == 200);
  CHECK(file.text == note);
  CHECK(file.headers.get("Content-Disposition") == "inline; filename=\"note.txt\"");
  const Reply some = call(with_header(as("", {"GET", link, {}, {}}), "Range", "bytes=0-3"));
  CHECK(some.status == 206);
  CHECK(some.text == note.substr(0, 4));
  CHECK(call(as("", {"GET", link + "x", {}, {}})).code() == "link-invalid");

  CHECK(call(as(anna.token, {"DELETE", "/v1/tasks/" + made.id(), {}, {}})).status == 403);
  CHECK(remove("/v1/tasks/" + made.id()).status == 204);
  CHECK(call(as("", {"GET", link, {}, {}})).status == 404);
  CHECK(get("/v1/tasks?find_code=" + made.member("find_code")).status == 404);
}

TEST_CASE("who is not signed in creates no task, and what is wrong is told by name",
          "[e2e][files][tasks]") {
  CHECK(call(as("", task_call("note"))).status == 401);
  Call wrong = task_call("<html><script>");
  const Reply refused = call(wrong);
  CHECK(refused.status == 415);
  CHECK(refused.code() == "unsupported-type");
  CHECK(refused.member("file_name") == "note.txt");
  CHECK(get("/v1/tasks?subject=alchemy").status == 400);
}
