# The test cases of a test.xml, as GoogleTest, bats and Bazel write it: a line
# "VERDICT NAME: REASON" each, where VERDICT is passed, failed or skipped and
# the reason is a skipped case's.

function attribute(name,    rest, at) {
  at = index($0, " " name "=\"")
  if (at == 0) return ""
  rest = substr($0, at + length(name) + 3)
  return substr(rest, 1, index(rest, "\"") - 1)
}

function plain(text) {
  gsub(/&#39;/, "'", text)
  gsub(/&#x[0-9a-fA-F]+;/, " ", text)
  gsub(/&lt;/, "<", text)
  gsub(/&gt;/, ">", text)
  gsub(/&quot;/, "\"", text)
  gsub(/&amp;/, "\\&", text)
  return text
}

function finish() {
  if (name != "") print verdict " " name (reason != "" ? ": " reason : "")
  name = ""
}

/^ *<testcase / {
  finish()
  name = attribute("name")
  class = attribute("classname")
  if (class != "" && class !~ /\.bats$/) name = class "." name
  name = plain(name)
  verdict = attribute("result") == "skipped" ? "skipped" : "passed"
  if (attribute("status") == "notrun") verdict = "skipped"
  reason = ""
}

# Bazel writes the error in its case's line.
/^ *<(failure|error)[ >\/]|^ *<testcase .*><error / && name != "" {
  verdict = "failed"
}

# GoogleTest's reason is an attribute that begins with FILE:LINE and a line
# break, bats' is the text.
/^ *<skipped/ && name != "" && verdict != "failed" {
  verdict = "skipped"
  reason = attribute("message")
  if (reason == "" && match($0, /<skipped>[^<]*/)) {
    reason = substr($0, RSTART + 9, RLENGTH - 9)
  }
  sub(/^[^ ]*:[0-9]+&#x0A;/, "", reason)
  reason = plain(reason)
}

/^ *<\/testsuite>/ { finish() }
END { finish() }
