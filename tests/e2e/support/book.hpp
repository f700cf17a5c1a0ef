// What the clients were told, for the audit, and what they should not have been told. Thread-safe.
#pragma once

#include <mutex>
#include <string>
#include <vector>

namespace waybill::e2e {

// Whether an answer is no outcome, and the command should be sent again with its key. 0: the
// connection broke; 202: the outcome is late; 429, 503: come again.
bool should_repeat(int status);

class Book {
 public:
  // An answer as `waybill audit --history` reads it: one JSON object.
  void note(std::string answer);
  // An answer that is neither an outcome nor an invitation to come again.
  void surprise(std::string what);
  // A read that showed something else than the client had just been told.
  void stale(std::string what);

  void write_history(const std::string& path) const;
  std::vector<std::string> surprises() const;
  std::vector<std::string> stale_reads() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> history_, surprises_, stale_;
};

}  // namespace waybill::e2e
