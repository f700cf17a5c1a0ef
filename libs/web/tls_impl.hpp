// The inside of Tls, for the server alone.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include "libs/web/tls.hpp"

namespace waybill::web {

struct Tls::Impl {
  boost::asio::ssl::context context{boost::asio::ssl::context::tls_server};
};

}  // namespace waybill::web
