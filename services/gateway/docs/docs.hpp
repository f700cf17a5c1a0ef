// The contract for people and programs: /openapi.json, Swagger UI at /docs, and a page for each
// code of a problem under /problems. All of it lies in memory.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "libs/web/http.hpp"

namespace waybill::gateway {

class Docs {
 public:
  // `swagger` is a folder with the files of Swagger UI; without it /docs shows a plain page with a
  // link.
  Docs(const boost::json::object& document, const std::string& swagger);

  // nullopt: not a path of the docs. Answers GET and HEAD, refuses other methods.
  std::optional<web::Response> answer(const web::Request& request) const;

 private:
  struct Page {
    std::string content_type;
    std::shared_ptr<const std::string> body;
    std::shared_ptr<const std::string> packed;  // with gzip; nullptr where that is not worth it
    std::string etag;
  };

  void add(std::string path, std::string content_type, std::string body);
  void add_swagger(const std::string& folder);

  std::map<std::string, Page, std::less<>> pages_;
};

// "text/css" for "swagger-ui.css"; empty for files that are not served.
std::string content_type_of(std::string_view file);

}  // namespace waybill::gateway
