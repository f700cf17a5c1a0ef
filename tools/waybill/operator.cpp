#include "tools/waybill/operator.hpp"

#include <cstdlib>
#include <thread>

#include <pwd.h>
#include <unistd.h>

#include "tools/waybill/interrupt.hpp"

namespace waybill::tool {
namespace {

constexpr std::chrono::milliseconds kStep{100};

constexpr pg::Statement insert_act{
    "insert_act", "INSERT INTO operator_act (who, act, subject, reason) VALUES ($1, $2, $3, $4)"};

}  // namespace

std::string operator_name() {
  const char* sudo = std::getenv("SUDO_USER");
  const passwd* user = getpwuid(getuid());
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  return fmt::format("{}@{}", sudo ? sudo : (user ? user->pw_name : "unknown"), host);
}

void note_act(const std::string& url, const std::string& act, const std::string& subject,
              const std::string& reason) {
  pg::Options options;
  options.url = url;
  options.application_name = "waybill.tool";
  pg::Connection connection{std::move(options)};
  pg::Tx tx{connection};
  tx.exec(insert_act, operator_name(), act, subject, reason);
  tx.commit();
}

bool Pace::wait(std::size_t count) {
  using Seconds = std::chrono::duration<double>;
  const auto due =
      began_ + std::chrono::duration_cast<std::chrono::nanoseconds>(Seconds{gone_ / per_second_});
  gone_ += static_cast<double>(count);
  while (!interrupted() && std::chrono::steady_clock::now() < due) {
    const auto left = due - std::chrono::steady_clock::now();
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(left, kStep));
  }
  return !interrupted();
}

}  // namespace waybill::tool
