# What layer-diff prints of two trees and of stacks, as people and as programs
# read it. Of containers: tools/pipeline/commit.bats.

bats_require_minimum_version 1.5.0

setup() {
  PATH=$PWD/tools/layer:$PATH
  cd "$BATS_TEST_TMPDIR"
  export CLEAT_STORE=$PWD/store CLEAT_RUN=$PWD/run
  mkdir -p old/etc new/etc
  echo 1 | tee old/etc/same new/etc/same >old/gone
  echo 2 >new/etc/new
  touch -r old/etc/same new/etc/same
}

@test "each difference is a line, and JSON says in what" {
  echo old >old/etc/file
  echo NEW >new/etc/file
  chmod 600 new/etc/same
  touch -d @5 old/etc new/etc old/etc/file new/etc/file
  layer-diff old new | diff - <(printf '%s\n' 'C /etc' 'C /etc/file' 'A /etc/new' 'C /etc/same' 'D /gone')
  layer-diff --json old new | diff - <(cat <<'J'
{"kind":"C","path":"/etc","differs":["entries"]}
{"kind":"C","path":"/etc/file","differs":["content"]}
{"kind":"A","path":"/etc/new"}
{"kind":"C","path":"/etc/same","differs":["mode"]}
{"kind":"D","path":"/gone"}
J
  )
}

@test "what is overlooked and equal trees are no difference" {
  cp -a old copy
  touch copy/etc
  [ -z "$(layer-diff --ignore=mtime --exit-code old copy)" ]
  [ -z "$(layer-diff old old)" ]
  run -1 layer-diff --exit-code old copy
  [ "${lines[0]}" = "C /etc" ]
  [ "${lines[1]}" = "layer-diff: the trees differ" ]
}

@test "an upper directory upon its layers is compared as the kernel shows it" {
  [ "$(id -u)" = 0 ] || skip "needs root"
  mkdir upper
  mknod upper/gone c 0 0
  echo 3 >upper/added
  layer-diff old upper:old | diff - <(printf '%s\n' 'A /added' 'D /gone')
}

@test "names that would harm a terminal do not" {
  touch "new/$(printf 'a\nb\033')"
  layer-diff old new | grep -qxF 'A /a\nb\x1b'
}

@test "wrong usage is told" {
  run -2 layer-diff old
  [ "$output" = "layer-diff: give OLD and NEW, or --id" ]
  run -2 layer-diff --input=x old new
  [[ $output == *"--id and --input take no OLD and NEW" ]]
  run -1 layer-diff --ignore=colour old new
  [[ $output == "layer-diff: --ignore 'colour': give one of type, mode, "* ]]
  run -1 layer-diff old none
  [[ $output == "layer-diff: open none: No such file"* ]]
}
