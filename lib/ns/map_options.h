#ifndef CLEAT_LIB_NS_MAP_OPTIONS_H_
#define CLEAT_LIB_NS_MAP_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/ns/write_id_maps.h"

namespace cleat::ns {

// The id maps that unshare(1)'s options ask for, in the order given, each as
// "NAME=VALUE":
//
//   map-user, map-group    ID|NAME: what the caller's own id becomes; the last
//   map-root-user=true     as map-user=0 map-group=0
//   map-current-user=true  both stay as they are
//   map-users, map-groups  RANGE (ParseIdRange), all: every id of the caller's
//                          namespace stays; auto: the first range that
//                          /etc/subuid gives the caller, from 0 on; subids:
//                          this range stays; all that are given count
//   map-auto=true, map-subids=true  for users and groups
//
// The caller's own id makes room for itself in the ranges (AddSingleId). Where
// only the own group is mapped setgroups(2) is denied, as `setgroups` ("deny",
// "allow" or "") may ask anyway.
absl::StatusOr<IdMaps> ParseMapOptions(const std::vector<std::string>& options,
                                       absl::string_view setgroups);

}  // namespace cleat::ns

#endif  // CLEAT_LIB_NS_MAP_OPTIONS_H_
