/* lang - a guess at a text's language: its script, its small words, and n-grams when long. */
#include <libexttextcat/textcat.h>
#include <pthread.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "normalise/normalise.h"

enum {
    LOOK_BYTES = 4096,    /* of a long text */
    MIN_LETTERS = 3,      /* of a script that names its language */
    MIN_FOR_NGRAMS = 120, /* bytes */
    MAX_WORD = 24
};

struct script {
    uint32_t first, last;
    const char *lang; /* NULL: a script of several languages */
};

enum { LATIN, CYRILLIC, ARABIC, HAN, KANA, N_SHARED };

static const struct script scripts[] = {
    { 0x0370, 0x03FF, "el" }, { 0x0531, 0x0587, "hy" }, { 0x0591, 0x05F4, "he" },
    { 0x0900, 0x097F, "hi" }, { 0x0980, 0x09FF, "bn" }, { 0x0A00, 0x0A7F, "pa" },
    { 0x0A80, 0x0AFF, "gu" }, { 0x0B80, 0x0BFF, "ta" }, { 0x0C00, 0x0C7F, "te" },
    { 0x0C80, 0x0CFF, "kn" }, { 0x0D00, 0x0D7F, "ml" }, { 0x0D80, 0x0DFF, "si" },
    { 0x0E00, 0x0E7F, "th" }, { 0x0E80, 0x0EFF, "lo" }, { 0x1000, 0x109F, "my" },
    { 0x10A0, 0x10FF, "ka" }, { 0x1200, 0x139F, "am" }, { 0x1780, 0x17FF, "km" },
    { 0x1100, 0x11FF, "ko" }, { 0xAC00, 0xD7AF, "ko" },
};
enum { N_SCRIPTS = sizeof(scripts) / sizeof(scripts[0]) };

/* Small words, parted by spaces; those of one language only weigh more than shared ones. */
static const struct {
    const char *lang, *words;
} small_words[] = {
    { "en",
      " the and is are was were have has this that with for not you your they it's i'm "
      "don't can't to of my what when would been from just will about but we an be how why get "
      "got did does can he she his her him who than then only after before now out if at "
      "by or its there their could should because i'll i've you're didn't thanks please " },
    { "de", " der die das und ist nicht ich sie wir ein eine einen mit auf für auch wie aber "
            "noch nur sind war haben habe wird bei zum zur von den dem kein keine es schon " },
    { "fr", " le la les et est pas des une je vous nous que qui dans sur avec pour ce cette il "
            "mais c'est j'ai ne au aux sont être plus très mon ma votre chez du un " },
    { "es", " el la los las y es que no de en un una por con para su mi se lo pero muy está "
            "son más me le del al como todo esta este nunca porque ya hay " },
    { "pt", " o os as e é que não de em um uma por com para seu sua meu minha se mas muito "
            "está são mais me do da no na como você isso este esta já foi dos das ao pra " },
    { "it", " il lo la gli le e è che non di in un una per con su mi si ma molto sono più del "
            "della al alla come questo questa ho ha anche perché nel mio hanno dei " },
    { "nl", " de het een en is niet ik je van dat dit voor met op zijn was maar ook er nog wel "
            "geen mijn aan bij heb heeft wij naar om te wordt " },
    { "sv", " och är det som en ett att jag inte på för med har av till den vi om men så var "
            "min kan från " },
    { "da", " og er det som en et at jeg ikke på for med har af til den vi om men så var min "
            "kan fra hvad mig " },
    { "nb", " og er det som en et å jeg ikke på for med har av til den vi om men så var min "
            "kan fra hva meg " },
    { "fi", " ja on ei se että en hän mutta kun niin myös ole oli tai minun tämä joka jos vain "
            "ovat nyt kuin " },
    { "pl", " i w nie na się jest to że z do jak ale co tak za od czy już tylko mi są dla po "
            "przez bardzo " },
    { "cs", " a je se v na že to s z do jsem ale jak není by co za už tak pro při jen jsou " },
    { "tr", " ve bir bu da de için çok ne ama değil ile var yok gibi daha ben mi kadar olarak "
            "şey " },
    { "ro", " și este nu de la în un o cu pe să care mai din am sunt pentru dar ce foarte că " },
    { "ru", " и в не на я что с это как а он но по из у за то же вы так мы от для был есть "
            "меня мне они очень нет " },
    { "uk", " і в не на я що з це як а він але та до у за ви так ми від для був є мене дуже "
            "немає " },
    { "bg", " и в не на аз че с това как а той но по от са за то се ви така ние да съм е "
            "много няма " },
};
enum { N_WORDS = sizeof(small_words) / sizeof(small_words[0]) };

