// The verbs of the command line. Each adds itself to the program and, when it is the one that was
// called, leaves what is to be done in `chosen`.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace waybill::tool {

// Returns the exit code: 0 all is well, 1 something is wrong; UsageError is 2.
using Action = std::function<int()>;

void add_adverts(CLI::App& program, Action& chosen);
void add_events(CLI::App& program, Action& chosen);
void add_import(CLI::App& program, Action& chosen);
void add_demo(CLI::App& program, Action& chosen);
void add_audit(CLI::App& program, Action& chosen);
void add_dead(CLI::App& program, Action& chosen);
void add_outbox(CLI::App& program, Action& chosen);
void add_keys(CLI::App& program, Action& chosen);
void add_files(CLI::App& program, Action& chosen);
void add_projections(CLI::App& program, Action& chosen);
void add_report(CLI::App& program, Action& chosen);
void add_scale(CLI::App& program, Action& chosen);

}  // namespace waybill::tool
