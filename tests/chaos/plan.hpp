// What will be broken, and when: all of it follows from the seed. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace waybill::chaos {

// One way of breaking something. The first eight happen to a link, in the gate; the next three to
// one process of a service; the rest to a server.
enum class Kind {
  refuse,      // new connections are broken; the old ones are cut
  reset,       // all connections are reset
  hang_up,     // all connections end politely
  cut_after,   // the connection that carries byte `amount` is reset
  delay,       // every piece comes `amount` ms later
  slice,       // pieces of `amount` bytes
  throttle,    // `amount` bytes per second
  half_open,   // nothing arrives in one direction, then the connections are reset
  kill,        // SIGKILL
  freeze,      // SIGSTOP, and SIGCONT later: a zombie that comes back
  restart,     // SIGTERM, as a deployment does it
  crash,       // SIGKILL of a server
  away,        // a server is stopped and started again
  hang,        // SIGSTOP of a server, and SIGCONT later
  flush,       // Redis forgets everything
  garbage,     // Redis answers what nobody stored
  disconnect,  // the server ends all connections
  block,       // RabbitMQ's memory alarm: connection.blocked
  full,        // … its disk alarm
};

std::string to_string(Kind kind);

struct Link {
  std::string client, server;

  std::string name() const { return client + '-' + server; }
};

struct Fault {
  Kind kind{};
  std::string target = {};             // a link's name, a service, a server
  bool up = false;                     // the direction of a link: towards the server
  std::chrono::milliseconds calm{0};   // before it
  std::chrono::milliseconds lasts{0};  // 0: a moment
  std::size_t amount = 0;              // see Kind; of a service: which of its processes, modulo

  bool operator==(const Fault&) const = default;
};

// "order-postgres half-open down for 2.1 s".
std::string to_string(const Fault& fault);

struct Playground {
  std::vector<Link> links;
  std::vector<std::string> services;
};

// The same seed and playground give the same faults; a shorter plan is the beginning of a longer
// one.
std::vector<Fault> make_plan(std::uint64_t seed, std::size_t faults, const Playground& playground);

}  // namespace waybill::chaos
