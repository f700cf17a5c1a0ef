#include "tests/chaos/crash/loop.hpp"

#include <cstdio>
#include <future>

#include "libs/testing/testing.hpp"
#include "tests/chaos/caller.hpp"
#include "tests/chaos/crash/worker.hpp"
#include "tests/chaos/scene.hpp"

namespace waybill::chaos {
namespace {

using e2e::Reply;
using testing::eventually;

// What a worker does after the answer (acknowledging, telling events) is over by then.
constexpr milliseconds kAftermath{400};

struct Case {
  std::string command;
  std::string service;  // whose process dies
};

const std::vector<Case> kCases{{"PlaceOrder", "order"},
                               {"PlaceOrder", "product"},
                               {"CancelOrder", "order"},
                               {"CancelOrder", "product"},
                               {"UpdateProduct", "product"}};

class Loop {
 public:
  Loop(const Scene& scene, e2e::Book& book, const Shop& shop, const Case& what)
      : what_{what},
        shop_{shop},
        caller_{scene.gates.gateway(), book},
        names_{scene.gates.names()},
        product_{e2e::make_product("1.00", 1'000)},
        worker_{what.service} {}

  // False: a command had another outcome than it should.
  bool run(std::int64_t most) {
    fmt::print("\n{}, {} dies\n\n| n | call | before | after |\n| --- | --- | --- | --- |\n",
               what_.command, what_.service);
    std::int64_t n = 1;
    for (; most == 0 || n <= most; ++n) {
      where_.clear();
      const std::string before = at(n, false);
      const std::string after = at(n, true);
      if (where_.empty()) break;
      fmt::print("| {} | {} | {} | {} |\n", n, where_, before, after);
      std::fflush(stdout);
    }
    say(fmt::format("{}, {}: {} calls, before and after each: {}", what_.command, what_.service,
                    n - 1, good_ ? "good" : "FAILED"));
    return good_;
  }

 private:
  // One command with the trap at call `n`: its status, or nothing if the trap did not spring.
  std::string at(std::int64_t n, bool after) {
    worker_.make_ready();
    const std::string key = e2e::unique("key");
    const e2e::Call call = make(key);
    Trap& trap = worker_.trap();
    trap.calls = 0;
    trap.sprung = false;
    trap.after = after;
    trap.at = n;
    const int status = ask(call, key);
    testing::eventually(kAftermath, [&] { return trap.sprung.load(); });
    trap.at = 0;
    good_ = good_ && status == (what_.command == "PlaceOrder" ? 201 : 200);
    if (!trap.sprung) return {};
    const auto name = names_.find(trap.port);
    where_ = fmt::format("{} {}", trap.call.data(),
                         name == names_.end() ? std::string{"-"} : name->second);
    return std::to_string(status);
  }

  e2e::Call make(const std::string& key) {
    if (what_.command == "PlaceOrder") return shop_.order(plenty_, key);
    if (what_.command == "UpdateProduct") {
      ++price_;
      return Shop::reprice(product_, fmt::format("{}.{:02}", 1 + price_ / 100, price_ % 100));
    }
    const std::string order_key = e2e::unique("key");
    return Shop::cancel(caller_.insist(shop_.order(plenty_, order_key), order_key).id());
  }

  // Its outcome; whoever died is brought back meanwhile.
  int ask(const e2e::Call& call, const std::string& key) {
    auto reply = std::async(std::launch::async, [&] { return caller_.insist(call, key); });
    while (reply.wait_for(milliseconds{20}) != std::future_status::ready) worker_.revive();
    return reply.get().status;
  }

  const Case what_;
  const Shop& shop_;
  Caller caller_;
  const std::map<std::uint16_t, std::string> names_;
  const std::string product_;
  Worker worker_;
  testing::Dice plenty_{1};
  int price_ = 0;  // the last one, in cents
  std::string where_;
  bool good_ = true;
};

}  // namespace

bool crash_everywhere(const CrashOptions& options) {
  Scene scene{1};
  e2e::Book book;
  const Shop shop{Shop::Plenty::of_all};
  bool good = true;
  for (const Case& each : kCases) {
    const bool wanted = std::find(options.commands.begin(), options.commands.end(), each.command) !=
                        options.commands.end();
    if (wanted) good = Loop{scene, book, shop, each}.run(options.most) && good;
  }
  return scene.judge(book) && good;
}

}  // namespace waybill::chaos