struct tally {
    size_t shared[N_SHARED], own[N_SCRIPTS];
    size_t persian, urdu, ukrainian, belarusian, serbian;
};

static int
shared_script(uint32_t cp)
{
    if ((cp | 0x20) - 'a' < 26u || (cp >= 0xC0 && cp <= 0x24F))
        return LATIN;
    if (cp >= 0x0400 && cp <= 0x052F)
        return CYRILLIC;
    if ((cp >= 0x0620 && cp <= 0x064A) || (cp >= 0x066E && cp <= 0x06D3))
        return ARABIC;
    if ((cp >= 0x3400 && cp <= 0x4DBF) || (cp >= 0x4E00 && cp <= 0x9FFF))
        return HAN;
    return (cp >= 0x3041 && cp <= 0x30FF) || (cp >= 0xFF66 && cp <= 0xFF9D) ? KANA : -1;
}

static void
count(struct tally *t, uint32_t cp)
{
    int shared = shared_script(cp);
    if (shared >= 0)
        t->shared[shared]++;
    else if (cp > 0x36F)
        for (size_t i = 0; i < N_SCRIPTS; i++)
            t->own[i] += cp >= scripts[i].first && cp <= scripts[i].last;
    switch (cp) {
    case 0x067E:
    case 0x0686:
    case 0x0698:
    case 0x06AF:
    case 0x06CC:
    case 0x06A9:
        t->persian++;
        break;
    case 0x0679:
    case 0x0688:
    case 0x06BA:
    case 0x06D2:
    case 0x06BE:
    case 0x0691:
        t->urdu++;
        break;
    case 0x0456:
    case 0x0457:
    case 0x0454:
    case 0x0491:
    case 0x0406:
    case 0x0407:
    case 0x0404:
        t->ukrainian++;
        break;
    case 0x045E:
    case 0x040E:
        t->belarusian++;
        break;
    case 0x0452:
    case 0x0458:
    case 0x0459:
    case 0x045A:
    case 0x045B:
    case 0x045F:
        t->serbian++;
        break;
    default:
        break;
    }
}

/* Each small word's languages, one bit each, found by its hash. */
enum { TABLE = 2048, OWN_WEIGHT = 3 };
static struct {
    uint64_t hash; /* 0: free */
    uint32_t langs;
} table[TABLE];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static size_t
slot_of(uint64_t hash)
{
    size_t at = hash % TABLE;
    while (table[at].hash && table[at].hash != hash)
        at = (at + 1) % TABLE;
    return at;
}

static void
fill_table(void)
{
    for (size_t i = 0; i < N_WORDS; i++) {
        struct tocsin_str rest = str_trim(str_z(small_words[i].words));
        while (rest.n) {
            uint64_t hash = str_hash(str_cut(&rest, ' '));
            size_t at = slot_of(hash);
            table[at].hash = hash;
            table[at].langs |= 1u << i;
        }
    }
}

static bool
ends_word(unsigned char c)
{
    return c <= ' ' || c == '.' || c == ',' || c == '!' || c == '?' || c == ';' || c == ':' ||
           c == '(' || c == ')' || c == '"';
}

static void
count_word(size_t hits[N_WORDS], struct tocsin_str word)
{
    uint32_t langs = table[slot_of(str_hash(word))].langs;
    size_t weight = langs & (langs - 1) ? 1 : OWN_WEIGHT;
    for (size_t i = 0; langs; i++, langs >>= 1)
        if (langs & 1)
            hits[i] += weight;
}

/* Of the languages whose small words are read in `script`, the one ahead of all others. A
 * word of one language only weighs more than a shared one. */
