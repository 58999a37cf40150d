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

/^ *<(failure|error)[ >\/]/ && name != "" { verdict = "failed" }

# GoogleTest's message begins with FILE:LINE and a line break.
/^ *<skipped/ && name != "" && verdict != "failed" {
  verdict = "skipped"
  reason = attribute("message")
  sub(/^[^ ]*:[0-9]+&#x0A;/, "", reason)
  reason = plain(reason)
}

/^ *<\/testsuite>/ { finish() }
END { finish() }
