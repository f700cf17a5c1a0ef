// Ids as messages carry them. The gateway and the decoder have checked their form.
#pragma once

#include <string>

#include "libs/core/id.hpp"

namespace waybill::advert::commands {

inline Id id_of(const std::string& text) {
  return Id::parse(text).value_or(Id{});
}

}  // namespace waybill::advert::commands
