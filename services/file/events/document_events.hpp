// Documents as messages: their representation over HTTP and in answers, and the state in events.
#pragma once

#include <string>

#include "libs/outbox/writer.hpp"
#include "services/file/domain/document.hpp"
#include "waybill/file/v1/events.pb.h"

namespace waybill::file::events {

v1::Document to_message(const domain::Document& document);

std::string representation(const domain::Document& document);
std::string representation(const domain::DocumentType& type);
std::string representation(const domain::Version& version);

void tell_changed(outbox::Writer& out, const domain::Document& document,
                  const outbox::Cause& cause);
void tell_deleted(outbox::Writer& out, const domain::Document& document,
                  const outbox::Cause& cause);

}  // namespace waybill::file::events
