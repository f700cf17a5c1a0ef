// Documents and their types: bytes over HTTP on both stores, changes by command, questions.
#include "services/file/store/documents.hpp"

#include <thread>

#include <catch2/catch.hpp>

#include "tests/integration/file/forms.hpp"

using namespace waybill;
using namespace waybill::file;
using namespace waybill::file::test;
namespace json = boost::json;

namespace {

Caller somebody() {
  return {new_id(), Role::customer};
}

Form document(const std::string& type, const std::string& name, const std::string& bytes,
              const std::string& file_name = "a.txt") {
  return {{"type", type, "", ""}, {"name", name, "", ""}, {"file", bytes, file_name, ""}};
}

Reply create(Process& process, const Caller& caller, const Form& form, Fields headers = {}) {
  Pieces source{body_of(form)};
  headers.emplace_back("Content-Type", kFormType);
  return Reply{process.ask("POST", "/v1/documents", &source, caller, headers)};
}

std::string content_path(const std::string& document) {
  return "/v1/documents/" + document + "/content";
}

Reply put(Process& process, const Caller& caller, const std::string& document,
          const std::string& bytes, const Fields& headers = {}) {
  Pieces source{bytes};
  return Reply{process.ask("PUT", content_path(document), &source, caller, headers)};
}

Reply get_content(Process& process, const Caller& caller, const std::string& document,
                  const std::string& query = "", const Fields& headers = {}) {
  return Reply{process.ask("GET", content_path(document) + query, nullptr, caller, headers)};
}

Reply upload(Process& process, const Caller& caller, const std::string& bytes) {
  Pieces source{bytes};
  return Reply{process.ask("POST", "/uploads", &source, caller)};
}

json::value ask(Process& process, const std::string& path, const Fields& parameters,
                const Caller& caller) {
  const auto answer = process.query(path, parameters, caller);
  REQUIRE(answer.has_value());
  return json::parse(answer->body);
}

v1::CreateDocumentType type_named(const std::string& name) {
  v1::CreateDocumentType body;
  body.set_name(name);
  return body;
}

v1::AddDocument wish(const std::string& type, const std::string& name, const Reply& uploaded) {
  v1::AddDocument body;
  body.set_type(type);
  body.set_name(name);
  body.set_upload_id(uploaded.member("upload_id"));
  body.set_file_name("photo.jpg");
  return body;
}

v1::DeleteDocument removal_of(const std::string& id) {
  v1::DeleteDocument body;
  body.set_document_id(id);
  return body;
}

std::string code_of(const outbox::Outcome& outcome) {
  return outcome.fault ? outcome.fault->code : "";
}

// "sha-256=:…:" of "hello\n".
constexpr const char* kHelloDigest = "sha-256=:WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=:";

}  // namespace

TEMPLATE_TEST_CASE("a document is created by one form, read, replaced, and keeps its versions",
                   "[file][documents]", Folder, S3) {
  const TestType place;
  Process process{*place.store};
  const Caller anna = somebody();
  const std::string first = "first " + new_id().to_string();
  const Reply made = create(process, anna, document(" Contracts ", "Lease", first, "naïve.txt"));
  INFO(made.response.body);
  REQUIRE(made.status == 201);
  const std::string id = made.member("id");
  CHECK(made.header("Location") == "/v1/documents/" + id);
  CHECK(made.header("ETag") == "\"1\"");
  CHECK(made.member("owner_id") == anna.user->to_string());
  CHECK(made.member("type") == "Contracts");
  CHECK(made.member("file_name") == "naïve.txt");
  CHECK(made.member("content_type") == "text/plain");
  CHECK(made.member("sha256") == sha256_hex(first));
  CHECK(made.body.at("updated_at").is_null());

  const std::string second = "second " + std::string(3'000'000, 'x');
  const Reply replaced = put(process, anna, id, second, {{"If-Match", "\"1\""}});
  REQUIRE(replaced.status == 200);
  CHECK(replaced.member("version") == "2");
  CHECK(replaced.member("file_name") == "naïve.txt");
  CHECK(put(process, anna, id, "x", {{"If-Match", "\"1\""}}).status == 412);
  const Reply now = get_content(process, anna, id);
  CHECK(now.response.body == second);
  CHECK(now.header("Content-Disposition") ==
        "inline; filename=\"na_ve.txt\"; filename*=UTF-8''na%C3%AFve.txt");
  CHECK(now.header("X-Content-Type-Options") == "nosniff");
  CHECK(get_content(process, anna, id, "?version=1").response.body == first);
  CHECK(get_content(process, anna, id, "?version=3").status == 404);
  CHECK(get_content(process, anna, id, "", {{"Range", "bytes=0-5"}}).response.body == "second");

  const json::value versions = ask(process, "/v1/documents/" + id + "/versions", {}, anna);
  REQUIRE(versions.at("items").as_array().size() == 2);
  CHECK(versions.at("items").at(0).at("version") == 2);
  CHECK(versions.at("items").at(1).at("sha256").as_string() == sha256_hex(first));
  const json::value some =
      ask(process, "/v1/documents/" + id + "/versions", {{"limit", "1"}}, anna);
  const json::value rest =
      ask(process, "/v1/documents/" + id + "/versions",
          {{"limit", "1"}, {"cursor", std::string{some.at("next").as_string()}}}, anna);
  CHECK(rest.at("items").at(0).at("version") == 1);
  CHECK(rest.at("next").is_null());
}

