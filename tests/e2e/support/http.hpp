// HTTP for tests and the benchmark: blocking calls to the platform that WAYBILL_GATEWAY names.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include "libs/web/client.hpp"
#include "libs/web/http.hpp"

namespace waybill::e2e {

struct Reply {
  int status = 0;  // 0: no answer, `text` says why
  web::Headers headers;
  std::string text;
  boost::json::value json;  // null when the text is no JSON

  const boost::json::value& body() const { return json; }
  // A member of the body as text: strings without quotes, empty when absent or null.
  std::string member(std::string_view name) const;
  std::string id() const { return member("id"); }
  std::string code() const { return member("code"); }  // of a problem
  std::int64_t number(std::string_view name) const;
};

// By ops, unless it has a header Authorization or is anonymous; see account.hpp.
struct Call {
  std::string method = "GET";
  std::string path;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  bool anonymous = false;
};

// One call over a connection of its own.
Reply call(const Call& call);
// All at once over as many connections; [i] answers calls[i].
std::vector<Reply> call_all(const std::vector<Call>& calls);

// Calls one after the other over one connection, which is kept as long as it works. For one thread.
class Line {
 public:
  // `gateway` is host:port. A call without an answer is given up after `patience`.
  Line(const std::string& gateway, std::chrono::milliseconds patience);
  Reply call(const Call& call);

 private:
  boost::asio::io_context io_{1};
  web::Client client_;
};

// A file of a form.
struct FormFile {
  std::string part;
  std::string file_name;
  std::string bytes;
};

// POST of a form (multipart/form-data) with its fields and one file.
Call form_call(std::string path, const std::vector<std::pair<std::string, std::string>>& fields,
               const FormFile& file);

Call json_call(std::string method, std::string path, const boost::json::value& body);
Call with_header(Call call, std::string name, std::string value);

Reply get(std::string path);
Reply post(std::string path, const boost::json::value& body);
Reply put(std::string path, const boost::json::value& body);
Reply patch(std::string path, const boost::json::value& body);
Reply remove(std::string path);

// "127.0.0.1:28080".
std::string gateway_address();

}  // namespace waybill::e2e
