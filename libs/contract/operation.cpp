#include "libs/contract/operation.hpp"

namespace waybill::contract {
namespace {

namespace json = boost::json;

[[noreturn]] void fail(const std::string& place, const std::string& message) {
  throw ContractError{place + ": " + message};
}

const json::object& object_at(const json::object& parent, std::string_view key,
                              const std::string& place) {
  const auto* value = parent.if_contains(key);
  if (!value || !value->is_object()) fail(place, fmt::format("'{}' must be a mapping", key));
  return value->get_object();
}

std::string text_at(const json::object& parent, std::string_view key, const std::string& place) {
  const auto* value = parent.if_contains(key);
  if (!value || !value->is_string() || value->get_string().empty()) {
    fail(place, fmt::format("'{}' must be there and be a string", key));
  }
  return std::string{value->get_string()};
}

std::string optional_text_at(const json::object& parent, std::string_view key,
                             const std::string& place) {
  return parent.contains(key) ? text_at(parent, key, place) : std::string{};
}

bool flag_at(const json::object& parent, std::string_view key, const std::string& place) {
  const auto* value = parent.if_contains(key);
  if (!value) return false;
  if (!value->is_bool()) fail(place, fmt::format("'{}' must be true or false", key));
  return value->get_bool();
}

// A key that nobody reads would switch a rule off in silence.
void refuse_other_keys(const json::object& object, std::initializer_list<std::string_view> known,
                       const std::string& place) {
  for (const auto& member : object) {
    if (std::find(known.begin(), known.end(), std::string_view{member.key()}) == known.end()) {
      fail(place, fmt::format("'{}' is not known here", std::string_view{member.key()}));
    }
  }
}

Access parse_access(const std::string& text, const std::string& place) {
  if (text == "public") return Access::public_;
  if (text == "customer") return Access::customer;
  if (text == "owner") return Access::owner;
  if (text == "staff") return Access::staff;
  if (text == "ops") return Access::ops;
  fail(place, fmt::format("x-access '{}' is none of public, customer, owner, staff, ops", text));
}

CommandTarget parse_command(const json::object& source, const std::string& place) {
  refuse_other_keys(source, {"queue", "type", "alias", "params", "replace", "list"}, place);
  CommandTarget target;
  target.queue = text_at(source, "queue", place);
  target.type = text_at(source, "type", place);
  target.alias = optional_text_at(source, "alias", place);
  target.replace = flag_at(source, "replace", place);
  target.list = optional_text_at(source, "list", place);
  if (source.contains("params")) {
    const auto& params = object_at(source, "params", place);
    for (const auto& param : params) {
      target.params.emplace_back(param.key(), text_at(params, param.key(), place + "/params"));
    }
  }
  return target;
}

QueryTarget parse_query(const json::object& source, const std::string& place) {
  refuse_other_keys(source, {"service", "cache"}, place);
  return {text_at(source, "service", place), optional_text_at(source, "cache", place)};
}

DirectTarget parse_direct(const json::object& source, const std::string& place) {
  refuse_other_keys(source, {"service", "patient"}, place);
  return {text_at(source, "service", place), false, 0, flag_at(source, "patient", place)};
}

DirectTarget parse_stream(const json::object& source, const std::string& place) {
  refuse_other_keys(source, {"service", "bytes"}, place);
  DirectTarget target{text_at(source, "service", place), true, 0};
  if (const auto* bytes = source.if_contains("bytes")) {
    if (!bytes->is_int64() || bytes->get_int64() < 1) fail(place, "'bytes' must be a number");
    target.most_bytes = static_cast<std::uint64_t>(bytes->get_int64());
  }
  return target;
}

EventsTarget parse_events(const json::object& source, const std::string& place) {
  refuse_other_keys(source, {"topic", "query", "event", "status", "final"}, place);
  EventsTarget target{text_at(source, "topic", place),
                      text_at(source, "query", place),
                      text_at(source, "event", place),
                      text_at(source, "status", place),
                      {}};
  const auto* final_states = source.if_contains("final");
  if (!final_states || !final_states->is_array()) fail(place, "'final' must be a list");
  for (const auto& state : final_states->get_array()) {
    if (!state.is_string()) fail(place, "'final' must be a list of strings");
    target.final.emplace_back(state.get_string());
  }
  return target;
}

class OperationCompiler {
 public:
  OperationCompiler(const Document& document, SchemaStore& store,
                    std::shared_ptr<Operation::Schemas> schemas, std::string place)
      : document_{document},
        store_{store},
        schemas_{std::move(schemas)},
        place_{std::move(place)} {}

