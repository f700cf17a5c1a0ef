// Events as text: a line of a table, or a line of JSON. Pure.
#pragma once

#include <optional>
#include <string>

#include <boost/json.hpp>

#include "libs/messaging/message.hpp"

namespace waybill::tool::events {

// The payload by the type in ce_type; nullopt for a type that this program doesn't know or a
// payload that is none.
std::optional<boost::json::value> decode(const messaging::Event& event);

// Whether people's names, addresses and words are shown.
enum class Personal { masked, shown };

std::string table_header();
// Time, topic/partition/offset, key, type, version, and the state in a few words.
std::string table_line(const messaging::Event& event, Personal personal = Personal::masked);

// {topic, partition, offset, time, key, type, headers, data}. A payload that can't be decoded is
// data_base64 (RFC 4648 section 5), when personal data may be shown.
boost::json::object to_json(const messaging::Event& event, Personal personal);
std::string json_line(const messaging::Event& event, Personal personal = Personal::masked);

}  // namespace waybill::tool::events
