#ifndef CLEAT_LIB_NS_REQUEST_H_
#define CLEAT_LIB_NS_REQUEST_H_

#include <sys/mount.h>

#include <cstdint>
#include <string>

#include "absl/types/optional.h"
#include "lib/ns/time.h"
#include "lib/ns/user.h"
#include "lib/ns/write_id_maps.h"

namespace cleat::ns {

// Which new namespaces are wanted, and what each is to be like. What belongs
// to a kind that is not in `flags` does nothing.
struct Request {
  uint64_t flags = 0;  // CLONE_NEW*

  // user: the maps, and an owner other than the maker.
  IdMaps maps;
  absl::optional<Owner> owner;

  // time
  TimeOffsets offsets;

  // uts: empty names stay as they are.
  std::string hostname;
  std::string domainname;

  // net: start its loopback device.
  bool loopback = false;

  // mount: MS_* of all its mounts; 0 leaves them as they are.
  unsigned long propagation = MS_REC | MS_PRIVATE;
  // Where proc(5) and binfmt_misc are mounted; empty: nowhere.
  std::string proc;
  std::string binfmt;
  // ":name:type:offset:magic:mask:interpreter:flags", for binfmt_misc.
  std::string interpreter;

  // Of the process: its root directory and working directory, where not empty.
  std::string root;
  std::string directory;
};

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_REQUEST_H_
