// Contracts written in the tests themselves.
#pragma once

#include <filesystem>
#include <fstream>

#include "libs/contract/contract.hpp"
#include "libs/contract/json.hpp"
#include "libs/core/id.hpp"

namespace waybill::contract {

// A folder with */api.yaml that goes away with the test.
class Files {
 public:
  Files() { std::filesystem::create_directories(root_); }
  ~Files() { std::filesystem::remove_all(root_); }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  Files& add(const std::string& service, const std::string& yaml) {
    std::filesystem::create_directories(root_ / service);
    std::ofstream{root_ / service / "api.yaml"} << yaml;
    return *this;
  }

  Contract load() const { return Contract::load_folder(root_.string()); }

  std::string load_error() const {
    try {
      load();
      return "";
    } catch (const ContractError& error) {
      return error.what();
    }
  }

 private:
  std::filesystem::path root_ =
      std::filesystem::temp_directory_path() / ("waybill-contract-" + new_id().to_string());
};

// A contract with one operation: POST /v1/things, whose body has this schema (YAML flow style).
inline Contract body_contract(const std::string& schema, const std::string& components = "") {
  Files files;
  files.add("thing", R"(
openapi: 3.1.0
paths:
  /v1/things:
    post:
      operationId: createThing
      x-access: public
      x-limit: default
      requestBody:
        required: true
        content: {application/json: {schema: )" +
                         schema + R"(}}
      responses: {'200': {description: Fine.}}
)" + components);
  return files.load();
}

// "pointer message" of each violation.
inline std::vector<std::string> complaints(const Contract& contract, const std::string& body) {
  const auto match = contract.match("POST", "/v1/things");
  const auto value = parse_json(body);
  std::vector<std::string> texts;
  for (const auto& violation :
       contract.validate(*match.value, match.params, web::Request{}, &value.value())) {
    texts.push_back(violation.where + " " + violation.message);
  }
  return texts;
}

using Complaints = std::vector<std::string>;

}  // namespace waybill::contract
