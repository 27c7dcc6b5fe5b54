/* lex - words, quotes, operators and fields of a query, each with its place. */
#include "match/lex.h"

#include <math.h>

#include "base/buf.h"
#include "base/parse.h"
#include "base/utf8.h"

const char *const query_field_names[QUERY_N_FIELDS] = {
    "title", "text",   "raw",  "author", "site",      "url",
    "lang",  "source", "kind", "tag",    "followers", "rating",
};

int
lex_error(const struct lexer *l, size_t offset, struct err *err, const char *fmt, ...)
{
    va_list ap;
    struct buf b;
    int line = l->place ? l->place->line : 0, column = l->place ? l->place->column : 0;
    struct tocsin_str before = str_sub(l->query, 0, offset);
    size_t line_at = 0;

    for (size_t i = 0; i < before.n; i++)
        if (before.p[i] == '\n') {
            line_at = i + 1;
            line++;
        }
    size_t chars = utf8_count(str_sub(before, line_at, before.n));
    column = (int)chars + (line_at || column < 1 ? 1 : column);
    buf_init(&b, sizeof(err->msg));
    va_start(ap, fmt);
    buf_vfmt(&b, fmt, ap);
    va_end(ap);
    const char *file = l->place && l->place->file ? l->place->file : "query";
    err_set(err, ERR_CONFIG, "%s:%d:%d: %s", file, line < 1 ? 1 : line, column, buf_cstr(&b));
    buf_free(&b);
    return -1;
}

/* Length of a space at s.p[at], or 0. */
static size_t
space_at(struct tocsin_str s, size_t at)
{
    unsigned char c = (unsigned char)s.p[at];
    if (c == ' ' || (c >= '\t' && c <= '\r'))
        return 1;
    size_t next = at;
    uint32_t cp = c < 0x80 ? c : utf8_next(s, &next);
    bool is_space = cp == 0xA0 || cp == 0x3000 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x202F;
    return is_space ? next - at : 0;
}

/* Length of a double quote, straight or smart, or 0. */
static size_t
quote_at(struct tocsin_str s, size_t at)
{
    if (s.p[at] == '"')
        return 1;
    struct tocsin_str rest = str_sub(s, at, s.n);
    static const char *const smart[] = { "\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x9E",
                                         "\xE2\x80\x9F", "\xC2\xAB",     "\xC2\xBB",
                                         "\xEF\xBC\x82" };
    for (size_t i = 0; i < sizeof(smart) / sizeof(smart[0]); i++)
        if (str_starts(rest, str_z(smart[i])))
            return strlen(smart[i]);
    return 0;
}

static int
lex_phrase(struct lexer *l, struct lexeme *out, struct err *err)
{
    size_t begin = l->at + quote_at(l->query, l->at), at = begin, n = 0;
    while (at < l->query.n && !(n = quote_at(l->query, at)))
        at += l->query.p[at] == '\\' && at + 1 < l->query.n ? 2 : 1;
    if (at >= l->query.n)
        return lex_error(l, l->at, err, "expected a closing '\"' for the phrase that begins here");
    out->kind = LEX_PHRASE;
    out->text = str_sub(l->query, begin, at);
    l->at = at + n;
    return 0;
}

/* The closing '/' of a regex that begins at `at`, or SIZE_MAX. */
static size_t
regex_end(struct tocsin_str s, size_t at)
{
    bool in_class = false;
    for (size_t i = at + 1; i < s.n; i++) {
        if (s.p[i] == '\\')
            i++;
        else if (s.p[i] == '[')
            in_class = true;
        else if (s.p[i] == ']')
            in_class = false;
        else if (s.p[i] == '/' && !in_class)
            return i;
    }
    return SIZE_MAX;
}

