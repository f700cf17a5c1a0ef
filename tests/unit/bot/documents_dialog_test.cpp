// Documents, and what holds in every state.
#include "tests/unit/bot/talk.hpp"

using namespace waybill::bot::domain;
using namespace waybill::bot::domain::test;

namespace {

json::value types_page(std::initializer_list<const char*> names, const char* next = nullptr) {
  json::array items;
  for (const char* name : names) {
    items.push_back({{"id", std::string{"t-"} + name}, {"name", name}, {"documents", 3}});
  }
  return {{"items", items}, {"next", next ? json::value(next) : json::value(nullptr)}};
}

json::value documents_page(std::initializer_list<const char*> names) {
  json::array items;
  for (const char* name : names)
    items.push_back({{"id", std::string{"d-"} + name}, {"name", name}});
  return {{"items", items}, {"next", nullptr}};
}

json::value document(const char* type, const char* name, std::int64_t size = 1'234'567) {
  return {{"id", "d-1"},  {"type", type},
          {"name", name}, {"file_name", "lease.pdf"},
          {"size", size}, {"created_at", "2026-01-31T09:30:00.123Z"}};
}

// As far as the file.
Talk at_file() {
  Talk talk;
  talk.write("/add");
  talk.answer(200, types_page({"Contracts"}));
  talk.press("Contracts");
  talk.write("Lease 2026");
  return talk;
}

}  // namespace

TEST_CASE("a document is added by type, name and file, and is saved only when it is stored",
          "[bot][documents]") {
  Talk talk;
  talk.write("/add");
  CHECK(talk.asked().type == "waybill.file.v1.QueryDocumentTypes");
  CHECK(talk.asked().body.at("sort") == "-documents");
  talk.answer(200, types_page({"Contracts", "Invoices"}));
  CHECK(talk.labels() == std::vector<std::string>{"Contracts", "Invoices", "Cancel"});
  talk.press("Contracts");
  CHECK(talk.says(Text::add_name));
  CHECK(talk.toast().empty());  // the press was answered
  talk.write("Lease 2026");
  CHECK(talk.says(Text::add_file));
  talk.send_file("lease.pdf");
  CHECK(talk.says(Text::add_saving));
  REQUIRE(talk.call.has_value());
  const auto& transfer = std::get<Transfer>(*talk.call);
  CHECK(transfer.file_id == "tg-lease.pdf");
  CHECK(transfer.target == "/uploads");
  talk.answer(201, {{"upload_id", "up-1"}});
  CHECK(talk.asked().body == json::object{{"name", "Lease 2026"},
                                          {"upload_id", "up-1"},
                                          {"file_name", "lease.pdf"},
                                          {"replace", false},
                                          {"type_id", "t-Contracts"}});
  CHECK(talk.text().find("Saved") == std::string::npos);
  talk.answer(201, document("Contracts", "Lease 2026"));
  CHECK(talk.text().find("Saved: <b>Contracts</b> / <b>Lease 2026</b>") != std::string::npos);
  CHECK(talk.state.at == "idle");
  CHECK_FALSE(talk.state.data.contains("add"));
}

TEST_CASE("a new type is a text", "[bot][documents]") {
  Talk talk;
  talk.write("/upload");
  talk.answer(200, types_page({}));
  CHECK(talk.says(Text::add_type_first));
  talk.write(std::string(65, 'x'));
  CHECK(talk.says(Text::add_want_type));
  talk.answer(200, types_page({}));
  talk.write("Certificates");
  talk.write("Birth");
  talk.send_file("b.png");
  talk.answer(201, {{"upload_id", "up-1"}});
  CHECK(talk.asked().body.at("type") == "Certificates");
  CHECK_FALSE(talk.asked().body.contains("type_id"));
}

TEST_CASE("a file outside a dialog starts one, and its name is offered", "[bot][documents]") {
  Talk talk;
  talk.send_file("lease.pdf");
  talk.answer(200, types_page({"Contracts"}));
  talk.press("Contracts");
  CHECK(talk.says(Text::add_name_offered));
  talk.press("Use “lease.pdf”");
  REQUIRE(std::holds_alternative<Transfer>(*talk.call));
  talk.answer(201, {{"upload_id", "up-1"}});
  CHECK(talk.asked().body.at("name") == "lease.pdf");
}

TEST_CASE("a file that Telegram would not give is refused before, and the step stays",
          "[bot][documents]") {
  Talk talk = at_file();
  talk.send_file("film.mp4", 20'000'001);
  CHECK(talk.text().find("20.0 MB") != std::string::npos);
  CHECK(talk.state.at == "add.file");
  CHECK_FALSE(talk.call.has_value());
  talk.write("here it is");
  CHECK(talk.says(Text::add_want_file));
  CHECK(talk.state.at == "add.file");
}

