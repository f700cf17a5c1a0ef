// Ten thousand updates from five hundred chats, while Telegram wants to be left alone, fails, does
// not answer and tells things twice, and the bot's processes are killed. Against a real RabbitMQ.
#include <fstream>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "services/bot/domain/dialog.hpp"
#include "tests/integration/bot/world.hpp"

using namespace waybill;
using namespace waybill::bot;
using namespace waybill::bot::test;

namespace {

constexpr int chats = 500;
constexpr int first_chat = 1'000;
constexpr int rounds = 20;  // updates of each chat
constexpr int kills = 8;

// One process of the bot, as it is installed.
class BotProcess {
 public:
  BotProcess(std::vector<std::string> environment, std::string log)
      : environment_{std::move(environment)}, log_{std::move(log)} {
    start();
  }
  ~BotProcess() { kill_hard(); }
  BotProcess(BotProcess&&) = delete;

  void start() {
    pid_ = fork();
    REQUIRE(pid_ >= 0);
    if (pid_ != 0) return;
    const int log = open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (log < 0 || dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0) _exit(126);
    for (std::string& variable : environment_) putenv(variable.data());
    const char* program = WAYBILL_BOT_PROGRAM;
    execl(program, program, nullptr);
    _exit(127);
  }
  void kill_hard() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  std::vector<std::string> environment_;
  const std::string log_;
  pid_t pid_ = 0;
};

std::string text_of_round(int round) {
  constexpr const char* kTexts[]{"/help", "/state", "/start", "/link", "/cancel", "what?"};
  return kTexts[round % 6];
}

// What the dialogs say to all rounds, in their order.
std::vector<std::string> expected(std::int64_t chat) {
  std::vector<std::string> texts;
  domain::State state;
  domain::Context context;
  context.account = domain::Account{"", "user" + std::to_string(chat)};
  for (int round = 0; round < rounds; ++round) {
    domain::Update update;
    update.kind = domain::Update::Kind::text;
    update.chat = update.user = chat;
    update.text = text_of_round(round);
    domain::Step step = domain::advance(std::move(state), update, context);
    state = std::move(step.state);
    for (const domain::Action& action : step.actions) {
      if (const auto* say = std::get_if<domain::Say>(&action)) texts.push_back(say->html);
    }
  }
  return texts;
}

// Messages of which a process did not know whether one that died had sent them.
int uncertain_in(const std::string& log) {
  std::ifstream file{log};
  int count = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.find("bot.send-uncertain") != std::string::npos) ++count;
  }
  return count;
}

struct Verdict {
  int missing = 0, out_of_order = 0, repeated = 0;
};

// Messages that come again right away are repeats; anything else is out of order.
void compare(const std::vector<std::string>& wanted, const std::vector<std::string>& seen,
             Verdict& verdict) {
  std::size_t next = 0;
  for (const std::string& text : seen) {
    if (next < wanted.size() && text == wanted[next]) {
      ++next;
    } else if (next > 0 && text == wanted[next - 1]) {
      ++verdict.repeated;
    } else {
      ++verdict.out_of_order;
    }
  }
  verdict.missing += static_cast<int>(wanted.size() - next);
}

std::string all_of(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += "\n  " + text.substr(0, 60);
  return all;
}

}  // namespace

TEST_CASE("ten thousand updates of five hundred chats survive kills, refusals and repeats",
          "[bot][storm]") {
  testing::Redis redis;
  Neighbours neighbours;
  Io far;
  local_telegram::Server telegram{far.context, kToken};
  web::Server telegram_server{far.context, "127.0.0.1:0", telegram};
  web::Server neighbour_server{far.context, "127.0.0.1:0", neighbours};
  runtime::call_on(far.context, [&] {
    telegram_server.start();
    neighbour_server.start();
  });
  const std::string neighbour = "127.0.0.1:" + std::to_string(neighbour_server.port());
  const std::vector<std::string> environment{
      "WAYBILL_REDIS_URL=" + redis.url(),
      "WAYBILL_BOT_TOKEN=" + kToken,
      "WAYBILL_BOT_API_URL=http://127.0.0.1:" + std::to_string(telegram_server.port()),
      "WAYBILL_BOT_POLL_TIME=2s",
      "WAYBILL_BOT_REQUEST_TIME=3s",
      "WAYBILL_BOT_FLOOD=1000/10",
      "WAYBILL_BOT_SEND_RATE=5000",
      "WAYBILL_BOT_CHAT_PACE=1ms",
      "WAYBILL_BOT_IDENTITY=" + neighbour,
      "WAYBILL_BOT_FILE=" + neighbour,
      "WAYBILL_LOG_LEVEL=warn"};
  const std::string log = "/tmp/waybill-storm-" + new_id().to_string() + ".log";
  BotProcess first{environment, log};
  BotProcess second{environment, log};

  const auto plan = [&](int status, int times, int retry_after) {
    local_telegram::Plan made;
    made.method = "sendMessage";
    made.status = status;
    made.times = times;
    made.retry_after = retry_after;
    runtime::call_on(far.context, [&] { telegram.plan(made); });
  };
  for (int round = 0; round < rounds; ++round) {
    runtime::call_on(far.context, [&] {
      telegram.world().duplicate_next(50);
      for (int chat = first_chat; chat < first_chat + chats; ++chat) {
        telegram.world().write(chat, text_of_round(round), {chat, "tg", "en"});
      }
      telegram.stir();
    });
    plan(429, 5, 1);
    plan(502, 5, 0);
    if (round % 5 == 0) plan(0, 2, 0);
  }
  for (int i = 0; i < kills; ++i) {
    BotProcess& victim = i % 2 == 0 ? first : second;
    const auto before = [&] {
      std::int64_t calls = 0;
      runtime::call_on(far.context, [&] { calls = telegram.calls_of("sendMessage"); });
      return calls;
    }();
    // Somewhere in the middle of its work.
    CHECK(eventually(60s, [&] {
      std::int64_t calls = 0;
      runtime::call_on(far.context, [&] { calls = telegram.calls_of("sendMessage"); });
      return calls > before + 300;
    }));
    victim.kill_hard();
    victim.start();
  }

  const auto seen = [&](std::int64_t chat) {
    std::vector<std::string> texts;
    runtime::call_on(far.context, [&] {
      for (const json::value& message : telegram.world().messages(chat)) {
        if (!message.at("by_bot").as_bool()) continue;
        texts.emplace_back(message.at("text").as_string());
      }
    });
    return texts;
  };
  const auto judge = [&] {
    Verdict verdict;
    for (int chat = first_chat; chat < first_chat + chats; ++chat)
      compare(expected(chat), seen(chat), verdict);
    return verdict;
  };
  CHECK(eventually(180s, [&] { return judge().missing == 0; }));
  const Verdict verdict = judge();
  const int uncertain = uncertain_in(log);
  WARN("after " << kills << " kills " << uncertain << " messages were uncertain, "
                << verdict.repeated << " repeated");
  CHECK(verdict.missing == 0);
  CHECK(verdict.out_of_order == 0);
  // Only what was in the middle of a send when its process was killed.
  CHECK(verdict.repeated <= uncertain);
  for (int chat = first_chat; chat < first_chat + chats; ++chat) {
    Verdict one;
    compare(expected(chat), seen(chat), one);
    if (one.missing + one.out_of_order == 0) continue;
    UNSCOPED_INFO("chat " << chat << " has seen" << all_of(seen(chat)));
  }
  if (!(verdict.missing + verdict.out_of_order == 0)) FAIL_CHECK("see " << log);
  if (verdict.missing + verdict.out_of_order == 0) std::remove(log.c_str());
}
