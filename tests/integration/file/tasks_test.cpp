// Study tasks with media, on both stores: created by one form, found by their code, read by links.
#include <catch2/catch.hpp>

#include "tests/integration/file/forms.hpp"

using namespace waybill;
using namespace waybill::file;
using namespace waybill::file::test;
namespace json = boost::json;

namespace {

Form fields() {
  return {{"exam", "ege", "", ""},           {"subject", "math", "", ""},
          {"exam_task_number", "7", "", ""}, {"condition", "What is 1 + 1?", "", ""},
          {"answer", "2", "", ""},           {"difficult", "easy", "", ""}};
}

Reply create(Process& process, const Form& form, const std::string& target = "/v1/tasks",
             const Caller& caller = kAnna, Fields headers = {}) {
  Pieces source{body_of(form)};
  headers.emplace_back("Content-Type", kFormType);
  return Reply{process.ask("POST", target, &source, caller, headers)};
}

outbox::Outcome remove_task(Process& process, const std::string& task) {
  v1::DeleteTask body;
  body.set_task_id(task);
  return process.decide(commands::delete_tasks, body, kStaff);
}

}  // namespace

TEMPLATE_TEST_CASE("a task with all its media is created by one form and read by its code",
                   "[file][tasks]", Folder, S3) {
  const TestType place;
  Process process{*place.store};
  const std::string note = "note " + new_id().to_string();
  Form form = fields();
  form.push_back({"request_sound_files", kWav + note, "a.wav", "audio/wav"});
  form.push_back({"request_file_files", note, "naïve.txt", "text/plain"});
  form.push_back({"request_file_files", "second", "b.txt", ""});
  form.push_back({"request_photo_files", kPng + note, "p.png", "image/png"});
  const std::string video = kMp4 + note + std::string(9'000'000, 'v');
  form.push_back({"request_answer_video_file", video, "v.mp4", "application/octet-stream"});
  const Reply made = create(process, form);
  INFO(made.response.body);
  REQUIRE(made.status == 201);
  CHECK(made.header("Location") == "/v1/tasks/" + made.member("id"));
  CHECK(made.header("Cache-Control") == "private, no-store");
  CHECK(made.member("find_code").size() == 8);
  CHECK(made.member("answer") == "2");
  CHECK(made.body.at("task_file_links").as_array().size() == 2);

  const auto found = process.query("/v1/tasks", {{"find_code", made.member("find_code")}}, kNobody);
  REQUIRE(found.has_value());
  CHECK(found->headers.get("Cache-Control") == "private, no-store");
  const json::value task = json::parse(found->body);
  CHECK(task.at("id").as_string() == made.member("id"));
  CHECK(task.at("exam_task_number") == 7);
  CHECK_FALSE(task.as_object().contains("answer"));
  const auto with_answer =
      process.query("/v1/tasks/" + made.member("id"), {{"with_answer", "true"}}, kNobody);
  CHECK(json::parse(with_answer->body).at("answer") == "2");

  const Reply file = open_link(process, path_of(task.at("task_file_urls").at(0)));
  CHECK(file.status == 200);
  CHECK(file.response.body == note);
  CHECK(file.header("Content-Type") == "text/plain");
  CHECK(file.header("X-Content-Type-Options") == "nosniff");
  CHECK(file.header("Content-Disposition") ==
        "inline; filename=\"na_ve.txt\"; filename*=UTF-8''na%C3%AFve.txt");
  CHECK(file.header("ETag") == '"' + sha256_hex(note) + '"');
  const auto read = [&](const json::value& link) {
    return open_link(process, path_of(link)).response.body;
  };
  CHECK(read(task.at("task_sound_urls").at(0)) == kWav + note);
  CHECK(read(task.at("task_photo_urls").at(0)) == kPng + note);
  CHECK(read(made.body.at("answer_video_public_url")) == video);
}

TEMPLATE_TEST_CASE("a link serves ranges, conditions and HEAD", "[file][tasks]", Folder, S3) {
  const TestType place;
  Process process{*place.store};
  const Reply made =
      create(process, with(fields(), {"request_file_files", "0123456789", "d.txt", ""}));
  REQUIRE(made.status == 201);
  const std::string link = path_of(made.body.at("task_file_urls").at(0));
  const Reply part = open_link(process, link, {{"Range", "bytes=2-4"}});
  CHECK(part.status == 206);
  CHECK(part.response.body == "234");
  CHECK(part.header("Content-Range") == "bytes 2-4/10");
  CHECK(open_link(process, link, {{"Range", "bytes=10-"}}).status == 416);
  const std::string etag{part.header("ETag")};
  CHECK(open_link(process, link, {{"If-None-Match", etag}}).status == 304);
  CHECK(open_link(process, link, {{"Range", "bytes=2-4"}, {"If-Range", etag}}).status == 206);
  CHECK(open_link(process, link, {{"Range", "bytes=2-4"}, {"If-Range", "\"x\""}}).response.body ==
        "0123456789");
  const Reply head = open_link(process, link, {}, "HEAD");
  CHECK(head.status == 200);
  CHECK(head.header("Content-Length") == "10");
}

