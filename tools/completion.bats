# Completion in the real shells: flags, words, files, and the containers and
# images that there are at the moment.

setup_file() {
  local tool
  mkdir "$BATS_FILE_TMPDIR/bin"
  tar -C "$BATS_FILE_TMPDIR" -xf tools/completion.tar
  for tool in $("$PWD/tools/cleat" help --list); do
    ln -s "$PWD/tools/cleat" "$BATS_FILE_TMPDIR/bin/$tool"
  done
  ln -s "$PWD/tools/cleat" "$BATS_FILE_TMPDIR/bin/cleat"
  [ "$(id -u)" = 0 ] || skip "needs root"
  grep -q ' cgroup2\? ' /proc/self/mountinfo || skip "no cgroup is mounted"
}

setup() {
  PATH=$BATS_FILE_TMPDIR/bin:$PATH
  BASH_FILES=$BATS_FILE_TMPDIR/bash-completion/completions
  ZSH_FILES=$BATS_FILE_TMPDIR/zsh/site-functions
  FISH_FILES=$BATS_FILE_TMPDIR/fish/vendor_completions.d
  export CLEAT_STORE=$BATS_TEST_TMPDIR/store CLEAT_RUN=$BATS_TEST_TMPDIR/state
  cd "$BATS_TEST_TMPDIR" || return
  mkdir sub
  touch sub/file
  for name in web worker; do
    container-new --name=$name | cgset --pids-limit=10 --output=$name.json
  done
  cat >offers.bash <<'END'
line=$2
read -ra words <<<"$line"
. "$1/${words[0]}"
COMP_LINE=$line COMP_POINT=${#line}
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
function=$(complete -p "${words[0]}" | sed -E 's/.* -F ([^ ]+) .*/\1/')
"$function" "${words[0]}"
[ ${#COMPREPLY[@]} = 0 ] || printf '%s\n' "${COMPREPLY[@]}"
END
  cat >offers.zsh <<'END'
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D; PS1=; \
  setopt nobeep; print LOAD''ED"
zpty -r z out "*LOADED*"
zpty -w -n z "$2"$'\t'
zpty -r z out "*$3*"
zpty -d z
END
}

teardown() {
  local id
  for id in $(container-list --quiet); do unwind --id="$id"; done
}

# offers LINE: what bash is given for the end of the line, one a line.
offers() {
  bash --norc offers.bash "$BASH_FILES" "$1" | sort
}

@test "every tool has completions for all three shells" {
  local tool
  for tool in cleat $(cleat help --list) container-convert; do
    [ -s "$BASH_FILES/$tool" ] && [ -s "$ZSH_FILES/_$tool" ] &&
      [ -s "$FISH_FILES/$tool.fish" ] || { echo "$tool"; false; }
    bash -n "$BASH_FILES/$tool"
  done
}

@test "bash completes flags" {
  [ "$(offers 'container-stop --ti')" = --time= ]
  offers 'container-stop -' | grep -qx -- --signal=
  offers 'container-stop -' | grep -qx -- --help
  offers 'container-list --q' | grep -qx -- --quiet
  # None after the first operand: options end there.
  [ -z "$(offers 'container-stop web --ti')" ]
  [ -z "$(offers 'container-stop -- --ti')" ]
}

@test "bash completes values, after '=' and after a space" {
  [ "$(offers 'container-stop --signal=KI')" = KILL ]
  [ "$(offers 'container-stop --signal KI')" = KILL ]
  [ "$(offers 'container-stop -s KI')" = KILL ]
  [ "$(offers 'container-list --trace=')" = $'json\ntext' ]
  [ "$(offers 'container-stop --input=sub/f')" = sub/file ]
  [ "$(offers 'container-list --store=su')" = sub ]
  [ "$(offers 'container-stop --id=we')" = web ]
  [ -z "$(offers 'container-stop --time ')" ]
}

@test "bash completes containers by name and id, files, and both" {
  [ "$(offers 'container-stop w')" = $'web\nworker' ]
  [ "$(offers 'container-stop web wo')" = worker ]
  [ "$(offers 'container-stop --time 3 wo')" = worker ]
  id=$(container-list --quiet | head -n 1)
  [ "$(offers "container-logs ${id:0:3}")" = "${id:0:12}" ]
  # One that takes a single container offers no second.
  [ -z "$(offers 'container-logs web wo')" ]
  offers 'container-copy we' | grep -qx web:
  offers 'container-copy su' | grep -qx sub
}

@test "bash completes tools and what they have after cleat" {
  [ "$(offers 'cleat container-sto')" = container-stop ]
  offers 'cleat ' | grep -qx help
  [ "$(offers 'cleat help container-sto')" = container-stop ]
  [ "$(offers 'cleat container-stop --ti')" = --time= ]
  [ "$(offers 'cleat  container-stop wo')" = worker ]
}

# fish_offers LINE: likewise, without descriptions.
fish_offers() {
  HOME=$BATS_TEST_TMPDIR fish --no-config -c '
    for tool in container-stop container-copy cleat
      source '"$FISH_FILES"'/$tool.fish
    end
    complete -C $argv[1]' -- "$1" | cut -f 1 | sort
}

@test "fish completes flags, words, files and containers" {
  command -v fish >/dev/null || skip "fish is not installed"
  fish_offers 'container-stop --ti' | grep -qx -- --time
  [ "$(fish_offers 'container-stop --signal=KI')" = --signal=KILL ]
  [ "$(fish_offers 'container-stop -s KI')" = KILL ]
  [ "$(fish_offers 'container-stop w')" = $'web\nworker' ]
  fish_offers 'container-stop --input sub/f' | grep -qx sub/file
  fish_offers 'container-copy we' | grep -qx web:
  fish_offers 'cleat container-sto' | grep -qx container-stop
  [ "$(fish_offers 'cleat container-stop wo')" = worker ]
}

# zsh_completes LINE PATTERN: a real zsh at a terminal makes PATTERN of the
# line when Tab is typed.
zsh_completes() {
  TERM=dumb HOME=$BATS_TEST_TMPDIR timeout 300 zsh -f offers.zsh "$ZSH_FILES" "$@"
}

@test "zsh completes flags, words, files and containers" {
  command -v zsh >/dev/null || skip "zsh is not installed"
  zsh_completes 'container-stop --ti' --time=
  zsh_completes 'container-stop --signal=KI' KILL
  zsh_completes 'container-stop wo' worker
  zsh_completes 'container-stop web wo' worker
  zsh_completes 'container-stop --input=sub/f' sub/file
}
