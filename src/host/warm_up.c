/* warm_up.c - libxml2 with its converters, iconv's modules, qsort's first question. */
#include "host/warm_up.h"

#include <iconv.h>
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Charsets that feeds are written in beside UTF-8. */
static const char *const charsets[] = {
    "UTF-16LE",     "UTF-16BE",     "UTF-32LE",     "UTF-32BE",     "ISO-8859-1",   "ISO-8859-2",
    "ISO-8859-3",   "ISO-8859-4",   "ISO-8859-5",   "ISO-8859-6",   "ISO-8859-7",   "ISO-8859-8",
    "ISO-8859-9",   "ISO-8859-10",  "ISO-8859-13",  "ISO-8859-14",  "ISO-8859-15",  "ISO-8859-16",
    "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255",
    "windows-1256", "windows-1257", "windows-1258", "windows-874",  "KOI8-R",       "KOI8-U",
    "IBM866",       "macintosh",    "Shift_JIS",    "windows-31j",  "EUC-JP",       "ISO-2022-JP",
    "EUC-KR",       "GBK",          "gb18030",      "GB2312",       "Big5",         "TIS-620",
};

static void
quiet(void *ctx, const char *message, ...)
{
    (void)ctx;
    (void)message;
}

static int
compare(const void *a, const void *b)
{
    return *(const char *)a - *(const char *)b;
}

/* The converters stay open: a module that is in use is not opened again. */
static void
open_charsets(void)
{
    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++) {
        iconv_t to = iconv_open("UTF-8", charsets[i]);
        iconv_t from = iconv_open(charsets[i], "UTF-8");

        (void)to;
        (void)from;
    }
}

/* libxml2 may use converters of its own (ICU), which open data files. */
static void
parse_charsets(void)
{
    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++) {
        char text[128];
        int n = snprintf(text, sizeof text, "<?xml version=\"1.0\" encoding=\"%s\"?><r>\xe9</r>",
                         charsets[i]);

        xmlFreeDoc(xmlReadMemory(text, n, NULL, NULL,
                                 XML_PARSE_NONET | XML_PARSE_RECOVER | XML_PARSE_NOERROR |
                                     XML_PARSE_NOWARNING));
    }
}

void
warm_up(void)
{
    static const char page[] = "<!DOCTYPE html><title>a</title><p>b &eacute; &#233;<br>c";
    char *sorted = malloc(64 * 1024);

    xmlInitParser();
    xmlSetGenericErrorFunc(NULL, quiet);
    open_charsets();
    parse_charsets();
    xmlFreeDoc(htmlReadMemory(page, sizeof page - 1, NULL, "UTF-8",
                              HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING));
    if (sorted) {
        memset(sorted, 'x', 64 * 1024);
        qsort(sorted, 64 * 1024, 1, compare);
    }
    free(sorted);
}
