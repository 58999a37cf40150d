#ifndef CLEAT_LIB_CGSTAT_STAT_TEXT_H_
#define CLEAT_LIB_CGSTAT_STAT_TEXT_H_

#include <string>
#include <utility>
#include <vector>

#include "proto/cgroup_query.pb.h"

namespace cleat::cgstat {

// Everything in a group's statistics, for people: "memory.anon" and "5.2MiB",
// "io.sda.read" and "12KiB". The name is the field's, its unit left out; an
// element of a list is called by its name.
using StatLines = std::vector<std::pair<std::string, std::string>>;
StatLines DescribeStat(const proto::CgroupStat& stat);

// Several of them beside one another, a row for each name: the name, and then
// the value of each, or "-".
std::vector<std::vector<std::string>> JoinStatLines(
    const std::vector<StatLines>& columns);

}  // namespace cleat::cgstat

#endif  // CLEAT_LIB_CGSTAT_STAT_TEXT_H_
