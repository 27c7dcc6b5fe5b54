#!/bin/bash
# Prints the rows that the benchmarks wrote as one table.
{
    printf 'goal\twhat\tours\tyardstick\tratio\tgoal is\tmet\n'
    cat "$1"
} | awk -F '\t' '
    { n[NR] = NF; for (i = 1; i <= NF; i++) { c[NR, i] = $i; if (length($i) > w[i]) w[i] = length($i) } }
    END {
        for (r = 1; r <= NR; r++) {
            for (i = 1; i < n[r]; i++) printf "%-" w[i] "s  ", c[r, i]
            print c[r, n[r]]
        }
    }'
