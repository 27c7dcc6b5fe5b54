/* pattern - PCRE2 with JIT, match limits, windows over long subjects and a clock. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "match/pattern.h"

#include <pcre2.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum {
    MATCH_LIMIT = 100000,
    DEPTH_LIMIT = 1000,
    HEAP_LIMIT_KB = 8 * 1024,
    JIT_STACK_MAX = 1024 * 1024,
    SHORT_SUBJECT = 2048,
    CALLS_PER_LOOK = 16 /* callouts between two looks at the clock */
};

struct pattern_scratch {
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    int64_t deadline_ns;
    uint32_t calls;
};

static int64_t
now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int
parse_flags(struct tocsin_str flags, uint32_t *options, char *bad)
{
    for (size_t i = 0; i < flags.n; i++)
        switch (flags.p[i]) {
        case 'i':
            *options |= PCRE2_CASELESS;
            break;
        case 'm':
            *options |= PCRE2_MULTILINE;
            break;
        case 's':
            *options |= PCRE2_DOTALL;
            break;
        case 'x':
            *options |= PCRE2_EXTENDED;
            break;
        case 'u':
        case 'g':
            break; /* always so */
        default:
            *bad = flags.p[i];
            return -1;
        }
    return 0;
}

/* How many repeats have no upper bound, and whether one stands in another. Errs to risky. */
static void
weigh(struct pattern *p, struct tocsin_str s)
{
    int unbounded = 0, depth = 0, at_depth[256] = { 0 };
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '\\') {
            i++;
            if (i < s.n && ((s.p[i] >= '1' && s.p[i] <= '9') || s.p[i] == 'g' || s.p[i] == 'k'))
                p->is_risky = true;
        } else if (c == '(') {
            if (i + 2 < s.n && s.p[i + 1] == '?' && strchr("R0123456789&P+(", s.p[i + 2]))
                p->is_risky |= s.p[i + 2] != 'P' || (i + 3 < s.n && s.p[i + 3] != '<');
            depth += depth < 255;
            at_depth[depth] = unbounded;
        } else if (c == ')') {
            char next = i + 1 < s.n ? s.p[i + 1] : 0;
            if ((next == '*' || next == '+' || next == '{') && unbounded > at_depth[depth])
                p->is_risky = true;
            depth -= depth > 0;
        } else if (c == '*' || (c == '+' && i > 0 && !strchr("*+?}", s.p[i - 1]))) {
            unbounded++;
        } else if (c == '{' && i + 1 < s.n && s.p[i + 1] >= '0' && s.p[i + 1] <= '9') {
            size_t end = str_find(s, STR_LIT("}"), i);
            bool big = end != SIZE_MAX && (s.p[end - 1] == ',' || end - i > 3);
            unbounded += big;
        }
    }
    p->is_unbounded = unbounded > 0;
    p->is_risky |= unbounded > 1;
}

static pcre2_code *
compile(const struct pattern *p, uint32_t extra, int *error, size_t *at)
{
    PCRE2_SIZE offset = 0;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (!context)
        return NULL;
    pcre2_set_max_pattern_length(context, PATTERN_MAX);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)(p->source.n ? p->source.p : ""), p->source.n,
                                     p->options | extra, error, &offset, context);
    pcre2_compile_context_free(context);
    if (code)
        pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* where there is no JIT, interpreted */
    *at = offset;
    return code;
}

int
pattern_new(struct pattern **out, struct tocsin_str text, struct tocsin_str flags, size_t *at,
            struct err *err)
{
    char bad = 0;
    int error = 0;
    struct pattern *p = calloc(1, sizeof(*p));
    *at = 0;
    if (!p)
        return err_set(err, ERR_NOMEM, "no memory for a regex");
    p->source = text;
    p->options = PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
    if (parse_flags(flags, &p->options, &bad)) {
        *at = text.n + 1;
        err_set(err, ERR_CONFIG,
                "no regex flag \"%c\"; there are i (any case), m (^ and $ at "
                "lines), s (dot matches newlines) and x (spaces and comments)",
                bad);
        goto fail;
    }
    if (!text.n) {
        err_set(err, ERR_CONFIG, "expected a pattern between the slashes");
        goto fail;
    }
    p->code = compile(p, 0, &error, at);
    if (!p->code) {
        PCRE2_UCHAR why[200] = "no memory";
        if (error)
            pcre2_get_error_message(error, why, sizeof(why));
        err_set(err, ERR_CONFIG, "regex: %s", (char *)why);
        goto fail;
    }
    p->is_extended = p->options & PCRE2_EXTENDED;
    weigh(p, text);
    *out = p;
    return 0;
fail:
    free(p);
    return -1;
}

void
pattern_free_all(struct pattern *p)
{
    while (p) {
        struct pattern *next = p->next;
        pcre2_code_free(p->code);
        pcre2_code_free(atomic_load(&p->watched));
        free(p);
        p = next;
    }
}

