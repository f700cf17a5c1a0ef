#include "libs/contract/yaml.hpp"

#include <charconv>

#include <yaml-cpp/yaml.h>

#include "libs/contract/contract.hpp"

namespace waybill::contract {
namespace {

namespace json = boost::json;

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// A plain scalar by the core schema (YAML 1.2.2, section 10.3.2).
json::value resolve(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
    return nullptr;
  }
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  const bool may_be_number = text.find_first_not_of("+-0123456789.eE") == std::string::npos;
  if (may_be_number) {
    if (const auto whole = parse_number<std::int64_t>(text)) return *whole;
    if (const auto real = parse_number<double>(text)) return *real;
  }
  return json::string{text};
}

class Converter {
 public:
  explicit Converter(const std::string& file) : file_{file} {}

  json::value convert(const YAML::Node& node) const {
    switch (node.Type()) {
      case YAML::NodeType::Map:
        return convert_map(node);
      case YAML::NodeType::Sequence: {
        json::array list;
        for (const auto& element : node) list.push_back(convert(element));
        return list;
      }
      case YAML::NodeType::Scalar:
        // yaml-cpp marks quoted scalars with the tag "!".
        return node.Tag() == "!" ? json::value(json::string{node.Scalar()})
                                 : resolve(node.Scalar());
      default:
        return nullptr;
    }
  }

 private:
  json::value convert_map(const YAML::Node& node) const {
    json::object object;
    for (const auto& entry : node) {
      const std::string key = entry.first.Scalar();
      if (object.contains(key)) {
        throw ContractError{fmt::format("{}:{}: the key '{}' stands twice", file_,
                                        entry.first.Mark().line + 1, key)};
      }
      object.emplace(key, convert(entry.second));
    }
    return object;
  }

  const std::string& file_;
};

}  // namespace

json::value load_yaml(const std::string& file) {
  try {
    return Converter{file}.convert(YAML::LoadFile(file));
  } catch (const YAML::Exception& error) {
    throw ContractError{fmt::format("{}:{}: {}", file, error.mark.line + 1, error.msg)};
  }
}

}  // namespace waybill::contract
