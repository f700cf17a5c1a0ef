// Whatever the bytes, reading a body ends with a value or a fault, and checking it against a schema
// ends with violations or none: no crash, no stack that overflows, no text that takes for ever. A
// value that was read is read again from what it is written as.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "libs/contract/schema.hpp"
#include "libs/core/strict_json.hpp"

namespace {

using namespace waybill;

constexpr std::string_view kSchemas = R"({
  "type": "object", "required": ["name", "items"],
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 20, "pattern": "^(a+)+$"},
    "id": {"type": "string", "format": "uuid", "readOnly": true},
    "mail": {"type": "string", "format": "email"},
    "at": {"type": "string", "format": "date-time"},
    "size": {"type": "integer", "minimum": 0, "maximum": 9, "multipleOf": 3},
    "state": {"enum": ["OPEN", "CLOSED", 1, null]},
    "items": {"type": "array", "minItems": 1, "maxItems": 5, "uniqueItems": true,
              "items": {"oneOf": [{"type": "number"}, {"type": "object", "minProperties": 1,
                                                       "additionalProperties": true}]}}
  }
})";

struct Compiled {
  const boost::json::value source = boost::json::parse(kSchemas);
  const boost::json::object document;
  contract::SchemaStore store{document};
  const contract::Schema* schema = store.compile(source, "fuzz");
  Compiled() { store.finish(); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Compiled compiled;
  const auto value = parse_json({reinterpret_cast<const char*>(data), size});
  if (!value) return 0;
  std::vector<contract::Violation> violations;
  contract::check(*compiled.schema, *value, "", violations);
  if (violations.size() > contract::kMostViolations) std::abort();
  boost::json::value stripped = *value;
  contract::strip_ignored(*compiled.schema, stripped);
  if (!parse_json(boost::json::serialize(*value))) std::abort();
  return 0;
}
