#include "lib/systemd/scope.h"

#include <stdlib.h>
#include <unistd.h>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "lib/base/status_macros.h"
#include "lib/base/trace.h"
#include "lib/sys/file.h"
#include "lib/sys/privilege.h"
#include "lib/systemd/bus.h"

namespace cleat::systemd {
namespace {

constexpr char kManager[] = "org.freedesktop.systemd1.Manager";
constexpr char kBooted[] = "/run/systemd/system";  // sd_booted(3)

// Who is asked, and where.
struct Where {
  std::string address;
  // systemd's own socket, where it is without a bus.
  bool peer = false;
};

Where Choose(const char* variable, const std::string& bus,
             const std::string& own) {
  const char* const given = getenv(variable);
  if (given != nullptr && *given != '\0') return {given};
  if (!sys::Exists(bus) && sys::Exists(own)) {
    return {absl::StrCat("unix:path=", own), true};
  }
  return {absl::StrCat("unix:path=", bus)};
}

absl::StatusOr<Where> WhereToAsk() {
  if (sys::OwnsTree()) {
    return Choose("DBUS_SYSTEM_BUS_ADDRESS", "/run/dbus/system_bus_socket",
                  "/run/systemd/private");
  }
  // The bus asks the kernel who this is, and believes no other number.
  if (geteuid() == 0) {
    return absl::FailedPreconditionError(
        "not from a user namespace; make the scope before, by cgset --systemd "
        "without --defer");
  }
  const char* const directory = getenv("XDG_RUNTIME_DIR");
  const std::string run = directory != nullptr && *directory != '\0'
                              ? directory
                              : absl::StrCat("/run/user/", geteuid());
  return Choose("DBUS_SESSION_BUS_ADDRESS", absl::StrCat(run, "/bus"),
                absl::StrCat(run, "/systemd/private"));
}

// An array of (name, value) as systemd takes properties: "a(sv)".
class Properties {
 public:
  explicit Properties(DBusMessageIter* message) : message_(message) {
    dbus_message_iter_open_container(message_, DBUS_TYPE_ARRAY, "(sv)",
                                     &array_);
  }
  ~Properties() { dbus_message_iter_close_container(message_, &array_); }

  void Add(const char* name, const std::string& value) {
    const char* const text = value.c_str();
    AddBasic(name, "s", DBUS_TYPE_STRING, &text);
  }
  void Add(const char* name, bool value) {
    const dbus_bool_t flag = value;
    AddBasic(name, "b", DBUS_TYPE_BOOLEAN, &flag);
  }
  void Add(const char* name, dbus_uint32_t value) {
    AddVariant(name, "au", [&](DBusMessageIter* variant) {
      DBusMessageIter list;
      dbus_message_iter_open_container(variant, DBUS_TYPE_ARRAY, "u", &list);
      dbus_message_iter_append_basic(&list, DBUS_TYPE_UINT32, &value);
      dbus_message_iter_close_container(variant, &list);
    });
  }

 private:
  void AddBasic(const char* name, const char* signature, int type,
                const void* value) {
    AddVariant(name, signature, [&](DBusMessageIter* variant) {
      dbus_message_iter_append_basic(variant, type, value);
    });
  }

  template <typename Fill>
  void AddVariant(const char* name, const char* signature, const Fill& fill) {
    DBusMessageIter entry, variant;
    dbus_message_iter_open_container(&array_, DBUS_TYPE_STRUCT, nullptr,
                                     &entry);
    dbus_message_iter_append_basic(&entry, DBUS_TYPE_STRING, &name);
    dbus_message_iter_open_container(&entry, DBUS_TYPE_VARIANT, signature,
                                     &variant);
    fill(&variant);
    dbus_message_iter_close_container(&entry, &variant);
    dbus_message_iter_close_container(&array_, &entry);
  }

  DBusMessageIter* message_;
  DBusMessageIter array_;
};

// StartTransientUnit(unit, mode, properties, auxiliary units).
Message StartMessage(const Scope& scope) {
  Message message(dbus_message_new_method_call("org.freedesktop.systemd1",
                                               "/org/freedesktop/systemd1",
                                               kManager, "StartTransientUnit"));
  DBusMessageIter end;
  dbus_message_iter_init_append(message.get(), &end);
  for (const char* text : {scope.unit.c_str(), "fail"}) {
    dbus_message_iter_append_basic(&end, DBUS_TYPE_STRING, &text);
  }
  {
    Properties properties(&end);
    properties.Add("Description", scope.description);
    properties.Add("PIDs", static_cast<dbus_uint32_t>(scope.pid));
    properties.Add("Delegate", true);
    properties.Add("CollectMode", std::string("inactive-or-failed"));
    if (!scope.slice.empty()) properties.Add("Slice", scope.slice);
  }
  DBusMessageIter none;
  dbus_message_iter_open_container(&end, DBUS_TYPE_ARRAY, "(sa(sv))", &none);
  dbus_message_iter_close_container(&end, &none);
  return message;
}

// JobRemoved(number, job, unit, result): the result when it is of this unit.
absl::string_view ResultIn(const Message& signal, absl::string_view unit) {
  if (!dbus_message_is_signal(signal.get(), kManager, "JobRemoved")) return "";
  dbus_uint32_t number = 0;
  const char* job = nullptr;
  const char* name = nullptr;
  const char* result = nullptr;
  if (!dbus_message_get_args(signal.get(), nullptr, DBUS_TYPE_UINT32, &number,
                             DBUS_TYPE_OBJECT_PATH, &job, DBUS_TYPE_STRING,
                             &name, DBUS_TYPE_STRING, &result,
                             DBUS_TYPE_INVALID) ||
      name != unit) {
    return "";
  }
  return result;
}

absl::Status AwaitJob(Bus& bus, absl::string_view unit) {
  trace::Span span("await systemd's job for", unit);
  while (true) {
    CLEAT_ASSIGN_OR_RETURN(const Message signal, bus.Next());
    const absl::string_view result = ResultIn(signal, unit);
    if (result == "done") return absl::OkStatus();
    if (!result.empty()) {
      return absl::FailedPreconditionError(absl::StrCat(
          "its job ended as '", result,
          "'; the journal of systemd (journalctl -u ", unit, ") says why"));
    }
  }
}

absl::Status Start(const Where& where, const Scope& scope,
                   absl::Duration timeout) {
  CLEAT_ASSIGN_OR_RETURN(
      Bus bus, Bus::Connect(where.address, where.peer, absl::Now() + timeout));
  CLEAT_RETURN_IF_ERROR(bus.Listen(
      absl::StrCat("type='signal',interface='", kManager,
                   "',member='JobRemoved',path='/org/freedesktop/systemd1'")));
  CLEAT_RETURN_IF_ERROR(bus.Call(StartMessage(scope)).status());
  return AwaitJob(bus, scope.unit);
}

// What would help where nobody has answered.
absl::Status Explain(const absl::Status& status) {
  if (!absl::IsUnavailable(status)) return status;
  if (!sys::Exists(kBooted)) {
    return absl::FailedPreconditionError(
        absl::StrCat("systemd does not run here: ", kBooted,
                     " is absent: leave --systemd out"));
  }
  return absl::FailedPreconditionError(status.message());
}

}  // namespace

absl::Status StartScope(const Scope& scope, absl::Duration timeout) {
  absl::StatusOr<Where> where = WhereToAsk();
  const absl::Status status =
      where.ok() ? Explain(Start(*where, scope, timeout)) : where.status();
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat("start scope ", scope.unit,
                                                  ": ", status.message()));
}

}  // namespace cleat::systemd
