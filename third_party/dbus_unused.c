// What of libdbus is never called here, under the names that dbus.bzl gives
// it: all of it fails, as on a machine that has no such thing.

#include <errno.h>
#include <netdb.h>
#include <pwd.h>
#include <stddef.h>

// A server that systemd has started: sd_listen_fds(3).
int cleat_dbus_sd_listen_fds(int unset) { return -ENOSYS; }
int cleat_dbus_sd_is_socket(int fd, int family, int type, int listening) {
  return -ENOSYS;
}

// Addresses other than unix:path=…: getaddrinfo(3).
int cleat_dbus_getaddrinfo(const char* node, const char* service,
                           const struct addrinfo* hints,
                           struct addrinfo** result) {
  return EAI_NONAME;
}
void cleat_dbus_freeaddrinfo(struct addrinfo* list) {}
int cleat_dbus_getnameinfo(const struct sockaddr* address, socklen_t length,
                           char* host, socklen_t host_size, char* service,
                           socklen_t service_size, int flags) {
  return EAI_NONAME;
}
const char* cleat_dbus_gai_strerror(int error) {
  return "only Unix sockets are supported";
}

// Secrets in a user's home directory instead of a socket's credentials:
// getpwuid_r(3).
int cleat_dbus_getpwuid_r(uid_t user, struct passwd* entry, char* buffer,
                          size_t size, struct passwd** result) {
  *result = NULL;
  return 0;
}
int cleat_dbus_getpwnam_r(const char* name, struct passwd* entry, char* buffer,
                          size_t size, struct passwd** result) {
  *result = NULL;
  return 0;
}
int cleat_dbus_getgrouplist(const char* user, gid_t group, gid_t* groups,
                            int* count) {
  *count = 0;
  return 0;
}
