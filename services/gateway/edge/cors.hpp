// Which pages of other origins may read answers in a browser (Fetch standard, section 3.2, CORS
// protocol): those whose origin is on the list, character by character. There is no wildcard,
// because answers depend on credentials.
#pragma once

#include <string>
#include <vector>

#include "libs/web/http.hpp"

namespace waybill::gateway {

class Cors {
 public:
  // `origins` as browsers send them: "https://shop.example", "http://localhost:3000". Throws
  // SettingsError for anything else.
  explicit Cors(std::vector<std::string> origins);

  // Adds what the browser has to see. To a preflight, which is an OPTIONS request that was answered
  // with Allow, that is the permission for a day.
  void dress(const web::Request& request, web::Response& response) const;

 private:
  std::vector<std::string> origins_;
};

}  // namespace waybill::gateway