TEST_CASE("what is somebody else's is not found, and staff find everything", "[file][documents]") {
  const Folder place;
  Process process{*place.store};
  const Caller anna = somebody(), ben = somebody();
  const Reply made = create(process, anna, document("Contracts", "Lease", "text"));
  REQUIRE(made.status == 201);
  const std::string id = made.member("id");
  CHECK(get_content(process, ben, id).status == 404);
  CHECK(put(process, ben, id, "x").status == 404);
  CHECK(get_content(process, kNobody, id).status == 404);
  CHECK_FALSE(process.query("/v1/documents/" + id, {}, ben).has_value());
  CHECK_FALSE(process.query("/v1/documents/" + id + "/versions", {}, ben).has_value());
  CHECK(process.decide(commands::delete_documents, removal_of(id), ben).status == 404);
  v1::UpdateDocument move;
  move.set_document_id(id);
  move.set_name("Mine");
  CHECK(process.decide(commands::update_documents, move, ben).status == 404);
  Form foreign = document("", "Other", "text");
  foreign[0] = {"type_id", made.member("type_id"), "", ""};
  CHECK(create(process, ben, foreign).status == 404);
  CHECK(ask(process, "/v1/documents", {}, ben).at("items").as_array().empty());
  CHECK_FALSE(
      process.query("/v1/documents", {{"owner_id", anna.user->to_string()}}, ben).has_value());
  CHECK(get_content(process, kStaff, id).status == 200);
  CHECK(ask(process, "/v1/documents", {{"owner_id", anna.user->to_string()}}, kStaff)
            .at("items")
            .as_array()
            .size() == 1);
  CHECK(create(process, kStaff, document("T", "N", "text")).status == 403);
}

TEST_CASE("names are unique without regard to case, and a taken one says by which document",
          "[file][documents]") {
  const Folder place;
  Process process{*place.store};
  const Caller anna = somebody();
  const Reply made = create(process, anna, document("Договоры", "Аренда", "text"));
  REQUIRE(made.status == 201);
  const Reply again = create(process, anna, document("договоры", " АРЕНДА", "other"));
  CHECK(again.status == 409);
  CHECK(again.code() == "already-exists");
  CHECK(again.member("document_id") == made.member("id"));
  CHECK(create(process, anna, document("Договоры", "Другая", "text")).status == 201);
  CHECK(create(process, somebody(), document("Договоры", "Аренда", "text")).status == 201);
  CHECK(ask(process, "/v1/document-types", {}, anna).at("items").at(0).at("documents") == 2);
  v1::UpdateDocument rename;
  rename.set_document_id(made.member("id"));
  rename.set_name("ДРУГАЯ");
  CHECK(code_of(process.decide(commands::update_documents, rename, anna)) == "already-exists");
  REQUIRE(process.decide(commands::delete_documents, removal_of(made.member("id")), anna).status ==
          204);
  CHECK(create(process, anna, document("Договоры", "Аренда", "text")).status == 201);
}