TEST_CASE("a link that was changed or is too old opens nothing", "[file][tasks]") {
  const Folder place;
  Process process{*place.store};
  const Reply made = create(process, with(fields(), {"request_file_files", "secret", "s.txt", ""}));
  REQUIRE(made.status == 201);
  const std::string path = path_of(made.body.at("task_file_urls").at(0));
  const auto code = [&](const std::string& target) { return open_link(process, target).code(); };
  CHECK(code(path.substr(0, path.find('?'))) == "link-invalid");
  CHECK(code(path + "x") == "link-invalid");
  CHECK(code(path + "&disposition=attachment") == "link-invalid");
  std::string later = path;
  later.insert(later.find("expires=") + 8, "9");
  CHECK(code(later) == "link-invalid");
  const Id id = *Id::parse(made.body.at("task_file_links").at(0).as_string());
  const std::string old = process.links.make(id, now() - seconds{1});
  CHECK(code(old.substr(old.find("/v1/"))) == "link-expired");
  const std::string attached =
      process.links.make(id, now() + seconds{60}, links::Disposition::attachment);
  CHECK(open_link(process, attached.substr(attached.find("/v1/"))).header("Content-Disposition") ==
        "attachment; filename=\"s.txt\"");
}

TEST_CASE("links of the secret before hold on", "[file][links]") {
  links::Options old = Process::link_options();
  links::Options fresh = old;
  fresh.secret = config::Secret{"another secret for tests"};
  fresh.secret_before = old.secret;
  const Id id = new_id();
  web::Request request;
  const std::string link = links::Links{old}.make(id, now() + seconds{60});
  request.query = web::parse_query(link.substr(link.find('?') + 1)).value();
  CHECK(links::Links{fresh}.check(request, id, now()).has_value());
  fresh.secret_before = {};
  CHECK_FALSE(links::Links{fresh}.check(request, id, now()).has_value());
  CHECK_FALSE(links::Links{old}.check(request, new_id(), now()).has_value());
}

TEST_CASE("fields may come in the query, and then no body is needed", "[file][tasks]") {
  const Folder place;
  Process process{*place.store};
  const Reply made{process.ask(
      "POST",
      "/v1/tasks?exam=oge&subject=physics&exam_task_number=3&condition=&answer=42&difficult=hard",
      nullptr, kAnna)};
  REQUIRE(made.status == 201);
  CHECK(made.member("subject") == "physics");
  CHECK(made.body.at("task_sound_urls").is_null());
  CHECK(made.body.at("answer_video_link").is_null());
  const Reply both = create(process, fields(), "/v1/tasks?exam=oge");
  CHECK(both.status == 400);
  CHECK_THAT(both.response.body, Catch::Contains("given twice"));
}

TEST_CASE("a repeat with the same key is the same task", "[file][tasks]") {
  const Folder place;
  Process process{*place.store};
  const Fields key{{"Idempotency-Key", new_id().to_string()}};
  const Form form = with(fields(), {"request_file_files", "bytes", "k.txt", ""});
  const Reply first = create(process, form, "/v1/tasks", kAnna, key);
  const Reply again = create(process, form, "/v1/tasks", kAnna, key);
  REQUIRE(first.status == 201);
  CHECK(again.status == 201);
  CHECK(again.member("find_code") == first.member("find_code"));
  const Form other = with(fields(), {"request_file_files", "other", "k.txt", ""});
  CHECK(create(process, other, "/v1/tasks", kAnna, key).code() == "idempotency-mismatch");
}

TEST_CASE("what is wrong with a task is told all at once", "[file][tasks]") {
  const Folder place;
  Process process{*place.store};
  const Reply reply = create(process, {{"exam", "abitur", "", ""},
                                       {"colour", "red", "", ""},
                                       {"exam_task_number", "31", "", ""},
                                       {"request_file_files", "", "e.txt", ""}});
  CHECK(reply.status == 400);
  for (const char* field : {"exam", "subject", "exam_task_number", "condition", "answer",
                            "difficult", "colour", "request_file_files"}) {
    CHECK_THAT(reply.response.body, Catch::Contains("\"field\":\"" + std::string{field} + '"'));
  }
}

TEST_CASE("hostile uploads are refused by name", "[file][hostile]") {
  const Folder place;
  Process process{*place.store};
  const auto refused = [&](const Piece& piece) { return create(process, with(fields(), piece)); };
  const Reply wrong = refused({"request_photo_files", "<html><script>", "p.png", "image/png"});
  CHECK(wrong.status == 415);
  CHECK(wrong.code() == "unsupported-type");
  CHECK(wrong.member("part") == "request_photo_files");
  CHECK(wrong.member("file_name") == "p.png");
  CHECK(wrong.member("found") == "text/html");
  CHECK(refused({"request_photo_files", kPng, "p.png", "audio/wav"}).status == 415);
  CHECK(refused({"request_file_files", std::string("a\0b", 3), "a.txt", ""}).status == 415);
  CHECK(refused({"request_file_files", "PK\3\4 no zip at all", "a.docx", ""}).status == 415);
  const Reply large =
      refused({"request_photo_files", kPng + std::string(21'000'000, 'x'), "p.png", ""});
  CHECK(large.status == 413);
  CHECK(large.body.at("limit") == 20'971'520);
  const std::string body = body_of(fields());
  Pieces broken{body.substr(0, body.size() - 6)};
  CHECK(Reply{process.ask("POST", "/v1/tasks", &broken, kAnna, {{"Content-Type", kFormType}})}
            .code() == "malformed-form");
  Pieces whole{body};
  CHECK(Reply{process.ask("POST", "/v1/tasks", &whole, kAnna,
                          {{"Content-Type", "multipart/form-data"}})}
            .status == 415);
}

