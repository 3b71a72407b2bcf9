// Thread: the only way the engine starts a thread. Joins when it goes away.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace sluice {

class Thread {
 public:
  Thread();
  // Runs `body` on a thread that debuggers and `top` show as `name` (at most 15 bytes of it).
  Thread(std::string name, std::function<void()> body);
  ~Thread();
  Thread(Thread&&) noexcept;
  // Joins the thread that this object had before.
  Thread& operator=(Thread&&) noexcept;

  // Waits for the end of the thread; nothing if there is none.
  void Join();

 private:
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

}  // namespace sluice
