#ifndef CLEAT_LIB_SYSTEMD_BUS_H_
#define CLEAT_LIB_SYSTEMD_BUS_H_

#include <dbus/dbus.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

// A connection of one's own to a D-Bus, by libdbus. One thread uses it.

namespace cleat::systemd {

struct MessageDeleter {
  void operator()(DBusMessage* message) const { dbus_message_unref(message); }
};
using Message = std::unique_ptr<DBusMessage, MessageDeleter>;

struct ConnectionDeleter {
  void operator()(DBusConnection* connection) const;
};

class Bus {
 public:
  // Connects to `address`, as "unix:path=/run/dbus/system_bus_socket"; with
  // `peer` no bus but the one program that is asked listens there. Every answer
  // on it comes before `deadline`, or the call fails with kDeadlineExceeded.
  // kUnavailable when nobody listens or this user is turned away.
  static absl::StatusOr<Bus> Connect(const std::string& address, bool peer,
                                     absl::Time deadline);

  // Has the bus pass on signals that fit the rule ("Match Rules" of the D-Bus
  // specification). A peer sends all of its own.
  absl::Status Listen(const std::string& rule);

  // Sends it and waits for the answer. kUnavailable when nobody has the name
  // that it is for, which the bus is not asked to start; kPermissionDenied,
  // kAlreadyExists; kInternal with the answer's own words for the rest.
  absl::StatusOr<Message> Call(const Message& message);

  // The next message that nobody has asked for, as signals are.
  absl::StatusOr<Message> Next();

 private:
  Bus() = default;

  // Tells who this is.
  absl::Status Introduce();

  std::unique_ptr<DBusConnection, ConnectionDeleter> connection_;
  bool peer_ = false;
  absl::Time deadline_;
};

}  // namespace cleat::systemd

#endif  // CLEAT_LIB_SYSTEMD_BUS_H_
