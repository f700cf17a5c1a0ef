// Maps method and path template to a value of the owner's choice. Literal segments win over
// parameters.
//   router.add("GET", "/v1/products/{id}", &find_product);
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace waybill::web {

using PathParams = std::vector<std::pair<std::string, std::string>>;  // name, decoded value

std::string_view param(const PathParams& params, std::string_view name);  // empty when absent

namespace detail {

struct RouteNode {
  std::map<std::string, std::unique_ptr<RouteNode>, std::less<>> literals;
  std::unique_ptr<RouteNode> parameter;
  std::string parameter_name;
  std::map<std::string, std::size_t, std::less<>> methods;  // index into the router's values
};

void insert(RouteNode& root, std::string_view method, std::string_view path, std::size_t index);
const RouteNode* find(const RouteNode& root, std::string_view path, PathParams& params);
std::optional<std::size_t> find_method(const RouteNode& node, std::string_view method);
std::vector<std::string> allowed_methods(const RouteNode& node);

}  // namespace detail

template <class T>
class Router {
 public:
  struct Match {
    const T* value = nullptr;          // null: no such path, or the path has other methods only
    std::string_view route;            // its template, while the router lives; empty: no value
    std::vector<std::string> allowed;  // methods of the path, filled when `value` is null
    PathParams params;
  };

  void add(std::string_view method, std::string_view path, T value) {
    detail::insert(root_, method, path, entries_.size());
    entries_.push_back(std::make_unique<Entry>(std::move(value), std::string{path}));
  }

  Match match(std::string_view method, std::string_view path) const {
    Match result;
    const detail::RouteNode* node = detail::find(root_, path, result.params);
    if (!node) return result;
    if (const auto index = detail::find_method(*node, method)) {
      result.value = &entries_[*index]->value;
      result.route = entries_[*index]->route;
    } else {
      result.allowed = detail::allowed_methods(*node);
    }
    return result;
  }

 private:
  struct Entry {
    Entry(T of, std::string path) : value{std::move(of)}, route{std::move(path)} {}
    const T value;
    const std::string route;
  };

  detail::RouteNode root_;
  std::vector<std::unique_ptr<Entry>> entries_;
};

}  // namespace waybill::web
