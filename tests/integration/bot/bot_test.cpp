// The bot with a local Telegram: what people see in their chats.
#include "libs/metrics/metrics.hpp"
#include "tests/integration/bot/world.hpp"

using namespace waybill;
using namespace waybill::bot;
using namespace waybill::bot::test;

namespace {

BotOptions quick() {
  BotOptions options;
  options.memory.sends_per_second = 1'000;
  options.memory.chat_pace = 1ms;
  return options;
}

// Adds a document, looks at it, and gives all that the bot has said.
std::vector<std::string> add_and_browse(World& world, std::int64_t chat) {
  world.write(chat, "/add");
  REQUIRE(world.sees(chat, "Which type"));
  world.write(chat, "Contracts");
  REQUIRE(world.sees(chat, "called"));
  world.write(chat, "Lease");
  REQUIRE(world.sees(chat, "send the file"));
  world.send_file(chat, "lease.pdf", "bytes");
  REQUIRE(world.sees(chat, "Saved: <b>Contracts</b> / <b>Lease</b>"));
  world.press(chat, "Documents");
  REQUIRE(world.sees(chat, "by type"));
  world.press(chat, "Contracts (1)");
  REQUIRE(world.sees(chat, "which one"));
  world.press(chat, "Lease");
  REQUIRE(world.sees(chat, "<b>Lease</b>\nContracts"));
  return world.bot_texts(chat);
}

}  // namespace

TEST_CASE("a document is added and found again, by polling and by webhook with the same words",
          "[bot]") {
  std::vector<std::string> transcripts[2];
  for (const bool webhook : {false, true}) {
    BotOptions options = quick();
    options.webhook = webhook;
    World world{options};
    transcripts[webhook ? 1 : 0] = add_and_browse(world, 7);
    const json::value last = world.messages(7).back();
    CHECK(last.at("file_name") == "lease.pdf");
    CHECK(last.at("file_size") == 5);
    CHECK(eventually(5s, [&] { return world.open_presses() == 0; }));
    CHECK(world.file_queue().documents() == 1);
  }
  CHECK(transcripts[0] == transcripts[1]);
}

TEST_CASE("updates that come twice take effect once", "[bot]") {
  World world{quick()};
  world.duplicate_next(4);
  world.write(7, "/help");
  world.write(7, "/state");
  world.write(7, "/help");
  world.write(7, "/start");
  REQUIRE(world.sees(7, "Hello"));
  CHECK(world.bot_texts(7).size() == 4);
}

TEST_CASE("another user's documents can't be reached, whatever the button says", "[bot]") {
  World world{quick()};
  add_and_browse(world, 7);
  world.write(8, "/documents");
  CHECK(world.sees(8, "no documents"));
}

TEST_CASE("Telegram's wish to wait is obeyed, and nothing is lost or doubled", "[bot]") {
  World world{quick()};
  local_telegram::Plan plan;
  plan.method = "sendMessage";
  plan.status = 429;
  plan.retry_after = 1;
  world.plan(plan);
  const auto start = std::chrono::steady_clock::now();
  world.write(7, "/help");
  world.write(7, "/state");
  REQUIRE(world.sees(7, "nothing is under way"));
  CHECK(std::chrono::steady_clock::now() - start >= 1s);
  CHECK(world.bot_texts(7).size() == 2);
}

TEST_CASE("a server that fails is asked again", "[bot]") {
  World world{quick()};
  local_telegram::Plan plan;
  plan.method = "sendMessage";
  plan.status = 502;
  plan.times = 2;
  world.plan(plan);
  world.write(7, "/help");
  REQUIRE(world.sees(7, "/start"));
  CHECK(world.bot_texts(7).size() == 1);
}

TEST_CASE("messages for who has blocked the bot are dropped, others go on", "[bot]") {
  World world{quick()};
  world.write(7, "/help");
  REQUIRE(world.sees(7, "/start"));
  world.block(7);
  world.write(7, "/help");
  world.write(11, "/help");  // the same part of the queue
  CHECK(world.sees(11, "/start"));
  CHECK(world.bot_texts(7).size() == 1);
}

