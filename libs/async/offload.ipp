// Part of async.hpp.
#pragma once

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/this_coro.hpp>

namespace waybill::async {

namespace detail {

template <class Job>
awaitable<decltype(std::declval<Job&>()())> run_job(Job* job) {
  co_return (*job)();
}

}  // namespace detail

template <class Job>
auto offload(asio::thread_pool& pool, Job& job) -> awaitable<decltype(job())> {
  auto work = detail::run_job(&job);
  co_return co_await asio::co_spawn(pool, std::move(work), asio::use_awaitable);
}

}  // namespace waybill::async