TEMPLATE_TEST_CASE("an upload that breaks off leaves no task, and its bytes are swept",
                   "[file][tasks]", Folder, S3) {
  const TestType place;
  Process process{*place.store};
  const std::string first = "first " + new_id().to_string();
  Form form = with(fields(), {"request_file_files", first, "f.txt", ""});
  form = with(form, {"request_file_files", std::string(500'000, 'x'), "g.txt", ""});
  Pieces source{body_of(form)};
  source.breaks_at = 300'000;
  CHECK_THROWS_AS(process.ask("POST", "/v1/tasks", &source, kAnna, {{"Content-Type", kFormType}}),
                  web::BodyBroken);
  CHECK(process.count(refs_of, sha256_hex(first)) == 0);
  CHECK(place.store->list("", 10).size() == 1);
  process.sweep();
  CHECK(place.store->list("", 10).empty());
  CHECK(process.count(refs_of, sha256_hex(first)) == -1);
}

TEMPLATE_TEST_CASE("bytes are stored once and go when no task refers to them", "[file][tasks]",
                   Folder, S3) {
  const TestType place;
  Process process{*place.store};
  const std::string bytes = "shared " + new_id().to_string();
  const Form form = with(fields(), {"request_file_files", bytes, "s.txt", ""});
  const Reply one = create(process, form);
  const Reply two = create(process, form);
  REQUIRE(two.status == 201);
  CHECK(process.count(refs_of, sha256_hex(bytes)) == 2);
  CHECK(place.store->list("", 10).size() == 1);
  CHECK(remove_task(process, one.member("id")).status == 204);
  CHECK(remove_task(process, one.member("id")).status == 404);
  process.sweep();
  CHECK(open_link(process, path_of(one.body.at("task_file_urls").at(0))).status == 404);
  CHECK(open_link(process, path_of(two.body.at("task_file_urls").at(0))).response.body == bytes);
  CHECK_FALSE(process.query("/v1/tasks/" + one.member("id")).has_value());
  CHECK(remove_task(process, two.member("id")).status == 204);
  process.sweep();
  CHECK(place.store->list("", 10).empty());
}

TEST_CASE("who is not signed in creates no task", "[file][tasks]") {
  const Folder place;
  Process process{*place.store};
  CHECK(create(process, fields(), "/v1/tasks", kNobody).status == 401);
}

TEST_CASE("a store that is away is 503, and nothing is visible", "[file][tasks]") {
  blob::S3Options options = S3::options();
  options.endpoint = "http://127.0.0.1:1";
  options.tries = 1;
  const auto store = blob::make_s3_store(options);
  Process process{*store};
  const Reply reply = create(process, with(fields(), {"request_file_files", "x", "x.txt", ""}));
  CHECK(reply.status == 503);
  CHECK_FALSE(reply.header("Retry-After").empty());
}

TEST_CASE("tasks are filtered, sorted and paged", "[file][tasks]") {
  const Folder place;
  Process process{*place.store};
  const std::string since = to_rfc3339(now());
  for (const char* number : {"11", "12", "13"}) {
    Form form = fields();
    form[2].bytes = number;
    if (number[1] == '2') form = with(form, {"request_sound_files", kWav, "s.wav", ""});
    REQUIRE(create(process, form).status == 201);
  }
  const auto list = [&](Fields parameters) {
    for (const auto& [name, value] :
         Fields{{"exam", "ege,oge"}, {"number_from", "11"}, {"created_from", since}}) {
      parameters.emplace_back(name, value);
    }
    parameters.emplace_back("with_total", "true");
    return json::parse(process.query("/v1/tasks", parameters).value().body);
  };
  const json::value page = list({{"sort", "exam_task_number"}, {"limit", "2"}});
  CHECK(page.at("total") == 3);
  CHECK(page.at("items").at(0).at("exam_task_number") == 11);
  CHECK(page.at("items").at(0).as_object().contains("answer"));
  const json::value rest = list({{"sort", "exam_task_number"},
                                 {"limit", "2"},
                                 {"cursor", std::string{page.at("next").as_string()}}});
  CHECK(rest.at("items").at(0).at("exam_task_number") == 13);
  CHECK(list({{"has", "sound"}}).at("total") == 1);
  CHECK(list({{"has", "sound,video"}}).at("total") == 0);
  CHECK(list({{"subject", "history"}}).at("total") == 0);
}
