# What the tests of the store share: the tools by name, a store of the test's
# own, and the image in the forms that real engines wrote.
# shellcheck shell=bash disable=SC2034

IMAGES=$PWD/testdata/images
DOCKER_ID=sha256:84897748be77591d359ea452dc56cdbaf81f385718f97d1d3e041d096bf8cf80
SKOPEO_ID=sha256:b91c9142356c49d23f0593a90209acb08c30da922ca94e382157666d92b9e361

# Once for a file.
prepare_file() {
  [ "$(id -u)" = 0 ] || skip "needs root"
  local tool
  mkdir "$BATS_FILE_TMPDIR/bin"
  for tool in $("$PWD/tools/cleat" help --list); do
    ln -s "$PWD/tools/cleat" "$BATS_FILE_TMPDIR/bin/$tool"
  done
}

# Before each test.
prepare() {
  PATH=$BATS_FILE_TMPDIR/bin:$PATH
  cd "$BATS_TEST_TMPDIR" || return
  export CLEAT_STORE=$PWD/store CLEAT_RUN=$PWD/run
}

# says STATUS TEXT COMMAND...: fails so, in one line with this in it.
says() {
  local status=0 line
  line=$("${@:3}" 2>&1 >out) || status=$?
  [ "$status" = "$1" ] || { echo "status $status: $line"; return 1; }
  [[ $line == *"$2"* && $line != *$'\n'* ]] || { echo "says: $line"; return 1; }
}

# The store as it is, but for times.
picture() {
  find "${1:-store}" -printf '%P %m %U %G %s %l\n' | sort
}

layers() { ls store/image/overlay2/layerdb/sha256; }

# Half an image more: one layer upon the fixture's.
small_image() {
  mkdir -p tree/bin
  echo "$1" >tree/bin/file
  image-import tree "$1"
}
