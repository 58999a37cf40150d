#ifndef CLEAT_LIB_SYS_POLL_TASK_H_
#define CLEAT_LIB_SYS_POLL_TASK_H_

#include <poll.h>

#include <vector>

namespace cleat::sys {

// What is done on the side by whoever waits with poll(2): the relay of a
// terminal while a program runs, say. Before each wait it is asked what it
// waits for, and afterwards told what has come of that.
class PollTask {
 public:
  virtual ~PollTask() = default;

  // Appends its descriptors; the number of them may differ each time. A
  // negative one waits for nothing.
  virtual void Ask(std::vector<struct pollfd>* entries) = 0;

  // `entries` are those that the last Ask has appended, in their order.
  virtual void Answer(const struct pollfd* entries) = 0;
};

}  // namespace cleat::sys

#endif  // CLEAT_LIB_SYS_POLL_TASK_H_
