#include <catch2/catch.hpp>

#include "tests/unit/contract/fixture.hpp"
#include "waybill/order/v1/commands.pb.h"
#include "waybill/product/v1/commands.pb.h"

using namespace waybill;
using namespace waybill::contract;

namespace {

const std::string kId = "019a2f4c-7c1e-7d3a-9f52-3f0a6f1f2b11";

Contract product_contract() {
  Files files;
  files.add("product", R"(
paths:
  /v1/products:
    post:
      operationId: createProduct
      x-access: staff
      x-limit: default
      x-command: {queue: product, type: waybill.product.v1.CreateProduct, alias: product.create}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Input'}}}
      responses: {'201': {description: Fine.}}
  /v1/products/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
    put:
      operationId: replaceProduct
      x-access: staff
      x-limit: default
      x-command:
        queue: product
        type: waybill.product.v1.UpdateProduct
        params: {id: product_id}
        replace: true
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Input'}}}
      responses: {'200': {description: Fine.}}
    patch:
      operationId: updateProduct
      x-access: staff
      x-limit: default
      x-command:
        queue: product
        type: waybill.product.v1.UpdateProduct
        alias: product.update
        params: {id: product_id}
      parameters: [{name: If-Match, in: header, schema: {type: string}}]
      requestBody:
        required: true
        content: {application/merge-patch+json: {schema: {$ref: '#/components/schemas/Patch'}}}
      responses: {'200': {description: Fine.}}
components:
  schemas:
    Input:
      type: object
      required: [name, price, stock_quantity]
      properties:
        id: {type: string, readOnly: true}
        name: {type: string}
        price: {type: string}
        stock_quantity: {type: integer}
        description: {type: [string, 'null']}
        version: {type: integer, readOnly: true}
    Patch:
      type: object
      properties:
        id: {type: string, readOnly: true}
        name: {type: string}
        description: {type: [string, 'null']}
)");
  return files.load();
}

template <class Message>
Message mapped(const std::string& method, const std::string& path, const std::string& body,
               std::optional<std::int64_t> version = {}) {
  const auto contract = product_contract();
  const auto match = contract.match(method, path);
  const auto value = parse_json(body).value();
  Message message;
  const auto bytes = contract.to_command(*match.value, match.params, &value, version);
  REQUIRE(bytes.has_value());
  REQUIRE(message.ParseFromString(*bytes));
  return message;
}

using Members = std::vector<std::string>;

template <class Message>
Members members(const Message& message) {
  return {message.members().begin(), message.members().end()};
}

using waybill::product::v1::CreateProduct;
using waybill::product::v1::UpdateProduct;

}  // namespace

TEST_CASE("a body becomes the command, without its read-only members", "[contract][mapping]") {
  const auto message = mapped<CreateProduct>(
      "POST", "/v1/products",
      R"({"id":"x","version":3,"name":"Lamp","price":"19.90","stock_quantity":5.0,)"
      R"("description":null})");
  CHECK(message.name() == "Lamp");
  CHECK(message.price() == "19.90");
  CHECK(message.stock_quantity() == 5);
  CHECK_FALSE(message.has_description());
}

TEST_CASE("a merge patch tells what was sent, null included", "[contract][mapping]") {
  const auto message =
      mapped<UpdateProduct>("PATCH", "/v1/products/" + kId, R"({"id":"x","description":null})", 7);
  CHECK(message.product_id() == kId);
  CHECK(message.expected_version() == 7);
  CHECK(members(message) == Members{"description"});
  CHECK_FALSE(message.has_description());
}

TEST_CASE("a replacement lists all editable members", "[contract][mapping]") {
  const auto message = mapped<UpdateProduct>("PUT", "/v1/products/" + kId,
                                             R"({"name":"Lamp","price":"1","stock_quantity":0})");
  CHECK(members(message) == Members{"name", "price", "stock_quantity", "description"});
  CHECK_FALSE(message.has_expected_version());
}

TEST_CASE("ids of the path travel in lower case", "[contract][mapping]") {
  const auto message =
      mapped<UpdateProduct>("PATCH", "/v1/products/019A2F4C-7C1E-7D3A-9F52-3F0A6F1F2B11", "{}");
  CHECK(message.product_id() == kId);
}

TEST_CASE("other systems publish the same command as JSON, by type or alias",
          "[contract][mapping]") {
  const auto contract = product_contract();
  std::string type = "product.update";
  const auto bytes = contract.decode_command(
      type, R"({"product_id":")" + kId + R"(","expected_version":4,"name":"Lamp"})");
  REQUIRE(bytes.has_value());
  CHECK(type == "waybill.product.v1.UpdateProduct");
  UpdateProduct message;
  REQUIRE(message.ParseFromString(*bytes));
  CHECK(message.product_id() == kId);
  CHECK(message.expected_version() == 4);
  CHECK(members(message) == Members{"name"});

  std::string full = "waybill.product.v1.CreateProduct";
  CHECK(
      contract.decode_command(full, R"({"name":"a","price":"1","stock_quantity":1})").has_value());
}

TEST_CASE("what comes over a queue only is checked by a schema of its own", "[contract][mapping]") {
  Files files;
  files.add("file", R"(
x-messages:
  - queue: file
    type: waybill.file.v1.GetDocument
    alias: document.get
    schema:
      type: object
      required: [document_id]
      properties: {document_id: {type: string, format: uuid}}
)");
  const auto contract = files.load();
  CHECK(contract.operations().empty());
  std::string type = "document.get";
  const auto bytes = contract.decode_command(type, R"({"document_id":")" + kId + R"("})");
  REQUIRE(bytes.has_value());
  CHECK(type == "waybill.file.v1.GetDocument");
  std::string again = "document.get";
  CHECK(contract.decode_command(again, "{}").error().code == "validation-failed");
}

TEST_CASE("what other systems publish is checked like a request", "[contract][mapping]") {
  const auto contract = product_contract();
  const auto errors = [&](std::string type, const std::string& json) {
    const auto bytes = contract.decode_command(type, json);
    REQUIRE(bytes.has_error());
    return bytes.error();
  };
  CHECK(errors("product.burn", "{}").code == "unknown-type");
  CHECK(errors("product.update", "[").code == "malformed-json");
  CHECK(errors("product.update", "[]").code == "validation-failed");
  const auto fault = errors("product.update", R"({"name":5,"expected_version":"1","x":1})");
  CHECK(fault.detail == "Validation failed for waybill.product.v1.UpdateProduct");
  CHECK(boost::json::serialize(fault.members.at("errors")) ==
        R"([{"pointer":"/product_id","message":"is required"},)"
        R"({"pointer":"/expected_version","message":"must be an integer"},)"
        R"({"pointer":"/name","message":"must be a string"},)"
        R"({"pointer":"/x","message":"is not known here"}])");
}
