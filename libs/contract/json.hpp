// JSON and protobuf messages, by reflection: the same names, the same forms, no code per message.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "libs/core/fault.hpp"
#include "libs/core/strict_json.hpp"

namespace google::protobuf {
class Message;
class Descriptor;
}  // namespace google::protobuf

namespace waybill::contract {

// The representation: all fields in the order of their numbers, absent optional fields and messages
// as null, empty lists as [] (or null, see waybill/common/v1/options.proto), 64-bit numbers as JSON
// numbers; doubles in the shortest form that reads back as the same, without an exponent.
std::string to_json(const google::protobuf::Message& message);
// The same, appended to `out`.
void append_json(const google::protobuf::Message& message, std::string& out);
// Appends the number as to_json writes it; null where it is not finite.
void append_json_number(double value, std::string& out);
// Appends `text` as a JSON string with its quotes. The text is UTF-8.
void append_json_string(std::string_view text, std::string& out);

// Fills `message` from an object. Members that the message has no field for are ignored (the
// contract's schema has refused what is unknown), null leaves an optional field absent. A field
// `members` (repeated string) gets the names of all members that were sent. Faults name what does
// not fit by JSON pointer.
Result<void> from_json(const boost::json::object& json, google::protobuf::Message& message);

// A new, empty message of a full name like waybill.order.v1.PlaceOrder; nullptr when no such
// message is linked in.
std::unique_ptr<google::protobuf::Message> make_message(std::string_view full_name);

// Who reads bodies includes this header.
using waybill::parse_json;

// Parses a form (application/x-www-form-urlencoded, RFC 6749 appendix B) into an object of strings.
// Members without a value count as omitted (RFC 6749, section 3.2). A wrong escape, text that is no
// UTF-8, or a member that comes twice is a malformed-form fault with `error` "invalid_request".
Result<boost::json::value> parse_form(std::string_view text);
// Is this Content-Type that of a form?
bool is_form(std::string_view content_type);

}  // namespace waybill::contract
