#ifndef CLEAT_LIB_CGSTAT_STAT_TABLE_H_
#define CLEAT_LIB_CGSTAT_STAT_TABLE_H_

#include "lib/cgstat/field_table.h"

namespace cleat::cgstat {

// What the fields of proto::CgroupStat are called in the kernel's files, and
// nothing about that anywhere else. Documentation/admin-guide/cgroup-v2.rst;
// cgroup-v1/{memory,cpuacct,blkio-controller,hugetlb,pids}.rst;
// accounting/psi.rst.
FieldTables StatTables();

}  // namespace cleat::cgstat

#endif  // CLEAT_LIB_CGSTAT_STAT_TABLE_H_
