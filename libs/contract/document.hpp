// The services' files merged into one OpenAPI document.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <boost/json.hpp>

namespace waybill::contract {

struct Document {
  boost::json::object json;
  std::map<std::string, std::string, std::less<>> files;  // path template → file it comes from

  // "services/order/api.yaml: paths/v1/orders/post", for errors.
  std::string place(std::string_view path, std::string_view method) const;
};

// Throws ContractError for what can't be merged: two files with the same path and method or the
// same component.
Document merge_files(const std::vector<std::string>& files);

// Operations whose x-access-group is one of these are for everybody.
void open_access(Document& document, const std::vector<std::string>& groups);

// Adds what the gateway does for each operation (parameters, answers), where the shared component
// of that name exists.
void add_common_parts(Document& document);

}  // namespace waybill::contract
