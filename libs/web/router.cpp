#include "libs/web/router.hpp"

#include <stdexcept>

namespace waybill::web {

std::string_view param(const PathParams& params, std::string_view name) {
  for (const auto& [key, value] : params) {
    if (key == name) return value;
  }
  return {};
}

namespace detail {
namespace {

// Cuts the next segment off "/a/b"; `path` is empty after the last one.
std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

// A trailing slash means nothing.
std::string_view trimmed(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

RouteNode& child(RouteNode& node, std::string_view segment, std::string_view path) {
  if (!is_parameter(segment)) {
    auto& next = node.literals[std::string{segment}];
    if (!next) next = std::make_unique<RouteNode>();
    return *next;
  }
  const std::string_view name = segment.substr(1, segment.size() - 2);
  if (!node.parameter) {
    node.parameter = std::make_unique<RouteNode>();
    node.parameter_name = name;
  } else if (node.parameter_name != name) {
    throw std::logic_error("two names for one path parameter: " + std::string{path});
  }
  return *node.parameter;
}

const RouteNode* descend(const RouteNode& node, std::string_view path, PathParams& params) {
  if (path.empty()) return node.methods.empty() ? nullptr : &node;
  std::string_view rest = path;
  const std::string_view segment = next_segment(rest);
  if (const auto literal = node.literals.find(segment); literal != node.literals.end()) {
    if (const RouteNode* found = descend(*literal->second, rest, params)) return found;
  }
  if (!node.parameter || segment.empty()) return nullptr;
  params.emplace_back(node.parameter_name, segment);
  if (const RouteNode* found = descend(*node.parameter, rest, params)) return found;
  params.pop_back();
  return nullptr;
}

}  // namespace

void insert(RouteNode& root, std::string_view method, std::string_view path, std::size_t index) {
  if (!path.starts_with('/')) throw std::logic_error("a route starts with /: " + std::string{path});
  RouteNode* node = &root;
  for (std::string_view rest = trimmed(path); !rest.empty();) {
    node = &child(*node, next_segment(rest), path);
  }
  if (!node->methods.emplace(method, index).second) {
    throw std::logic_error("a route declared twice: " + std::string{method} + ' ' +
                           std::string{path});
  }
}

const RouteNode* find(const RouteNode& root, std::string_view path, PathParams& params) {
  if (!path.starts_with('/')) return nullptr;
  return descend(root, trimmed(path), params);
}

std::optional<std::size_t> find_method(const RouteNode& node, std::string_view method) {
  auto found = node.methods.find(method);
  if (found == node.methods.end() && method == "HEAD") found = node.methods.find("GET");
  if (found == node.methods.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> allowed_methods(const RouteNode& node) {
  std::vector<std::string> methods;
  for (const auto& [name, index] : node.methods) methods.push_back(name);
  if (node.methods.contains("GET") && !node.methods.contains("HEAD")) methods.push_back("HEAD");
  return methods;
}

}  // namespace detail
}  // namespace waybill::web