static int
lex_regex(struct lexer *l, struct lexeme *out, struct err *err)
{
    size_t end = regex_end(l->query, l->at), at;
    if (end == SIZE_MAX)
        return lex_error(l, l->at, err,
                         "expected a closing \"/\" for the regex that begins here; to look for "
                         "a word that begins with \"/\" put it in quotes");
    at = end + 1;
    while (at < l->query.n && ((l->query.p[at] >= 'a' && l->query.p[at] <= 'z') ||
                               (l->query.p[at] >= 'A' && l->query.p[at] <= 'Z')))
        at++;
    out->kind = LEX_REGEX;
    out->text = str_sub(l->query, l->at + 1, end);
    out->flags = str_sub(l->query, end + 1, at);
    l->at = at;
    return 0;
}

static size_t
word_end(const struct lexer *l)
{
    size_t at = l->at;
    while (at < l->query.n) {
        char c = l->query.p[at];
        if (c == '(' || c == ')' || space_at(l->query, at) || quote_at(l->query, at))
            break;
        at += c == '\\' && at + 1 < l->query.n ? 2 : 1;
    }
    return at < l->query.n ? at : l->query.n;
}

static int
lex_near(struct lexer *l, struct lexeme *out, struct tocsin_str word, struct err *err)
{
    size_t head = word.p[0] == 'O' ? 5 : 4;
    struct tocsin_str digits = str_sub(word, head + 1, word.n);
    uint64_t n;
    out->kind = LEX_NEAR;
    out->is_ordered = head == 5;
    if (digits.n && digits.p[digits.n - 1] == 'f') { /* as some services write "in order" */
        out->is_ordered = true;
        digits.n--;
    }
    if (word.n <= head || word.p[head] != '/' || parse_u64(digits, &n) || n > 1000)
        return lex_error(l, l->at, err,
                         "expected \"%.*s/\" and the most words between, 0 to 1000, as in "
                         "%.*s/5",
                         (int)head, word.p, (int)head, word.p);
    out->distance = (uint32_t)n;
    return 0;
}

static bool
is_near(struct tocsin_str w)
{
    struct tocsin_str r = w.n && w.p[0] == 'O' ? str_sub(w, 1, w.n) : w;
    return str_eq_z(r, "NEAR") || str_starts(r, STR_LIT("NEAR/"));
}

static int
lex_operator(struct lexer *l, struct lexeme *out, struct tocsin_str word, struct err *err)
{
    static const struct {
        const char *name;
        enum lexeme_kind kind;
    } names[] = { { "AND", LEX_AND }, { "&&", LEX_AND },  { "OR", LEX_OR },
                  { "||", LEX_OR },   { "NOT", LEX_NOT }, { "SENTENCE", LEX_SENTENCE } };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (str_eq_z(word, names[i].name)) {
            out->kind = names[i].kind;
            return 0;
        }
    return is_near(word) ? lex_near(l, out, word, err) : 0;
}

/* "1000", "2.5", "10k", "1M" */
static int
parse_amount(struct tocsin_str s, double *out)
{
    double scale = 1;
    char last = s.n ? s.p[s.n - 1] : 0;
    if (last == 'k' || last == 'K')
        scale = 1e3;
    if (last == 'm' || last == 'M')
        scale = 1e6;
    if (scale > 1)
        s.n--;
    if (parse_double(s, out))
        return -1;
    *out *= scale;
    return 0;
}