/* Made once, by whoever comes first. */
static pcre2_code *
watched_code(struct pattern *p)
{
    void *have = atomic_load(&p->watched);
    if (have)
        return have;
    int error;
    size_t at;
    pcre2_code *code = compile(p, PCRE2_AUTO_CALLOUT, &error, &at);
    if (!code)
        return p->code;
    if (atomic_compare_exchange_strong(&p->watched, &have, code))
        return code;
    pcre2_code_free(code);
    return have;
}

static int
look_at_clock(pcre2_callout_block *block, void *ctx)
{
    struct pattern_scratch *s = ctx;
    (void)block;
    if (s->calls++ % CALLS_PER_LOOK)
        return 0;
    return now_ns() > s->deadline_ns ? PCRE2_ERROR_CALLOUT : 0;
}

struct pattern_scratch *
pattern_scratch_new(void)
{
    struct pattern_scratch *s = calloc(1, sizeof(*s));
    if (!s)
        return NULL;
    s->data = pcre2_match_data_create(1, NULL);
    s->context = pcre2_match_context_create(NULL);
    s->stack = pcre2_jit_stack_create(32 * 1024, JIT_STACK_MAX, NULL);
    if (!s->data || !s->context) {
        pattern_scratch_free(s);
        return NULL;
    }
    pcre2_set_match_limit(s->context, MATCH_LIMIT);
    pcre2_set_depth_limit(s->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(s->context, HEAP_LIMIT_KB);
    pcre2_set_callout(s->context, look_at_clock, s);
    if (s->stack)
        pcre2_jit_stack_assign(s->context, NULL, s->stack);
    return s;
}

void
pattern_scratch_free(struct pattern_scratch *s)
{
    if (!s)
        return;
    pcre2_match_data_free(s->data);
    pcre2_match_context_free(s->context);
    pcre2_jit_stack_free(s->stack);
    free(s);
}

void
pattern_start(struct pattern_scratch *s)
{
    s->deadline_ns = 0;
    s->calls = 0;
}

static size_t
char_begin(struct tocsin_str s, size_t at)
{
    while (at > 0 && at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80)
        at--;
    return at;
}

/* One search running over one subject. */
struct search {
    const pcre2_code *code;
    struct pattern_scratch *s;
    struct tocsin_str subject;
    struct range32 *out;
    size_t max, n;
    size_t at; /* where the next match may begin */
};

/* Matches that begin before `until`, in the subject cut at `end`. */
static int
search_window(struct search *q, size_t until, size_t end)
{
    uint32_t options = PCRE2_NOTEMPTY | (end < q->subject.n ? PCRE2_NOTEOL : 0);
    while (q->at < until && q->n < q->max) {
        int rc = pcre2_match(q->code, (PCRE2_SPTR)q->subject.p, end, q->at, options, q->s->data,
                             q->s->context);
        if (rc == PCRE2_ERROR_NOMATCH)
            break;
        if (rc < 0)
            return PATTERN_UNSURE;
        const PCRE2_SIZE *v = pcre2_get_ovector_pointer(q->s->data);
        if (v[0] >= until && end < q->subject.n)
            break;
        if (v[0] < v[1] && v[1] <= q->subject.n)
            q->out[q->n++] = (struct range32){ (uint32_t)v[0], (uint32_t)v[1] };
        size_t next = v[1] > q->at ? v[1] : q->at + 1;
        while (next < q->subject.n && ((unsigned char)q->subject.p[next] & 0xC0) == 0x80)
            next++;
        q->at = next;
    }
    return PATTERN_SURE;
}

int
pattern_match(struct pattern *p, struct pattern_scratch *s, struct tocsin_str subject,
              struct range32 *out, size_t max, size_t *n_out)
{
    struct search q = { .code = p->code, .s = s, .subject = subject, .out = out, .max = max };
    int rc = PATTERN_SURE;
    *n_out = 0;
    if (!subject.n)
        return rc;
    if (p->is_risky || (p->is_unbounded && subject.n > SHORT_SUBJECT)) {
        q.code = watched_code(p);
        if (!s->deadline_ns)
            s->deadline_ns = now_ns() + PATTERN_BUDGET_MS * INT64_C(1000000);
    }
    for (size_t from = 0; from < subject.n;) {
        size_t end = subject.n - from <= PATTERN_WHOLE ? subject.n
                                                       : char_begin(subject, from + PATTERN_WHOLE);
        size_t until = end == subject.n ? end : char_begin(subject, end - PATTERN_OVERLAP);
        if (q.at < from)
            q.at = from;
        if (search_window(&q, until, end) == PATTERN_UNSURE)
            rc = PATTERN_UNSURE;
        if (s->deadline_ns && rc == PATTERN_UNSURE && now_ns() > s->deadline_ns)
            break;
        from = until;
    }
    *n_out = q.n;
    return rc;
}
