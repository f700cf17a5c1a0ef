#include "libs/contract/contract.hpp"

#include <filesystem>

#include "libs/contract/operation.hpp"
#include "libs/core/text.hpp"

namespace waybill::contract {
namespace {

namespace json = boost::json;

// All schemas of the components, those that only answers use included.
void compile_components(const Document& document, SchemaStore& store) {
  const auto* components = document.json.if_contains("components");
  const auto* schemas = components ? components->get_object().if_contains("schemas") : nullptr;
  if (!schemas) return;
  for (const auto& schema : schemas->get_object()) {
    store.compile(schema.value(), "#/components/schemas/" + std::string{schema.key()});
  }
}

void finish_schemas(Operation::Schemas& schemas) {
  for (Parameter& parameter : schemas.query) {
    parameter.is_list = allowed_types(*parameter.schema) & kArray;
  }
  if (!schemas.body) return;
  schemas.strips = has_ignored_members(*schemas.body);
  for_each_in_place(*schemas.body, [&](const Schema& part) {
    for (const Property& property : part.properties) {
      const bool listed = std::find(schemas.editable.begin(), schemas.editable.end(),
                                    property.name) != schemas.editable.end();
      if (!property.schema->ignored && !listed) schemas.editable.push_back(property.name);
    }
  });
}

void finish(Operation& operation, const std::string& place) {
  auto schemas = std::make_shared<Operation::Schemas>(*operation.schemas);
  finish_schemas(*schemas);
  if (operation.command) bind_command(operation, *schemas, place);
  operation.schemas = std::move(schemas);
}

std::string lower_case(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

bool has_foreign_charset(std::string_view parameters) {
  const std::string lower = lower_case(parameters);
  const auto at = lower.find("charset=");
  if (at == std::string::npos) return false;
  std::string_view charset{lower};
  charset = charset.substr(at + 8);
  charset = trimmed(charset.substr(0, charset.find(';')));
  return charset != "utf-8" && charset != "\"utf-8\"";
}

}  // namespace

struct Contract::Impl {
  Document document;
  std::shared_ptr<SchemaStore> store;
  web::Router<Operation> router;
  std::vector<const Operation*> operations;
  std::vector<Operation> messages;                                // that come over a queue only
  std::map<std::string, const Operation*, std::less<>> commands;  // by type and by alias
  std::map<std::string, bool, std::less<>> lenient;               // by the beginning of paths
};

namespace {

// "/v1/orders" of "/v1/orders/{id}".
std::string_view beginning(std::string_view path) {
  const auto version_end = path.find('/', 1);
  if (version_end == std::string_view::npos) return path;
  return path.substr(0, path.find('/', version_end + 1));
}

// The operation with the alias speaks for its type, else the first that is no replacement.
void add_command(std::map<std::string, const Operation*, std::less<>>& commands,
                 const Operation& operation, const std::string& place) {
  const CommandTarget& target = *operation.command;
  auto& by_type = commands[target.type];
  const bool first = !by_type || by_type->command->replace;
  if (!target.alias.empty()) {
    if (by_type && !by_type->command->alias.empty() && by_type->command->alias != target.alias) {
      throw ContractError{place + ": " + target.type + " has another alias already"};
    }
    by_type = &operation;
    const auto [other, is_new] = commands.emplace(target.alias, &operation);
    if (!is_new && other->second->command->type != target.type) {
      throw ContractError{place + ": the alias belongs to " + other->second->command->type};
    }
  } else if (first && (!by_type || !target.replace)) {
    by_type = &operation;
  }
}

}  // namespace

Contract Contract::load(const std::vector<std::string>& files,
                        const std::vector<std::string>& open_groups) {
  auto impl = std::make_shared<Impl>();
  impl->document = merge_files(files);
  open_access(impl->document, open_groups);
  add_common_parts(impl->document);
  impl->store = std::make_shared<SchemaStore>(impl->document.json);
  compile_components(impl->document, *impl->store);
  auto operations = compile_operations(impl->document, impl->store);
  impl->messages = compile_messages(impl->document, impl->store);
  impl->store->finish();
  for (Operation& operation : operations) {
    const std::string place = impl->document.place(operation.path, operation.method);
    finish(operation, place);
    const std::string path = operation.path;
    const std::string method = operation.method;
    impl->router.add(method, path, std::move(operation));
    const Operation* stored = impl->router.match(method, path).value;
    impl->operations.push_back(stored);
    if (stored->command) add_command(impl->commands, *stored, place);
    bool& lenient = impl->lenient.try_emplace(std::string{beginning(path)}, true).first->second;
    lenient = lenient && stored->lenient;
  }
  for (Operation& message : impl->messages) {
    finish(message, message.path);
    add_command(impl->commands, message, message.path);
  }
  for (const Operation* operation : impl->operations) {
    if (!operation->events) continue;
    const auto source = impl->router.match("GET", operation->events->query);
    if (!source.value || !source.value->query) {
      throw ContractError{impl->document.place(operation->path, "get") +
                          "/x-events: 'query' must be a path with an x-query"};
    }
  }
  Contract contract;
  contract.impl_ = std::move(impl);
  return contract;
}

Contract Contract::load_folder(const std::string& folder,
                               const std::vector<std::string>& open_groups) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator{folder, error}) {
    const auto file = entry.path() / "api.yaml";
    if (std::filesystem::exists(file)) files.push_back(file.string());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) throw ContractError{folder + ": there is no */api.yaml in this folder"};
  return load(files, open_groups);
}

