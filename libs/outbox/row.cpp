#include "libs/outbox/row.hpp"

#include <boost/json.hpp>

namespace waybill::outbox {

namespace json = boost::json;

namespace {

// The correlation id is a property of AMQP messages; everything else stays a header.
messaging::Message command_message(const OutboxRow& row) {
  messaging::Message message;
  message.type = row.type;
  message.message_id = row.key;
  message.headers = row.headers;
  message.sent_at = row.at;
  message.body = row.payload;
  if (auto correlation = message.headers.extract("correlation_id")) {
    message.correlation_id = std::move(correlation.mapped());
  }
  if (auto type = message.headers.extract("content_type")) {
    message.content_type = std::move(type.mapped());
  }
  return message;
}

}  // namespace

messaging::Headers parse_headers(std::string_view text) {
  messaging::Headers headers;
  const json::value document = json::parse(json::string_view{text.data(), text.size()});
  for (const auto& [name, value] : document.as_object()) {
    headers.emplace(name, value.as_string());
  }
  return headers;
}

messaging::OutgoingMessage to_outgoing(const OutboxRow& row) {
  messaging::OutgoingMessage outgoing;
  outgoing.message = command_message(row);
  const std::size_t slash = row.target.find('/');
  if (slash == std::string::npos) {
    outgoing.to = {std::string{messaging::kCommandExchange}, row.target};
  } else {
    outgoing.to = {row.target.substr(0, slash), row.target.substr(slash + 1)};
    outgoing.mandatory = false;
  }
  return outgoing;
}

}  // namespace waybill::outbox
