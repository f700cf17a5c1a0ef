#include "tools/waybill/events/expression.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <vector>

namespace waybill::tool::events {
namespace {

namespace json = boost::json;

// A member by name, an element by number, or any element.
struct Step {
  std::string name;
  std::optional<std::size_t> index;
  bool any = false;
};
using Path = std::vector<Step>;

constexpr int deepest = 100;  // parentheses and negations

struct SyntaxError {
  std::size_t at;
  std::string what;
};

}  // namespace

struct Expression::Node {
  enum class Kind { all_of, any_of, negation, path, compare };
  Kind kind = Kind::path;
  std::vector<std::shared_ptr<const Node>> parts;
  Path path;
  std::string comparison;
  std::optional<json::value> literal;  // none: `other` is compared with
  Path other;
};

namespace {

using Node = Expression::Node;
using NodePtr = std::shared_ptr<const Node>;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_{text} {}

  NodePtr parse() {
    NodePtr node = parse_any_of();
    skip_blanks();
    if (at_ < text_.size()) fail("an operator or the end");
    return node;
  }

 private:
  [[noreturn]] void fail(const std::string& expected) const { throw SyntaxError{at_, expected}; }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  bool take(std::string_view token) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  NodePtr join(Node::Kind kind, std::vector<NodePtr> parts) {
    if (parts.size() == 1) return parts.front();
    Node node;
    node.kind = kind;
    node.parts = std::move(parts);
    return std::make_shared<const Node>(std::move(node));
  }
  NodePtr parse_any_of() {
    std::vector<NodePtr> parts{parse_all_of()};
    while (take("||")) parts.push_back(parse_all_of());
    return join(Node::Kind::any_of, std::move(parts));
  }
  NodePtr parse_all_of() {
    std::vector<NodePtr> parts{parse_one()};
    while (take("&&")) parts.push_back(parse_one());
    return join(Node::Kind::all_of, std::move(parts));
  }
  NodePtr parse_one() {
    if (++depth_ > deepest) fail("fewer parentheses");
    NodePtr node;
    if (take("(")) {
      node = parse_any_of();
      if (!take(")")) fail("')'");
    } else if (take("!")) {
      Node negation;
      negation.kind = Node::Kind::negation;
      negation.parts = {parse_one()};
      node = std::make_shared<const Node>(std::move(negation));
    } else {
      node = parse_comparison();
    }
    --depth_;
    return node;
  }

  NodePtr parse_comparison() {
    Node node;
    node.path = parse_path();
    for (const char* comparison : {"==", "!=", "<=", ">=", "<", ">", "~"}) {
      if (!take(comparison)) continue;
      node.kind = Node::Kind::compare;
      node.comparison = comparison;
      node.literal = parse_literal();
      if (!node.literal) node.other = parse_path();
      break;
    }
    return std::make_shared<const Node>(std::move(node));
  }

  static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
  std::string_view take_name() {
    const std::size_t first = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    return text_.substr(first, at_ - first);
  }
  Path parse_path() {
    skip_blanks();
    Path path;
    do {
      const std::string_view name = take_name();
      if (name.empty()) fail("the name of a member");
      path.push_back({std::string{name}, std::nullopt, false});
      while (at_ < text_.size() && text_[at_] == '[') path.push_back(parse_index());
    } while (at_ < text_.size() && text_[at_] == '.' && ++at_);
    return path;
  }
  Step parse_index() {
    ++at_;
    Step step;
    if (take("*")) {
      step.any = true;
    } else {
      const std::string_view digits = take_name();
      std::size_t index = 0;
      const auto [end, failed] =
          std::from_chars(digits.data(), digits.data() + digits.size(), index);
      if (failed != std::errc{} || end != digits.data() + digits.size()) fail("a number or *");
      step.index = index;
    }
    if (!take("]")) fail("']'");
    return step;
  }

