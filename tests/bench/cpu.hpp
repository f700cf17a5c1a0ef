// Where the CPU time goes: user and system time of all processes of the instance, by program.
#pragma once

#include <map>
#include <string>

#include <sys/types.h>

namespace waybill::bench {

using CpuSeconds = std::map<std::string, double>;  // by program: "waybill-order", "postgres", …

// The supervisor of the instance that WAYBILL_INSTANCE names. Throws std::runtime_error when it
// doesn't run.
pid_t find_supervisor();

// CPU time used so far by `root` and all its descendants. A child that has ended counts where its
// parent waited for it.
CpuSeconds cpu_of_tree(pid_t root);

// b - a.
CpuSeconds difference(const CpuSeconds& a, const CpuSeconds& b);
double total(const CpuSeconds& cpu);

// Of this process.
double own_cpu_seconds();

}  // namespace waybill::bench