  Operation compile(const std::string& path, const std::string& method,
                    const json::object& path_item, const json::object& source) {
    refuse_other_keys(source,
                      {"operationId", "summary",        "description", "tags",       "parameters",
                       "requestBody", "responses",      "security",    "deprecated", "externalDocs",
                       "x-access",    "x-access-group", "x-limit",     "x-owner",    "x-command",
                       "x-query",     "x-direct",       "x-stream",    "x-events",   "x-lenient"},
                      place_);
    Operation operation;
    operation.method = method;
    for (char& c : operation.method) c = static_cast<char>(std::toupper(c));
    operation.path = path;
    operation.id = text_at(source, "operationId", place_);
    operation.access = parse_access(text_at(source, "x-access", place_), place_);
    operation.limit = text_at(source, "x-limit", place_);
    optional_text_at(source, "x-access-group", place_);  // looked at when the files were merged
    operation.owner_param = optional_text_at(source, "x-owner", place_);
    operation.lenient = flag_at(source, "x-lenient", place_);
    read_target(operation, source);
    read_parameters(operation, path_item);
    read_parameters(operation, source);
    check_path_parameters(operation);
    if (source.contains("requestBody")) read_body(operation, source);
    read_responses(source);
    operation.schemas = schemas_;
    return operation;
  }

 private:
  void read_target(Operation& operation, const json::object& source) const {
    int kinds = 0;
    if (source.contains("x-command")) {
      operation.command =
          parse_command(object_at(source, "x-command", place_), place_ + "/x-command");
      ++kinds;
    }
    if (source.contains("x-query")) {
      operation.query = parse_query(object_at(source, "x-query", place_), place_ + "/x-query");
      ++kinds;
    }
    if (source.contains("x-direct")) {
      operation.direct = parse_direct(object_at(source, "x-direct", place_), place_ + "/x-direct");
      ++kinds;
    }
    if (source.contains("x-stream")) {
      operation.direct = parse_stream(object_at(source, "x-stream", place_), place_ + "/x-stream");
      ++kinds;
    }
    if (source.contains("x-events")) {
      operation.events = parse_events(object_at(source, "x-events", place_), place_ + "/x-events");
      ++kinds;
    }
    if (kinds > 1) fail(place_, "only one of x-command, x-query, x-direct, x-stream, x-events");
  }

  // `#/components/<kind>/<name>` or the thing itself.
  const json::object& resolve(const json::value& value, std::string_view kind) const {
    if (!value.is_object()) fail(place_, fmt::format("an entry of {} is no mapping", kind));
    const auto& object = value.get_object();
    const auto* ref = object.if_contains("$ref");
    if (!ref) return object;
    const std::string text = ref->is_string() ? std::string{ref->get_string()} : std::string{};
    const std::string home = fmt::format("#/components/{}/", kind);
    const auto* components = document_.json.if_contains("components");
    if (text.starts_with(home) && components) {
      if (const auto* all = components->get_object().if_contains(kind)) {
        const auto* found = all->get_object().if_contains(text.substr(home.size()));
        if (found && found->is_object()) return found->get_object();
      }
    }
    fail(place_, fmt::format("'{}' leads nowhere", text));
  }

  void read_parameters(Operation& operation, const json::object& source) {
    const auto* list = source.if_contains("parameters");
    if (!list) return;
    if (!list->is_array()) fail(place_, "'parameters' must be a list");
    for (const auto& entry : list->get_array()) {
      read_parameter(operation, resolve(entry, "parameters"));
    }
  }

  void read_parameter(Operation& operation, const json::object& source) {
    const std::string name = text_at(source, "name", place_ + "/parameters");
    const std::string place = place_ + "/parameters/" + name;
    refuse_other_keys(source,
                      {"name", "in", "required", "schema", "description", "example", "examples",
                       "deprecated", "style", "explode"},
                      place);
    const std::string in = text_at(source, "in", place);
    if (!source.contains("schema")) fail(place, "needs a schema");
    Parameter parameter{name, flag_at(source, "required", place), false,
                        store_.compile(source.at("schema"), place)};
    if (in == "path") {
      if (!parameter.required) fail(place, "a path parameter must say required: true");
      schemas_->path.push_back(std::move(parameter));
    } else if (in == "query") {
      schemas_->query.push_back(std::move(parameter));
    } else if (in == "header") {
      operation.if_match = operation.if_match || name == "If-Match";
      schemas_->headers.push_back(std::move(parameter));
    } else {
      fail(place, fmt::format("parameters in '{}' are not known", in));
    }
  }

  void check_path_parameters(const Operation& operation) const {
    std::size_t placeholders = 0;
    for (const char c : operation.path) placeholders += c == '{';
    for (const Parameter& parameter : schemas_->path) {
      if (operation.path.find('{' + parameter.name + '}') == std::string::npos) {
        fail(place_, fmt::format("the path has no {{{}}}", parameter.name));
      }
    }
    if (placeholders != schemas_->path.size()) {
      fail(place_, "each {parameter} of the path must be declared once");
    }
    if (!operation.owner_param.empty() &&
        operation.path.find('{' + operation.owner_param + '}') == std::string::npos) {
      fail(place_, "x-owner names no path parameter");
    }
  }

