#include "libs/contract/document.hpp"

#include "libs/contract/contract.hpp"
#include "libs/contract/yaml.hpp"

namespace waybill::contract {
namespace {

namespace json = boost::json;

[[noreturn]] void fail(const std::string& place, const std::string& message) {
  throw ContractError{place + ": " + message};
}

const json::object& as_object(const json::value& value, const std::string& place) {
  if (!value.is_object()) fail(place, "must be a mapping");
  return value.get_object();
}

json::object& member_object(json::object& parent, std::string_view name) {
  auto& value = parent[name];
  if (!value.is_object()) value = json::object{};
  return value.get_object();
}

void merge_paths(Document& out, const json::object& paths, const std::string& file) {
  json::object& merged = member_object(out.json, "paths");
  for (const auto& path : paths) {
    if (const auto other = out.files.find(std::string_view{path.key()}); other != out.files.end()) {
      fail(file,
           fmt::format("the path {} is also in {}", std::string_view{path.key()}, other->second));
    }
    as_object(path.value(), file + ": paths" + std::string{path.key()});
    out.files.emplace(path.key(), file);
    merged.emplace(path.key(), path.value());
  }
}

void merge_components(Document& out, const json::object& components, const std::string& file) {
  json::object& merged = member_object(out.json, "components");
  for (const auto& kind : components) {
    json::object& all = member_object(merged, kind.key());
    const std::string place = file + ": components/" + std::string{kind.key()};
    for (const auto& entry : as_object(kind.value(), place)) {
      if (!all.emplace(entry.key(), entry.value()).second) {
        fail(place + '/' + std::string{entry.key()}, "another file has a component of this name");
      }
    }
  }
}

// Each operation of such a file says so itself.
void make_lenient(Document& out, const json::object& paths) {
  for (const auto& path : paths) {
    for (auto& member : out.json.at("paths").at(path.key()).as_object()) {
      if (member.key() != "parameters" && member.value().is_object()) {
        member.value().get_object()["x-lenient"] = true;
      }
    }
  }
}

void merge_file(Document& out, const json::object& source, const std::string& file) {
  const auto* lenient = source.if_contains("x-lenient");
  if (lenient && !lenient->is_bool()) fail(file + ": x-lenient", "must be true or false");
  for (const auto& member : source) {
    const std::string_view key = member.key();
    if (key == "paths") {
      const json::object& paths = as_object(member.value(), file + ": paths");
      merge_paths(out, paths, file);
      if (lenient && lenient->get_bool()) make_lenient(out, paths);
    } else if (key == "components") {
      merge_components(out, as_object(member.value(), file + ": components"), file);
    } else if (key == "tags") {
      if (!member.value().is_array()) fail(file + ": tags", "must be a list");
      auto& tags = out.json["tags"];
      if (!tags.is_array()) tags = json::array{};
      for (const auto& tag : member.value().get_array()) tags.get_array().push_back(tag);
    } else if (key == "x-messages") {
      if (!member.value().is_array()) fail(file + ": x-messages", "must be a list");
      auto& messages = out.json["x-messages"];
      if (!messages.is_array()) messages = json::array{};
      for (const auto& entry : member.value().get_array()) messages.get_array().push_back(entry);
    } else if (key == "servers" || key == "security" || key == "externalDocs") {
      out.json[key] = member.value();
    } else if (key != "openapi" && key != "info" && key != "x-lenient") {
      fail(file, fmt::format("'{}' is no part of an OpenAPI document", key));
    }
  }
}

bool has_component(const json::object& document, std::string_view kind, std::string_view name) {
  const auto* components = document.if_contains("components");
  const auto* all = components ? components->get_object().if_contains(kind) : nullptr;
  return all && all->get_object().contains(name);
}

constexpr std::string_view kBearer = "bearer";

json::object reference(std::string_view kind, std::string_view name) {
  return {{"$ref", fmt::format("#/components/{}/{}", kind, name)}};
}

bool references(const json::array& parameters, const json::object& wanted) {
  return std::any_of(parameters.begin(), parameters.end(),
                     [&](const json::value& parameter) { return parameter == wanted; });
}

// What answers carry whatever they say; those that are described elsewhere have it there.
void add_common_headers(const json::object& document, json::object& response, bool counted) {
  if (response.contains("$ref")) return;
  const auto add = [&](std::string_view header, std::string_view name) {
    if (!has_component(document, "headers", name)) return;
    member_object(response, "headers").emplace(header, reference("headers", name));
  };
  add("X-Correlation-ID", "CorrelationId");
  if (!counted) return;
  add("RateLimit", "RateLimit");
  add("RateLimit-Policy", "RateLimitPolicy");
}

class Completer {
 public:
  Completer(json::object& document, json::object& operation, bool has_parameters)
      : document_{document}, operation_{operation}, has_path_parameters_{has_parameters} {}