TEST_CASE("a taken name leads to a new version or another name, without a second upload",
          "[bot][documents]") {
  for (const bool new_version : {true, false}) {
    Talk talk = at_file();
    talk.send_file("lease.pdf");
    talk.answer(201, {{"upload_id", "up-1"}});
    talk.answer(409, {{"code", "already-exists"}, {"document_id", "d-1"}});
    CHECK(talk.text().find("Lease 2026") != std::string::npos);
    if (new_version) {
      talk.press("New version");
      CHECK(talk.asked().body.at("replace") == true);
    } else {
      talk.press("Other name");
      talk.write("Lease 2027");
      CHECK(talk.asked().body.at("name") == "Lease 2027");
      CHECK(talk.asked().body.at("replace") == false);
    }
    CHECK(talk.asked().body.at("upload_id") == "up-1");
  }
}

TEST_CASE("what fails is said with its reason, and can be tried again with all that was given",
          "[bot][documents]") {
  Talk talk = at_file();
  talk.send_file("lease.pdf");
  talk.answer(503);
  CHECK(talk.text().find("c-1") != std::string::npos);  // nobody's fault: with its reference
  talk.press("Try again");
  CHECK(std::get<Transfer>(*talk.call).file_id == "tg-lease.pdf");
  talk.answer(201, {{"upload_id", "up-2"}});
  CHECK(talk.asked().body.at("name") == "Lease 2026");
  talk.answer(409, {{"code", "limit-reached"}, {"detail", "…"}});
  CHECK(talk.says(Text::why_limit));
  CHECK(talk.labels() == std::vector<std::string>{"Try again", "Cancel"});
}

TEST_CASE("documents are browsed by type, sent, and deleted after a question", "[bot][documents]") {
  Talk talk;
  talk.write("/documents");
  talk.answer(200, types_page({"Contracts"}));
  CHECK(talk.labels() == std::vector<std::string>{"Contracts (3)", "Add", "Main menu"});
  talk.press("Contracts (3)");
  CHECK(talk.asked().body.at("type_id") == "t-Contracts");
  talk.answer(200, documents_page({"Lease", "Loan"}));
  CHECK(talk.text().find("<b>Contracts</b>") != std::string::npos);
  talk.press("Lease");
  CHECK(talk.asked().type == "waybill.file.v1.GetDocument");
  talk.answer(200, {{"document", document("Contracts", "Lease")},
                    {"inner_path", "/inner/1"},
                    {"url", "https://x"}});
  const auto file = std::find_if(talk.actions.begin(), talk.actions.end(), [](const Action& one) {
    return std::holds_alternative<SendFile>(one);
  });
  REQUIRE(file != talk.actions.end());
  CHECK(std::get<SendFile>(*file).inner_path == "/inner/1");
  CHECK(std::get<SendFile>(*file).html == "<b>Lease</b>\nContracts · 1.2 MB · 2026-01-31");
  talk.press("Delete");
  CHECK_FALSE(talk.call.has_value());
  talk.press("Yes, delete");
  CHECK(talk.asked().body.at("document_id") == "d-Lease");
  talk.answer(204);
  CHECK(talk.says(Text::document_deleted));
  CHECK(talk.asked().type == "waybill.file.v1.QueryDocuments");
}

TEST_CASE("a document above 50 MB comes as a link", "[bot][documents]") {
  Talk talk;
  talk.write("/documents");
  talk.answer(200, types_page({"Films"}));
  talk.press("Films (3)");
  talk.answer(200, documents_page({"Holidays"}));
  talk.press("Holidays");
  talk.answer(200, {{"document", document("Films", "Holidays", 50'000'001)},
                    {"inner_path", "/inner/1"},
                    {"url", "https://x/?a=1&b=2"}});
  CHECK(talk.text().find("href=\"https://x/?a=1&amp;b=2\"") != std::string::npos);
}

TEST_CASE("lists page forward and back by the cursors of the service", "[bot][documents]") {
  Talk talk;
  talk.write("/documents");
  talk.answer(200, types_page({"A"}, "second"));
  talk.press("Next");
  CHECK(talk.asked().body.at("cursor") == "second");
  talk.answer(200, types_page({"B"}));
  CHECK(talk.labels() == std::vector<std::string>{"B (3)", "Previous", "Add", "Main menu"});
  talk.press("Previous");
  CHECK_FALSE(talk.asked().body.contains("cursor"));
}

TEST_CASE("a button of an outdated menu says so and shows the present one", "[bot]") {
  Talk talk;
  talk.write("/start");
  const std::string old = talk.state.mark + ".docs";
  talk.write("/add");
  talk.answer(200, types_page({"Contracts"}));
  talk.press("Contracts");
  talk.press_data(old);
  CHECK(talk.toast() == "This menu is outdated.");
  CHECK(talk.says(Text::add_name));
  CHECK(talk.state.at == "add.name");
}

TEST_CASE("a button that is known but not of this step changes nothing", "[bot]") {
  Talk talk = at_file();
  talk.press_data(talk.state.mark + ".newv");
  CHECK(talk.toast() == "This menu is outdated.");
  CHECK_FALSE(talk.call.has_value());
  CHECK(talk.state.at == "add.file");
}

