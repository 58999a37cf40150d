#!/bin/bash
# The functions of hot_functions.txt lie beside each other, and at least
# half of them are still there: `layout_test.sh PROGRAM LIST`.
set -euo pipefail
program=$1
list=$2
read -r listed found places < <(
  nm --defined-only "$program" | awk -v list="$list" '
    BEGIN {
      while ((getline name < list) > 0) { wanted[name]; ++listed }
    }
    # One name may be of many: of local functions, as lambdas are.
    $3 in wanted {
      if ($3 in at) local[$3]
      at[$3] = substr($1, 1, length($1) - 4)
    }
    END {
      for (name in at) {
        ++found
        if (!(name in local)) place[at[name]]
      }
      for (p in place) ++places
      print listed + 0, found + 0, places + 0
    }'
)
echo "$found of $listed functions, in $places places of 64 KiB"
[ "$listed" -gt 1000 ]
# Another Abseil than Debian 12's has other names for a seventh of them.
if [ $((found * 2)) -lt "$listed" ]; then
  echo "FAILED: the list has aged: run tools/dev/hot-functions" >&2
  exit 1
fi
if [ "$places" -gt 40 ]; then
  echo "FAILED: the linker has not laid them together" >&2
  exit 1
fi
