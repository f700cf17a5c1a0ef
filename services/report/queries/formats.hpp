// In which form an answer is wanted.
#pragma once

#include "libs/runtime/queries.hpp"
#include "services/report/domain/sales.hpp"

namespace waybill::report::queries {

enum class Format { json, csv, svg, png };

// The parameter `format`, or else what `Accept` prefers.
Format read_format(const web::Request& request);

// A parameter that is a day; nullopt when it is absent. 400 for what is none.
Result<std::optional<Day>> read_day(const web::Request& request, const char* name);
Fault invalid_parameter(const char* name, const char* message);

web::Response csv_response(std::string text, const std::string& file_name);
// As a picture of the format (svg or png).
web::Response chart_response(const domain::Sales& by_day, const std::string& title, Format format);

}  // namespace waybill::report::queries