TEST_CASE("a menu that Telegram will not edit comes as a new message", "[bot]") {
  World world{quick()};
  add_and_browse(world, 7);
  const auto before = world.bot_texts(7).size();
  world.press(7, "Back");  // below a file: there is no text to edit
  REQUIRE(world.sees(7, "which one"));
  CHECK(world.bot_texts(7).size() == before + 1);
}

TEST_CASE("menus are drawn in one message", "[bot]") {
  World world{quick()};
  world.write(7, "/start");
  REQUIRE(world.sees(7, "Hello"));
  world.press(7, "Account");
  REQUIRE(world.sees(7, "acts for the account"));
  world.press(7, "Main menu");
  REQUIRE(world.sees(7, "Hello"));
  CHECK(world.bot_texts(7).size() == 1);
}

TEST_CASE("a flood gets one polite answer, then silence, and changes nothing", "[bot]") {
  BotOptions options = quick();
  options.memory.flood_updates = 5;
  options.memory.flood_window = 60s;
  World world{options};
  for (int i = 0; i < 5; ++i) world.write(7, "/state");
  for (int i = 0; i < 5; ++i) world.write(7, "/add");
  REQUIRE(world.sees(7, "too fast"));
  world.write(11, "/help");
  REQUIRE(world.sees(11, "/start"));
  CHECK(world.bot_texts(7).size() == 6);
  CHECK(world.file_queue().asked == 0);
}

TEST_CASE("in a group the bot says once that it talks in private chats", "[bot]") {
  World world{quick()};
  for (int i = 0; i < 3; ++i) world.write(-7, "hello");
  REQUIRE(world.sees(-7, "private"));
  world.write(7, "/help");
  REQUIRE(world.sees(7, "/start"));
  CHECK(world.bot_texts(-7).size() == 1);
}

TEST_CASE("Russian is for those whose Telegram speaks it, update by update", "[bot]") {
  World world{quick()};
  world.write(7, "/state", "ru-RU");
  REQUIRE(world.sees(7, "Мы в меню"));
  world.write(7, "/state", "de");
  REQUIRE(world.sees(7, "We are in the menu"));
}

TEST_CASE("who acts for no account is offered a link", "[bot]") {
  World world{quick()};
  world.write(99, "/documents");
  REQUIRE(world.sees(99, "Link your account first"));
  CHECK(world.file_queue().asked == 0);
}

TEST_CASE("an answer that takes more than ten seconds is announced, and follows", "[bot][slow]") {
  World world{quick()};
  world.file_queue().is_silent = true;
  world.write(7, "/documents");
  REQUIRE(world.sees(7, "Still working"));
  CHECK(world.file_queue().asked == 2);  // asked again under its id: the answer may have been lost
  world.file_queue().is_silent = false;
}

TEST_CASE("a forged webhook is refused and nothing happens", "[bot][webhook]") {
  BotOptions options = quick();
  options.webhook = true;
  World world{options};
  Io io;
  web::Client client{io.context, world.webhook_address()};
  const auto post = [&](const std::string& secret, const std::string& body) {
    web::ClientRequest request;
    request.method = "POST";
    request.target = "/v1/telegram/webhook";
    if (!secret.empty()) request.headers.add("X-Telegram-Bot-Api-Secret-Token", secret);
    request.body = body;
    const auto answer =
        boost::asio::co_spawn(io.context, client.send(std::move(request)), boost::asio::use_future)
            .get();
    REQUIRE(answer.has_value());
    return *answer;
  };
  const std::string update = R"({"update_id": 900, "message": {"message_id": 1, "text": "/help",
    "chat": {"id": 7, "type": "private"}, "from": {"id": 7}}})";
  for (const char* secret : {"", "wrong", "a-secret_of-17", "a-secret_of-166"}) {
    CHECK(post(secret, update).status == 401);
  }
  CHECK(post(kSecret, "{}").status == 400);
  const auto taken = post(kSecret, update);
  CHECK(taken.status == 200);
  CHECK(taken.body == R"({"status":"ok"})");
  world.write(7, "/state");
  REQUIRE(world.sees(7, "nothing is under way"));
  CHECK(world.bot_texts(7).size() <= 2);
}
