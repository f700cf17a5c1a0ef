#include "services/gateway/edge/lenient.hpp"

namespace waybill::gateway {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostNames = 10;  // in the detail; `extra` has all

std::string_view code_of(int status) {
  switch (status) {
    case 400:
      return "BAD_REQUEST";
    case 403:
      return "FORBIDDEN";
    case 404:
      return "NOT_FOUND";
    case 405:
      return "METHOD_NOT_ALLOWED";
    case 409:
      return "ALREADY_EXISTS";
    case 413:
      return "TOO_LARGE";
    case 415:
      return "UNSUPPORTED_MEDIA_TYPE";
    case 503:
      return "UNAVAILABLE";
    default:
      return {};
  }
}

std::string in_capitals(std::string_view slug) {
  std::string code{slug};
  for (char& c : code) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
  return code;
}

std::string text_of(const json::object& object, std::string_view member) {
  const auto* value = object.if_contains(member);
  return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

// "/targeting/age_from" → "targeting/age_from"; "client_id" stays.
std::string key_of(const json::object& error) {
  const std::string pointer = text_of(error, "pointer");
  return pointer.empty() ? text_of(error, "parameter") : pointer.substr(1);
}

json::array list_violations(const json::object& problem) {
  json::array extra;
  const auto* errors = problem.if_contains("errors");
  if (errors && errors->is_array()) {
    for (const json::value& error : errors->get_array()) {
      const json::object& object = error.as_object();
      extra.push_back(json::object{{"message", text_of(object, "message")},
                                   {"key", key_of(object)},
                                   {"source", object.contains("parameter") ? "query" : "body"}});
    }
  } else {
    extra.push_back(
        json::object{{"message", text_of(problem, "detail")}, {"key", ""}, {"source", "body"}});
  }
  return extra;
}

std::string describe(const web::Request& request, const json::array& violations) {
  std::string detail = fmt::format("Validation failed for {} {}", request.method, request.path);
  for (std::size_t i = 0; i < std::min(violations.size(), kMostNames); ++i) {
    const json::object& violation = violations[i].get_object();
    detail += fmt::format("{} {} {}", i == 0 ? ":" : ",", text_of(violation, "key"),
                          text_of(violation, "message"));
  }
  return detail;
}

void rewrite(const web::Request& request, json::object& problem, int status) {
  if (problem.contains("extra")) return;
  const std::string_view known = code_of(status);
  const std::string code =
      known.empty() ? in_capitals(text_of(problem, "code")) : std::string{known};
  problem["type"] = "/problems/" + code;
  problem["code"] = code;
  if (status == 400) {
    json::array violations = list_violations(problem);
    problem["detail"] = describe(request, violations);
    problem["extra"] = std::move(violations);
  } else {
    problem["extra"] = json::object{};
  }
  problem.erase("errors");
}

}  // namespace

void make_lenient(const web::Request& request, web::Response& response) {
  if (response.status < 400) return;
  if (response.headers.get("Content-Type") != "application/problem+json") return;
  const std::string& text = response.shared_body ? *response.shared_body : response.body;
  json::error_code error;
  json::value problem = json::parse(text, error);
  if (error || !problem.is_object()) return;
  rewrite(request, problem.get_object(), response.status);
  response.body = json::serialize(problem);
  response.shared_body.reset();
}

}  // namespace waybill::gateway
