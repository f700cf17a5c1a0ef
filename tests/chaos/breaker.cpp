#include "tests/chaos/breaker.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "libs/testing/testing.hpp"
#include "tests/e2e/support/instance.hpp"

namespace waybill::chaos {
namespace {

using testing::eventually;

const std::string kRedis = "redis-cli -u \"$WAYBILL_REDIS_URL\" ";
// Every key gets a value that nobody of ours stored.
const std::string kGarbage =
    R"(eval "for _, key in ipairs(redis.call('keys', '*')) do redis.call('set', key, '{garbage') end" 0)";
const std::string kTerminate =
    "echo \"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE usename LIKE 'waybill%'\" | deploy/local/platform.sh ";

// A PostgreSQL that recovers accepts connections only to refuse them.
bool is_starting_up(const std::string& server) {
  return server == "postgres" &&
         e2e::run("pg_isready -q -h 127.0.0.1 -p \"$WAYBILL_PG_PORT\" || echo no") != "";
}

bool takes_connections(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  boost::asio::io_context io;
  boost::asio::ip::tcp::socket socket{io};
  boost::system::error_code error;
  socket.connect({boost::asio::ip::make_address(address.substr(0, colon)),
                  static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1)))},
                 error);
  return !error;
}

void wait_for(const std::string& server) {
  const std::string address = address_of(server);
  if (!eventually(seconds{120},
                  [&] { return takes_connections(address) && !is_starting_up(server); })) {
    throw std::runtime_error{server + " does not come back"};
  }
}

// The process and its children: PostgreSQL's are many.
std::vector<pid_t> family_of(pid_t parent) {
  std::vector<pid_t> family{parent};
  for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream in{entry.path() / "stat"};
    std::string stat;
    std::getline(in, stat);
    const std::size_t end = stat.rfind(')');
    if (end == std::string::npos || end + 4 >= stat.size()) continue;
    if (std::stol(stat.substr(end + 4)) == parent) family.push_back(std::stoi(name));
  }
  return family;
}

void signal_all(const std::vector<pid_t>& pids, int signal) {
  for (const pid_t pid : pids) ::kill(pid, signal);
}

void hang(const std::vector<pid_t>& pids, milliseconds time) {
  signal_all(pids, SIGSTOP);
  std::this_thread::sleep_for(time);
  signal_all(pids, SIGCONT);
}

}  // namespace

std::string platform(const std::string& arguments) {
  return e2e::run("deploy/local/platform.sh " + e2e::instance() + " " + arguments);
}

std::vector<pid_t> running(const std::string& program) {
  std::vector<pid_t> pids;
  if (!eventually(seconds{60}, [&] { return !(pids = e2e::pids_of(program)).empty(); })) {
    throw std::runtime_error{"no process of " + program + " runs"};
  }
  return pids;
}

std::string address_of(const std::string& server) {
  const auto part = [](const char* variable, const std::string& before) {
    const std::string url = testing::environment(variable);
    const std::size_t begin = url.find(before) + before.size();
    return url.substr(begin, url.find('/', begin) - begin);
  };
  if (server == "postgres") return "127.0.0.1:" + testing::environment("WAYBILL_PG_PORT");
  if (server == "rabbitmq") return part("WAYBILL_RABBIT_URL", "@");
  if (server == "redis") return part("WAYBILL_REDIS_URL", "//");
  return testing::environment("WAYBILL_KAFKA_BROKERS");
}

void stop_server(const std::string& server) {
  platform("ctl stop " + server);
}

void start_server(const std::string& server) {
  platform("ctl start " + server);
  wait_for(server);
}

void Breaker::run(const Fault& fault) {
  if (fault.kind <= Kind::half_open) return break_link(fault);
  if (fault.kind <= Kind::restart) return break_service(fault);
  break_server(fault);
}

void Breaker::break_link(const Fault& fault) {
  testing::TcpGate& gate = gates_.of(fault.target);
  testing::LinkPlan plan;
  testing::Weather& weather = fault.up ? plan.up : plan.down;
  switch (fault.kind) {
    case Kind::reset:
      return gate.cut();
    case Kind::hang_up:
      return gate.hang_up();
    case Kind::refuse:
      gate.close();
      plan.refuse = true;
      break;
    case Kind::cut_after:
      weather.cut_after = fault.amount;
      break;
    case Kind::delay:
      weather.delay = milliseconds{fault.amount};
      break;
    case Kind::slice:
      weather.slice = fault.amount;
      break;
    case Kind::throttle:
      weather.bytes_per_second = fault.amount;
      break;
    default:
      weather.swallow = true;
  }
  gate.apply(plan);
  std::this_thread::sleep_for(fault.lasts);
  if (fault.kind == Kind::half_open) gate.cut();
  gate.apply({});
}

void Breaker::break_service(const Fault& fault) {
  const std::vector<pid_t> pids = running(fault.target);
  const pid_t pid = pids.at(fault.amount % pids.size());
  switch (fault.kind) {
    case Kind::kill:
      return e2e::kill_hard({pid});
    case Kind::freeze:
      return hang({pid}, fault.lasts);
    default:
      signal_all({pid}, SIGTERM);
  }
}

void Breaker::break_server(const Fault& fault) {
  const std::string& server = fault.target;
  switch (fault.kind) {
    case Kind::crash:
      e2e::kill_hard({running(server).front()});
      break;
    case Kind::away:
      stop_server(server);
      std::this_thread::sleep_for(fault.lasts);
      start_server(server);
      break;
    case Kind::hang:
      hang(family_of(running(server).front()), fault.lasts);
      break;
    case Kind::flush:
      e2e::run(kRedis + "flushall");
      break;
    case Kind::garbage:
      e2e::run(kRedis + kGarbage);
      break;
    case Kind::disconnect:
      if (server == "postgres") {
        e2e::run(kTerminate + e2e::instance() + " psql");
      } else {
        platform("rabbitmqctl close_all_connections chaos");
      }
      break;
    case Kind::block:
      platform("rabbitmqctl set_vm_memory_high_watermark absolute 1");
      std::this_thread::sleep_for(fault.lasts);
      platform("rabbitmqctl set_vm_memory_high_watermark absolute 512MB");
      break;
    default:
      platform("rabbitmqctl set_disk_free_limit 1000000GB");
      std::this_thread::sleep_for(fault.lasts);
      platform("rabbitmqctl set_disk_free_limit 200MB");
  }
  wait_for(server);
}

}  // namespace waybill::chaos