TEST_CASE("of concurrent documents of one name one is created", "[file][documents]") {
  const Folder place;
  Process process{*place.store};
  const Caller anna = somebody();
  std::vector<std::thread> clients;
  std::vector<int> statuses(8);
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    clients.emplace_back([&, i] {
      statuses[i] = create(process, anna, document("New type", "One", "text")).status;
    });
  }
  for (std::thread& client : clients) client.join();
  CHECK(std::count(statuses.begin(), statuses.end(), 201) == 1);
  CHECK(std::count(statuses.begin(), statuses.end(), 409) == 7);
  const json::value types = ask(process, "/v1/document-types", {{"with_total", "true"}}, anna);
  CHECK(types.at("total") == 1);
  CHECK(types.at("items").at(0).at("documents") == 1);
}

TEST_CASE("an account keeps so many documents and types, and no more", "[file][documents]") {
  const Folder place;
  direct::Options options;
  options.documents = {2, 1};
  Process process{*place.store, options};
  const Caller anna = somebody();
  REQUIRE(create(process, anna, document("T", "1", "text")).status == 201);
  CHECK(create(process, anna, document("Other", "2", "text")).code() == "limit-reached");
  CHECK(code_of(process.decide(commands::CreateTypes{options.documents}, type_named("Other"),
                               anna)) == "limit-reached");
  const Reply second = create(process, anna, document("T", "2", "text"));
  REQUIRE(second.status == 201);
  CHECK(create(process, anna, document("T", "3", "text")).code() == "limit-reached");
  process.decide(commands::delete_documents, removal_of(second.member("id")), anna);
  CHECK(create(process, anna, document("T", "3", "text")).status == 201);
}

TEST_CASE("a type is made, renamed, and deleted when it is empty", "[file][documents]") {
  const Folder place;
  Process process{*place.store};
  const Caller anna = somebody(), ben = somebody();
  const Id id = new_id();
  const auto made = process.decide(commands::CreateTypes{}, type_named(" Bills "), anna, id);
  REQUIRE(made.status == 201);
  CHECK(json::parse(made.body).at("name") == "Bills");
  CHECK(process.decide(commands::CreateTypes{}, type_named(" Bills "), anna, id).body == made.body);
  CHECK(code_of(process.decide(commands::CreateTypes{}, type_named("bills"), anna)) ==
        "already-exists");
  CHECK(process.decide(commands::CreateTypes{}, type_named("a\x01"), anna).status == 400);
  v1::UpdateDocumentType rename;
  rename.set_type_id(id.to_string());
  rename.set_name("Invoices");
  CHECK(process.decide(commands::update_types, rename, ben).status == 404);
  CHECK(json::parse(process.decide(commands::update_types, rename, anna).body).at("name") ==
        "Invoices");
  const Reply document_made = create(process, anna, document("INVOICES", "May", "text"));
  REQUIRE(document_made.status == 201);
  v1::DeleteDocumentType removal;
  removal.set_type_id(id.to_string());
  CHECK(code_of(process.decide(commands::delete_types, removal, anna)) == "not-empty");
  process.decide(commands::delete_documents, removal_of(document_made.member("id")), anna);
  CHECK(process.decide(commands::delete_types, removal, anna).status == 204);
  CHECK(process.decide(commands::delete_types, removal, anna).status == 404);
}

TEST_CASE("a document is renamed and moved, on the ground of its version", "[file][documents]") {
  const Folder place;
  Process process{*place.store};
  const Caller anna = somebody();
  const Reply made = create(process, anna, document("Old", "Name", "text"));
  REQUIRE(made.status == 201);
  const Id type = new_id();
  process.decide(commands::CreateTypes{}, type_named("New"), anna, type);
  v1::UpdateDocument change;
  change.set_document_id(made.member("id"));
  change.set_expected_version(1);
  change.set_name("Other name");
  change.set_type_id(type.to_string());
  const auto changed = process.decide(commands::update_documents, change, anna);
  REQUIRE(changed.status == 200);
  CHECK(json::parse(changed.body).at("type") == "New");
  CHECK(changed.version == 2);
  CHECK(process.decide(commands::update_documents, change, anna).status == 412);
  change.clear_expected_version();
  CHECK(process.decide(commands::update_documents, change, anna).version == 2);
  const json::value types = ask(process, "/v1/document-types", {{"sort", "name"}}, anna);
  CHECK(types.at("items").at(0).at("documents") == 1);
  CHECK(types.at("items").at(1).at("documents") == 0);
  CHECK(get_content(process, anna, made.member("id"), "?version=2").response.body == "text");
  change.set_type_id(new_id().to_string());
  CHECK(process.decide(commands::update_documents, change, anna).status == 404);
}