static const char *
by_words(struct tocsin_str s, bool cyrillic)
{
    size_t hits[N_WORDS] = { 0 }, best = 0, second = 0;
    pthread_once(&table_once, fill_table);
    for (size_t at = 0; at < s.n; at++) {
        size_t begin = at;
        while (at < s.n && !ends_word((unsigned char)s.p[at]))
            at++;
        if (at > begin && at - begin < MAX_WORD)
            count_word(hits, str_sub(s, begin, at));
    }
    for (size_t i = 1; i < N_WORDS; i++)
        if (hits[i] > hits[best])
            best = i;
    for (size_t i = 0; i < N_WORDS; i++)
        if (i != best && hits[i] > second)
            second = hits[i];
    bool is_cyrillic = best + 3 >= N_WORDS;
    if (hits[best] < 2 || hits[best] <= second || is_cyrillic != cyrillic)
        return "";
    return small_words[best].lang;
}

static pthread_once_t ngrams_once = PTHREAD_ONCE_INIT;
static pthread_mutex_t ngrams_lock = PTHREAD_MUTEX_INITIALIZER;
static void *ngrams;

static void
load_ngrams(void)
{
    const char *conf = TOCSIN_TEXTCAT_DIR "/fpdb.conf";
    if (file_exists(conf))
        ngrams = special_textcat_Init(conf, TOCSIN_TEXTCAT_DIR "/");
}

/* "[pt--utf8]..." to one of the codes that small_words knows, or "". */
static const char *
by_ngrams(struct tocsin_str s)
{
    const char *found = "";
    pthread_once(&ngrams_once, load_ngrams);
    if (!ngrams)
        return found;
    pthread_mutex_lock(&ngrams_lock);
    const char *answer = textcat_Classify(ngrams, s.p, s.n);
    if (answer && answer[0] == '[' && strlen(answer) > 3 && answer[3] == '-' &&
        strchr(answer + 1, '[') == NULL) { /* one candidate only */
        for (size_t i = 0; i < N_WORDS; i++)
            if (strncmp(answer + 1, small_words[i].lang, 2) == 0)
                found = small_words[i].lang;
    }
    pthread_mutex_unlock(&ngrams_lock);
    return found;
}

static const char *
of_shared(const struct tally *t, int script, struct tocsin_str text, struct tocsin_str fold)
{
    const char *lang;
    switch (script) {
    case HAN:
    case KANA:
        if (t->shared[KANA] * 8 >= t->shared[HAN] && t->shared[KANA] >= 2)
            return "ja";
        return t->shared[HAN] >= MIN_LETTERS ? "zh" : "";
    case ARABIC:
        if (t->urdu >= 2 && t->urdu * 20 >= t->shared[ARABIC])
            return "ur";
        return t->persian * 12 >= t->shared[ARABIC] ? "fa" : "ar";
    case CYRILLIC:
        if (t->belarusian)
            return "be";
        if (t->serbian)
            return "sr";
        if (t->ukrainian * 50 >= t->shared[CYRILLIC])
            return "uk";
        lang = by_words(fold, true);
        return lang[0] || text.n < MIN_FOR_NGRAMS ? lang : by_ngrams(text);
    default:
        lang = by_words(fold, false);
        return lang[0] || text.n < MIN_FOR_NGRAMS ? lang : by_ngrams(text);
    }
}

const char *
normalise_guess_lang(struct tocsin_str text)
{
    struct tally t = { 0 };
    size_t most = 0;
    int shared = -1, own = -1;
    text = str_clip_utf8(text, LOOK_BYTES);
    for (size_t at = 0; at < text.n;)
        count(&t, utf8_next(text, &at));
    for (int i = 0; i < N_SCRIPTS; i++)
        if (t.own[i] > most) {
            most = t.own[i];
            own = i;
        }
    t.shared[HAN] += t.shared[KANA] > 0 ? t.shared[KANA] : 0;
    for (int i = 0; i < N_SHARED; i++)
        if (t.shared[i] > most * (i == LATIN ? 2 : 1)) { /* brand names are Latin everywhere */
            most = t.shared[i];
            shared = i;
        }
    t.shared[HAN] -= t.shared[KANA];
    if (most < MIN_LETTERS)
        return "";
    if (shared < 0)
        return scripts[own].lang;
    struct arena *a = arena_new(LOOK_BYTES * 32);
    struct text fold = { 0 };
    const char *lang = "";
    if (a && normalise_text(&fold, text, a, NULL) == 0)
        lang = of_shared(&t, shared, text, fold.fold);
    arena_free(a);
    return lang;
}
