#include "libs/runtime/queries.hpp"

#include <charconv>

#include "libs/core/base64.hpp"

namespace waybill::runtime {
namespace {

// What a cursor belongs to: the same path, filters and sort; the size of a page may change on the
// way.
std::string query_mark(const web::Request& request) {
  std::string canonical = request.path;
  for (const auto& [name, value] : request.query) {
    if (name == "cursor" || name == "limit" || name == "with_total") continue;
    canonical += '\n' + name + '=' + value;
  }
  return derive_id(Id{}, canonical).to_string().substr(0, 8);
}

std::string next_target(const web::Request& request, const std::string& cursor) {
  std::string target = request.path + '?';
  for (const auto& [name, value] : request.query) {
    if (name != "cursor") target += web::url_encode(name) + '=' + web::url_encode(value) + '&';
  }
  return target + "cursor=" + cursor;
}

}  // namespace

Id Query::id(std::string_view name) const {
  return Id::parse(web::param(params, name)).value_or(Id{});
}

web::Response representation(std::string body, std::int64_t version, const std::string& owner) {
  web::Response response{200, "application/json", std::move(body)};
  const std::string number = std::to_string(version);
  response.headers.set("ETag", '"' + number + '"');
  response.headers.set("Waybill-Version", number);
  if (!owner.empty()) response.headers.set("Waybill-Owner", owner);
  return response;
}

web::Response page_response(const Page& page, const web::Request& request) {
  std::string body = R"({"items":[)";
  for (const std::string& item : page.items) {
    if (body.back() != '[') body += ',';
    body += item;
  }
  body += R"(],"next":)";
  body += page.next ? '"' + *page.next + '"' : "null";
  if (page.total) body += R"(,"total":)" + std::to_string(*page.total);
  body += '}';
  web::Response response{200, "application/json", std::move(body)};
  if (page.next) {
    response.headers.set("Link", '<' + next_target(request, *page.next) + ">; rel=\"next\"");
  }
  return response;
}

std::string encode_cursor(const Cursor& cursor, const web::Request& request) {
  return base64url_encode(query_mark(request) + cursor.id.to_string() + cursor.sort_key);
}

Result<std::optional<Cursor>> decode_cursor(const web::Request& request) {
  const std::string_view text = request.query_value("cursor");
  if (text.empty()) return std::optional<Cursor>{};
  const auto data = base64url_decode(text);
  const Fault bad{FaultKind::invalid,
                  "bad-cursor",
                  "This cursor belongs to another list, filter or sort; start without one.",
                  {}};
  if (!data || data->size() < 44 || !data->starts_with(query_mark(request))) return bad;
  const auto id = Id::parse(std::string_view{*data}.substr(8, 36));
  if (!id) return bad;
  return std::optional<Cursor>{Cursor{data->substr(44), *id}};
}

}  // namespace waybill::runtime
