#include "tests/e2e/support/book.hpp"

#include <fstream>

namespace waybill::e2e {

bool should_repeat(int status) {
  return status == 0 || status == 202 || status == 429 || status == 503;
}

void Book::note(std::string answer) {
  const std::lock_guard lock{mutex_};
  history_.push_back(std::move(answer));
}

void Book::surprise(std::string what) {
  const std::lock_guard lock{mutex_};
  surprises_.push_back(std::move(what));
}

void Book::stale(std::string what) {
  const std::lock_guard lock{mutex_};
  stale_.push_back(std::move(what));
}

void Book::write_history(const std::string& path) const {
  std::ofstream out{path};
  const std::lock_guard lock{mutex_};
  for (const std::string& answer : history_) out << answer << '\n';
}

std::vector<std::string> Book::surprises() const {
  const std::lock_guard lock{mutex_};
  return surprises_;
}

std::vector<std::string> Book::stale_reads() const {
  const std::lock_guard lock{mutex_};
  return stale_;
}

}  // namespace waybill::e2e
