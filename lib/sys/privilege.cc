#include "lib/sys/privilege.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cleat::sys {
namespace {

// linux/proc_ns.h, PROC_USER_INIT_INO.
constexpr ino_t kFirstUserNamespace = 0xEFFFFFFD;

}  // namespace

// A kernel without user namespaces has no such file, and one namespace.
bool InFirstUserNamespace() {
  struct stat info;
  return stat("/proc/self/ns/user", &info) != 0 ||
         info.st_ino == kFirstUserNamespace;
}

// The owner of the machine's own tree is no id of a user's namespace.
bool OwnsTree() {
  struct stat info;
  return geteuid() == 0 && (InFirstUserNamespace() ||
                            (stat("/", &info) == 0 && info.st_uid == 0));
}

uid_t OuterUser() {
  const uid_t user = geteuid();
  if (user != 0) return user;
  FILE* const map = fopen("/proc/self/uid_map", "re");
  if (map == nullptr) return user;
  unsigned int inside = 0;
  unsigned int outside = 0;
  const bool mapped =
      fscanf(map, "%u %u", &inside, &outside) == 2 && inside == 0;
  fclose(map);
  return mapped ? outside : user;
}

}  // namespace cleat::sys
