// What the product service is made of.
#pragma once

#include <string>

#include "libs/runtime/backend.hpp"

namespace waybill::product {

struct ProductService {
  struct Settings {
    std::string currency = "EUR";

    void declare(config::Settings& settings);
  };

  ProductService(runtime::Runtime& runtime, const Settings& settings);
  void start();
  void stop();

 private:
  outbox::Handlers handlers_;
  runtime::Queries queries_;
  runtime::Backend backend_;  // intake: last
};

}  // namespace waybill::product
