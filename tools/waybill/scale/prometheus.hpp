// Questions to a Prometheus (HTTP API v1).
#pragma once

#include <map>
#include <string>

namespace waybill::tool::scale {

class Prometheus {
 public:
  // http://host:port
  explicit Prometheus(std::string address) : address_{std::move(address)} {}

  // The values of an instant vector by one of their labels; what is no number is left out.
  // Blocking. Throws std::runtime_error when there is no answer, or when it says that the query is
  // wrong.
  std::map<std::string, double> ask(const std::string& query, const std::string& label) const;

 private:
  const std::string address_;
};

}  // namespace waybill::tool::scale