web::Router<Operation>::Match Contract::match(std::string_view method,
                                              std::string_view path) const {
  return impl_->router.match(method, path);
}

const std::vector<const Operation*>& Contract::operations() const {
  return impl_->operations;
}

const json::object& Contract::document() const {
  return impl_->document.json;
}

const Operation* Contract::find_command(std::string_view type_or_alias) const {
  const auto found = impl_->commands.find(type_or_alias);
  return found == impl_->commands.end() ? nullptr : found->second;
}

bool Contract::is_lenient(std::string_view path) const {
  const auto found = impl_->lenient.find(beginning(path));
  return found != impl_->lenient.end() && found->second;
}

void Contract::relax(const Operation& operation, json::value& body) const {
  if (operation.schemas->body) contract::relax(*operation.schemas->body, body);
}

bool Contract::may_exist(const Operation& operation, const web::PathParams& params) const {
  for (const Parameter& parameter : operation.schemas->path) {
    std::vector<Violation> found;
    check(*parameter.schema, coerce(*parameter.schema, web::param(params, parameter.name)), "",
          found);
    if (!found.empty()) return false;
  }
  return true;
}

bool Contract::accepts(const Operation& operation, std::string_view content_type) const {
  const std::size_t semicolon = content_type.find(';');
  const std::string type = lower_case(trimmed(content_type.substr(0, semicolon)));
  if (semicolon != std::string_view::npos && has_foreign_charset(content_type.substr(semicolon))) {
    return false;
  }
  return std::any_of(
      operation.media_types.begin(), operation.media_types.end(), [&](const std::string& known) {
        return type == known || (type == "application/json" && known.ends_with("json"));
      });
}

std::string Contract::to_direct_body(const Operation& operation, const json::value& body) const {
  const Operation::Schemas& schemas = *operation.schemas;
  if (!schemas.strips) return json::serialize(body);
  json::value stripped = body;
  strip_ignored(*schemas.body, stripped);
  return json::serialize(stripped);
}

namespace {

// Texts of one query parameter → the value its schema is asked about.
void check_query_parameter(const Parameter& parameter, const std::vector<std::string_view>& texts,
                           std::vector<Violation>& out) {
  if (texts.empty()) {
    if (parameter.required) out.push_back({parameter.name, false, "is required"});
    return;
  }
  json::value value;
  if (parameter.is_list) {
    json::array list;
    for (const auto text : texts) {
      list.push_back(parameter.schema->items ? coerce(*parameter.schema->items, text)
                                             : json::value(json::string{text}));
    }
    value = std::move(list);
  } else if (texts.size() > 1) {
    out.push_back({parameter.name, false, "is given more than once"});
    return;
  } else {
    value = coerce(*parameter.schema, texts.front());
  }
  std::vector<Violation> found;
  check(*parameter.schema, value, "", found);
  for (auto& violation : found) out.push_back({parameter.name, false, violation.message});
}

void check_query(const Operation& operation, const web::Request& request,
                 std::vector<Violation>& out) {
  const Operation::Schemas& schemas = *operation.schemas;
  if (request.query.empty() && schemas.query.empty()) return;
  std::set<std::string_view> refused;
  for (const auto& [name, text] : request.query) {
    if (operation.lenient) break;
    const bool known = std::any_of(schemas.query.begin(), schemas.query.end(),
                                   [&](const Parameter& p) { return p.name == name; });
    if (!known && refused.insert(name).second) out.push_back({name, false, "is not known here"});
  }
  for (const Parameter& parameter : schemas.query) {
    std::vector<std::string_view> texts;
    for (const auto& [name, text] : request.query) {
      if (name == parameter.name) texts.push_back(text);
    }
    check_query_parameter(parameter, texts, out);
  }
}

void check_headers(const Operation::Schemas& schemas, const web::Request& request,
                   std::vector<Violation>& out) {
  for (const Parameter& parameter : schemas.headers) {
    if (!request.headers.has(parameter.name)) {
      if (parameter.required) out.push_back({parameter.name, false, "is required"});
      continue;
    }
    std::vector<Violation> found;
    check(*parameter.schema, coerce(*parameter.schema, request.headers.get(parameter.name)), "",
          found);
    for (auto& violation : found) out.push_back({parameter.name, false, violation.message});
  }
}

}  // namespace

std::vector<Violation> Contract::validate(const Operation& operation, const web::PathParams& params,
                                          const web::Request& request,
                                          const json::value* body) const {
  std::vector<Violation> out;
  const Operation::Schemas& schemas = *operation.schemas;
  for (const Parameter& parameter : schemas.path) {
    check_query_parameter(parameter, {web::param(params, parameter.name)}, out);
  }
  check_query(operation, request, out);
  check_headers(schemas, request, out);
  if (body && schemas.body) {
    check(*schemas.body, *body, "", out);
  } else if (!body && operation.body_required) {
    out.push_back({"", true, "a body is required"});
  }
  return out;
}

Fault validation_fault(const Operation& operation, const std::vector<Violation>& violations) {
  return validation_fault(operation.method + ' ' + operation.path, violations);
}

Fault validation_fault(const std::string& what, const std::vector<Violation>& violations) {
  json::array errors;
  for (const Violation& violation : violations) {
    errors.push_back(json::object{{violation.in_body ? "pointer" : "parameter", violation.where},
                                  {"message", violation.message}});
  }
  return invalid("Validation failed for " + what, {{"errors", std::move(errors)}});
}

}  // namespace waybill::contract
