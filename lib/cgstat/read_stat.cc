#include "lib/cgstat/read_stat.h"

#include <limits.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/base/status_macros.h"
#include "lib/cgstat/stat_table.h"
#include "proto/cgroup_query.table.h"

namespace cleat::cgstat {

StatReader::StatReader(const std::vector<std::string>& fields,
                       const std::string& root)
    : root_(root),
      reader_(pb::TableOf<proto::CgroupStat>(), StatTables(), fields, root) {}

// "8:0" is "sda": /sys/dev/block/8:0 leads to its directory.
void StatReader::NameDevices(proto::CgroupStat* stat) const {
  for (proto::CgroupIoStat& io : *stat->mutable_io()) {
    const std::string link =
        absl::StrCat(root_, "/sys/dev/block/", io.device());
    char target[PATH_MAX];
    const ssize_t length = readlink(link.c_str(), target, sizeof(target));
    if (length <= 0) continue;
    const absl::string_view text(target, static_cast<size_t>(length));
    io.set_name(std::string(text.substr(text.rfind('/') + 1)));
  }
}

absl::StatusOr<proto::CgroupStat> StatReader::Read(const Group& group,
                                                   GroupFiles* files) const {
  proto::CgroupStat stat;
  stat.set_path(group.path);
  if (!group.container.empty()) stat.set_container(group.container);
  CLEAT_RETURN_IF_ERROR(reader_.Read(group, files, &stat));
  NameDevices(&stat);
  return stat;
}

std::string StatTime() {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(),
                          absl::UTCTimeZone());
}

}  // namespace cleat::cgstat