TEST_CASE("/cancel forgets the dialog and goes back to the menu that it came from", "[bot]") {
  Talk talk = at_file();
  talk.write("/cancel");
  CHECK(talk.says(Text::canceled));
  CHECK(talk.state.at == "idle");
  CHECK_FALSE(talk.state.data.contains("add"));
  talk.write("/documents");
  talk.answer(200, types_page({"Contracts"}));
  talk.press("Add");
  talk.answer(200, types_page({"Contracts"}));
  talk.press("Cancel");
  CHECK(talk.says(Text::canceled));
  CHECK(talk.asked().name == "browse.types");
}

TEST_CASE("an answer that nobody waits for any more changes nothing", "[bot]") {
  Talk talk;
  talk.write("/documents");
  talk.write("/start");
  talk.take(Answer{"browse.types", 200, types_page({"Contracts"})});
  CHECK(talk.actions.empty());
  CHECK(talk.state.at == "idle");
}

TEST_CASE("an answer that takes its time is announced, and still comes", "[bot]") {
  Talk talk;
  talk.write("/documents");
  talk.take(Late{});
  CHECK(talk.says(Text::still_working));
  talk.call = Ask{"browse.types", "", "", {}};
  talk.answer(200, types_page({"Contracts"}));
  CHECK(talk.says(Text::types_title));
}

TEST_CASE("/state says in words where the dialog is", "[bot]") {
  Talk talk = at_file();
  talk.write("/check_state");
  CHECK(talk.says(Text::at_add_file));
  CHECK(talk.state.at == "add.file");
}

TEST_CASE("who acts for no account sees how to link one, whatever he does", "[bot][link]") {
  Talk talk{false};
  for (const char* text : {"/documents", "/ads", "/add", "hello", "/cancel", "/unlink"}) {
    talk.write(text);
    INFO(text);
    CHECK(talk.says(Text::needs_link));
    CHECK_FALSE(talk.call.has_value());
    CHECK(talk.labels() == std::vector<std::string>{"Link account"});
  }
  talk.send_file("lease.pdf");
  CHECK(talk.says(Text::needs_link));
  talk.write("/help");
  CHECK(talk.says(Text::help));
}

TEST_CASE("a code is redeemed by /start, by /link and when it was asked for", "[bot][link]") {
  for (const char* text : {"/start abc123", "/link abc123", "abc123"}) {
    Talk talk{false};
    if (*text != '/') {
      talk.write("/start");
      talk.press("Link account");
      CHECK(talk.says(Text::link_ask_code));
    }
    talk.write(text);
    CHECK(talk.asked().type == "waybill.identity.v1.LinkTelegram");
    CHECK(talk.asked().body ==
          json::object{{"telegram_user_id", 5}, {"code", "abc123"}, {"username", "ada_l"}});
    talk.context.account = Account{"u-1", "ada"};
    talk.answer(200,
                {{"user_id", "u-1"}, {"username", "ada"}, {"replaced_telegram_user_id", nullptr}});
    CHECK(talk.text().find("<b>ada</b>") != std::string::npos);
  }
}

TEST_CASE("a wrong code and too many of them have one text each", "[bot][link]") {
  Talk talk{false};
  talk.write("/link wrong");
  talk.answer(422, {{"code", "invalid-code"}});
  CHECK(talk.says(Text::link_bad));
  talk.write("/link wrong");
  talk.answer(429, {{"code", "rate-limited"}});
  CHECK(talk.says(Text::link_too_often));
}

TEST_CASE("whose link was replaced is told so in his chat", "[bot][link]") {
  Talk talk{false};
  talk.write("/link abc");
  talk.answer(200, {{"user_id", "u-1"}, {"username", "ada"}, {"replaced_telegram_user_id", 99}});
  const auto told = std::find_if(talk.actions.begin(), talk.actions.end(), [](const Action& one) {
    return std::holds_alternative<Tell>(one);
  });
  REQUIRE(told != talk.actions.end());
  CHECK(std::get<Tell>(*told).chat == 99);
}

TEST_CASE("/unlink asks first", "[bot][link]") {
  Talk talk;
  talk.write("/unlink");
  CHECK_FALSE(talk.call.has_value());
  talk.press("Unlink");
  CHECK(talk.asked().body.at("user_id") == "u-1");
  talk.answer(204);
  CHECK(talk.says(Text::unlink_done));
}

TEST_CASE("foreign values are escaped wherever they are shown", "[bot]") {
  Talk talk;
  talk.context.account = Account{"u-1", "<b>&"};
  talk.write("/start");
  CHECK(talk.text().find("&lt;b&gt;&amp;") != std::string::npos);
  talk.write("/documents");
  talk.answer(404, {{"code", "odd"}, {"detail", "no <such> & type"}});
  CHECK(talk.text().find("no &lt;such&gt; &amp; type") != std::string::npos);
}