TEMPLATE_TEST_CASE("a deleted document is gone at once, its bytes when nobody refers to them",
                   "[file][documents]", Folder, S3) {
  const TestType place;
  Process process{*place.store};
  const Caller anna = somebody();
  const std::string bytes = "bytes " + new_id().to_string();
  const Reply one = create(process, anna, document("T", "One", bytes));
  const Reply two = create(process, anna, document("T", "Two", bytes));
  REQUIRE(put(process, anna, one.member("id"), bytes + "2").status == 200);
  CHECK(process.count(refs_of, sha256_hex(bytes)) == 2);
  CHECK(process.decide(commands::delete_documents, removal_of(one.member("id")), anna).status ==
        204);
  CHECK(get_content(process, anna, one.member("id")).status == 404);
  process.sweep();
  CHECK(process.count(refs_of, sha256_hex(bytes)) == 1);
  CHECK(process.count(refs_of, sha256_hex(bytes + "2")) == -1);
  CHECK(get_content(process, anna, two.member("id")).response.body == bytes);
  process.decide(commands::delete_documents, removal_of(two.member("id")), anna);
  process.sweep();
  CHECK(place.store->list("", 10).empty());
}

TEST_CASE("bytes that are not those of Repr-Digest are refused", "[file][documents][digest]") {
  const Folder place;
  Process process{*place.store};
  const Caller anna = somebody();
  const Fields hello{{"Repr-Digest", kHelloDigest}};
  const Reply made = create(process, anna, document("T", "N", "hello\n"), hello);
  REQUIRE(made.status == 201);
  const Reply wrong = create(process, anna, document("T", "M", "hello"), hello);
  CHECK(wrong.status == 422);
  CHECK(wrong.code() == "digest-mismatch");
  const std::string id = made.member("id");
  CHECK(put(process, anna, id, "hello\n", hello).status == 200);
  CHECK(put(process, anna, id, "hallo\n", hello).code() == "digest-mismatch");
  CHECK(put(process, anna, id, "x", {{"Repr-Digest", "sha-512=:AAAA:"}}).status == 200);
  CHECK(put(process, anna, id, "hello\n",
            {{"Repr-Digest", "sha-512=:AAAA:, " + std::string{kHelloDigest}}})
            .status == 200);
  CHECK(put(process, anna, id, "x", {{"Repr-Digest", "sha-256=nonsense"}}).status == 400);
  CHECK(put(process, anna, id, "x", {{"Repr-Digest", "sha-256"}}).status == 400);
  CHECK(get_content(process, anna, id, "", {{"Range", "bytes=0-1"}}).header("Repr-Digest") ==
        kHelloDigest);
  CHECK(get_content(process, anna, id).response.body == "hello\n");
}