  std::optional<json::value> parse_literal() {
    skip_blanks();
    if (at_ == text_.size()) fail("a value");
    const char first = text_[at_];
    if (first == '\'' || first == '"') return parse_text(first);
    if (first == '-' || (first >= '0' && first <= '9')) return parse_number();
    const std::size_t before = at_;
    const std::string_view word = take_name();
    const bool is_path = at_ < text_.size() && (text_[at_] == '.' || text_[at_] == '[');
    if (!is_path && word == "true") return json::value(true);
    if (!is_path && word == "false") return json::value(false);
    if (!is_path && word == "null") return json::value(nullptr);
    at_ = before;
    return std::nullopt;
  }
  json::value parse_text(char quote) {
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) fail("the closing quote");
    const std::string_view content = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return json::value(json::string_view{content.data(), content.size()});
  }
  json::value parse_number() {
    double number = 0;
    const char* first = text_.data() + at_;
    const auto [end, failed] = std::from_chars(first, text_.data() + text_.size(), number);
    if (failed != std::errc{}) fail("a number");
    at_ += static_cast<std::size_t>(end - first);
    return json::value(number);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

// All values that a path names.
void find(const json::value& value, std::span<const Step> path,
          std::vector<const json::value*>& found) {
  if (path.empty()) {
    found.push_back(&value);
    return;
  }
  const Step& step = path.front();
  if (step.any || step.index) {
    if (!value.is_array()) return;
    const json::array& array = value.get_array();
    if (step.index) {
      if (*step.index < array.size()) find(array[*step.index], path.subspan(1), found);
      return;
    }
    for (const json::value& element : array) find(element, path.subspan(1), found);
    return;
  }
  if (!value.is_object()) return;
  if (const json::value* member = value.get_object().if_contains(step.name)) {
    find(*member, path.subspan(1), found);
  }
}

std::optional<double> number_of(const json::value& value) {
  if (value.is_number()) return value.to_number<double>();
  if (!value.is_string()) return std::nullopt;
  const json::string& text = value.get_string();
  double number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view view(const json::value& value) {
  const json::string& text = value.get_string();
  return {text.data(), text.size()};
}

template <class T>
bool holds(const T& left, const std::string& comparison, const T& right) {
  if (comparison == "==") return left == right;
  if (comparison == "!=") return left != right;
  if (comparison == "<") return left < right;
  if (comparison == "<=") return left <= right;
  if (comparison == ">") return left > right;
  return left >= right;
}

bool compare(const json::value& left, const std::string& comparison, const json::value& right) {
  if (comparison == "~") {
    return left.is_string() && right.is_string() &&
           view(left).find(view(right)) != std::string_view::npos;
  }
  if (left.is_string() && right.is_string()) return holds(view(left), comparison, view(right));
  if (left.is_number() || right.is_number()) {
    const auto a = number_of(left), b = number_of(right);
    if (a && b) return holds(*a, comparison, *b);
  }
  const bool same = left == right;
  if (comparison == "==") return same;
  return comparison == "!=" && !same;
}

bool is_there(const json::value& value) {
  return !value.is_null() && !(value.is_bool() && !value.get_bool());
}

bool evaluate(const Node& node, const json::value& data);

bool evaluate_comparison(const Node& node, const json::value& data) {
  std::vector<const json::value*> left, right;
  find(data, node.path, left);
  if (node.literal) {
    right.push_back(&*node.literal);
  } else {
    find(data, node.other, right);
  }
  // What is not there is null.
  static const json::value nothing(nullptr);  // braces would make an array
  if (left.empty()) left.push_back(&nothing);
  if (right.empty()) right.push_back(&nothing);
  for (const json::value* a : left) {
    for (const json::value* b : right) {
      if (compare(*a, node.comparison, *b)) return true;
    }
  }
  return false;
}

bool evaluate(const Node& node, const json::value& data) {
  const auto holds_for = [&](const NodePtr& part) { return evaluate(*part, data); };
  switch (node.kind) {
    case Node::Kind::all_of:
      return std::all_of(node.parts.begin(), node.parts.end(), holds_for);
    case Node::Kind::any_of:
      return std::any_of(node.parts.begin(), node.parts.end(), holds_for);
    case Node::Kind::negation:
      return !evaluate(*node.parts.front(), data);
    case Node::Kind::compare:
      return evaluate_comparison(node, data);
    case Node::Kind::path:
      break;
  }
  std::vector<const json::value*> found;
  find(data, node.path, found);
  return std::any_of(found.begin(), found.end(),
                     [](const json::value* value) { return is_there(*value); });
}

}  // namespace

Result<Expression> Expression::parse(std::string_view text) {
  try {
    return Expression{Parser{text}.parse()};
  } catch (const SyntaxError& error) {
    return invalid(fmt::format("'{}' is no condition: expected {} at character {}", text,
                               error.what, error.at + 1));
  }
}

bool Expression::matches(const json::value& data) const {
  return evaluate(*root_, data);
}

}  // namespace waybill::tool::events
