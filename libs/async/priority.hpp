// For threads that compute for long, so that the others of the machine don't wait for them.
#pragma once

namespace waybill::async {

// The system's other threads come first, by so much more than so far (0…19, as nice(1) counts);
// alone the thread is as fast as ever. Of the calling thread only (Linux), and for good.
void lower_priority(int by);

}  // namespace waybill::async