TEST_CASE("a document of too many bytes is refused, as form and as it is", "[file][documents]") {
  const Folder place;
  direct::Options options;
  options.document_bytes = 1'000;
  Process process{*place.store, options};
  const Caller anna = somebody();
  const Reply form = create(process, anna, document("T", "N", std::string(1'001, 'x')));
  CHECK(form.status == 413);
  CHECK(form.body.at("limit") == 1'000);
  const Reply made = create(process, anna, document("T", "N", std::string(1'000, 'x')));
  REQUIRE(made.status == 201);
  CHECK(put(process, anna, made.member("id"), std::string(1'001, 'x')).status == 413);
}

TEST_CASE("what is wrong with a document's form is told by name", "[file][documents]") {
  const Folder place;
  Process process{*place.store};
  const Caller anna = somebody();
  const auto status = [&](const Form& form) { return create(process, anna, form).status; };
  CHECK(status({{"type", "T", "", ""}, {"name", "N", "", ""}}) == 400);
  CHECK(status({{"name", "N", "", ""}, {"file", "x", "a.txt", ""}}) == 400);
  CHECK(status(with(document("T", "N", "x"), {"colour", "red", "", ""})) == 400);
  CHECK(status(with(document("T", "N", "x"), {"type_id", new_id().to_string(), "", ""})) == 400);
  CHECK(status(document("T", "N", "x", "../a.txt")) == 400);
  CHECK(status(document("T", std::string(129, 'n'), "x")) == 400);
  CHECK(status(document(std::string(65, 't'), "N", "x")) == 400);
  CHECK(status(document("T", "  ", "x")) == 400);
  CHECK(status(document("T", "N", "")) == 201);
  Pieces source{"bytes"};
  const Fields plain{{"Content-Type", "text/plain"}};
  CHECK(process.ask("POST", "/v1/documents", &source, anna, plain).status == 415);
}

TEST_CASE("a repeat with the same key is the same document and the same version",
          "[file][documents]") {
  const Folder place;
  Process process{*place.store};
  const Caller anna = somebody();
  const Fields key{{"Idempotency-Key", new_id().to_string()}};
  const Reply first = create(process, anna, document("T", "N", "text"), key);
  const Reply again = create(process, anna, document("T", "N", "text"), key);
  REQUIRE(first.status == 201);
  CHECK(again.response.body == first.response.body);
  CHECK(create(process, anna, document("T", "N", "other"), key).code() == "idempotency-mismatch");
  const Fields change{{"Idempotency-Key", new_id().to_string()}, {"If-Match", "\"1\""}};
  const Reply replaced = put(process, anna, first.member("id"), "new", change);
  CHECK(replaced.member("version") == "2");
  CHECK(put(process, anna, first.member("id"), "new", change).response.body ==
        replaced.response.body);
}

TEST_CASE("a link opens one file for as long as it says", "[file][documents]") {
  const Folder place;
  Process process{*place.store};
  const Caller anna = somebody();
  const Reply made = create(process, anna, document("T", "N", "secret"));
  const std::string path = "/v1/documents/" + made.member("id") + "/links";
  const auto link = [&](const std::string& body, const Fields& headers = {}) {
    return Reply{process.ask("POST", path, nullptr, anna, headers, body)};
  };
  const Reply given = link(R"({"expires_in":60})");
  REQUIRE(given.status == 201);
  const Instant expires = *parse_rfc3339(given.member("expires_at"));
  CHECK(expires > now() + seconds{50});
  CHECK(expires <= now() + seconds{60});
  CHECK(open_link(process, path_of(given.body.at("url"))).response.body == "secret");
  CHECK(link("").status == 201);
  CHECK(link(R"({"expires_in":604801})").status == 400);
  CHECK(link(R"({"expires_in":0})").status == 400);
  const Fields key{{"Idempotency-Key", new_id().to_string()}};
  CHECK(link("{}", key).response.body == link("{}", key).response.body);
  CHECK(process.ask("POST", path, nullptr, somebody()).status == 404);
  REQUIRE(put(process, anna, made.member("id"), "newer").status == 200);
  CHECK(open_link(process, path_of(given.body.at("url"))).response.body == "secret");
  process.decide(commands::delete_documents, removal_of(made.member("id")), anna);
  CHECK(open_link(process, path_of(given.body.at("url"))).status == 404);
}

TEST_CASE("documents are filtered, sorted and paged", "[file][documents]") {
  const Folder place;
  Process process{*place.store};
  const Caller anna = somebody();
  for (const char* name : {"b 100%", "A", "c"}) {
    const std::string bytes(static_cast<std::size_t>(name[0]), 'x');
    REQUIRE(create(process, anna, document("T", name, bytes)).status == 201);
  }
  REQUIRE(create(process, anna, document("Other", "d", "x")).status == 201);
  const auto names = [&](Fields parameters) {
    parameters.emplace_back("with_total", "true");
    const json::value page = ask(process, "/v1/documents", parameters, anna);
    std::string text;
    for (const json::value& item : page.at("items").as_array()) {
      text += std::string{item.at("name").as_string()}.substr(0, 1);
    }
    return text + std::to_string(page.at("total").as_int64());
  };
  CHECK(names({}) == "dcAb4");
  CHECK(names({{"sort", "name"}}) == "Abcd4");
  CHECK(names({{"sort", "-size"}}) == "cbAd4");
  CHECK(names({{"name", "100%"}}) == "b1");
  CHECK(names({{"name", "a"}, {"sort", "created_at"}}) == "A1");
  CHECK(names({{"created_from", to_rfc3339(now() + seconds{5})}}) == "0");
  std::string cursor, paged;
  do {
    Fields parameters{{"sort", "name"}, {"limit", "1"}};
    if (!cursor.empty()) parameters.emplace_back("cursor", cursor);
    const json::value page = ask(process, "/v1/documents", parameters, anna);
    paged += std::string{page.at("items").at(0).at("name").as_string()}.substr(0, 1);
    cursor = page.at("next").is_null() ? "" : std::string{page.at("next").as_string()};
  } while (!cursor.empty());
  CHECK(paged == "Abcd");
  const json::value types = ask(process, "/v1/document-types", {{"sort", "-documents"}}, anna);
  CHECK(types.at("items").at(0).at("name") == "T");
}

TEMPLATE_TEST_CASE("a command over the queue takes an upload, once", "[file][documents][uploads]",
                   Folder, S3) {
  const TestType place;
  Process process{*place.store};
  const Caller anna = somebody();
  const commands::AddDocuments add;
  const Reply uploaded = upload(process, anna, "from a chat");
  REQUIRE(uploaded.status == 201);
  CHECK(uploaded.member("sha256") == sha256_hex("from a chat"));
  CHECK(code_of(process.decide(add, wish("Chat", "One", uploaded), somebody())) ==
        "upload-unknown");
  const Id command = new_id();
  const auto added = process.decide(add, wish("Chat", "One", uploaded), anna, command);
  REQUIRE(added.status == 201);
  const json::value document = json::parse(added.body);
  CHECK(document.at("file_name") == "photo.jpg");
  CHECK(document.at("id").as_string() == command.to_string());
  CHECK(get_content(process, anna, command.to_string()).response.body == "from a chat");
  CHECK(code_of(process.decide(add, wish("Chat", "Two", uploaded), anna)) == "upload-unknown");

  const Reply newer = upload(process, anna, "newer");
  const auto taken = process.decide(add, wish("chat", "ONE", newer), anna);
  CHECK(code_of(taken) == "already-exists");
  CHECK(taken.fault->members.at("document_id").as_string() == command.to_string());
  v1::AddDocument replacing = wish("chat", "ONE", newer);
  replacing.set_replace(true);
  const auto replaced = process.decide(add, replacing, anna);
  CHECK(replaced.status == 200);
  CHECK(replaced.version == 2);
  CHECK(get_content(process, anna, command.to_string()).response.body == "newer");
}

TEST_CASE("an upload that nobody takes in time is removed with its bytes",
          "[file][documents][uploads]") {
  const Folder place;
  direct::Options options;
  options.upload_life = std::chrono::milliseconds{0};
  Process process{*place.store, options};
  const Caller anna = somebody();
  const Reply uploaded = upload(process, anna, "late " + new_id().to_string());
  REQUIRE(uploaded.status == 201);
  CHECK(code_of(process.decide(commands::AddDocuments{}, wish("T", "N", uploaded), anna)) ==
        "upload-unknown");
  CHECK(place.store->list("", 10).size() == 1);
  process.sweep();
  CHECK(place.store->list("", 10).empty());
}

TEST_CASE("questions over the queue are answered as over HTTP, and for their caller",
          "[file][documents][messages]") {
  const Folder place;
  Process process{*place.store};
  const Caller anna = somebody(), ben = somebody();
  const Reply one = create(process, anna, document("Rare", "One", "1"));
  REQUIRE(create(process, anna, document("Often", "Two", "22")).status == 201);
  REQUIRE(create(process, anna, document("Often", "Three", "333")).status == 201);
  v1::QueryDocumentTypes types;
  types.set_limit(1);
  const json::value first = json::parse(process.question(types, anna).body);
  CHECK(first.at("items").at(0).at("name") == "Often");
  CHECK(first.at("items").at(0).at("documents") == 2);
  types.set_cursor(std::string{first.at("next").as_string()});
  const json::value second = json::parse(process.question(types, anna).body);
  CHECK(second.at("items").at(0).at("name") == "Rare");
  CHECK(second.at("next").is_null());

  v1::QueryDocuments documents;
  documents.set_type_id(std::string{first.at("items").at(0).at("id").as_string()});
  const json::value page = json::parse(process.question(documents, anna).body);
  CHECK(page.at("items").at(0).at("name") == "Three");
  CHECK(process.question(documents, ben).status == 404);

  v1::GetDocument get;
  get.set_document_id(one.member("id"));
  const json::value found = json::parse(process.question(get, anna).body);
  CHECK(found.at("document").at("name") == "One");
  CHECK(open_link(process, std::string{found.at("inner_path").as_string()}).response.body == "1");
  CHECK(open_link(process, path_of(found.at("url"))).response.body == "1");
  CHECK(process.question(get, ben).status == 404);
}
