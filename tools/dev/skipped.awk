# Reads ctest's LastTest.log and prints each skipped test with its reason. A reason is the line after GoogleTest's
# "FILE:LINE: Skipped", a script's line "SKIP: reason" or unittest's "... skipped 'reason'".
/^[0-9]+\/[0-9]+ Testing: / { name = $3 }
after_skipped { note($0) }
{ after_skipped = /: Skipped$/ }
sub(/^SKIP: /, "") || sub(/.*\.\.\. skipped /, "") { note($0) }
END {
  for (i = 1; i <= count; i++) print (i == 1 ? "Skipped:\n  " : "  ") lines[i]
}

function note(reason) { lines[++count] = name ": " reason }