/* ">5" ">=5" "<5" "<=5" "=5" "5" "3..5", after a field that is a number. */
static int
lex_number(struct lexer *l, struct lexeme *out, struct err *err)
{
    size_t end = word_end(l), dots;
    struct tocsin_str s = str_sub(l->query, l->at, end);
    char op = s.n && strchr("<>=", s.p[0]) ? s.p[0] : '=';
    size_t skip = s.n && strchr("<>=", s.p[0]) ? 1 : 0;
    bool with = op == '=';
    if (skip && s.n > 1 && s.p[1] == '=') {
        with = true;
        skip = 2;
    }
    s = str_sub(s, skip, s.n);
    out->kind = LEX_NUMBER;
    out->low = -INFINITY;
    out->high = INFINITY;
    dots = skip ? SIZE_MAX : str_find(s, STR_LIT(".."), 0);
    double v = 0, w = 0;
    int rc = dots == SIZE_MAX ? parse_amount(s, &v)
                              : parse_amount(str_sub(s, 0, dots), &v) |
                                    parse_amount(str_sub(s, dots + 2, s.n), &w);
    if (rc)
        return lex_error(l, l->at, err, "expected a number, as in >1000, <=3 or 2..4, not \"%.*s\"",
                         STR_FMT(s));
    if (op != '<')
        out->low = with ? v : nextafter(v, INFINITY);
    if (op != '>')
        out->high = dots != SIZE_MAX ? w : with ? v : nextafter(v, -INFINITY);
    l->at = end;
    return 0;
}

/* The field whose name and ":" the word begins with. */
static int
lex_field(struct lexer *l, struct lexeme *out, struct tocsin_str word, struct err *err)
{
    size_t colon = str_find(word, STR_LIT(":"), 0);
    if (colon == SIZE_MAX || colon == 0)
        return 0;
    struct tocsin_str name = str_sub(word, 0, colon);
    for (size_t i = 0; i < QUERY_N_FIELDS; i++)
        if (str_eq_ascii_case(name, str_z(query_field_names[i]))) {
            out->kind = LEX_FIELD;
            out->field = (enum query_field)i;
            l->after_number_field = i == QUERY_FOLLOWERS || i == QUERY_RATING;
            l->after_value_field = i >= QUERY_AUTHOR;
            l->at += colon + 1;
            return 0;
        }
    const char *near = str_nearest(name, query_field_names, QUERY_N_FIELDS);
    if (near && name.n > 3)
        return lex_error(l, l->at, err,
                         "no field \"%.*s\"; did you mean %s:? A word with a colon in it goes "
                         "in quotes",
                         STR_FMT(name), near);
    return 0;
}

static int
lex_word(struct lexer *l, struct lexeme *out, struct err *err)
{
    size_t end = word_end(l);
    struct tocsin_str word = str_sub(l->query, l->at, end);
    out->kind = LEX_WORD;
    if (lex_operator(l, out, word, err))
        return -1;
    if (out->kind == LEX_WORD && lex_field(l, out, word, err))
        return -1;
    if (out->kind == LEX_FIELD)
        return 0;
    out->text = word;
    if (out->kind == LEX_WORD && word.n > 1 && word.p[0] == '~') {
        out->kind = LEX_FUZZY;
        out->text = str_sub(word, 1, word.n);
    }
    l->at = end;
    return 0;
}

static int
lex_one(struct lexer *l, struct lexeme *out, struct err *err)
{
    char c = l->query.p[l->at];
    bool number = l->after_number_field;
    bool value = l->after_value_field;
    l->after_number_field = l->after_value_field = false;
    if (number)
        return lex_number(l, out, err);
    if (c == '(' || c == ')') {
        out->kind = c == '(' ? LEX_OPEN : LEX_CLOSE;
        l->at++;
        return 0;
    }
    if (quote_at(l->query, l->at))
        return lex_phrase(l, out, err);
    if (c == '/' && !value)
        return lex_regex(l, out, err);
    if (c == '-' && l->at + 1 < l->query.n && !space_at(l->query, l->at + 1) &&
        l->query.p[l->at + 1] != '-') {
        out->kind = LEX_NOT; /* -word, as web searches write it */
        l->at++;
        return 0;
    }
    return lex_word(l, out, err);
}

int
lex_next(struct lexer *l, struct lexeme *out, struct err *err)
{
    size_t n;
    *out = (struct lexeme){ .kind = LEX_END };
    while (l->at < l->query.n && (n = space_at(l->query, l->at)))
        l->at += n;
    out->at = (uint32_t)l->at;
    if (l->at < l->query.n && lex_one(l, out, err))
        return -1;
    out->end = (uint32_t)l->at;
    return 0;
}
