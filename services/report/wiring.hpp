// What the report service is made of.
#pragma once

#include <string>

#include "libs/projection/projection.hpp"
#include "libs/runtime/backend.hpp"
#include "services/report/runs/runs.hpp"

namespace waybill::report {

struct ReportService {
  struct Settings {
    std::string cron = "0 0 * * *";
    std::string zone = "UTC";
    std::string currency = "EUR";
    std::chrono::milliseconds interval{250};

    void declare(config::Settings& settings);
    // Throws SettingsError for what is no cron expression or time zone.
    runs::Calendar calendar() const;
  };

  ReportService(runtime::Runtime& runtime, const Settings& settings);
  void start();
  void stop();

 private:
  // Work of the timer; true when there is more.
  bool run(pg::Connection& connection);
  void declare_notices();
  bool is_caught_up(pg::Connection& connection);

  runtime::Runtime& runtime_;
  runs::Calendar calendar_;
  outbox::Handlers handlers_;
  runtime::Queries queries_;
  projection::Projection orders_;
  projection::Projection steps_;
  projection::Projection products_;
  projection::Projection users_;
  projection::Projection files_;
  projection::Projection adverts_;
  runtime::Backend backend_;
  runtime::Periodic runs_;  // works through the backend
  bool notices_declared_ = false;
};

}  // namespace waybill::report
