#!/bin/bash
# manuals - every man page is well-formed mdoc.
command -v mandoc >/dev/null || { echo "no mandoc"; exit 77; }
failed=0
while read -r page; do
    mandoc -T lint -W warning "$page" || failed=1
done < <(cd "$TOCSIN_SRCDIR" && find src plugins -name '*.[1578]' -printf "$TOCSIN_SRCDIR/%p\n")
exit $failed
