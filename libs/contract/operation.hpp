// Operations as they are compiled from the document. Inside libs/contract only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "libs/contract/contract.hpp"
#include "libs/contract/document.hpp"
#include "libs/contract/schema.hpp"

namespace google::protobuf {
class Message;
class FieldDescriptor;
}  // namespace google::protobuf

namespace waybill::contract {

struct Parameter {
  std::string name;
  bool required = false;
  bool is_list = false;  // repetitions are collected
  const Schema* schema = nullptr;
};

struct Operation::Schemas {
  std::shared_ptr<const SchemaStore> store;
  std::vector<Parameter> path, query, headers;
  const Schema* body = nullptr;
  bool strips = false;                // the body may have read-only members
  std::vector<std::string> editable;  // members of the body that are not read-only

  // Of a command: an empty message to copy, and where parameters of path and query, If-Match and
  // a body that is an array go.
  std::shared_ptr<const google::protobuf::Message> prototype;
  struct Bound {
    std::string name;  // of the parameter
    const Schema* schema = nullptr;
    const google::protobuf::FieldDescriptor* field = nullptr;
  };
  std::vector<Bound> bound;
  const google::protobuf::FieldDescriptor* expected_version = nullptr;
  const google::protobuf::FieldDescriptor* members = nullptr;
};

// All operations of the document. Their schemas are usable after store->finish(), which the caller
// calls, followed by bind_command() for each. Throws ContractError.
std::vector<Operation> compile_operations(const Document& document,
                                          const std::shared_ptr<SchemaStore>& store);

// The same for `x-messages`: commands and questions that come over a queue only. They have no
// method, and their alias for an id.
std::vector<Operation> compile_messages(const Document& document,
                                        const std::shared_ptr<SchemaStore>& store);

// Finds the message of a command and checks that everything has its field.
void bind_command(const Operation& operation, Operation::Schemas& schemas,
                  const std::string& place);

}  // namespace waybill::contract
