// PostgreSQL behind a TCP gate.
#pragma once

#include <memory>
#include <string>

#include "libs/testing/tcp_gate.hpp"

namespace waybill::testing {

class Gate {
 public:
  // `url` as a client would use it; url() leads through the gate.
  explicit Gate(const std::string& url);
  const std::string& url() const { return url_; }

  // The next COMMIT is passed on, but its answer never comes back: the connection breaks.
  void lose_next_commit_answer() { gate_->lose_answer_to("COMMIT"); }
  bool has_lost_answer() const { return gate_->has_lost_answer(); }
  // Breaks all connections and refuses new ones.
  void close() { gate_->close(); }
  void open() { gate_->open(); }

 private:
  std::unique_ptr<TcpGate> gate_;
  std::string url_;
};

}  // namespace waybill::testing
