#ifndef CLEAT_LIB_TAR_ENTRY_H_
#define CLEAT_LIB_TAR_ENTRY_H_

#include <time.h>

#include <cstdint>
#include <string>
#include <vector>

namespace cleat::tar {

enum class Type : uint8_t {
  kFile,
  kHardLink,
  kSymlink,
  kCharDevice,
  kBlockDevice,
  kDirectory,
  kFifo,
};

struct Xattr {
  std::string name;   // With its namespace: "user.colour".
  std::string value;  // Any bytes.
};

// One entry, in no dialect's terms. Names are bytes, without a promise that
// they are UTF-8 or harmless.
struct Entry {
  std::string name;
  // The target of a hard or symbolic link.
  std::string link;
  Type type = Type::kFile;
  // Permission bits with setuid, setgid and sticky: 07777 at most.
  uint32_t mode = 0;
  uint32_t uid = 0;
  uint32_t gid = 0;
  struct timespec mtime = {};
  // Of a file: what it has when unpacked, holes included.
  int64_t size = 0;
  // Of a device.
  uint32_t major = 0;
  uint32_t minor = 0;
  // Whether the file has holes: its data come with offsets.
  bool sparse = false;
  std::vector<Xattr> xattrs;
};

}  // namespace cleat::tar

#endif  // CLEAT_LIB_TAR_ENTRY_H_
