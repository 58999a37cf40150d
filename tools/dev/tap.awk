# TAP version 13 as JUnit's XML. Without a plan at the end the program has
# broken off, which is a failed case of its own.

function escape(text) {
  gsub(/&/, "\\&amp;", text)
  gsub(/</, "\\&lt;", text)
  gsub(/>/, "\\&gt;", text)
  gsub(/"/, "\\&quot;", text)
  gsub(/[^\t -~]/, "?", text)
  return text
}

function finish() {
  if (name == "") return
  count++
  body = body "  <testcase classname=\"" escape(suite) "\" name=\"" \
    escape(name) "\">"
  if (skipped != "") {
    skips++
    body = body "<skipped message=\"" escape(skipped) "\"/>"
  } else if (!good) {
    failures++
    body = body "<failure>" escape(said) "</failure>"
  }
  body = body "</testcase>\n"
  name = ""
}

/^(not )?ok / {
  finish()
  good = /^ok/
  name = $0
  sub(/^(not )?ok [0-9]* *-? */, "", name)
  skipped = ""
  if (match(name, / # SKIP ?/)) {
    skipped = substr(name, RSTART + RLENGTH)
    if (skipped == "") skipped = "no reason given"
    name = substr(name, 1, RSTART - 1)
  }
  said = ""
}

/^# / { said = said substr($0, 3) "\n" }

/^1\.\./ {
  finish()
  planned = 1
  if (match($0, / # SKIP ?/)) {
    name = "all"
    good = 1
    skipped = substr($0, RSTART + RLENGTH)
  }
}

END {
  finish()
  if (!planned) {
    name = "comes to its end"
    good = 0
    skipped = ""
    said = "broken off"
    finish()
  }
  printf "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
  printf "<testsuites>\n<testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" " \
    "skipped=\"%d\" errors=\"0\">\n%s</testsuite>\n</testsuites>\n", \
    escape(suite), count, failures, skips, body
}