  void complete() {
    const bool command = operation_.contains("x-command");
    if (command) add_parameter("IdempotencyKey");
    if (command) add_parameter("Prefer");
    if (command) add_response("202", "Accepted");
    add_response("400", "BadRequest");
    add_response("414", "TargetTooLong");
    add_response("431", "HeaderTooLarge");
    if (operation_.contains("requestBody")) {
      add_response("413", "TooLarge");
      add_response("415", "UnsupportedType");
    }
    const std::string access = text("x-access");
    add_security(access);
    add_response("401", "Unauthenticated");  // a bad token is one on public routes, too
    if (access == "staff" || access == "ops") add_response("403", "Forbidden");
    if (has_path_parameters_) add_response("404", "NotFound");
    if (has_parameter("IfMatch")) add_response("412", "Stale");
    if (command) add_response("422", "Unprocessable");
    const bool counted = text("x-limit") != "none";
    if (counted) add_response("429", "TooManyRequests");
    add_response("503", "Unavailable");
    for (auto& response : member_object(operation_, "responses")) {
      if (response.value().is_object()) {
        add_common_headers(document_, response.value().get_object(), counted);
      }
    }
  }

 private:
  std::string text(std::string_view key) const {
    const auto* value = operation_.if_contains(key);
    return value && value->is_string() ? std::string{value->get_string()} : std::string{};
  }

  bool has_parameter(std::string_view name) const {
    const auto* list = operation_.if_contains("parameters");
    return list && list->is_array() && references(list->get_array(), reference("parameters", name));
  }

  void add_parameter(std::string_view name) {
    if (!has_component(document_, "parameters", name) || has_parameter(name)) return;
    auto& list = operation_["parameters"];
    if (!list.is_array()) list = json::array{};
    list.get_array().push_back(reference("parameters", name));
  }

  // Public ones take a token and need none. Who needs more than any account names the role (OpenAPI
  // 3.1 allows roles of bearer tokens here).
  void add_security(const std::string& access) {
    if (!has_component(document_, "securitySchemes", kBearer)) return;
    json::array roles;
    if (access == "staff" || access == "ops") roles.emplace_back(access);
    json::array ways;
    if (access == "public") ways.emplace_back(json::object{});
    ways.emplace_back(json::object{{kBearer, std::move(roles)}});
    operation_.emplace("security", std::move(ways));
  }

  void add_response(std::string_view status, std::string_view name) {
    if (!has_component(document_, "responses", name)) return;
    member_object(operation_, "responses").emplace(status, reference("responses", name));
  }

  json::object& document_;
  json::object& operation_;
  bool has_path_parameters_;
};

}  // namespace

std::string Document::place(std::string_view path, std::string_view method) const {
  const auto file = files.find(path);
  return fmt::format("{}: paths{}{}{}", file == files.end() ? "?" : file->second, path,
                     method.empty() ? "" : "/", method);
}

Document merge_files(const std::vector<std::string>& files) {
  Document out;
  out.json["openapi"] = "3.1.0";
  out.json["info"] = json::object{{"title", "Waybill"}, {"version", "1.0.0"}};
  for (const std::string& file : files) {
    const json::value source = load_yaml(file);
    const json::object& object = as_object(source, file);
    // The file that describes the server describes the whole.
    if (object.contains("servers") && object.contains("info")) out.json["info"] = object.at("info");
    merge_file(out, object, file);
  }
  return out;
}

void open_access(Document& document, const std::vector<std::string>& groups) {
  auto* paths = document.json.if_contains("paths");
  if (!paths) return;
  for (auto& path : paths->get_object()) {
    for (auto& member : path.value().get_object()) {
      auto* operation = member.value().if_object();
      const auto* group = operation ? operation->if_contains("x-access-group") : nullptr;
      if (!group || !group->is_string()) continue;
      const std::string_view name = group->get_string();
      const bool open = std::find(groups.begin(), groups.end(), name) != groups.end();
      if (open) (*operation)["x-access"] = "public";
    }
  }
}

void add_common_parts(Document& document) {
  auto* paths = document.json.if_contains("paths");
  if (!paths) return;
  for (auto& path : paths->get_object()) {
    const bool has_parameters = path.key().find('{') != json::string_view::npos;
    for (auto& member : path.value().get_object()) {
      if (member.key() == "parameters" || !member.value().is_object()) continue;
      Completer{document.json, member.value().get_object(), has_parameters}.complete();
    }
  }
  auto* components = document.json.if_contains("components");
  auto* shared = components ? components->get_object().if_contains("responses") : nullptr;
  if (!shared) return;
  for (auto& response : shared->get_object()) {
    add_common_headers(document.json, response.value().get_object(), true);
  }
}

}  // namespace waybill::contract
