#include <catch2/catch.hpp>

#include "tests/unit/contract/fixture.hpp"

using namespace waybill;
using namespace waybill::contract;
namespace json = boost::json;

namespace {

std::string get_operation(const std::string& path, const std::string& id,
                          const std::string& more = "x-access: public, x-limit: default") {
  return "  " + path + ":\n    get: {operationId: " + id + ", " + more +
         ", responses: {'200': {description: Fine.}}}\n";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const Contract& services() {
  static const Contract kContract = Contract::load_folder("services");
  return kContract;
}

// What the thing is, or what it refers to.
const json::object& resolved(const json::value& thing) {
  const json::object& object = thing.as_object();
  const auto* reference = object.if_contains("$ref");
  if (!reference) return object;
  constexpr std::string_view kHome = "#/components";
  const std::string_view pointer = reference->as_string();
  const json::value& components = services().document().at("components");
  return components.at_pointer(pointer.substr(kHome.size())).as_object();
}

const json::object& description_of(const Operation& operation) {
  std::string method = operation.method;
  for (char& c : method) c = static_cast<char>(std::tolower(c));
  return services().document().at("paths").at(operation.path).at(method).as_object();
}

bool has_headers(const json::value& response, std::initializer_list<std::string_view> names) {
  const auto* headers = resolved(response).if_contains("headers");
  return headers && std::all_of(names.begin(), names.end(), [&](std::string_view name) {
           return headers->as_object().contains(name);
         });
}

std::string security_of(Access access) {
  switch (access) {
    case Access::public_:
      return R"([{},{"bearer":[]}])";
    case Access::staff:
      return R"([{"bearer":["staff"]}])";
    case Access::ops:
      return R"([{"bearer":["ops"]}])";
    default:
      return R"([{"bearer":[]}])";
  }
}

}  // namespace

TEST_CASE("files become one document", "[contract][document]") {
  Files files;
  files.add("a",
            "info: {title: All, version: 2.0.0}\nservers: [{url: /}]\ntags: [{name: one}]\n"
            "paths:\n" +
                get_operation("/v1/a", "getA") + "components: {schemas: {Id: {type: string}}}\n");
  files.add("b", "info: {title: B, version: 1.0.0}\ntags: [{name: two}]\npaths:\n" +
                     get_operation("/v1/b", "getB") +
                     "components: {schemas: {B: {$ref: '#/components/schemas/Id'}}}\n");
  const auto contract = files.load();
  const auto& document = contract.document();
  CHECK(document.at("openapi") == "3.1.0");
  CHECK(document.at("info").at("title") == "All");
  CHECK(document.at("tags").as_array().size() == 2);
  CHECK(document.at("paths").as_object().size() == 2);
  CHECK(document.at("components").at("schemas").as_object().size() == 2);
  CHECK(contract.match("GET", "/v1/b").value->id == "getB");
  CHECK(contract.match("HEAD", "/v1/b").value->id == "getB");
  CHECK(contract.match("PUT", "/v1/b").allowed == std::vector<std::string>{"GET", "HEAD"});
}

TEST_CASE("what two files both say is refused, naming file and place", "[contract][document]") {
  Files paths;
  paths.add("a", "paths:\n" + get_operation("/v1/a", "getA"));
  paths.add("b", "paths:\n" + get_operation("/v1/a", "getB"));
  CHECK(contains(paths.load_error(), "b/api.yaml: the path /v1/a is also in"));

  Files components;
  components.add("a", "components: {schemas: {Id: {type: string}}}\n");
  components.add("b", "components: {schemas: {Id: {type: string}}}\n");
  CHECK(contains(components.load_error(), "b/api.yaml: components/schemas/Id"));

  Files ids;
  ids.add("a", "paths:\n" + get_operation("/v1/a", "same") + get_operation("/v1/b", "same"));
  CHECK(contains(ids.load_error(), "a/api.yaml: paths/v1/b/get: the operationId is also that of"));
}

TEST_CASE("an operation without access or limit is refused", "[contract][document]") {
  Files access;
  access.add("a", "paths:\n" + get_operation("/v1/a", "getA", "x-limit: default"));
  CHECK(contains(access.load_error(), "paths/v1/a/get: 'x-access' must be there"));
  Files limit;
  limit.add("a", "paths:\n" + get_operation("/v1/a", "getA", "x-access: public"));
  CHECK(contains(limit.load_error(), "paths/v1/a/get: 'x-limit' must be there"));
  Files wrong;
  wrong.add("a", "paths:\n" + get_operation("/v1/a", "getA", "x-access: all, x-limit: none"));
  CHECK(contains(wrong.load_error(), "x-access 'all' is none of"));
}

TEST_CASE("a misspelt key is refused", "[contract][document]") {
  Files operation;
  operation.add("a", "paths:\n" + get_operation("/v1/a", "getA",
                                                "x-access: public, x-limit: none, x-owned: id"));
  CHECK(contains(operation.load_error(), "'x-owned' is not known here"));
  Files schema;
  schema.add("a", "components: {schemas: {A: {type: string, maxLenght: 3}}}\n");
  CHECK(contains(schema.load_error(), "#/components/schemas/A/maxLenght: an unknown keyword"));
}

TEST_CASE("broken YAML is refused with its line", "[contract][document]") {
  Files files;
  files.add("a", "paths:\n  - [\n");
  CHECK(contains(files.load_error(), "a/api.yaml:"));
  Files twice;
  twice.add("a", "paths: {}\npaths: {}\n");
  CHECK(contains(twice.load_error(), "a/api.yaml:2: the key 'paths' stands twice"));
}

TEST_CASE("references that lead nowhere and schemas that are themselves are refused",
          "[contract][document]") {
  Files nowhere;
  nowhere.add("a", "components: {schemas: {A: {$ref: '#/components/schemas/B'}}}\n");
  CHECK(contains(nowhere.load_error(), "'#/components/schemas/B' leads nowhere"));
  Files circle;
  circle.add("a",
             "components: {schemas: {A: {$ref: '#/components/schemas/B'}, B: {allOf: [{$ref: "
             "'#/components/schemas/A'}]}}}\n");
  CHECK(contains(circle.load_error(), "refers to itself in place"));
}

TEST_CASE("the parameters of a path must be declared", "[contract][document]") {
  Files files;
  files.add("a", "paths:\n" + get_operation("/v1/a/{id}", "getA"));
  CHECK(contains(files.load_error(), "each {parameter} of the path must be declared once"));
}

TEST_CASE("a command must exist and have a field for everything", "[contract][document]") {
  const auto error = [](const std::string& command, const std::string& properties) {
    Files files;
    files.add("a", R"(
paths:
  /v1/products:
    post:
      operationId: createProduct
      x-access: public
      x-limit: none
      x-command: )" + command +
                       R"(
      requestBody: {content: {application/json: {schema: {type: object, properties: )" +
                       properties + R"(}}}}
      responses: {'201': {description: Fine.}}
)");
    return files.load_error();
  };
  const std::string create = "{queue: product, type: waybill.product.v1.CreateProduct}";
  CHECK(error(create, "{name: {type: string}}").empty());
  CHECK(contains(error("{queue: product, type: waybill.product.v1.Creat}", "{}"),
                 "there is no message waybill.product.v1.Creat"));
  CHECK(contains(error(create, "{nam: {type: string}}"),
                 "requestBody/nam: waybill.product.v1.CreateProduct has no such field"));
  CHECK(contains(error(create, "{name: {type: integer}}"), "can't hold every type"));
  CHECK(error(create, "{id: {type: string, readOnly: true}}").empty());
}

TEST_CASE("YAML types: quoted scalars stay strings", "[contract][document]") {
  Files files;
  files.add("a",
            "info: {title: T, version: '1.0', description: plain}\nservers: [{url: /}]\n"
            "components: {schemas: {A: {enum: ['1', 1, 1.5, true, 'true', null, 'null', ~, "
            "0123x, '']}}}\n");
  const auto contract = files.load();
  const auto& values = contract.document().at("components").at("schemas").at("A").at("enum");
  CHECK(boost::json::serialize(values) ==
        R"(["1",1,1.5E0,true,"true",null,"null",null,"0123x",""])");
  CHECK(contract.document().at("info").at("version") == "1.0");
}

TEST_CASE("the gateway's part of each operation is added where it is described",
          "[contract][document]") {
  Files files;
  files.add("a", R"(
paths:
  /v1/products/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
    delete:
      operationId: deleteProduct
      x-access: staff
      x-limit: default
      x-command: {queue: product, type: waybill.product.v1.DeleteProduct, params: {id: product_id}}
      responses: {'204': {description: Gone.}}
components:
  parameters:
    IdempotencyKey: {name: Idempotency-Key, in: header, schema: {type: string, maxLength: 255}}
  responses:
    Forbidden: {description: No.}
    NotFound: {description: No.}
    Accepted: {description: Later.}
)");
  const auto contract = files.load();
  const auto& operation =
      contract.document().at("paths").at("/v1/products/{id}").at("delete").as_object();
  CHECK(boost::json::serialize(operation.at("parameters")) ==
        R"([{"$ref":"#/components/parameters/IdempotencyKey"}])");
  for (const char* status : {"202", "204", "403", "404"}) {
    CHECK(operation.at("responses").as_object().contains(status));
  }
  CHECK_FALSE(operation.at("responses").as_object().contains("503"));  // not described here
}

TEST_CASE("the contracts of all services load", "[contract][document]") {
  const auto contract = Contract::load_folder("services");
  CHECK(contract.match("POST", "/v1/orders").value);
  CHECK(contract.match("GET", "/v1/products/x").value);
  CHECK(contract.find_command("order.place") == contract.match("POST", "/v1/orders").value);
}

TEST_CASE("the document says who may call what, and how one is refused", "[contract][document]") {
  const auto& scheme = services().document().at("components").at("securitySchemes").at("bearer");
  CHECK(scheme.at("scheme") == "bearer");
  for (const Operation* operation : services().operations()) {
    INFO(operation->method << ' ' << operation->path);
    const json::object& described = description_of(*operation);
    CHECK(json::serialize(described.at("security")) == security_of(operation->access));
    const json::object& responses = described.at("responses").as_object();
    REQUIRE(responses.contains("401"));
    CHECK(has_headers(responses.at("401"), {"WWW-Authenticate"}));
    CHECK(responses.contains("503"));
    const bool by_role = operation->access == Access::staff || operation->access == Access::ops;
    if (by_role) CHECK(responses.contains("403"));
    const bool is_limited = operation->limit != "none";
    CHECK(responses.contains("429") == is_limited);
    for (const auto& response : responses) {
      INFO(std::string_view{response.key()});
      CHECK(has_headers(response.value(), {"X-Correlation-ID"}));
      if (is_limited) CHECK(has_headers(response.value(), {"RateLimit", "RateLimit-Policy"}));
    }
    if (is_limited) CHECK(has_headers(responses.at("429"), {"Retry-After"}));
  }
}

TEST_CASE("each body has examples, and its own contract takes them", "[contract][document]") {
  for (const Operation* operation : services().operations()) {
    if (!operation->has_body) continue;
    INFO(operation->method << ' ' << operation->path);
    const auto& content = description_of(*operation).at("requestBody").at("content").as_object();
    for (const auto& type : content) {
      const auto* examples = resolved(type.value().at("schema")).if_contains("examples");
      REQUIRE(examples);
      for (const json::value& example : examples->as_array()) {
        INFO(json::serialize(example));
        for (const Violation& violation :
             services().validate(*operation, {}, web::Request{}, &example)) {
          if (violation.in_body) FAIL_CHECK(violation.where << ' ' << violation.message);
        }
      }
    }
  }
}
