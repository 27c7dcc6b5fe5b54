/* lex - a query's text as a row of lexemes. */
#ifndef TOCSIN_MATCH_LEX_H
#define TOCSIN_MATCH_LEX_H

#include "match/query.h"

enum lexeme_kind {
    LEX_END,
    LEX_OPEN,
    LEX_CLOSE,
    LEX_AND,
    LEX_OR,
    LEX_NOT,
    LEX_NEAR, /* distance, is_ordered */
    LEX_SENTENCE,
    LEX_FIELD, /* field */
    LEX_WORD,
    LEX_PHRASE, /* text between the quotes */
    LEX_FUZZY,  /* text behind the tilde */
    LEX_REGEX,  /* text, flags */
    LEX_NUMBER  /* low to high, after a field that is a number */
};

struct lexeme {
    enum lexeme_kind kind;
    uint32_t at, end;
    struct tocsin_str text, flags;
    enum query_field field;
    uint32_t distance;
    bool is_ordered;
    double low, high;
};

struct lexer {
    struct tocsin_str query;
    const struct place *place;
    size_t at;
    bool after_number_field, after_value_field;
};

int lex_next(struct lexer *l, struct lexeme *out, struct err *err);
/* Always -1. Puts file:line:column of the query's offset before the message. */
int lex_error(const struct lexer *l, size_t offset, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
