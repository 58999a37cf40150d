#!/usr/bin/env bats
# The reader of test.xml, on what each writer of such files puts there.

verdicts() {
  awk -f tools/dev/junit.awk
}

@test "GoogleTest's cases: passed, failed once though twice wrong, skipped" {
  run verdicts <<'XML'
<testsuites tests="4" failures="1" name="AllTests">
  <testsuite name="UnitsTest" tests="3" failures="1" skipped="1">
    <testcase name="Bytes" status="run" result="completed" time="0" classname="UnitsTest" />
    <testcase name="Cpus" status="run" result="completed" classname="UnitsTest">
      <failure message="lib/x.cc:1&#x0A;one" type=""><![CDATA[lib/x.cc:1
one]]></failure>
      <failure message="lib/x.cc:2&#x0A;two" type=""></failure>
    </testcase>
    <testcase name="Root" status="run" result="skipped" classname="UnitsTest">
      <skipped message="lib/x.cc:9&#x0A;needs &lt;root&gt;"><![CDATA[]]></skipped>
    </testcase>
    <testcase name="DISABLED_Off" status="notrun" result="suppressed" classname="UnitsTest" />
  </testsuite>
</testsuites>
XML
  [ "${lines[0]}" = "passed UnitsTest.Bytes" ]
  [ "${lines[1]}" = "failed UnitsTest.Cpus" ]
  [ "${lines[2]}" = "skipped UnitsTest.Root: needs <root>" ]
  [ "${lines[3]}" = "skipped UnitsTest.DISABLED_Off" ]
  [ "${#lines[@]}" -eq 4 ]
}

@test "bats' cases" {
  run verdicts <<'XML'
<testsuites time="0.1">
<testsuite name="a.bats" tests="3" failures="1" errors="0" skipped="1">
    <testcase classname="a.bats" name="holds" time="0" />
    <testcase classname="a.bats" name="breaks" time="0">
        <failure type="failure">(in test file a.bats, line 3)</failure>
    </testcase>
    <testcase classname="a.bats" name="waits" time="0">
        <skipped>no peer</skipped>
    </testcase>
</testsuite>
</testsuites>
XML
  [ "${lines[0]}" = "passed holds" ]
  [ "${lines[1]}" = "failed breaks" ]
  [ "${lines[2]}" = "skipped waits: no peer" ]
}

@test "Bazel's own file, of a test that writes none" {
  run verdicts <<'XML'
<testsuites>
  <testsuite name="lib/x_test" tests="1" failures="0" errors="1">
    <testcase name="lib/x_test" status="run" duration="0" time="0"><error message="exited with error code 1"></error></testcase>
      <system-out>
  </testsuite>
</testsuites>
XML
  [ "${lines[0]}" = "failed lib/x_test" ]
  [ "${#lines[@]}" -eq 1 ]
}
