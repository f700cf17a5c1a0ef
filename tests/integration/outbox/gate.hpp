// A TCP gate before PostgreSQL: passes bytes on until it is told to break the link.
#pragma once

#include <atomic>
#include <memory>
#include <string>

namespace waybill::testing {

class Gate {
 public:
  // `url` as a client would use it; url() leads through the gate.
  explicit Gate(const std::string& url);
  ~Gate();
  std::string url() const;

  // The next COMMIT is passed on, but its answer never comes back: the connection breaks.
  void lose_next_commit_answer();
  bool has_lost_answer() const;
  // Breaks all connections and refuses new ones.
  void close();
  void open();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace waybill::testing
