/* due_queue - a binary heap of due times. */
#include <stdlib.h>

#include "schedule/schedule.h"

struct due {
    int64_t at_ms;
    size_t item;
};

struct due_queue {
    struct due *v;
    size_t n, cap;
};

struct due_queue *
due_queue_new(void)
{
    return calloc(1, sizeof(struct due_queue));
}

void
due_queue_free(struct due_queue *q)
{
    if (q)
        free(q->v);
    free(q);
}

size_t
due_queue_count(const struct due_queue *q)
{
    return q->n;
}

static int
grow(struct due_queue *q)
{
    size_t cap = q->cap ? 2 * q->cap : 64;
    struct due *v = reallocarray(q->v, cap, sizeof *v);

    if (!v)
        return -1;
    q->v = v;
    q->cap = cap;
    return 0;
}

int
due_queue_push(struct due_queue *q, int64_t at_ms, size_t item)
{
    size_t i = q->n;

    if (q->n == q->cap && grow(q) != 0)
        return -1;
    q->n++;
    while (i > 0 && q->v[(i - 1) / 2].at_ms > at_ms) {
        q->v[i] = q->v[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    q->v[i] = (struct due){ at_ms, item };
    return 0;
}

bool
due_queue_peek(const struct due_queue *q, int64_t *at_ms, size_t *item)
{
    if (q->n == 0)
        return false;
    *at_ms = q->v[0].at_ms;
    *item = q->v[0].item;
    return true;
}

void
due_queue_pop(struct due_queue *q)
{
    struct due last;
    size_t i = 0;

    if (q->n == 0)
        return;
    last = q->v[--q->n];
    for (size_t child = 1; child < q->n; child = 2 * i + 1) {
        if (child + 1 < q->n && q->v[child + 1].at_ms < q->v[child].at_ms)
            child++;
        if (q->v[child].at_ms >= last.at_ms)
            break;
        q->v[i] = q->v[child];
        i = child;
    }
    if (q->n > 0)
        q->v[i] = last;
}
