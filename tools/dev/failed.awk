# Reads ctest's LastTest.log and prints each failed test: its name and the end of what it printed.
/^[0-9]+\/[0-9]+ Testing: / {
  name = $3
  count = 0
}
{ lines[++count] = $0 }
/^Test Failed\.$/ {
  print "Failed: " name
  for (i = count > 60 ? count - 60 : 1; i < count; i++) print "  " lines[i]
}
