#include "lib/systemd/bus.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"

namespace cleat::systemd {
namespace {

// What a call has to say when it fails.
class Error {
 public:
  Error() { dbus_error_init(&error_); }
  ~Error() { dbus_error_free(&error_); }
  Error(const Error&) = delete;
  Error& operator=(const Error&) = delete;

  DBusError* get() { return &error_; }

  absl::Status Status(absl::string_view act) const {
    return absl::Status(Code(), absl::StrCat(act, ": ", error_.message, " (",
                                             error_.name, ")"));
  }

 private:
  absl::StatusCode Code() const {
    struct Known {
      absl::string_view name;
      absl::StatusCode code;
    };
    constexpr Known kKnown[] = {
        {DBUS_ERROR_SERVICE_UNKNOWN, absl::StatusCode::kUnavailable},
        {DBUS_ERROR_NAME_HAS_NO_OWNER, absl::StatusCode::kUnavailable},
        {DBUS_ERROR_NO_REPLY, absl::StatusCode::kDeadlineExceeded},
        {DBUS_ERROR_ACCESS_DENIED, absl::StatusCode::kPermissionDenied},
        {DBUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED,
         absl::StatusCode::kPermissionDenied},
        {"org.freedesktop.systemd1.UnitExists",
         absl::StatusCode::kAlreadyExists},
    };
    for (const Known& known : kKnown) {
      if (known.name == error_.name) return known.code;
    }
    return absl::StatusCode::kInternal;
  }

  DBusError error_;
};

// What is left of the time, as libdbus takes it: -1 would be its own default.
int Milliseconds(absl::Time deadline) {
  const int64_t left = absl::ToInt64Milliseconds(deadline - absl::Now());
  return static_cast<int>(
      std::max<int64_t>(0, std::min<int64_t>(left, 1 << 30)));
}

std::string Describe(const Message& message) {
  return absl::StrCat("call ", dbus_message_get_member(message.get()));
}

absl::Status Late(absl::string_view what) {
  return absl::DeadlineExceededError(absl::StrCat(what, ": no answer in time"));
}

// What the bus calls this connection, which it must know before all else.
absl::Status Register(DBusConnection* connection, const Message& answer) {
  const char* name = nullptr;
  Error error;
  if (!dbus_message_get_args(answer.get(), error.get(), DBUS_TYPE_STRING, &name,
                             DBUS_TYPE_INVALID)) {
    return error.Status("connect to the bus");
  }
  dbus_bus_set_unique_name(connection, name);
  return absl::OkStatus();
}

// Before that libdbus would wait for ever for what is to be sent.
absl::Status Authenticate(DBusConnection* connection, absl::Time deadline) {
  while (!dbus_connection_get_is_authenticated(connection)) {
    const int left = Milliseconds(deadline);
    if (left == 0) return Late("authenticate");
    if (!dbus_connection_read_write(connection, left)) {
      return absl::UnavailableError("authenticate: turned away");
    }
  }
  return absl::OkStatus();
}

}  // namespace

void ConnectionDeleter::operator()(DBusConnection* connection) const {
  dbus_connection_close(connection);
  dbus_connection_unref(connection);
}

absl::StatusOr<Bus> Bus::Connect(const std::string& address, bool peer,
                                 absl::Time deadline) {
  trace::Span span("connect to D-Bus", address);
  dbus_connection_set_change_sigpipe(FALSE);
  Bus bus;
  bus.peer_ = peer;
  bus.deadline_ = deadline;
  Error error;
  bus.connection_.reset(
      dbus_connection_open_private(address.c_str(), error.get()));
  if (bus.connection_ == nullptr) {
    span.Fail(ECONNREFUSED);
    return absl::UnavailableError(
        error.Status(absl::StrCat("connect to D-Bus at ", address)).message());
  }
  const absl::Status status = bus.Introduce();
  if (status.ok()) return bus;
  span.Fail(EACCES);
  return absl::Status(
      status.code(),
      absl::StrCat("connect to D-Bus at ", address, ": ", status.message()));
}

absl::Status Bus::Introduce() {
  dbus_connection_set_exit_on_disconnect(connection_.get(), FALSE);
  CLEAT_RETURN_IF_ERROR(Authenticate(connection_.get(), deadline_));
  if (peer_) return absl::OkStatus();
  const Message hello(dbus_message_new_method_call(
      DBUS_SERVICE_DBUS, DBUS_PATH_DBUS, DBUS_INTERFACE_DBUS, "Hello"));
  CLEAT_ASSIGN_OR_RETURN(const Message answer, Call(hello));
  return Register(connection_.get(), answer);
}

absl::Status Bus::Listen(const std::string& rule) {
  if (peer_) return absl::OkStatus();
  const Message message(dbus_message_new_method_call(
      DBUS_SERVICE_DBUS, DBUS_PATH_DBUS, DBUS_INTERFACE_DBUS, "AddMatch"));
  const char* text = rule.c_str();
  dbus_message_append_args(message.get(), DBUS_TYPE_STRING, &text,
                           DBUS_TYPE_INVALID);
  return Call(message).status();
}

absl::StatusOr<Message> Bus::Call(const Message& message) {
  dbus_message_set_auto_start(message.get(), FALSE);
  const std::string act = Describe(message);
  trace::Span span("call on D-Bus", dbus_message_get_member(message.get()));
  Error error;
  Message answer(dbus_connection_send_with_reply_and_block(
      connection_.get(), message.get(), Milliseconds(deadline_), error.get()));
  if (answer != nullptr) return answer;
  span.Fail(EIO);
  const absl::Status status = error.Status(act);
  return absl::IsDeadlineExceeded(status) ? Late(act) : status;
}

absl::StatusOr<Message> Bus::Next() {
  while (true) {
    Message message(dbus_connection_pop_message(connection_.get()));
    if (message != nullptr) return message;
    const int left = Milliseconds(deadline_);
    if (left == 0) return Late("wait for a signal");
    if (!dbus_connection_read_write(connection_.get(), left)) {
      return absl::UnavailableError("wait for a signal: the connection ended");
    }
  }
}

}  // namespace cleat::systemd
