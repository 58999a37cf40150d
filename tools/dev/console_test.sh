#!/bin/bash
# Runs the ```console blocks of a document, in order and in one shell, and
# compares what each command prints with what the document says:
#
#   console_test.sh CLEAT IMAGE DOCUMENT [SINGLE...]
#
# A line that begins with "$ " is a command, lines that begin with "> "
# continue it, all others are its output, standard error included. "…" stands
# for any text, over several lines, too. The shell starts in a directory that
# has the OCI archive IMAGE, and unpacked as `layout`; the tools of the
# multi-call binary CLEAT and SINGLEs are on its PATH.
set -u

cleat=$PWD/$1 image=$PWD/$2 document=$PWD/$3
shift 3
if [ "$(id -u)" != 0 ]; then
  echo "SKIPPED: root is needed"
  exit 0
fi
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/console.XXXXXX") || exit
export CLEAT_STORE=$work/store CLEAT_RUN=$work/run
mkdir "$work/bin" "$work/here" "$work/here/layout"
cp "$cleat" "$work/bin/cleat"
for single; do cp "$PWD/$single" "$work/bin"; done
for name in $("$work/bin/cleat" help --list); do
  ln -s cleat "$work/bin/$name"
done
export PATH=$work/bin:$PATH
tar -C "$work/here/layout" -xf "$image"
cp "$image" "$work/here/image.tar"
cd "$work/here" || exit

# What a document says as a pattern of bash.
pattern_of() {
  local text=${1//\\/\\\\}
  local special
  for special in '*' '?' '[' ']' '(' ')' '|' '!' '+' '@'; do
    text=${text//"$special"/"\\$special"}
  done
  printf '%s' "${text//…/*}"
}

commands=0 failures=0 command='' expected=''

# Runs the command read last and compares.
settle() {
  [ -n "$command" ] || return 0
  commands=$((commands + 1))
  eval "$command" >"$work/output" 2>&1 </dev/null
  local actual pattern
  actual=$(cat "$work/output")
  pattern=$(pattern_of "${expected%$'\n'}")
  # shellcheck disable=SC2053  # a pattern is meant
  if [[ $actual != $pattern ]]; then
    failures=$((failures + 1))
    printf 'FAILED: $ %s\nsays:\n%s\nthe document says:\n%s\n' \
      "$command" "$actual" "${expected%$'\n'}"
  fi
  command='' expected=''
}

inside=no continued=no
while IFS= read -r line <&3; do
  case $inside:$line in
    no:'```console') inside=yes ;;
    no:*) ;;
    yes:'```') settle && inside=no ;;
    yes:'$ '*) settle && command=${line#'$ '} continued=yes ;;
    yes:'> '* | yes:'>')
      if [ $continued = yes ]; then
        line=${line#'>'}
        command+=$'\n'${line#' '}
      else
        expected+=$line$'\n'
      fi
      ;;
    *) continued=no expected+=$line$'\n' ;;
  esac
done 3<"$document"

for id in $(container-list --quiet); do
  echo "FAILED: container $id is left"
  failures=$((failures + 1))
  unwind --id="$id"
done
cd / && rm -rf "$work"
echo "$commands commands, $failures failed"
[ $commands -gt 0 ] && [ $failures = 0 ]
