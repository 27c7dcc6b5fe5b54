# Kills tocsind 300 times at random instants, a hundred at a time.
export TOCSIN_KILLS=100
for _ in 1 2 3; do
    "$TOCSIN_BUILDDIR/tests/pipeline/test_pipe_kill" || exit 1
done
