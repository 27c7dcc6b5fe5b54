/* Loads all lexicons and weights below one folder. */
#include "score/scorer.h"

#include <stdlib.h>

#include "base/file.h"

static const char *const LANGUAGE[LANGUAGES] = { "en", "de", "fr", "es", "pt", "it", "nl" };

static int
read_into(struct lexicon *x, const char *dir, const char *lang, struct err *err)
{
    struct buf path;
    int rc;

    buf_init(&path, 4096);
    buf_fmt(&path, "%s/lexicon/%s.tsv", dir, lang);
    rc = path.failed ? err_set(err, ERR_CONFIG, "%s: path too long", dir)
                     : lexicon_read(x, buf_cstr(&path), err);
    buf_free(&path);
    return rc;
}

static int
load_lexicons(struct scorer *s, const char *dir, struct err *err)
{
    for (size_t i = 0; i <= LANGUAGES; i++) {
        if (lexicon_new(&s->lexicon[i], err))
            return -1;
        if (i < LANGUAGES && read_into(s->lexicon[i], dir, LANGUAGE[i], err))
            return -1;
        if (read_into(s->lexicon[i], dir, "emoji", err))
            return -1;
    }
    return 0;
}

static int
load_weights(struct scorer *s, const char *dir, struct err *err)
{
    struct buf path;
    int rc;

    buf_init(&path, 4096);
    buf_fmt(&path, "%s/scoring/en.tsv", dir);
    rc = weights_load(&s->weights, buf_cstr(&path), err);
    buf_reset(&path);
    buf_fmt(&path, "%s/scoring/en.ngrams", dir);
    if (!rc && file_exists(buf_cstr(&path)))
        rc = ngrams_load(&s->ngrams, buf_cstr(&path), err);
    buf_free(&path);
    return rc;
}

int
scorer_new(struct scorer **out, const char *dir, struct err *err)
{
    struct scorer *s = calloc(1, sizeof(*s));

    if (!s)
        return err_set(err, ERR_NOMEM, "score: no memory");
    if (load_lexicons(s, dir, err) || load_weights(s, dir, err)) {
        scorer_free(s);
        return -1;
    }
    *out = s;
    return 0;
}

void
scorer_free(struct scorer *s)
{
    if (!s)
        return;
    for (size_t i = 0; i <= LANGUAGES; i++)
        lexicon_free(s->lexicon[i]);
    weights_free(&s->weights);
    ngrams_free(s->ngrams);
    free(s);
}

static size_t
language(struct tocsin_str lang)
{
    if (!lang.n)
        return 0;
    for (size_t i = 0; i < LANGUAGES; i++)
        if (lang.n >= 2 && str_eq_ascii_case(str_sub(lang, 0, 2), str_z(LANGUAGE[i])) &&
            (lang.n == 2 || lang.p[2] == '-' || lang.p[2] == '_'))
            return i;
    return LANGUAGES;
}

bool
scorer_knows(struct tocsin_str lang)
{
    return language(lang) < LANGUAGES;
}

bool
scorer_is_english(struct tocsin_str lang)
{
    return language(lang) == 0;
}

const struct lexicon *
scorer_lexicon(const struct scorer *s, struct tocsin_str lang)
{
    return s->lexicon[language(lang)];
}
