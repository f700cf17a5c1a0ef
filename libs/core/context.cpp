#include "libs/core/context.hpp"

#include "libs/core/id.hpp"

namespace waybill {
namespace {

// Two ids give more random hex than a span or trace id needs.
std::string random_hex(std::size_t digits) {
  std::string text;
  while (text.size() < digits) {
    for (const char c : new_id().to_string().substr(19)) {
      if (c != '-') text += c;
    }
  }
  return text.substr(0, digits);
}

bool is_traceparent(const std::string& text) {
  return text.size() == 55 && text.starts_with("00-") && text[35] == '-' && text[52] == '-' &&
         text.find_first_not_of("0123456789abcdef-") == std::string::npos &&
         text.compare(3, 32, std::string(32, '0')) != 0;
}

}  // namespace

std::string new_correlation_id() {
  return new_id().to_string();
}

std::string child_traceparent(const std::string& parent) {
  if (!is_traceparent(parent)) return "00-" + random_hex(32) + '-' + random_hex(16) + "-01";
  return parent.substr(0, 36) + random_hex(16) + parent.substr(52);
}

}  // namespace waybill
