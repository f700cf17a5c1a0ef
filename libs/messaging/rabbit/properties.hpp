// A message's properties as AMQP carries them.
#pragma once

#include <string>

#include "libs/messaging/broker.hpp"

struct amqp_basic_properties_t_;

namespace waybill::messaging::rabbit {

// Replaces `buffer` by the payload of the content header frame. False: AMQP can't carry these
// properties (a short string of more than 255 bytes, or all of them together more than `most`
// bytes).
bool encode_header(const OutgoingMessage& outgoing, const std::string& app_id, std::size_t most,
                   std::string& buffer);

// Everything but body and tag. Numbers and booleans among the headers become text; nested tables
// and arrays, which Waybill never sends, are left out.
void decode_properties(const amqp_basic_properties_t_& properties, Delivery& delivery);

}  // namespace waybill::messaging::rabbit