  void read_body(Operation& operation, const json::object& source) {
    const std::string place = place_ + "/requestBody";
    const auto& body = object_at(source, "requestBody", place_);
    // The service reads it; here its schema is documentation.
    if (operation.direct && operation.direct->streams) {
      if (operation.direct->most_bytes == 0) fail(place, "x-stream needs 'bytes' for a body");
      return;
    }
    operation.has_body = true;
    operation.body_required = flag_at(body, "required", place);
    for (const auto& media : object_at(body, "content", place)) {
      operation.media_types.emplace_back(media.key());
      const std::string inner = place + '/' + std::string{media.key()};
      if (!media.value().is_object() || !media.value().get_object().contains("schema")) {
        fail(inner, "needs a schema");
      }
      const Schema* schema = store_.compile(media.value().get_object().at("schema"), inner);
      if (schemas_->body && schemas_->body->ref != schema->ref) {
        fail(inner, "all media types of a body must have one schema");
      }
      schemas_->body = schema;
    }
    if (!schemas_->body) fail(place, "needs a media type");
  }

  // Nothing is checked against them, but a broken one would break the document.
  void read_responses(const json::object& source) {
    const std::string place = place_ + "/responses";
    const auto& responses = object_at(source, "responses", place_);
    if (responses.empty()) fail(place, "must not be empty");
    for (const auto& response : responses) {
      const auto& object = resolve(response.value(), "responses");
      text_at(object, "description", place + '/' + std::string{response.key()});
      const auto* content = object.if_contains("content");
      if (!content || !content->is_object()) continue;
      for (const auto& media : content->get_object()) {
        if (!media.value().is_object()) fail(place, "a media type must be a mapping");
        const auto* schema = media.value().get_object().if_contains("schema");
        if (schema) store_.compile(*schema, place + '/' + std::string{response.key()});
      }
    }
  }

  const Document& document_;
  SchemaStore& store_;
  std::shared_ptr<Operation::Schemas> schemas_;
  std::string place_;
};

bool is_method(std::string_view key) {
  return key == "get" || key == "put" || key == "post" || key == "delete" || key == "patch";
}

}  // namespace

std::vector<Operation> compile_operations(const Document& document,
                                          const std::shared_ptr<SchemaStore>& store) {
  std::vector<Operation> operations;
  std::map<std::string, std::string> places;  // operationId → place
  const auto* paths = document.json.if_contains("paths");
  if (!paths) return operations;
  for (const auto& path : paths->get_object()) {
    const auto& item = path.value().get_object();
    for (const auto& member : item) {
      const std::string_view method = member.key();
      const std::string place = document.place(path.key(), method);
      if (method == "parameters") continue;
      if (!is_method(method)) fail(place, "neither a method nor 'parameters'");
      if (!member.value().is_object()) fail(place, "must be a mapping");
      auto schemas = std::make_shared<Operation::Schemas>();
      schemas->store = store;
      OperationCompiler compiler{document, *store, std::move(schemas), place};
      operations.push_back(compiler.compile(std::string{path.key()}, std::string{method}, item,
                                            member.value().get_object()));
      const auto [other, is_new] = places.emplace(operations.back().id, place);
      if (!is_new) fail(place, "the operationId is also that of " + other->second);
    }
  }
  return operations;
}

std::vector<Operation> compile_messages(const Document& document,
                                        const std::shared_ptr<SchemaStore>& store) {
  std::vector<Operation> operations;
  const auto* list = document.json.if_contains("x-messages");
  if (!list) return operations;
  for (const auto& entry : list->get_array()) {
    if (!entry.is_object()) fail("x-messages", "an entry is no mapping");
    const json::object& source = entry.get_object();
    Operation operation;
    operation.id = text_at(source, "alias", "x-messages");
    const std::string place = "x-messages/" + operation.id;
    refuse_other_keys(source, {"queue", "type", "alias", "schema"}, place);
    operation.command = CommandTarget{
        text_at(source, "queue", place), text_at(source, "type", place), operation.id, {}, false};
    operation.path = place;
    operation.has_body = true;
    if (!source.contains("schema")) fail(place, "needs a schema");
    auto schemas = std::make_shared<Operation::Schemas>();
    schemas->store = store;
    schemas->body = store->compile(source.at("schema"), place);
    operation.schemas = std::move(schemas);
    operations.push_back(std::move(operation));
  }
  return operations;
}

}  // namespace waybill::contract
